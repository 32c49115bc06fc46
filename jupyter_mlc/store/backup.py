"""Backups: a folder with a registry in its embedded form, brought up to date blob by blob.

Whatever database the registry is in, its log is the truth and its tables follow from it, so one form serves all.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, NotFound, Unavailable
from jupyter_mlc.domain.names import quoted
from jupyter_mlc.store import disk
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.artifacts_at import artifacts_at
from jupyter_mlc.store.checked_blobs import NAME as _CHECKED
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.places import PlaceOfRegistry
from jupyter_mlc.store.queue import Turn
from jupyter_mlc.store.registry import Registry, database_of, exists, open_registry, schema_of
from jupyter_mlc.store.restoring import mark_at
from jupyter_mlc.store.schemas import MAJOR
from jupyter_mlc.store.sqlite import BACKUP, FILE, SqliteDatabase
from jupyter_mlc.store.transfer import Carried, Progress, carry_blobs, carry_record, needed_blobs
from jupyter_mlc.store.verify import Verified, verify
from jupyter_mlc.store.verify_blobs import Reading

if TYPE_CHECKING:
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.writing import Clock

_SNAPSHOT = ".snapshot"
_MOST_CHECKED = 1 << 28
"""bytes of the file with what was found whole: lines for some millions of blobs"""
_BLOBS = ("blob ", "manifest ", "reference ")
"""where findings are that concern bytes, and not the record"""
_PATIENCE = 1.0
_ATTEMPTS = 3
"""a discard between the snapshot and the copying of its blobs asks for another snapshot; in the last, writers wait"""


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What a backup or restoration did, and what the verification of the copy found."""

    carried: Carried
    dropped: int
    """blobs that nothing needs any more"""
    verified: Verified
    kept: bool = False
    """whether the backup of before was kept, since the record itself is damaged now"""


def backup_place(folder: Path) -> PlaceOfRegistry:
    """A backup as a registry that can be looked at."""
    return PlaceOfRegistry(url=str(folder), folder=folder, artifacts=folder)


@contextlib.contextmanager
def opened_backup(folder: Path) -> Iterator[Registry]:
    """The registry in a backup, as it is: no table of it is changed.

    Raises
    ------
    NotFound
        Where there is no backup.
    Unavailable
        Where a newer major release made it.
    """
    if not (folder / FILE).is_file():
        raise NotFound(f"there is no backup in {folder}", hint="make one: jupyter mlc admin backup FOLDER")
    with SqliteDatabase(folder).closing() as database:
        registry = Registry(database, backup_place(folder))
        try:
            schema_of(registry)
        except Damaged as error:
            hint = "use another backup, or make a new one: jupyter mlc admin backup NEWFOLDER"
            raise Damaged(error.message, hint=hint) from error
        if schema_of(registry)[0] > MAJOR:
            raise Unavailable(
                f"the backup in {folder} was made by a newer release", hint="upgrade: pip install -U jupyter-mlc"
            )
        yield registry


def absent_blobs(registry: Registry, folder: Path) -> list[Digest]:
    """What a backup into the folder would have to copy."""
    return Artifacts(folder).missing(sorted(needed_blobs(registry)))


def check_target(registry: Registry, folder: Path) -> None:
    """Refuse a folder in which a backup would destroy something.

    Raises
    ------
    BadInput
        Where the registry itself is in it.
    Conflict
        Where another registry is in it, or one that has gone its own way.
    """
    own = registry.place.folder or registry.place.artifacts
    if folder.resolve() in {own.resolve(), *own.resolve().parents} or own.resolve() in folder.resolve().parents:
        raise BadInput(f"{folder} holds the registry itself", hint="name a folder elsewhere, best on another disk")
    if not (folder / FILE).is_file():
        if folder.is_dir() and not _is_ours(folder):
            raise BadInput(f"{folder} is not empty and holds no backup", hint="name a new folder")
        return
    if not (folder / BACKUP).exists():
        raise Conflict(f"{folder} is a registry of its own, and no backup", hint="name another folder")
    with opened_backup(folder) as before:
        _check_same_line(registry, before, folder)


def _is_ours(folder: Path) -> bool:
    """Whether nothing is in it but what an interrupted backup left."""
    return {path.name for path in folder.iterdir()} <= {"blobs", BACKUP, _SNAPSHOT, _CHECKED, ".gitignore"}


def _check_same_line(registry: Registry, before: Registry, folder: Path) -> None:
    there, here = before.head(), registry.head()
    if there.uuid != here.uuid:
        raise Conflict(
            f"the backup in {folder} is of another registry ({there.uuid[:8]}, this one is {here.uuid[:8]})",
            hint="name another folder for this one",
        )
    row = registry.database.one("SELECT hash FROM event WHERE seq = :seq", {"seq": there.seq})
    if row is None or row["hash"] != there.hash:
        raise Conflict(
            f"the backup in {folder} holds what this registry does not: it parts from it by event {there.seq:,}",
            hint=f"keep that backup and name another folder; to look at it: %mlc use {quoted(str(folder))}",
        )


def back_up(
    registry: Registry, artifacts: Artifacts, folder: Path, identity: Identity | None, progress: Progress
) -> BackedUp:
    """Bring the backup in a folder up to date, and verify it.

    Writers go on meanwhile. A blob that is there is not copied again, and not read again while its file looks as it did
    when it was found whole; that is noted in the folder. The copy changes in one step, when every blob that it needs
    has come; a damaged record never takes the place of a whole one.
    """
    check_target(registry, folder)
    with disk.refusals(f"back up into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    with _alone(folder):
        copies = Artifacts(folder, Checks(folder, _MOST_CHECKED))
        carried = Carried()
        for attempt in range(1, _ATTEMPTS + 1):
            carried = carried.then(carry_blobs(artifacts, copies, needed_blobs(registry), progress))
            with registry.database.writing() if attempt == _ATTEMPTS else contextlib.nullcontext():
                needed = _snapshot(registry, folder, progress)
                carried = carried.then(carry_blobs(artifacts, copies, needed, progress))
            if not set(carried.lost) - needed_blobs(registry):  # else somebody discarded them meanwhile
                break
        with opened_backup(folder / _SNAPSHOT) as copy:
            found = verify(copy, copies, identity=identity, progress=progress, reading=Reading.NEW)
        if (folder / FILE).exists() and not all(finding.where.startswith(_BLOBS) for finding in found.findings):
            _clear(folder)
            return BackedUp(carried=carried, dropped=0, verified=found, kept=True)
        _land(folder)
        dropped = copies.collect(needed, now=2**62, min_age=0)
    return BackedUp(carried=carried, dropped=len(dropped.blobs), verified=found)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    turn = Turn(folder / BACKUP)
    try:
        turn.wait(_PATIENCE)
    except Unavailable:
        raise Conflict(f"another backup into {folder} is under way", hint="wait until it is done") from None
    try:
        yield
    finally:
        turn.end()


def _snapshot(registry: Registry, folder: Path, progress: Progress) -> set[Digest]:
    """The record of one moment, beside the backup's own; the blobs that it needs."""
    place = folder / _SNAPSHOT
    with disk.refusals(f"back up into {folder}"):
        _clear(folder)
        place.mkdir()
    if isinstance(registry.database, SqliteDatabase):
        registry.database.copy_to(place / FILE)
    with SqliteDatabase(place).closing() as database:
        if not isinstance(registry.database, SqliteDatabase):
            carry_record(registry, database, progress)
        return needed_blobs(Registry(database, backup_place(place)))


def _land(folder: Path) -> None:
    """The snapshot takes the place of the record before; the log that SQLite keeps beside that one goes with it."""
    with disk.refusals(f"back up into {folder}"):
        _drop_log(folder)
        with (folder / _SNAPSHOT / FILE).open("rb") as file:
            os.fsync(file.fileno())
        (folder / _SNAPSHOT / FILE).replace(folder / FILE)
        disk.sync_folder(folder)
        _clear(folder)


def _drop_log(folder: Path) -> None:
    """Remove the log of a database that was there before: SQLite would write it into the one that comes."""
    for end in ("-wal", "-shm"):
        (folder / f"{FILE}{end}").unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    shutil.rmtree(folder / _SNAPSHOT, ignore_errors=True)


def restore(folder: Path, place: PlaceOfRegistry, identity: Identity, clock: Clock, progress: Progress) -> BackedUp:
    """Make a registry anew from a backup, in either kind of database, and verify it.

    Blobs come first and the record last, so what is interrupted leaves no registry, and is done by doing it again.

    Raises
    ------
    Conflict
        Where a registry is there already.
    """
    check_empty(place)
    with opened_backup(folder) as backup:
        with disk.refusals(f"restore into {place.shown}"):
            place.artifacts.mkdir(parents=True, exist_ok=True)
            mark_at(place).write_text(_command(folder, place), encoding="utf-8")
        copies = artifacts_at(place)
        carried = carry_blobs(Artifacts(folder), copies, needed_blobs(backup), progress)
        _restore_record(backup, place, progress)
        mark_at(place).unlink(missing_ok=True)
    registry = open_registry(place, lambda: identity, clock)
    with registry.database.closing():
        found = verify(registry, copies, identity=identity, progress=progress, reading=Reading.NEW)
    return BackedUp(carried=carried, dropped=0, verified=found)


def check_empty(place: PlaceOfRegistry) -> None:
    """Refuse a place where a registry is already, or a backup."""
    if place.folder is not None and (place.folder / BACKUP).exists():
        raise Conflict(
            f"{place.shown} is the folder of a backup",
            hint="name a new place: jupyter mlc admin restore BACKUP PLACE",
        )
    if exists(place):
        raise Conflict(
            f"there is a registry at {place.shown} already, and a backup takes nobody's place",
            hint="name a new place: jupyter mlc admin restore BACKUP PLACE; or move that one away first",
        )


def _command(folder: Path, place: PlaceOfRegistry) -> str:
    """What is typed to restore; a password is left to whoever types it."""
    return f"{shlex.join(['jupyter', 'mlc', 'admin', 'restore', str(folder), place.shown])}\n"


def _restore_record(backup: Registry, place: PlaceOfRegistry, progress: Progress) -> None:
    if place.folder is not None and isinstance(backup.database, SqliteDatabase):
        _drop_log(place.folder)
        backup.database.copy_to(place.folder / FILE)
        return
    with database_of(place).closing() as database:
        carry_record(backup, database, progress)
