"""How schedules look: what is executed when, what came of it, and what a worker says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import (
    Block,
    Column,
    Kind,
    Line,
    Page,
    Para,
    Role,
    Span,
    fact,
    facts,
    head,
    joined,
    line,
    para,
    prose,
    stage,
    table,
)
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.schedule_add import ScheduleAddReply
    from jupyter_mlc.verbs.schedule_export import ScheduleExportReply
    from jupyter_mlc.verbs.schedule_list import Scheduled, ScheduleListReply
    from jupyter_mlc.verbs.schedule_rm import ScheduleRmReply
    from jupyter_mlc.verbs.tick import Finished, HeldBack, TakenUp, TickReply


def _due(moment: int, zone: str) -> str:
    """In its own zone; in UTC where this machine has none of that name any more."""
    from jupyter_mlc.domain.errors import BadInput
    from jupyter_mlc.jobs.timetable import UTC, shown

    try:
        return shown(moment, zone)
    except BadInput:
        return shown(moment, UTC)


def schedule_add_page(reply: ScheduleAddReply) -> Page:
    """What is executed, and the next times."""
    would = "" if reply.done else "would be a schedule"
    zone = f" in {reply.timezone}" if reply.timezone != "UTC" else ""
    first = head(reply.schedule or "schedule", would, f"{reply.of} every {reply.every}{zone}", _jobs(reply.jobs))
    times = facts(fact("due", *(_due(each, reply.timezone) for each in reply.due)))
    note = para("a worker begins what is due", role=Role.QUIET)
    return Page(blocks=(first, times, note) if reply.done else (first, times))


def _jobs(count: int) -> str:
    return f"{counted(count, 'job')} each time" if count != 1 else ""


def schedule_list_page(reply: ScheduleListReply) -> Page:
    """A row a schedule."""
    if not reply.schedules:
        return Page(blocks=(head("schedules", "no schedule yet"),))
    columns = (
        Column(name="schedule"),
        Column(name="of"),
        Column(name="every"),
        Column(name="parameters", rank=3, least=12),
        Column(name="due next"),
        Column(name="last", rank=2),
        Column(name="came to", rank=1, least=30, wraps=True),
        Column(name="by", rank=4, least=8),
    )
    first = head("schedules", counted(len(reply.schedules), "schedule"))
    return Page(blocks=(first, table(columns, [_row(each, reply.now) for each in reply.schedules])))


def _row(each: Scheduled, now: int) -> list[Line | Span | str]:
    due = "never" if each.due is None else "now" if each.due <= now else _due(each.due, each.timezone)
    last = _due(each.last, each.timezone) if each.last is not None else ""
    return [each.schedule, each.of, each.every, _pairs(each.params), due, last, _came_to(each), each.author]


def _pairs(params: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in params.items())


def _came_to(each: Scheduled) -> Line:
    if each.refused:
        return line(prose(f"refused: {each.refused.splitlines()[0]}"))
    return joined([line(f"{job} ", stage(status)) for job, status in each.jobs.items()], ", ")


def schedule_rm_page(reply: ScheduleRmReply) -> Page:
    """What is due no more, and what of it goes on."""
    would = f"of {reply.of} removed" if reply.done else f"of {reply.of} would be removed"
    blocks: list[Block] = [head(reply.schedule, would)]
    if reply.running:
        blocks.append(para(f"{', '.join(reply.running)} go{'es' if len(reply.running) == 1 else ''} on"))
    return Page(blocks=tuple(blocks))


def schedule_export_page(reply: ScheduleExportReply) -> Page:
    """Where the file is, or the file itself."""
    if reply.path:
        would = "written to" if reply.done else "would be written to"
        return Page(blocks=(head(reply.schedule, f"for {reply.to}", f"{would} {reply.path}"), *_notes(reply)))
    lines = [Para(line=line(Span(text=one, kind=Kind.SOURCE))) for one in reply.text.splitlines()]
    return Page(blocks=(head(reply.schedule, f"for {reply.to}"), *lines, *_notes(reply)))


def _notes(reply: ScheduleExportReply) -> list[Para]:
    return [para(prose(note), role=Role.NOTE) for note in reply.notes]


def tick_page(reply: TickReply) -> Page:
    """What was begun, what waits, and when something is due next."""
    lines = [*map(taken_line, reply.taken), *map(held_line, reply.held), *map(ended_line, reply.ended)]
    blocks: list[Block] = [para(prose(each)) for each in lines]
    if not reply.done:
        blocks = [
            para(f"{each.schedule} {each.of}: due {_due(each.due, each.timezone)}, would begin") for each in reply.taken
        ]
    blocks.append(para(awaited(reply), role=Role.QUIET))
    if reply.going_on:
        refs = ", ".join(f"job/{number}" for number in reply.going_on)
        blocks.append(para(f"the worker has ended; {refs} go{'es' if len(reply.going_on) == 1 else ''} on without it"))
    return Page(blocks=tuple(blocks))


def taken_line(taken: TakenUp) -> str:
    """``schedule/1 churn: due 2026-11-30 06:00 UTC, job/3 begun``."""
    said = [f"{taken.schedule} {taken.of}: due {_due(taken.due, taken.timezone)}"]
    if taken.missed:
        times = counted(taken.missed, "time")
        said.append(f"{'at least ' if taken.missed >= _MANY else ''}{times} before it missed and not caught up")
    said += [f"{', '.join(f'job/{number}' for number in taken.jobs)} begun"] if taken.jobs else []
    said += [f"answered from the record by {', '.join(taken.cached)}"] if taken.cached else []
    said += [f"refused: {taken.refused.splitlines()[0]}"] if taken.refused else []
    return ", ".join(said)


_MANY = 1_000


def held_line(held: HeldBack) -> str:
    """``schedule/1 churn: due ..., waits for job/3``."""
    why = f"waits for {held.job}" if held.job else f"is tried again: {held.why.splitlines()[0]}"
    return f"{held.schedule} {held.of}: due {_due(held.due, held.timezone)}, {why}"


def ended_line(ended: Finished) -> str:
    """``job/3 succeeded: churn:4``."""
    made = f": {', '.join(ended.versions)}" if ended.versions else ""
    return f"{ended.job} of {ended.of} {ended.status}{made}{f' ({ended.reason})' if ended.reason else ''}"


def awaited(reply: TickReply) -> str:
    """``2 schedules, next due: churn, 2026-11-30 06:00 UTC``."""
    if not reply.schedules:
        return "no schedule: add one with schedule add"
    after = f", next due: {reply.of}, {_due(reply.due, reply.timezone)}" if reply.due is not None else ""
    return f"{counted(reply.schedules, 'schedule')}{after}"
