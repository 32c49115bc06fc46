"""`schedule add`: a notebook that is executed again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.schedules import ScheduleAdded
from jupyter_mlc.verbs.base import Does, Field, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_asking import Execution

_NEXT = 3


@dataclass(frozen=True, kw_only=True)
class ScheduleAdd(Execution):
    """Add a schedule."""

    every: Annotated[
        str,
        Field(description='an interval (1d, 30m), or a cron expression: "0 6 * * 1" is Mondays at 6', metavar="TIME"),
    ]
    timezone: Annotated[str, Field(description="in which a cron expression is read: Europe/Berlin", metavar="ZONE")] = (
        "UTC"
    )
    if_changed: Annotated[
        bool,
        Field(description="leave out what the record has the answer of: the same code, parameters, data, packages"),
    ] = False


@dataclass(frozen=True, kw_only=True)
class ScheduleAddReply(Reply):
    """The schedule, and when it is due."""

    schedule: str
    """empty in a rehearsal"""
    of: str
    every: str
    timezone: str
    due: tuple[Micros, ...]
    """the next times"""
    jobs: int
    """that each of them begins"""


@verb(does=Does.WRITE, name="schedule add", example='schedule add churn --every "0 6 * * 1" -p data=flights-autumn')
def schedule_add(ask: ScheduleAdd, context: Context) -> ScheduleAddReply:
    """Have a notebook executed again and again, as `retrain` does, whenever it is due and a worker runs.

    A model stands for its champion at that time, a dataset for its newest revision. Each due time is taken up once,
    however many workers run: start one with `jupyter mlc worker`. What was due while none ran is caught up once. The
    notebook is executed even where the record has the answer, since it may fetch what nobody knows of; `--if-changed`
    leaves that out. A run that has not ended holds back the next.
    """
    from itertools import islice

    from jupyter_mlc.jobs.timetable import timetable
    from jupyter_mlc.verbs.schedule_records import kept, refuse_without_tables
    from jupyter_mlc.verbs.shared import as_json

    refuse_without_tables(context)
    every, now = " ".join(ask.every.split()), context.clock()
    table = timetable(every, ask.timezone, now)
    name, model = _executed(ask.ref, context)
    jobs = _rehearsed(ask, context)
    number = 0
    if not ask.dry_run:
        added = ScheduleAdded(name=name, model=model, every=every, timezone=ask.timezone, ask=as_json(kept(ask)))
        with context.write() as log:
            number = log.append(added).assigned["number"]
    return ScheduleAddReply(
        done=not ask.dry_run,
        schedule=f"schedule/{number}" if number else "",
        of=name,
        every=every,
        timezone=ask.timezone,
        due=tuple(islice(table.after(now), _NEXT)),
        jobs=jobs,
        next="jupyter mlc worker" if number else "",
    )


def _executed(ref: str, context: Context) -> tuple[str, str | None]:
    """What is executed, and the model that it belongs to."""
    from jupyter_mlc.domain.names import parse_reference
    from jupyter_mlc.verbs.job_sources import NOTEBOOK

    if ref.endswith(NOTEBOOK):
        raise BadInput(
            f"{ref} is a file, and may be another one by the time that it is due",
            hint=f"keep it in the registry: %mlc job add {ref}; then name the job here",
        )
    if context.registry.find_job_definition(ref) is not None:
        return ref, None
    found = context.registry.version(parse_reference(ref))
    return ref, found.model


def _rehearsed(ask: ScheduleAdd, context: Context) -> int:
    """How many jobs it begins each time; whatever is wrong with it is told now, and not when it is due."""
    from jupyter_mlc.verbs.job_batch import RetrainReply
    from jupyter_mlc.verbs.retrain import Retrain
    from jupyter_mlc.verbs.schedule_records import kept

    values = {name: value for name, value in kept(ask).items() if name != "if_changed"}
    reply = context.call(Retrain(ref=ask.ref, force=True, dry_run=True, **values))  # type: ignore[arg-type]
    return len(reply.jobs) if isinstance(reply, RetrainReply) else 0
