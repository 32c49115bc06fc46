"""`admin gc`: blobs that nothing needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.store.blob_folder import BRING_BACK
from jupyter_mlc.store.sharing import refuse_shared
from jupyter_mlc.verbs.base import Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import DAY


@dataclass(frozen=True, kw_only=True)
class AdminGc(Writing):
    """Collect garbage."""

    others: Annotated[
        bool, Field(description="also blobs older than this registry, which another one left that is gone")
    ] = False


@dataclass(frozen=True, kw_only=True)
class AdminGcReply(Reply):
    """What was deleted."""

    blobs: int
    leftovers: int
    """files of writes that were interrupted"""
    freed: int
    """bytes"""
    kept: int


@verb(does=Does.WRITE, name="admin gc", example="admin gc --dry-run")
def admin_gc(ask: AdminGc, context: Context) -> AdminGcReply:
    """Delete blobs that no version, run or dataset needs, and what interrupted writes left behind.

    Blobs younger than a day are spared, since somebody may be about to register them; so are those that are older than
    the registry, since they tell of one whose database was lost. Where another registry keeps its bytes in the same
    folder, nothing is deleted.
    """
    refuse_shared(context.registry, "nothing is collected")
    with context.registry.database.writing():
        since = 0 if ask.others else context.registry.made
        needed = context.registry.held_blobs()
        removed = context.artifacts.collect(needed, context.clock(), DAY, since=since, dry_run=ask.dry_run)
    spared = f"{removed.others:,} older than this registry spared: another one left them, whose database is gone"
    return AdminGcReply(
        done=not ask.dry_run,
        blobs=len(removed.blobs),
        leftovers=removed.leftovers,
        freed=removed.size,
        kept=len(needed),
        warnings=(f"{spared}; {BRING_BACK}",) if removed.others else (),
    )
