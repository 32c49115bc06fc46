"""In what versions differ, as far as the registry knows: facts side by side, and notebooks cell by cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_mlc.capture.locks import locked
from jupyter_mlc.domain.differences import facts
from jupyter_mlc.domain.differences.cells import Cell, CellChange, Change, cell_changes, executed_cells
from jupyter_mlc.domain.differences.facts import Difference, Topic
from jupyter_mlc.domain.entities import Digest, Micros, ModelVersion
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.show import VersionDetails, details_of

_MOST_NAMED = 3
"""parameters that are named in a sentence"""


@dataclass(frozen=True, kw_only=True)
class CellsOf:
    """What is different in the cells that made one version, set against those of the first one."""

    version: str
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, kw_only=True)
class Differences:
    """In what versions differ. The values of a difference stand in the order of the versions."""

    facts: tuple[Difference, ...]
    cells: tuple[CellsOf, ...]
    unknown: tuple[str, ...] = ()
    """what was not captured of each of them, so that nobody can tell"""


def differences(versions: Sequence[ModelVersion], context: Context, at: Micros | None = None) -> Differences:
    """Return in what versions differ from each other, as far as was known then; in cells each from the first."""
    details = [details_of(context, version, at) for version in versions]
    datasets = [context.registry.datasets_of(version.id) for version in versions]
    locks = [_lock(one.snapshot.lock, context) for one in details]
    notebooks = [_executed(one.snapshot.notebook, context) for one in details]
    found = [
        *facts.parameters([version.params for version in versions]),
        *facts.datasets(datasets),
        *facts.features([one.signature for one in details]),
        *facts.objects(versions),
        *facts.tags(versions),
        *facts.code([one.snapshot for one in details]),
        *facts.packages(locks),
    ]
    return Differences(
        facts=tuple(found),
        cells=_cells(versions, notebooks),
        unknown=_unknown(details, locks, notebooks),
    )


def _cells(versions: Sequence[ModelVersion], notebooks: Sequence[tuple[Cell, ...] | None]) -> tuple[CellsOf, ...]:
    first = notebooks[0]
    if first is None:
        return ()
    compared = [
        CellsOf(version=version.ref, changes=cell_changes(first, cells))
        for version, cells in zip(versions[1:], notebooks[1:], strict=True)
        if cells is not None
    ]
    return tuple(one for one in compared if one.changes)


def _unknown(
    details: Sequence[VersionDetails], locks: Sequence[dict[str, str]], notebooks: Sequence[tuple[Cell, ...] | None]
) -> tuple[str, ...]:
    """What would be compared were it known of all."""
    known = {
        "signature": [bool(one.signature.inputs or one.signature.outputs) for one in details],
        "environment": [bool(lock) for lock in locks],
        "notebook": [cells is not None for cells in notebooks],
    }
    return tuple(what for what, each in known.items() if not all(each))


def _lock(digest: Digest | None, context: Context) -> dict[str, str]:
    held = _held(digest, context)
    return {} if held is None else locked(held.decode(errors="replace"))


def _executed(digest: Digest | None, context: Context) -> tuple[Cell, ...] | None:
    """The cells as executed; None where no notebook was kept."""
    held = _held(digest, context)
    if held is None:
        return None
    told = json.loads(held).get("metadata", {}).get("jupyter_mlc", {}).get("executed", ())
    return executed_cells(Cell(id=str(one.get("id") or ""), source=str(one.get("source", ""))) for one in told)


def _held(digest: Digest | None, context: Context) -> bytes | None:
    """What was kept of a version's surroundings; of what is gone by now nothing is known."""
    if not digest:
        return None
    try:
        context.artifacts.ensure(digest)
    except Damaged:
        return None
    return context.artifacts.read(digest)


def differs(found: Differences) -> str:
    """Return in what versions differ in a few words: ``max_depth; 1 cell; 2 packages``."""
    by_topic = {topic: [one for one in found.facts if one.topic is topic] for topic in Topic}
    named = [one.name for one in by_topic[Topic.PARAMETER]]
    objects = [one.name for one in by_topic[Topic.OBJECT] if one.name != "size"]
    parts = [
        ", ".join(named) if len(named) <= _MOST_NAMED else _counted(len(named), "parameter"),
        _counted(len(by_topic[Topic.DATASET]), "dataset"),
        _counted(_most_cells(found), "cell"),
        _counted(len(by_topic[Topic.FEATURE]), "column")
        and f"{_counted(len(by_topic[Topic.FEATURE]), 'column')} of the signature",
        ", ".join(objects),
        "code" if by_topic[Topic.CODE] else "",
        _counted(len(by_topic[Topic.PACKAGE]), "package"),
        _counted(len(by_topic[Topic.TAG]), "tag"),
    ]
    return "; ".join(part for part in parts if part)


def _most_cells(found: Differences) -> int:
    """Cells whose code changed, of the version in which most did."""
    return max((sum(_is_other_code(one) for one in each.changes) for each in found.cells), default=0)


def _is_other_code(change: CellChange) -> bool:
    return change.change is not Change.CHANGED or not change.same_code or change.moved


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count > 1 else ''}" if count else ""
