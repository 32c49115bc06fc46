"""`tick`: begin what is due. A worker asks for it again and again; any number of them may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import Conflict, Interrupted, MlcError, Unavailable
from jupyter_mlc.domain.schedules import Due, Schedule
from jupyter_mlc.verbs.base import Does, Field, Parse, Reply, Runs, Where, Writing, verb
from jupyter_mlc.verbs.context import Context

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job


@dataclass(frozen=True, kw_only=True)
class Tick(Writing):
    """Begin what is due."""

    watched: Annotated[tuple[int, ...], Field(description="jobs whose end is told", parse=Parse.FILLED)] = ()


@dataclass(frozen=True, kw_only=True)
class TakenUp:
    """A due time that was taken up, or would be."""

    schedule: str
    of: str
    due: Micros
    timezone: str
    missed: int
    """due times before it that nobody took up"""
    jobs: tuple[int, ...] = ()
    """that began"""
    cached: tuple[str, ...] = ()
    """those that answer it from the record"""
    refused: str = ""
    """why nothing could begin"""


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """A due time that waits, and is tried again: the run before it has not ended, or something is not to be had."""

    schedule: str
    of: str
    due: Micros
    timezone: str
    job: str = ""
    """that has not ended"""
    why: str = ""
    """what is not to be had"""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A job that has ended."""

    job: str
    of: str
    status: str
    versions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class TickReply(Reply):
    """What was due, and when something is due next."""

    taken: tuple[TakenUp, ...] = ()
    held: tuple[HeldBack, ...] = ()
    ended: tuple[Finished, ...] = ()
    schedules: int = 0
    due: Micros | None = None
    """when the next is due"""
    of: str = ""
    """which that is"""
    timezone: str = "UTC"
    going_on: tuple[int, ...] = ()
    """jobs that a worker began, and that go on without it"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a due time that was taken up."""
        return [{"schedule": each.schedule, "of": each.of, "due": each.due, "jobs": each.jobs} for each in self.taken]


@verb(does=Does.WRITE, runs=Runs.NOTEBOOK, where=Where.CLIENT, plumbing=True, example="tick")
def tick(ask: Tick, context: Context) -> TickReply:
    """Begin the jobs of every schedule that is due, each due time once, however many workers ask at the same time.

    Their jobs run in processes of their own, which outlive whoever asked.
    """
    from jupyter_mlc.verbs.job_records import settle_quietly
    from jupyter_mlc.verbs.schedule_records import MOST, due_of, next_of

    if not ask.dry_run:
        settle_quietly(context)
    now, taken, held = context.clock(), list[TakenUp](), list[HeldBack]()
    for schedule in context.registry.schedules(MOST):
        due = due_of(schedule, now)
        found = _looked_at(schedule, due, ask, context) if due is not None else None
        taken += [found] if isinstance(found, TakenUp) else []
        held += [found] if isinstance(found, HeldBack) else []
    schedules = context.registry.schedules(MOST)
    times = [(moment, each) for each in schedules if (moment := next_of(each, now)) is not None]
    nearest = min(times, key=lambda one: (one[0], one[1].number), default=None)
    return TickReply(
        done=not ask.dry_run,
        taken=tuple(taken),
        held=tuple(held),
        ended=tuple(_finished(ask.watched, context)),
        schedules=len(schedules),
        due=nearest[0] if nearest else None,
        of=nearest[1].name if nearest else "",
        timezone=nearest[1].timezone if nearest else "UTC",
    )


def _looked_at(schedule: Schedule, due: Due, ask: Tick, context: Context) -> TakenUp | HeldBack | None:
    running = _running(schedule, context)
    if running is not None:
        return _back(schedule, due, job=running.ref)
    if ask.dry_run:
        return _up(schedule, due)
    return _taken(schedule, due, context)


def _up(schedule: Schedule, due: Due) -> TakenUp:
    zone = schedule.timezone
    return TakenUp(schedule=schedule.ref, of=schedule.name, due=due.at, timezone=zone, missed=due.missed)


def _back(schedule: Schedule, due: Due, *, job: str = "", why: str = "") -> HeldBack:
    zone = schedule.timezone
    return HeldBack(schedule=schedule.ref, of=schedule.name, due=due.at, timezone=zone, job=job, why=why)


def _running(schedule: Schedule, context: Context) -> Job | None:
    """A job of the run before that has not ended."""
    from jupyter_mlc.verbs.schedule_records import jobs_of, unfinished

    return next(iter(unfinished(jobs_of(context.registry.last_run(schedule), context))), None)


def _taken(schedule: Schedule, due: Due, context: Context) -> TakenUp | HeldBack | None:
    """Begin; None where somebody else did."""
    from jupyter_mlc.verbs.job_batch import RetrainReply
    from jupyter_mlc.verbs.retrain import Retrain
    from jupyter_mlc.verbs.schedule_records import asked
    from jupyter_mlc.verbs.sweeps import CACHED

    try:
        values = asked(schedule)
        force = not values.pop("if_changed", False)
        reply = context.call(Retrain(ref=schedule.name, force=force, background=True, due=due, **values))
    except Interrupted:
        raise
    except Unavailable as error:
        return _back(schedule, due, why=error.text)
    except MlcError as error:
        return _refused(schedule, due, error, context)
    rows = reply.jobs if isinstance(reply, RetrainReply) else ()
    numbers = tuple(int(row.job.rpartition("/")[2]) for row in rows if row.exit != CACHED)
    cached = tuple(row.job for row in rows if row.exit == CACHED)
    return replace(_up(schedule, due), jobs=numbers, cached=cached)


def _refused(schedule: Schedule, due: Due, error: MlcError, context: Context) -> TakenUp | None:
    """Record that nothing can begin, so that it is not tried again; None where somebody else took it up."""
    from jupyter_mlc.verbs.schedule_records import open_schedule, ran

    try:
        with context.write() as log:
            found = open_schedule(due, context)
            log.append(ran(found, due, refused=error.text))
    except Conflict:
        return None
    return replace(_up(schedule, due), refused=error.text)


def _finished(watched: tuple[int, ...], context: Context) -> list[Finished]:
    from jupyter_mlc.domain.jobs import BEGUN

    found = []
    for number in watched:
        job = context.registry.job(number)
        if job.status != BEGUN:
            ended = context.registry.job_end(job)
            reason = f"{ended.exception}: {ended.message}".strip(": ") if ended is not None else ""
            found.append(Finished(job=job.ref, of=job.name, status=job.status, versions=job.versions, reason=reason))
    return found
