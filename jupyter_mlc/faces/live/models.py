"""What a model tells of itself, and whether it loads in a fresh process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Artifact, Scalar, Signature
from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.faces.values import Named
from jupyter_mlc.store.formats.base import REFERENCE
from jupyter_mlc.store.home import cache_folder, working_folder

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk
    from jupyter_mlc.store.load_check import LoadCheck, Sample

_SAMPLE_ROWS = 20
_MOST_NAMED = 5
_UNFITTED = "scikit-learn finds this {} not fitted: if that was not meant, fit it and register it again"
_DIFFERENT = "it predicts differently in a fresh process: is it random, or was its class changed after it was defined?"
_BESIDE = "it needs {}, of which no copy is stored: wherever it is loaded, that must be there as it is now"
_EDITED = (
    "{} changed after it was imported here, and what is loaded is what it is now: reload it or begin a new kernel, and "
    "make the model again"
)
_IN_CODE = (
    "the code that is stored with it holds {}, which it uses and which therefore was not replaced: have it read that "
    "from os.environ, register again, and discard this version"
)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What is recorded of the load check, and what is worth a word to the reader."""

    check: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


SKIPPED = Loaded(check="skipped: --no-load-check")


@dataclass(frozen=True, kw_only=True)
class OfModel:
    """What a model tells of itself."""

    params: Mapping[str, Scalar]
    signature: Signature
    class_name: str
    library: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_model(named: Named, sample: Named | None, data: Iterable[Named], off: tuple[str, ...]) -> OfModel:
    """Read parameters and signature, as far as they are not switched off."""
    from jupyter_mlc.capture.models import estimators
    from jupyter_mlc.capture.models.curves import Training, training
    from jupyter_mlc.store.predicting import predict

    if isinstance(named.value, str | os.PathLike):
        return OfModel(params={}, signature=Signature(), class_name=Path(named.value).name, library="", warnings=())
    class_name, library = estimators.describe(named.value)
    rows = [each.value for each in data if not isinstance(each.value, str | os.PathLike)]
    signature = Signature()
    if "signature" not in off:
        known = sample.value if sample else None
        signature = estimators.signature(named.value, known, rows[0] if rows else None, predict)
    params: Mapping[str, Scalar] = {}
    warnings: tuple[str, ...] = ()
    if "parameters" not in off:
        found, warnings = estimators.parameters(named.value)
        params, secrets = _scrubbed({each.key: each.value for each in found}, off)
        warnings += secrets
    told = Training() if "parameters" in off else training(named.value)
    return OfModel(
        params=params,
        signature=signature,
        class_name=class_name,
        library=library,
        metrics=told.metrics,
        curves=told.curves,
        warnings=(*warnings, *told.warnings),
        notes=(_UNFITTED.format(class_name),) if estimators.is_unfitted(named.value) else (),
    )


def _scrubbed(params: Mapping[str, Scalar], off: tuple[str, ...]) -> tuple[dict[str, Scalar], tuple[str, ...]]:
    """The parameters without the secrets among them, and where those were."""
    from jupyter_mlc.capture.secrets.scrubbing import MASK, Scrubber, scrub_entries

    if "secrets" in off:
        return dict(params), ()
    clean, found = scrub_entries(params, "parameter", Scrubber(os.environ))
    return clean, tuple(f"{each} was replaced by {MASK}" for each in found)


def secrets_in_code(desk: Desk, artifact: Artifact, off: tuple[str, ...]) -> tuple[str, ...]:
    """A word about secrets in the source that is stored with a model: it could not run with stars in their place."""
    from jupyter_mlc.capture.secrets.scrubbing import Scrubber
    from jupyter_mlc.store.formats.base import read_manifest
    from jupyter_mlc.store.formats.code import is_code

    if "secrets" in off or artifact.format in {"files", REFERENCE}:
        return ()
    artifacts, scrubber = desk.session.artifacts, Scrubber(os.environ)
    layers = read_manifest(artifact.digest, artifacts).layers
    texts = [artifacts.read(layer.digest).decode() for layer in layers if is_code(layer)]
    found = dict.fromkeys(each.removeprefix(": ") for text in texts for each in scrubber.scrub(text, "")[1])
    return (_IN_CODE.format(" and ".join(found)),) if found else ()


def load_check(desk: Desk, artifact: Artifact, named: Named, sample: Named | None, signature: Signature) -> Loaded:
    """Load it once in a fresh process."""
    from jupyter_mlc.store.alike import DIFFERENT
    from jupyter_mlc.store.code.edited import edited_since_import
    from jupyter_mlc.store.load_check import check_loads

    if artifact.format in {"files", REFERENCE}:
        said = (f"{sample.name} was not tried: what is registered is a path, not an object",) if sample else ()
        check = f"not needed: {'by reference' if artifact.format == REFERENCE else artifact.format}"
        return Loaded(check=check, warnings=said)
    expected, why_not = _expected(named, sample, [each.name for each in signature.inputs])
    found = check_loads(artifact.digest, desk.session.artifacts, folder=cache_folder(), sample=expected)
    if not found.ok:
        raise Conflict(f"{named.name} does not load in a fresh process: {found.reason}", hint=_hint(found))
    told = [_DIFFERENT] if found.predicted == DIFFERENT else []
    if sample is not None and (why_not or found.reason):
        told.append(why_not or f"its predictions of {sample.name} were not compared: {found.reason}")
    if edited := edited_since_import(found.beside, working_folder()):
        told.append(_EDITED.format(_few(edited)))
    predicted = f", predictions {found.predicted}" if expected is not None else ""
    return Loaded(
        check=f"passed in {found.seconds:.1f} s{predicted}",
        warnings=tuple(told),
        notes=(_BESIDE.format(_few(found.beside)),) if found.beside else (),
    )


def _hint(found: LoadCheck) -> str:
    """What can be done about a model that does not load."""
    if found.is_broken_off:
        return "it must load in a process of its own; where it only takes long, register with --no-load-check"
    folder = _only_here(found.missing)
    if folder:
        return (
            f"{found.missing} is found here because {folder} is in sys.path: install it, or set "
            f"PYTHONPATH={quote(folder)} before Jupyter or Python begins; or register with --no-load-check"
        )
    return "what it needs must be importable there: put it in a module or a cell; or register with --no-load-check"


def _only_here(module: str) -> str:
    """The folder from which this process has a module, where there is such a folder still."""
    top = module.partition(".")[0]
    file = getattr(sys.modules.get(top), "__file__", None)
    folders = [Path(each).absolute() for each in sys.path if each]
    found = [each for each in folders if file and Path(file).is_file() and Path(file).absolute().is_relative_to(each)]
    # of two that hold it the inner one is where it is imported from
    return str(max(found, key=lambda each: len(each.parts)).resolve()) if found else ""


def _few(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _expected(named: Named, sample: Named | None, columns: list[str]) -> tuple[Sample | None, str]:
    """What the model predicts here, to be compared with; or why it cannot, where a sample was given.

    A table may have more columns than the model takes, such as the one with the answers.
    """
    from jupyter_mlc.store.load_check import sample_of

    if sample is None:
        return None, ""
    rows = _first_rows(sample.value)
    try:
        return sample_of(named.value, rows), ""
    except (Exception, SystemExit) as error:  # noqa: BLE001 (a prediction can fail in every way)
        with suppress(Exception, SystemExit):
            return sample_of(named.value, rows[columns]), ""
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        return None, f"{named.name} could not predict {sample.name} here, so that was not compared: {reason}"


def _first_rows(rows: Any) -> Any:
    """A few rows are enough to see that a model predicts the same."""
    with suppress(Exception):  # whatever it is, it may still be something to predict
        return rows[:_SAMPLE_ROWS]
    return rows
