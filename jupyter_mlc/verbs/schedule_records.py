"""What is recorded of schedules when they are due, and what is known of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, Conflict, Unavailable
from jupyter_mlc.domain.jobs import BEGUN
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.schedules import Due, Schedule, ScheduleRan
from jupyter_mlc.jobs.batches import Backend
from jupyter_mlc.jobs.spec import Engine

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.jobs.timetable import Timetable
    from jupyter_mlc.verbs.context import Context
    from jupyter_mlc.verbs.job_asking import Execution

MOST = 1_000
"""schedules of a registry"""
_READ: Mapping[str, Any] = {"backend": Backend, "engine": Engine, "promote_best": Stage}
_NOT_KEPT = {"ref", "dry_run", "yes", "confirm", "every", "timezone"}


def refuse_without_tables(context: Context) -> None:
    """Refuse where a shared database waits for its upgrade.

    Raises
    ------
    Unavailable
        If so.
    """
    if not context.registry.takes_schedules():
        raise Unavailable(
            f"{context.registry.place.shown} was made by a release that knows no schedules",
            hint="bring it up to date: jupyter mlc admin upgrade",
        )


def number_of(text: str) -> int:
    """The number of a schedule: 3, or schedule/3.

    Raises
    ------
    BadInput
        Where the text is none.
    """
    digits = text.strip().removeprefix("schedule/")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS):
        raise BadInput(f"{text!r} is no number of a schedule", hint="write 3 or schedule/3; see %mlc schedule list")
    return int(digits)


_DIGITS = 18


def kept(ask: Execution) -> dict[str, object]:
    """What is asked of each execution, as far as it is not what is asked unless somebody says otherwise."""
    fields = (each for each in dataclasses.fields(ask) if each.name not in _NOT_KEPT)
    values = {each.name: (getattr(ask, each.name), _default(each)) for each in fields}
    return {name: value for name, (value, usual) in values.items() if value != usual}


def _default(field: dataclasses.Field[Any]) -> object:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def asked(schedule: Schedule) -> dict[str, Any]:
    """The same, as values of a request again.

    Raises
    ------
    Unavailable
        Where a newer release added the schedule, and asked what this one does not know.
    """
    from jupyter_mlc.verbs.job_asking import Execution

    values: dict[str, Any] = {name: _READ.get(name, lambda same: same)(value) for name, value in schedule.ask.items()}
    unknown = values.keys() - {"if_changed", *(each.name for each in dataclasses.fields(Execution))}
    if unknown:
        raise Unavailable(
            f"{schedule.ref} was added by a newer release, and asks for {', '.join(sorted(unknown))}",
            hint="upgrade: pip install -U jupyter-mlc",
        )
    if not Path(values.get("folder", "")).is_dir():
        values.pop("folder", None)
    return values


def table_of(schedule: Schedule) -> Timetable:
    """When it is due."""
    from jupyter_mlc.jobs.timetable import timetable

    return timetable(schedule.every, schedule.timezone, schedule.created)


def due_of(schedule: Schedule, now: Micros) -> Due | None:
    """What is due by now, and was not taken up: the latest time alone."""
    from jupyter_mlc.jobs.timetable import latest

    since = max(schedule.created, schedule.due or 0)
    found = latest(table_of(schedule), since, now)
    if found is None:
        return None
    return Due(schedule=schedule.number, at=found.at, since=schedule.due, missed=found.missed)


def next_of(schedule: Schedule, now: Micros) -> Micros | None:
    """When it is due next: what is due by now is due now."""
    due = due_of(schedule, now)
    return due.at if due is not None else next(table_of(schedule).after(max(now, schedule.created)), None)


def open_schedule(due: Due, context: Context) -> Schedule:
    """The schedule whose due time is about to be taken up, inside the transaction that does so.

    Raises
    ------
    Conflict
        Where somebody else took it up, or the schedule was removed.
    """
    schedule = context.registry.schedule(due.schedule)
    if schedule.removed is not None:
        raise Conflict(f"{schedule.ref} was removed", hint="see %mlc schedule list")
    if schedule.due != due.since:
        raise Conflict(f"{schedule.ref}: somebody else took up what was due", hint="see %mlc schedule list")
    return schedule


def ran(schedule: Schedule, due: Due, *, jobs: Iterable[int] = (), refused: str = "") -> ScheduleRan:
    """What came of a due time."""
    return ScheduleRan(
        schedule=schedule.id,
        number=schedule.number,
        model=schedule.model,
        due=due.at,
        missed=due.missed,
        jobs=tuple(jobs),
        refused=refused,
    )


def jobs_of(run: ScheduleRan | None, context: Context) -> list[Job]:
    """The jobs that a due time began."""
    return [context.registry.job_by_id(id_) for id_ in run.jobs] if run is not None else []


def unfinished(jobs: Iterable[Job]) -> list[Job]:
    """Those that have not ended."""
    return [job for job in jobs if job.status == BEGUN]
