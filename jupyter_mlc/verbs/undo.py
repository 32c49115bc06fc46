"""`undo`: the opposite of one's own last act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.events import (
    REVERSIBLE,
    AliasMoved,
    Event,
    ModelEdited,
    Pointer,
    Tagged,
    VersionEdited,
    VersionMoved,
)
from jupyter_mlc.domain.lifecycle import Stage, opposite
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.verbs.base import Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.told import told

_LOOK_BACK = 200


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
    `discard`, which deletes. The log keeps both the act and its undoing.
    """
    if ask.dry_run:
        act = _last_own(context)
        return UndoReply(done=False, undone=told(act), seq=act.seq)
    with context.write() as log:
        act = _last_own(context)
        _refuse_if_built_on(context, act)
        log.append(_opposite(act, ask.reason))
    return UndoReply(undone=told(act), seq=act.seq)


def _last_own(context: Context) -> Recorded:
    me = context.registry.person_of(context.identity)
    undone: set[int] = set()
    for recorded in context.registry.by_actor(me or "", _LOOK_BACK):
        undoes = _undoes(recorded.event)
        if undoes is not None:
            undone.add(undoes)
        elif recorded.seq not in undone and _can_be_taken_back(recorded.event, context):
            return recorded
    raise Conflict("there is no act of yours to take back", hint=_why_nothing(context, me))


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
