"""`admin rebuild`: every table anew, from the events."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Write every table anew from the events, which are the truth; for when `verify` found a table that differs."""
    if ask.dry_run:
        return AdminRebuildReply(done=False, events=context.registry.count("event"))
    return AdminRebuildReply(events=rebuild(context.registry, context.progress), next="%mlc verify")
