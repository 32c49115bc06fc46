"""What a registry knows that a word of a line may be, for completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.names import RESERVED_ALIASES, folded
from jupyter_mlc.store.search.unknown import keys_of, spelled
from jupyter_mlc.verbs.base import Complete

if TYPE_CHECKING:
    from jupyter_mlc.store.registry import Registry

_NAMES = 200


def words(registry: Registry, kind: Complete, prefix: str) -> list[str]:
    """What a word of this kind may be, where it begins with `prefix`; others may be among them."""
    if kind in _OTHERS:
        return _OTHERS[kind](registry)
    if kind not in {Complete.MODEL, Complete.VERSION, Complete.ANYTHING, Complete.NOTEBOOK}:
        return []
    if kind is Complete.ANYTHING and "/" in prefix:
        return [*registry.model_names(_NAMES), *_ids(registry, prefix.partition("/")[0])]
    model, mark, _ = _split(prefix)
    if kind is Complete.MODEL or not mark:
        others = [*_definitions(registry), *_notebooks(prefix)] if kind is Complete.NOTEBOOK else []
        return [*registry.model_names(_NAMES), *others]
    if mark == "@":
        return [f"{model}@{alias}" for alias in [*registry.aliases_of_model(model), "latest"]]
    return [version.ref for version in registry.versions(model, _NAMES)]


def _ids(registry: Registry, kind: str) -> list[str]:
    """The ids of what is no version: ``run/12``."""
    if kind == "run":
        return [run.ref for run in registry.runs(None, _NAMES)]
    if kind == "job":
        return [job.ref for job in registry.jobs(_NAMES)]
    return [f"dataset/{dataset.name}" for dataset in registry.datasets(_NAMES)] if kind == "dataset" else []


def _aliases(registry: Registry) -> list[str]:
    """Those that people move."""
    return [alias for alias in registry.alias_names(_NAMES) if folded(alias) not in RESERVED_ALIASES]


def _order(registry: Registry) -> list[str]:
    """What versions are ordered by: columns, metrics, parameters."""
    keyed = [spelled(field, key) for field in ("metrics", "params") for key in keys_of(registry, field)]
    return ["created", "number", "stage", "name", *keyed]


_OTHERS: Mapping[Complete, Callable[[Registry], list[str]]] = {
    Complete.DATASET: lambda registry: [dataset.name for dataset in registry.datasets(_NAMES)],
    Complete.ALIAS: _aliases,
    Complete.METRIC: lambda registry: [key for key in keys_of(registry, "metrics") if not key.startswith("eval.")],
    Complete.TAG: lambda registry: keys_of(registry, "tags"),
    Complete.ORDER: _order,
    Complete.JOB: lambda registry: [str(job.number) for job in registry.jobs(_NAMES)] + _definitions(registry),
}


def _definitions(registry: Registry) -> list[str]:
    return [definition.name for definition in registry.job_definitions(_NAMES)]


def _notebooks(prefix: str) -> list[str]:
    """The notebooks that lie where the word leads."""
    folder, slash, _ = prefix.rpartition("/")
    found = sorted(path.name for path in Path(folder or ".").glob("*.ipynb"))
    return [f"{folder}{slash}{name}" for name in found[:_NAMES]]


def _split(prefix: str) -> tuple[str, str, str]:
    mark = "@" if "@" in prefix else ":"
    return prefix.partition(mark)
