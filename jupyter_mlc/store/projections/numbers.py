"""The numbers that the store gives to events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.imports import EvaluationImported, Imported
from jupyter_mlc.domain.jobs import JobAdded, JobStarted
from jupyter_mlc.domain.names import folded
from jupyter_mlc.domain.schedules import ScheduleAdded
from jupyter_mlc.store.projections.evaluations import EVALUATIONS
from jupyter_mlc.store.projections.jobs import JOBS, revisions_of
from jupyter_mlc.store.projections.runs import RUNS
from jupyter_mlc.store.projections.schedules import SCHEDULES
from jupyter_mlc.store.rows import Rows


def assign(rows: Rows, event: e.Event) -> dict[str, int]:
    """The numbers that the store gives to this event: the next one of its model, of its dataset, or of its kind."""
    if isinstance(event, e.VersionRegistered):
        model = rows.get("model", folded(event.model))
        numbers = _number_of(event, model["last_number"] if model else 0)
        return numbers if event.run is not None else numbers | {"run": _next(rows, RUNS)}
    counter = _COUNTERS.get(type(event))
    return {} if counter is None else {"number": _next(rows, counter(event))}


def _number_of(event: e.VersionRegistered, last: int) -> dict[str, int]:
    """The next number; what was brought in keeps its own where that is still to come, and skips those before it."""
    if isinstance(event, Imported) and event.origin.number > last + 1:
        return {"number": event.origin.number, "skipped": event.origin.number - last - 1}
    return {"number": last + 1}


def _next(rows: Rows, counter: str) -> int:
    row = rows.get("counter", counter)
    return (row["last"] if row else 0) + 1


_COUNTERS: Mapping[type[e.Event], Callable[[Any], str]] = {
    e.RunStarted: lambda _: RUNS,
    e.Evaluated: lambda _: EVALUATIONS,
    EvaluationImported: lambda _: EVALUATIONS,
    JobStarted: lambda _: JOBS,
    ScheduleAdded: lambda _: SCHEDULES,
    e.DatasetAdded: lambda event: f"dataset/{folded(event.name)}",
    JobAdded: lambda event: revisions_of(event.name),
}
"""What counts the events of a type."""
