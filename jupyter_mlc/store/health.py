"""What can be the matter with a registry and its surroundings, and what to do about each thing."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store import disk, filesystem
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.blob_folder import BRING_BACK
from jupyter_mlc.store.checkpoints import newest_own
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.registry import Registry, schema_of
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS
from jupyter_mlc.store.sharing import sharers
from jupyter_mlc.store.sqlite import FILE
from jupyter_mlc.store.sqlite_errors import how_to_open, unwritable

_SECOND: Micros = 1_000_000
_APART = 60 * _SECOND
"""clocks that differ by more are worth a word"""
_RECENT = 1000
"""events whose writers' clocks are looked at"""
_LITTLE_SHARE, _LITTLE = 0.05, 1 << 30
_MANY = 1000
"""events that nobody verified are worth a word"""
_LONG_LOG = 64 << 20
"""bytes of SQLite's write-ahead log that show that nothing merges it"""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing that was looked at."""

    about: str
    what: str
    advice: str = ""
    """what to do; empty where all is well"""

    @property
    def is_fine(self) -> bool:
        return not self.advice


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is looked at, by whom, and when."""

    registry: Registry
    artifacts: Artifacts
    who: Callable[[], Identity]
    """gives whoever looks; a key that cannot be read is one more thing that can be the matter"""
    clock: Callable[[], Micros]

    @property
    def folder(self) -> Path | None:
        """Of an embedded registry."""
        return self.registry.place.folder


def remarks(patient: Patient) -> tuple[Remark, ...]:
    """Look at everything; what cannot be looked at is a remark too."""
    return tuple(remark for name, look in _LOOKS.items() for remark in _looked(name, look, patient))


def _looked(name: str, look: Callable[[Patient], Iterator[Remark]], patient: Patient) -> Iterator[Remark]:
    try:
        with disk.refusals(f"look at the {name}"):
            yield from look(patient)
    except MlcError as error:
        yield Remark(about=name, what=error.message, advice=error.hint or "see what the message says")


def _schema(patient: Patient) -> Iterator[Remark]:
    major, minor = schema_of(patient.registry)
    newest = len(MIGRATIONS)
    known = f"{major}.{minor}"
    if minor < newest:
        what = f"{known} is of an earlier release; this one makes {MAJOR}.{newest}"
        yield Remark(about="schema", what=what, advice="bring it up to date: jupyter mlc admin upgrade")
    else:
        yield Remark(about="schema", what=known + (", of a newer release" if minor > newest else ", up to date"))


def _clocks(patient: Patient) -> Iterator[Remark]:
    here, head = patient.clock(), patient.registry.head()
    apart = {"the last event": head.recorded - here if head.recorded > here else 0, "the disk": _disk_time(patient)}
    there = patient.registry.database.clock()
    if there is not None:
        apart["the database server"] = there - patient.clock()
    wrong = {name: span for name, span in apart.items() if abs(span) > _APART}
    for name, span in wrong.items():
        what = f"{name} is {_span(span)} {'ahead of' if span > 0 else 'behind'} this machine's clock"
        yield Remark(about="clocks", what=what, advice="set the clock that is wrong; recorded times only go forward")
    late = _late_writers(patient)
    if late:
        what = f"{', '.join(late)} wrote with a clock that was behind"
        yield Remark(about="clocks", what=what, advice="set the clocks of their machines; history marks such events *")
    if not wrong and not late:
        yield Remark(about="clocks", what="agree within a minute")


def _disk_time(patient: Patient) -> Micros:
    """How far the clock of the disk is ahead of ours; one that takes no bytes is told as such elsewhere."""
    try:
        with _probe(patient) as writer:
            return writer.path.stat().st_mtime_ns // 1000 - patient.clock()
    except MlcError:
        return 0


@contextmanager
def _probe(patient: Patient) -> Iterator[disk.Writer]:
    """A small file where the artifacts are."""
    with disk.refusals(f"store bytes in {patient.artifacts.root}"):
        writer = disk.Writer(patient.artifacts.root)
        try:
            writer.write(b"what time is it?")
            yield writer
        finally:
            writer.discard()


def _late_writers(patient: Patient) -> list[str]:
    registry = patient.registry
    recent = registry.history(None, _RECENT)
    late = {one.actor for one in recent if one.recorded - one.writer_time > _APART}
    return sorted(registry.name_of(actor) for actor in late)


def _span(micros: Micros) -> str:
    seconds = abs(micros) // _SECOND
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def _permissions(patient: Patient) -> Iterator[Remark]:
    places = {patient.artifacts.root, *([patient.folder] if patient.folder else [])}
    files = [place / FILE for place in places if (place / FILE).exists()]
    shut = [file for path in files for file in unwritable(path)]
    for file in shut:
        what = f"you may not write {file}, though its folder is open to you; so you cannot write the registry"
        yield Remark(about="permissions", what=what, advice=how_to_open(file))
    for path in sorted([*places, *files]):
        if path.stat().st_mode & stat.S_IWOTH:
            what = f"everybody on this machine may write {path}"
            yield Remark(about="permissions", what=what, advice=f"chmod o-w {path}")
        elif path not in shut and not os.access(path, os.W_OK):
            yield Remark(about="permissions", what=f"{path} is read-only for you")
    yield Remark(about="permissions", what=f"who can write past the rules: {patient.registry.database.writers()}")


def _space(patient: Patient) -> Iterator[Remark]:
    found = shutil.disk_usage(patient.artifacts.root)
    what = f"{_bytes(found.free)} of {_bytes(found.total)} free where the artifacts are"
    is_little = found.free < _LITTLE or found.free < _LITTLE_SHARE * found.total
    advice = "see what takes it: jupyter mlc admin usage; what nothing needs goes with: jupyter mlc admin gc"
    yield Remark(about="disk", what=what, advice=advice if is_little else "")
    with _probe(patient):  # what it refuses is a remark of its own
        pass


def _bytes(size: int) -> str:
    for unit, length in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size >= length:
            return f"{size / length:.1f} {unit}"
    return f"{size:,} bytes"


def _artifacts(patient: Patient) -> Iterator[Remark]:
    where = patient.artifacts.where
    if patient.registry.place.bucket == "" and not patient.artifacts.folder.is_dir():
        yield Remark(about="artifacts", what="nothing was stored yet")
        return
    kept = patient.artifacts.gives_back()
    what = f"{where} takes bytes and gives them back" if kept else f"{where} gives back other bytes than it takes"
    yield Remark(about="artifacts", what=what, advice="" if kept else "check what lies behind it; then: %mlc verify")


def _blobs(patient: Patient) -> Iterator[Remark]:
    needed = patient.registry.held_blobs()
    missing = patient.artifacts.missing(sorted(needed))
    if missing:
        what = f"{len(missing):,} of {len(needed):,} that are needed are missing"
        yield Remark(about="blobs", what=what, advice="%mlc verify names them; bring them back from a backup")
    shared = sharers(patient.registry)
    for where in shared.values():
        what = f"{where} keeps its bytes in the same folder; nothing is collected or discarded there"
        yield Remark(about="blobs", what=what)
    if shared:
        return
    spare = patient.artifacts.collect(needed, patient.clock(), since=patient.registry.made, dry_run=True)
    if spare.others:
        what = f"{spare.others:,} older than this registry: another one left them, whose database is gone"
        yield Remark(about="blobs", what=what, advice=BRING_BACK)
    if spare.blobs or spare.leftovers:
        what = f"{len(spare.blobs):,} that nothing needs and {spare.leftovers:,} left by writers that never finished"
        yield Remark(about="blobs", what=f"{what}, {_bytes(spare.size)}", advice="delete them: jupyter mlc admin gc")
    if not missing and not spare.blobs and not spare.leftovers and not spare.others:
        yield Remark(about="blobs", what=f"all {len(needed):,} that are needed are there, and nothing else")


def _keys(patient: Patient) -> Iterator[Remark]:
    identity = patient.who()
    public = identity.public
    row = patient.registry.database.one("SELECT person, ended FROM actor_key WHERE public = :key", {"key": public})
    person = patient.registry.person_of(identity)
    if row is not None and row["ended"] is not None:
        what = f"{public[:8]} was replaced by another and signs nothing any more here"
        yield Remark(about="key", what=what, advice=identity.way_out)
    elif person is None:
        yield Remark(about="key", what=f"{public[:8]}, not known here before your first act")
    else:
        by = "" if row is not None else ", by the key before it"
        yield Remark(about="key", what=f"{public[:8]}, known here as {person}{by}")
    folder = identity.folder
    if folder is not None and folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield Remark(about="key", what=f"others may write {folder}", advice=f"chmod 700 {folder}")


def _file_system(patient: Patient) -> Iterator[Remark]:
    folder = patient.folder
    if folder is None:
        return
    kind = filesystem.type_of(folder) or "unknown"
    if filesystem.is_network(folder):
        what = f"{kind}, over a network: it works, slower"
        yield Remark(about="file system", what=what, advice="keep it on a local disk, or use PostgreSQL")
    elif not os.access(folder, os.W_OK):
        yield Remark(about="file system", what=f"{kind}, local, read-only for you; whether locks hold cannot be tried")
    elif not filesystem.locks_hold(folder):
        what = f"{kind} does not lock files between processes"
        yield Remark(about="file system", what=what, advice="keep the registry on another disk, or use PostgreSQL")
    else:
        yield Remark(about="file system", what=f"{kind}, local, locks hold")


def _leftovers(patient: Patient) -> Iterator[Remark]:
    folder = patient.folder
    if folder is None:
        return
    parts = sorted(path.name for path in folder.iterdir() if path.name.startswith((f".{FILE}.", ".lock-probe-")))
    if parts:
        what = f"{', '.join(parts)}: left by something that was interrupted"
        yield Remark(about="leftovers", what=what, advice=f"where nothing is under way, delete them in {folder}")
    copies = sorted(folder.glob(f"{FILE}.before-*"))
    if copies:
        what = f"{', '.join(path.name for path in copies)}: kept from before an upgrade"
        yield Remark(about="leftovers", what=what, advice="once %mlc verify finds all whole, delete them")
    log = folder / f"{FILE}-wal"
    if log.exists() and log.stat().st_size > _LONG_LOG:
        what = f"{log.name} has grown to {_bytes(log.stat().st_size)}: somebody has been reading for long"
        yield Remark(about="leftovers", what=what, advice="restart the kernels that use the registry")


def _verified(patient: Patient) -> Iterator[Remark]:
    newest = newest_own(patient.registry, _own_keys(patient))
    seq, known = patient.registry.head().seq, newest.seq if newest else 0
    if patient.registry.database.is_backup:
        yield Remark(about="record", what=f"a backup, which is only looked at, up to event {seq:,}")
        return
    what = (
        f"verified by you up to event {known:,} of {seq:,}"
        if known
        else f"its {seq:,} events were never verified by you"
    )
    advice = "compare everything with everything: %mlc verify"
    yield Remark(about="record", what=what, advice=advice if seq - known > _MANY else "")


def _own_keys(patient: Patient) -> frozenset[str]:
    try:
        return patient.who().own_keys
    except MlcError:  # told where the key is looked at
        return frozenset()


_LOOKS: dict[str, Callable[[Patient], Iterator[Remark]]] = {
    "schema": _schema,
    "clocks": _clocks,
    "permissions": _permissions,
    "disk": _space,
    "artifacts": _artifacts,
    "blobs": _blobs,
    "key": _keys,
    "file system": _file_system,
    "leftovers": _leftovers,
    "record": _verified,
}
