"""How replies look about the health of a registry: copies of it, what it takes, what is the matter with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import Align, Column, Page, Para, Role, head, para, quiet, table, thing
from jupyter_mlc.faces.display.figures import size
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.admin_backup import AdminBackupReply, CareReply
    from jupyter_mlc.verbs.admin_doctor import AdminDoctorReply
    from jupyter_mlc.verbs.admin_restore import AdminRestoreReply
    from jupyter_mlc.verbs.admin_usage import AdminUsageReply

_MOST_FINDINGS = 50
_SHORT = 8
_USED = (
    Column(name="what", least=12),
    Column(name="versions", align=Align.RIGHT, rank=2),
    Column(name="needs", align=Align.RIGHT),
    Column(name="of that alone", align=Align.RIGHT, rank=1, title="what would be free if it were gone"),
)


def backup_page(reply: AdminBackupReply) -> Page:
    """Where the backup is, and how far it goes."""
    if not reply.done:
        return Page(blocks=(head(reply.where, f"would be a backup {_reach(reply)}", _carried(reply)),))
    gone = f"{counted(reply.dropped, 'blob')} dropped that nothing needs" if reply.dropped else ""
    lead = "not brought up to date" if reply.kept else f"backed up {_reach(reply)}"
    return Page(blocks=(head(reply.where, lead, _carried(reply), gone, _state(reply)), *_all(reply)))


def restore_page(reply: AdminRestoreReply) -> Page:
    """The registry that is there again."""
    what = f"registry {reply.uuid[:_SHORT]}"
    if not reply.done:
        return Page(
            blocks=(head(reply.where, f"{what} would be restored {_reach(reply)}", counted(reply.blobs, "blob")),)
        )
    first = head(reply.where, f"{what} restored {_reach(reply)}", _carried(reply), _state(reply))
    return Page(blocks=(first, *_all(reply)))


def _reach(reply: CareReply) -> str:
    return f"as far as event {reply.events:,}"


def _carried(reply: CareReply) -> str:
    lead = "copied" if reply.done else "to copy"
    new = f"{counted(reply.blobs, 'blob')} {lead}, {size(reply.size)}" if reply.blobs else f"nothing new {lead}"
    there = f" · {counted(reply.there, 'blob')} there already, {size(reply.there_size)}" if reply.there else ""
    return new + there


def _state(reply: CareReply) -> str:
    return f"verified: {counted(len(reply.findings), 'finding') if reply.findings else 'whole'}"


def _all(reply: CareReply) -> tuple[Para, ...]:
    rest = len(reply.findings) - _MOST_FINDINGS
    more = (para(f"and {counted(rest, 'finding')} more: --json has them all", role=Role.QUIET),) if rest > 0 else ()
    shown = tuple(para(thing(one.where), f": {one.what}", role=Role.FINDING) for one in reply.findings[:_MOST_FINDINGS])
    return (*shown, *more)


def usage_page(reply: AdminUsageReply) -> Page:
    """What takes how much, the largest first."""
    rows = [
        [one.name, f"{one.versions:,}" if one.versions else "", size(one.size), size(one.alone)] for one in reply.uses
    ]
    first = head(
        reply.where,
        f"{size(reply.size)} in {counted(reply.blobs, 'blob')}, what is shared counted once",
        f"{size(reply.free)} free on the disk",
    )
    largest = ", ".join(f"{one.name} {size(one.size)}" for one in reply.largest)
    spare = f"needed by nothing: {size(reply.unneeded)}, of which a collection would free {size(reply.collectable)} now"
    return Page(
        blocks=(
            first,
            *((table(_USED, rows),) if rows else ()),
            *((para(quiet("largest versions: "), largest),) if largest else ()),
            *((para(spare),) if reply.unneeded or reply.collectable else ()),
        )
    )


def doctor_page(reply: AdminDoctorReply) -> Page:
    """What was looked at: first what is wrong, with what to do."""
    count = sum(not one.is_fine for one in reply.remarks)
    first = head(reply.where, f"{counted(count, 'thing')} to look at" if count else "in good health")
    wrong: list[Para] = []
    for one in reply.remarks:
        if not one.is_fine:
            wrong += [para(thing(one.about), f": {one.what}", role=Role.FINDING), para(quiet(f"  {one.advice}"))]
    fine = [para(thing(one.about), f": {one.what}") for one in reply.remarks if one.is_fine]
    return Page(blocks=(first, *wrong, *fine))
