"""`admin rebuild`: every table anew, from the events."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store.replay import rebuild
from jupyter_mlc.verbs.base import Does, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class AdminRebuild(Writing):
    """Rebuild the tables."""


@dataclass(frozen=True, kw_only=True)
class AdminRebuildReply(Reply):
    """How much was read."""

    events: int


@verb(does=Does.WRITE, where=Where.ANYWHERE, name="admin rebuild", example="admin rebuild")
def admin_rebuild(ask: AdminRebuild, context: Context) -> AdminRebuildReply:
    """Write every table anew from the events, which are the truth; for when `verify` found a table that differs.

    Triggers that are missing are made as well.
    """
    if ask.dry_run:
        return AdminRebuildReply(done=False, events=context.registry.count("event"))
    before = _head_before(context)
    events = rebuild(context.registry, context.progress)
    lost = f"the table head named event {before:,} as the last, and the log ends with {events:,}: if events were lost"
    return AdminRebuildReply(
        events=events,
        warnings=(f"{lost}, bring the registry back from a backup",) if before > events else (),
        next="%mlc verify",
    )


def _head_before(context: Context) -> int:
    try:
        return context.registry.head().seq
    except Damaged:
        return 0
