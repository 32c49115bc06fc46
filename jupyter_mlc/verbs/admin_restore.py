"""`admin restore`: a registry anew, from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.names import quoted
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs.admin_backup import CareReply, findings_of
from jupyter_mlc.verbs.base import Complete, Does, Field, Where, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class AdminRestore(Writing):
    """Restore a registry."""

    backup: Annotated[str, Field(description="the folder of the backup", positional=True, complete=Complete.PATH)]
    into: Annotated[
        str,
        Field(
            description="a folder, or postgresql+psycopg://...; where the registry in use should be, unless named",
            positional=True,
            complete=Complete.PATH,
        ),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class AdminRestoreReply(CareReply):
    """The registry as it is again."""

    uuid: str


@verb(does=Does.WRITE, where=Where.CLIENT, name="admin restore", example="admin restore /mnt/backup/models ./models")
def admin_restore(ask: AdminRestore, context: Context) -> AdminRestoreReply:
    """Make a registry from a backup, and verify it; in a place where no registry is yet.

    It is the same registry as before: the same events, signatures and UUID. What was interrupted is done by doing it
    again: what had come is not copied again, nor read again where this machine knows it.
    """
    from jupyter_mlc.store.backup import check_empty, opened_backup, restore
    from jupyter_mlc.store.transfer import needed_blobs

    folder = as_typed(ask.backup).absolute()
    place = place_of(ask.into) if ask.into else context.place
    with opened_backup(folder) as backup:
        head, blobs = backup.head(), needed_blobs(backup)
    if ask.dry_run:
        check_empty(place)
        return AdminRestoreReply(
            done=False, where=place.shown, uuid=head.uuid, events=head.seq, blobs=len(blobs), size=0
        )
    made = restore(folder, place, context.identity, context.clock, context.progress)
    return AdminRestoreReply(
        where=place.shown,
        uuid=head.uuid,
        events=made.verified.events,
        blobs=len(made.carried.copied),
        size=made.carried.size,
        there=len(made.carried.there),
        there_size=made.carried.there_size,
        findings=findings_of(made),
        next=f"%mlc use {quoted(place.shown)}",
    )
