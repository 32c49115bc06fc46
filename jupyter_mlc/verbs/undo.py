"""`undo`: the opposite of one's own last act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.events import (
    REVERSIBLE,
    AliasMoved,
    Event,
    ModelEdited,
    Pointer,
    Tagged,
    VersionEdited,
    VersionMoved,
    VersionRegistered,
)
from jupyter_mlc.domain.lifecycle import Stage, opposite
from jupyter_mlc.domain.names import has_number
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.verbs.base import VERBS, Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import confirmed, is_version
from jupyter_mlc.verbs.told import told

_LOOK_BACK = 200
_LIKE_AN_EVENT = re.compile(r"(?:event\s*)?#?([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Undo(Writing):
    """Take back one's own last act."""

    reason: Annotated[str, Field(description="why, in quotes", positional=True, metavar='"reason"', words="reason")] = (
        ""
    )


@dataclass(frozen=True, kw_only=True)
class UndoReply(Reply):
    """What was taken back."""

    undone: str
    seq: int
    """of the act that was taken back"""


@verb(does=Does.DECIDE, example="undo")
def undo(ask: Undo, context: Context) -> UndoReply:
    """Take back your own last act that can be taken back, if nobody built on it.

    Promotions, rollbacks, deprecations, retirements, aliases, tags and edits can; a registration is taken back by
    `discard`, which deletes and cannot be undone. After either, undo asks before it takes back what was before. The log
    keeps both the act and its undoing.
    """
    _refuse_choice(ask.reason.strip(), context)
    act, final = _last_own(context)
    if ask.dry_run:
        return UndoReply(done=False, undone=told(act), seq=act.seq, warnings=tuple(_passed_over(final)))
    for question in _passed_over(final):
        confirmed(ask, f"{question}; take back what was before it, {told(act)}?", (act.seq,))
    with context.write() as log:
        act, meanwhile = _last_own(context)
        if meanwhile != final:
            raise Conflict("you did something else meanwhile", hint="look again: %mlc history")
        _refuse_if_built_on(context, act)
        log.append(_opposite(act, ask.reason))
    return UndoReply(undone=told(act), seq=act.seq)


def _refuse_choice(reason: str, context: Context) -> None:
    """Refuse what is an event, a version, a model or a verb, which nobody means as a reason."""
    registry, number = context.registry, _LIKE_AN_EVENT.fullmatch(reason)
    is_event = number is not None and has_number(number[1], registry.head().seq)
    if is_event or reason in VERBS or is_version(registry, reason) or registry.model_row(reason):
        act, _ = _last_own(context)
        raise BadInput(
            f"undo takes back your own last act and no other; {reason!r} chooses none",
            hint=f"your last act is event {act.seq}, {told(act)}; to take it back: %mlc undo",
        )


def _passed_over(final: Recorded | None) -> Iterator[str]:
    """What is said of a later act that stays as it is."""
    if final is None:
        return
    said = f"{told(final)} (event {final.seq})"
    if isinstance(final.event, VersionRegistered):
        yield f"{said} stays (discard takes back registrations)"
    else:
        yield f"{said} cannot be undone"


def _last_own(context: Context) -> tuple[Recorded, Recorded | None]:
    """One's last act that can be taken back, and the last registration or discard after it, which cannot."""
    me = context.registry.person_of(context.identity)
    undone: set[int] = set()
    final: Recorded | None = None
    for recorded in context.registry.by_actor(me or "", _LOOK_BACK):
        undoes = _undoes(recorded.event)
        if undoes is not None:
            undone.add(undoes)
        elif recorded.seq not in undone and _can_be_taken_back(recorded.event, context):
            return recorded, final
        elif recorded.seq not in undone and isinstance(recorded.event, VersionRegistered | VersionMoved):
            final = final or recorded
    what = "".join(f"{said}, and " for said in _passed_over(final))
    raise Conflict(f"{what}there is no act of yours to take back", hint=_why_nothing(context, me))


def _why_nothing(context: Context, me: str | None) -> str:
    """Acts under one's own name may be signed with a key that was lost."""
    name = context.registry.called_here(context.identity)
    for other in context.registry.people_called(name):
        if other != me and context.registry.name_of(other) == name and context.registry.by_actor(other, 1):
            return f"{name} ({other}) acted here too, with another key, which alone can take that back: %mlc history"
    return "see what you did: %mlc history"


def _undoes(event: Event) -> int | None:
    """The act that this one takes back, if it does."""
    return getattr(event, "undoes", None)


def _can_be_taken_back(event: Event, context: Context) -> bool:
    """Whether the act has an opposite; what was about a version whose bytes are gone is past."""
    if isinstance(event, VersionMoved):
        return event.kind != "discard"
    if isinstance(event, AliasMoved):
        ends = [end.id for end in (event.pointer.before, event.pointer.after) if end is not None]
        return all(version.stage != Stage.PURGED for version in context.registry.versions_by_id(ends))
    return isinstance(event, REVERSIBLE)


def _refuse_if_built_on(context: Context, act: Recorded) -> None:
    """Refuse where a later act touched the same versions or pointers; acts that were undone do not count."""
    touched = _touched(act.event)
    later = context.registry.since(act.seq, getattr(act.event, "model", None))
    undone = {_undoes(recorded.event) for recorded in later}
    for recorded in later:
        is_pair = recorded.seq in undone or _undoes(recorded.event) is not None
        if not is_pair and touched & _touched(recorded.event):
            raise Conflict(
                f"{told(act)}: somebody built on it ({told(recorded)})",
                hint="make a new move instead; what happened: %mlc history",
            )


def _touched(event: Event) -> set[object]:
    """What an act changes, as comparable things."""
    if isinstance(event, VersionMoved):
        touched: set[object] = {("stage", change.version.id) for change in event.changes}
        return touched | ({"champion"} if event.champion else set())
    if isinstance(event, AliasMoved):
        return {("alias", event.alias)}
    if isinstance(event, Tagged):
        return {("tag", event.version)}
    if isinstance(event, VersionEdited):
        return {("note", event.version)}
    return {"model"} if isinstance(event, ModelEdited) else set()


def _opposite(act: Recorded, reason: str) -> Event:
    event = act.event
    if isinstance(event, VersionMoved):
        return replace(opposite(event, act.seq), reason=reason)
    if isinstance(event, AliasMoved):
        pointer = Pointer(before=event.pointer.after, after=event.pointer.before)
        return replace(event, pointer=pointer, undoes=act.seq)
    if isinstance(event, Tagged):
        return replace(event, before=event.after, after=event.before, undoes=act.seq)
    if isinstance(event, VersionEdited):
        return replace(event, note_before=event.note, note=event.note_before, undoes=act.seq)
    if isinstance(event, ModelEdited):
        return ModelEdited(
            model=event.model,
            owner_before=event.owner,
            owner=event.owner_before,
            tier_before=event.tier,
            tier=event.tier_before,
            description_before=event.description,
            description=event.description_before,
            undoes=act.seq,
        )
    raise TypeError(type(event))
