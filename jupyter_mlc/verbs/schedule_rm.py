"""`schedule rm`: a schedule is due no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.schedules import Schedule, ScheduleRemoved
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class ScheduleRm(Writing):
    """Remove a schedule."""

    schedule: Annotated[
        str, Field(description="the schedule: 3 or schedule/3", positional=True, complete=Complete.SCHEDULE)
    ]


@dataclass(frozen=True, kw_only=True)
class ScheduleRmReply(Reply):
    """The schedule that is gone."""

    schedule: str
    of: str
    running: tuple[str, ...]
    """jobs of it that have begun, and go on"""


@verb(does=Does.WRITE, name="schedule rm", example="schedule rm 3")
def schedule_rm(ask: ScheduleRm, context: Context) -> ScheduleRmReply:
    """Let a schedule be due no more; jobs that it has begun go on, and the record keeps what it did."""
    from jupyter_mlc.verbs.schedule_records import jobs_of, number_of, unfinished

    number = number_of(ask.schedule)
    schedule = _there(number, context)
    if not ask.dry_run:
        with context.write() as log:
            schedule = _there(number, context)
            log.append(ScheduleRemoved(schedule=schedule.id, number=number, model=schedule.model))
    running = unfinished(jobs_of(context.registry.last_run(schedule), context))
    return ScheduleRmReply(
        done=not ask.dry_run,
        schedule=schedule.ref,
        of=schedule.name,
        running=tuple(job.ref for job in running),
        next=f"%mlc job cancel {running[0].number}" if running else "",
    )


def _there(number: int, context: Context) -> Schedule:
    schedule = context.registry.schedule(number)
    if schedule.removed is not None:
        raise Conflict(f"{schedule.ref} was removed before", hint="see %mlc schedule list")
    return schedule
