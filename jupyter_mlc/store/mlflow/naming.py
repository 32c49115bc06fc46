"""What MLflow's names, parameters and tags become here."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from jupyter_mlc.domain.entities import Scalar, Snapshot
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import check_alias, check_name, folded, number_in
from jupyter_mlc.store.mlflow.records import TheirModel, TheirRun, TheirVersion

PREFIX = "mlflow."
_OTHERS = re.compile(r"[^A-Za-z0-9._/-]+")
_LONGEST = 180
_DIGITS = 6
_FLOAT = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?|-?inf|nan", re.ASCII)
_INT = re.compile(r"0|-?[1-9]\d{0,15}", re.ASCII)
_CONSTANTS: Mapping[str, bool | None] = {"True": True, "False": False, "None": None}
_GIT = "mlflow.source.git."


def names_here(models: Iterable[TheirModel]) -> dict[str, str]:
    """What each model is called here.

    Who came first keeps the name; a name that is not legal here, or taken by an older one in another spelling, gets one
    that is made from it, always the same.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for model in models:
        name = _legal(model.name)
        if folded(name) in taken:
            name = f"{name}-{hashlib.sha256(model.name.encode()).hexdigest()[:_DIGITS]}"
        taken.add(folded(name))
        found[model.name] = name
    return found


def _legal(name: str) -> str:
    if _is_legal(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    parts = [part.strip("._-") for part in _OTHERS.sub("-", plain).split("/")]
    made = "/".join(part for part in parts if part)[:_LONGEST].rstrip("/._-")
    if _is_legal(made):
        return made
    made = f"mlflow-{made}".rstrip("-")
    return made if made != "mlflow" else f"mlflow-{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}"


def _is_legal(name: str) -> bool:
    try:
        check_name(name)
    except BadInput:
        return False
    return True


def value_of(text: str) -> Scalar:
    """A parameter, which MLflow keeps as text: a number or constant where Python writes it exactly so."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text


def is_alias_here(alias: str) -> bool:
    """Whether an alias of MLflow's can be one here; what the registry keeps, stages and numbers cannot."""
    try:
        check_alias(alias)
    except BadInput:
        return False
    return number_in(alias) is None


def tags_of(version: TheirVersion, run: TheirRun | None, aliases: Iterable[str]) -> dict[str, str]:
    """The version's tags, and under ``mlflow.`` what has no place of its own here."""
    told = {
        "user": version.user or (run.user if run else ""),
        "stage": version.stage if version.stage not in {"", "None"} else "",
        "source": version.source,
        "run": version.run,
        "alias": ", ".join(sorted(alias for alias in aliases if not is_alias_here(alias))),
    }
    return {**version.tags, **{PREFIX + key: value for key, value in told.items() if value}}


def snapshot_of(run: TheirRun | None) -> Snapshot:
    """What surrounded the run, as far as MLflow keeps it."""
    if run is None:
        return Snapshot()
    tags = run.tags
    return Snapshot(
        git_commit=tags.get(f"{_GIT}commit", ""),
        git_branch=tags.get(f"{_GIT}branch", ""),
        git_remote=_without_password(tags.get(f"{_GIT}repoURL", "")),
        user=tags.get("mlflow.user", run.user),
    )


def _without_password(url: str) -> str:
    return re.sub(r"(?<=//)[^/@]*@", "", url)
