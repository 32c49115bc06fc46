"""`history`: when, who, what and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.events import RunEnded, RunStarted
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.verbs.base import Complete, Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.shared import check_limit
from jupyter_mlc.verbs.stays import Stay, stays
from jupyter_mlc.verbs.told import reason_of, told


@dataclass(frozen=True, kw_only=True)
class History(Reading):
    """Tell what happened."""

    ref: Annotated[
        str,
        Field(
            description="a model or a version; all that happened if none is named",
            positional=True,
            complete=Complete.VERSION,
        ),
    ] = ""
    limit: Annotated[int, Field(description="at most so many, the newest ones")] = 100


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the history."""

    seq: int
    recorded: Micros
    writer_time: Micros
    who: str
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class HistoryReply(Reply):
    """What happened, oldest first."""

    of: str
    entries: tuple[Entry, ...]
    more: bool
    stays: tuple[Stay, ...] = ()
    """where the versions of a model stood, and which was champion, as far as these events tell"""
    until: Micros = 0
    """the time at which this was so"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.of)

    def to_rows(self) -> list[dict[str, object]]:
        """One row an event."""
        return [
            {"seq": e.seq, "recorded": e.recorded, "who": e.who, "what": e.what, "why": e.why} for e in self.entries
        ]


@verb(does=Does.READ, example="history churn")
def history(ask: History, context: Context) -> HistoryReply:
    """Tell what happened to a model, a version, or everywhere: when, who, what, why."""
    check_limit(ask.limit)
    registry = context.registry
    version, model = None, None
    if ask.ref:
        reference = parse_reference(ask.ref)
        model = registry.model(reference.model).name
        if reference.names_a_version:
            version = registry.version(reference)
    if version is not None:
        found = registry.history_of_version(version.id, ask.limit + 1)
    else:
        found = registry.history(model, ask.limit + 1, without=(RunStarted, RunEnded))
    told = found[: ask.limit][::-1]
    called = {actor: _called(actor, context) for actor in {recorded.actor for recorded in told}}
    stood = stays(told) if model is not None else ()
    return HistoryReply(
        of=ask.ref or "the registry",
        entries=tuple(_entry(recorded, called[recorded.actor]) for recorded in told),
        more=len(found) > ask.limit,
        stays=tuple(stay for stay in stood if version is None or stay.version == version.ref),
        until=ask.at or context.clock(),
    )


def _called(actor: str, context: Context) -> str:
    """What people call whoever acted, with the id where others are called the same."""
    registry = context.registry
    name = registry.name_of(actor)
    alike = [person for person in registry.people_called(name) if registry.name_of(person) == name]
    return name if len(alike) < 2 else f"{name} ({actor})"  # noqa: PLR2004 (somebody else)


def _entry(recorded: Recorded, who: str) -> Entry:
    return Entry(
        seq=recorded.seq,
        recorded=recorded.recorded,
        writer_time=recorded.writer_time,
        who=who,
        what=told(recorded),
        why=reason_of(recorded.event),
    )
