"""`admin backup`: a copy of the registry, brought up to date."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.store.home import as_typed
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import own_identity
from jupyter_mlc.verbs.verify import Finding

if TYPE_CHECKING:
    from jupyter_mlc.store.backup import BackedUp

_KEPT = "the record is damaged now, so that of the backup was kept as it is"


@dataclass(frozen=True, kw_only=True)
class AdminBackup(Writing):
    """Back up the registry."""

    to: Annotated[
        str,
        Field(
            description="the folder of the backup, a new one or that of last time",
            positional=True,
            complete=Complete.PATH,
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class CareReply(Reply):
    """A copy of a whole registry, and what its verification found."""

    where: str
    events: int
    """up to which event it goes"""
    blobs: int
    """how many had to be copied"""
    size: int
    """bytes of those"""
    there: int = 0
    """how many were there, whole"""
    there_size: int = 0
    """bytes of those"""
    findings: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int:
        return 3 if self.findings else 0

    def to_rows(self) -> list[dict[str, object]]:
        """One row a finding."""
        return [{"where": finding.where, "what": finding.what} for finding in self.findings]


@dataclass(frozen=True, kw_only=True)
class AdminBackupReply(CareReply):
    """The backup."""

    dropped: int = 0
    """blobs that nothing needs any more"""
    kept: bool = False
    """whether the backup of before was kept, since the record itself is damaged now"""


@verb(does=Does.READ, where=Where.CLIENT, name="admin backup", example="admin backup /mnt/backup/models")
def admin_backup(ask: AdminBackup, context: Context) -> AdminBackupReply:
    """Back up the registry into a folder, and verify the copy; a second time only what is new is copied.

    What is there already is not read again either, unless its file has changed since it was found whole. Everybody
    goes on working meanwhile. Whatever database the registry is in, the backup can be restored into either kind. What
    was purged here is purged from the backup too. Keys are yours, not the registry's, and no part of it.
    """
    from jupyter_mlc.store.backup import absent_blobs, back_up, check_target

    registry, folder = context.registry, as_typed(ask.to).absolute()
    if ".." in folder.parts:
        folder = folder.resolve()  # what is shown is to be typed again in another place
    if ask.dry_run:
        check_target(registry, folder)
        absent = absent_blobs(registry, folder)
        size = sum(context.artifacts.size(digest) for digest in absent if context.artifacts.has(digest))
        return AdminBackupReply(done=False, where=str(folder), events=registry.head().seq, blobs=len(absent), size=size)
    own, _ = own_identity(context)
    made = back_up(registry, context.artifacts, folder, own, context.progress)
    return AdminBackupReply(
        where=str(folder),
        events=made.verified.events,
        blobs=len(made.carried.copied),
        size=made.carried.size,
        there=len(made.carried.there),
        there_size=made.carried.there_size,
        dropped=made.dropped,
        findings=findings_of(made),
        kept=made.kept,
        warnings=(_KEPT,) if made.kept else (),
        next=f"to restore it: jupyter mlc admin restore {shlex.quote(str(folder))} NEWPLACE",
    )


def findings_of(made: BackedUp) -> tuple[Finding, ...]:
    """What is wrong with the copy; what is missing in it was missing where it comes from."""
    return tuple(Finding(where=finding.where, what=finding.what) for finding in made.verified.findings)
