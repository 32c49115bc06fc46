"""Schedules, as rows."""

from __future__ import annotations

from jupyter_mlc.domain.schedules import ScheduleAdded, ScheduleRan, ScheduleRemoved
from jupyter_mlc.store.projections.base import Recorded, projects
from jupyter_mlc.store.rows import Row, Rows

SCHEDULES = "schedule"
"""the counter of all schedules"""


@projects(ScheduleAdded)
def _added(rows: Rows, at: Recorded, event: ScheduleAdded) -> None:
    number = at.assigned["number"]
    row: Row = {"id": at.seq, "number": number, "name": event.name, "model": event.model, "every": event.every}
    row |= {"timezone": event.timezone, "ask": event.ask, "author": at.actor, "created": at.recorded}
    rows.put("schedule", row | {"removed": None, "due": None, "ran": None})
    rows.put("counter", {"name": SCHEDULES, "last": number})


@projects(ScheduleRemoved)
def _removed(rows: Rows, at: Recorded, event: ScheduleRemoved) -> None:
    rows.change("schedule", event.schedule, removed=at.recorded)


@projects(ScheduleRan)
def _ran(rows: Rows, at: Recorded, event: ScheduleRan) -> None:
    rows.change("schedule", event.schedule, due=event.due, ran=at.seq)
