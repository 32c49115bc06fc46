"""To which versions' histories an event belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.imports import BytesFetched, EvaluationImported, Imported
from jupyter_mlc.domain.reproductions import ReproductionJudged
from jupyter_mlc.store.projections.base import Recorded

Concerned: TypeAlias = Callable[[Recorded, Any], Iterable[int]]


def _of_pointer(at: Recorded, event: e.AliasMoved) -> set[int]:  # noqa: ARG001 (all alike)
    return {end.id for end in (event.pointer.before, event.pointer.after) if end is not None}


CONCERNED: Mapping[type[e.Event], Concerned] = {
    e.VersionRegistered: lambda at, _: (at.seq,),
    Imported: lambda at, _: (at.seq,),
    e.VersionMoved: lambda _, event: {change.version.id for change in event.changes},
    e.AliasMoved: _of_pointer,
    e.Tagged: lambda _, event: () if event.version is None else (event.version.id,),
    e.VersionEdited: lambda _, event: (event.version.id,),
    e.Evaluated: lambda _, event: (event.version.id,),
    EvaluationImported: lambda _, event: (event.version.id,),
    BytesFetched: lambda _, event: (event.version.id,),
    ReproductionJudged: lambda _, event: (event.version.id,),
}
"""The ids of the versions that an event belongs to the history of."""
