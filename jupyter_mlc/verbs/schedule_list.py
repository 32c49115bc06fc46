"""`schedule list`: what is executed again and again, when it is due, and what came of it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.verbs.base import Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import check_limit

if TYPE_CHECKING:
    from jupyter_mlc.domain.schedules import Schedule


@dataclass(frozen=True, kw_only=True)
class ScheduleList(Reading):
    """List schedules."""

    limit: Annotated[int, Field(description="at most so many, the oldest ones")] = 100


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A schedule, when it is due, and what came of it last."""

    schedule: str
    of: str
    every: str
    timezone: str
    params: Mapping[str, object]
    due: Micros | None
    """next; None where it comes no more"""
    last: Micros | None
    """the due time that was taken up last"""
    jobs: Mapping[str, str]
    """that it began then, and how they stand"""
    refused: str
    """why nothing could begin then"""
    author: str


@dataclass(frozen=True, kw_only=True)
class ScheduleListReply(Reply):
    """Schedules, the oldest first."""

    schedules: tuple[Scheduled, ...]
    now: Micros
    """by which they are due"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a schedule."""
        return [_row(each) for each in self.schedules]


def _row(each: Scheduled) -> dict[str, object]:
    row: dict[str, object] = {"schedule": each.schedule, "of": each.of, "every": each.every, "timezone": each.timezone}
    row |= {f"params.{name}": value for name, value in each.params.items()}
    row |= {"due": each.due, "last": each.last, "jobs": ", ".join(each.jobs), "refused": each.refused}
    return row | {"status": ", ".join(dict.fromkeys(each.jobs.values())), "author": each.author}


@verb(does=Does.READ, name="schedule list", example="schedule list")
def schedule_list(ask: ScheduleList, context: Context) -> ScheduleListReply:
    """List what is executed again and again: when it is due next, and what came of it the last time."""
    check_limit(ask.limit)
    now = context.clock() if ask.at is None else ask.at
    found = context.registry.schedules(ask.limit)
    return ScheduleListReply(
        schedules=tuple(_scheduled(each, now, context) for each in found),
        now=now,
        next="" if found else '%mlc schedule add REF --every "0 6 * * 1"',
    )


def _scheduled(schedule: Schedule, now: Micros, context: Context) -> Scheduled:
    from jupyter_mlc.verbs.job_standing import as_they_stand
    from jupyter_mlc.verbs.schedule_records import jobs_of, next_of

    run = context.registry.last_run(schedule)
    jobs = [each.job for each in as_they_stand(jobs_of(run, context), context)]
    params = schedule.ask.get("param", {})
    return Scheduled(
        schedule=schedule.ref,
        of=schedule.name,
        every=schedule.every,
        timezone=schedule.timezone,
        params=params if isinstance(params, Mapping) else {},
        due=next_of(schedule, now),
        last=schedule.due,
        jobs={job.ref: job.status for job in jobs},
        refused=run.refused if run is not None else "",
        author=schedule.author,
    )
