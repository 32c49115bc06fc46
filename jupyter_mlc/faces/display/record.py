"""How the record looks: what happened, and whether it still is what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import (
    Align,
    Column,
    Line,
    Page,
    Para,
    Role,
    Span,
    fact,
    facts,
    head,
    para,
    span,
    table,
    thing,
)
from jupyter_mlc.faces.display.figures import clock, when
from jupyter_mlc.faces.display.staying import lanes
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.history import Entry, HistoryReply
    from jupyter_mlc.verbs.verify import VerifyReply

_APART = 60_000_000
"""microseconds between the writer's own clock and the recorded time that are worth a word"""
_MOST_FINDINGS = 50
_HISTORY = (
    Column(name="event", align=Align.RIGHT, rank=3),
    Column(name="when"),
    Column(name="who", rank=1, least=10),
    Column(name="what", least=24, wraps=True),
    Column(name="why", rank=2, least=16, wraps=True),
)


def history_page(reply: HistoryReply) -> Page:
    """When, who, what and why, oldest first."""
    if not reply.entries:
        return Page(blocks=(head(reply.of, "nothing happened yet"),))
    count = counted(len(reply.entries), "event")
    lead = f"the newest {count}; more: --limit {10 * len(reply.entries)}" if reply.more else count
    apart = sum(_is_apart(entry) for entry in reply.entries)
    legend = (para("* the writer's own clock showed another time", role=Role.QUIET),) if apart else ()
    drawn = lanes(reply.stays, reply.until)
    return Page(blocks=(head(reply.of, lead), *drawn, table(_HISTORY, map(_entry, reply.entries)), *legend))


def _is_apart(entry: Entry) -> bool:
    return abs(entry.recorded - entry.writer_time) > _APART


def _entry(entry: Entry) -> list[Line | Span | str]:
    time: Line = (when(entry.recorded),)
    if _is_apart(entry):
        time = (*time, span("*", title=f"the writer's clock showed {clock(entry.writer_time)}"))
    return [f"{entry.seq:,}", time, entry.who, entry.what, entry.why]


def verify_page(reply: VerifyReply) -> Page:
    """What was looked at, what was found, and how far it can be relied on."""
    seen = ", ".join(
        counted(count, noun)
        for count, noun in (
            (reply.events, "event"),
            (reply.signatures, "signature"),
            (reply.blobs, "blob"),
            (reply.versions, "version"),
        )
    )
    nothing = "nothing wrong at a quick look" if reply.quick else "everything is as it was recorded"
    found = counted(len(reply.findings), "finding") if reply.findings else nothing
    known = facts(
        fact("looked at", seen),
        fact("checked", reply.checked),
        fact("consistent", f"up to event {reply.consistent_to:,}" if reply.consistent_to else "nowhere"),
        fact("anchored", _anchor(reply)),
        fact("can write", f"{reply.writers} (directly, past the rules of this registry)" if reply.writers else ""),
        fact("record", _worth(reply)),
    )
    first = head(thing("the registry"), found)
    return Page(blocks=(first, *_findings(reply), known))


def _anchor(reply: VerifyReply) -> str:
    return f"outside, up to event {reply.anchored_to:,}" if reply.anchored_to else "nowhere outside"


def _worth(reply: VerifyReply) -> str:
    if not reply.anchored_to:
        return "tamper-evident, but nobody outside could tell if those who can write directly made all of it anew"
    return f"tamper-evident: up to event {reply.anchored_to:,} a record made anew would not be what is held outside"


def _findings(reply: VerifyReply) -> tuple[Para, ...]:
    rest = len(reply.findings) - _MOST_FINDINGS
    more = (para(f"and {counted(rest, 'finding')} more: --json has them all", role=Role.QUIET),) if rest > 0 else ()
    shown = tuple(para(thing(one.where), f": {one.what}", role=Role.FINDING) for one in reply.findings[:_MOST_FINDINGS])
    return (*shown, *more)
