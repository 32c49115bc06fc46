"""Blobs by SHA-256: written whole or not at all, shared by everything that needs the same bytes.

A blob lies at ``blobs/sha256/<hex>``, read-only. It is written under a temporary name in the same folder, made durable
and renamed, so a process that dies at any moment leaves temporary files and nothing else. Asking for bytes that are
already there touches the file's access time, which keeps it from being collected while its version is being recorded;
the time of modification stays, so that what was checked once stays known as checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mlc.domain.entities import Digest, Micros
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store import disk
from jupyter_mlc.store.digests import hex_of, holds_others, is_hex, missing_blob
from jupyter_mlc.store.taking import Taker
from jupyter_mlc.store.together import Progress, each, silent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from jupyter_mlc.store.checked_blobs import Checks
    from jupyter_mlc.store.hashed_files import HashedFiles

DAY: Micros = 86_400_000_000
_OPEN_TOGETHER = 64
"""files"""
_PROBE = b"can this be kept?"


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What a collection removed, or would remove."""

    blobs: tuple[Digest, ...]
    size: int
    """bytes of the blobs and of the leftovers"""
    leftovers: int
    """temporary files of writers that never finished"""


class Artifacts:
    """The blobs of one registry.

    Parameters
    ----------
    root : Path
        The registry's folder, which must exist; blobs lie in ``blobs/sha256`` in it.
    checks : Checks, optional
        Where to note which blobs this machine knows to be whole.
    hashed_files : HashedFiles, optional
        Where to note which files of others this machine has hashed.
    """

    def __init__(self, root: Path, checks: Checks | None = None, hashed_files: HashedFiles | None = None) -> None:
        self.root = root
        self.folder = root / "blobs" / "sha256"
        self.checks = checks
        self.hashed_files = hashed_files

    @property
    def where(self) -> str:
        """Where the blobs lie, as a person reads it."""
        return str(self.folder)

    # -- writing

    def put_bytes(self, data: Any) -> Digest:
        """Store a buffer; the digest of its bytes."""
        return self.put_many([data])[0]

    def put_many(self, buffers: Iterable[Any]) -> list[Digest]:
        """Store several buffers, a thread a core; together they cost one fsync of the folder."""
        with self._storing(), contextlib.ExitStack() as unfinished:
            self._make_folder()
            views = [memoryview(buffer).cast("B") for buffer in buffers]
            return self._landed([name for part in _parts(views) for name in self._put_part(part, unfinished)])

    def put_file(self, path: Path, *, is_new: bool = False) -> tuple[Digest, int]:
        """Store a copy of a regular file, never a link to it; digest and size of what was stored."""
        return self.put_files([path], is_new=is_new)[0]

    def put_files(
        self, paths: Sequence[Path], progress: Progress = silent, *, is_new: bool = False
    ) -> list[tuple[Digest, int]]:
        """Store copies of regular files, a thread a core; digest and size of each.

        Every file becomes a blob as soon as it is whole, so that whoever is interrupted begins where they were. Whether
        the bytes are there already is not asked where the caller knows that they are new.
        """
        with self._storing():
            self._make_folder()
            taker = Taker(self, alone=len(paths) == 1, is_new=is_new)
        total = sum(disk.size_of(path) for path in paths)
        taken = each(taker.take, paths, total, progress, "bytes of the model")
        with self._storing():
            disk.sync_folder(self.folder)
        return taken

    @contextlib.contextmanager
    def writing(self) -> Iterator[disk.Writer]:
        """A file object that becomes a blob when the block ends, and vanishes when the block raises."""
        with self._storing():
            self._make_folder()
        with self.placing() as writer:
            yield writer
        with self._storing():
            disk.sync_folder(self.folder)

    @contextlib.contextmanager
    def placing(self) -> Iterator[disk.Writer]:
        """As `writing`, in a folder that is there, and whose names somebody else makes durable."""
        with self._storing():
            writer = disk.Writer(self.folder)
        try:
            yield writer
            with self._storing():
                writer.settle()
                self._name(writer)
        finally:
            writer.discard()

    # -- reading

    def path(self, digest: Digest) -> Path:
        """Where the blob lies, or would lie."""
        return self.folder / hex_of(digest)

    def has(self, digest: Digest) -> bool:
        return self._state(digest) is not None

    def size(self, digest: Digest) -> int:
        state = self._state(digest)
        if state is None:
            raise missing_blob(digest)
        return state.st_size

    def holds(self, digest: Digest, size: int) -> bool:
        """Whether the blob is here, whole, and kept from being collected for a while."""
        return self._has_whole(hex_of(digest), size)

    def open(self, digest: Digest) -> BinaryIO:
        """Open a blob for reading; raises Damaged where it is missing."""
        path = self.path(digest)
        with disk.refusals(f"read {path}"):
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise missing_blob(digest) from None

    def read(self, digest: Digest) -> bytes:
        """All bytes of a blob."""
        with self.open(digest) as file:
            return file.read()

    def missing(self, digests: Iterable[Digest]) -> list[Digest]:
        """Those of the digests that have no blob here."""
        folder = os.fspath(self.folder)
        with disk.refusals(f"look for blobs in {folder}"):
            return [digest for digest in digests if not _exists(f"{folder}/{hex_of(digest)}")]

    def at_hand(self, digest: Digest) -> Path:
        """A file of this machine with the blob's bytes."""
        return self.path(digest)

    def check(self, digest: Digest) -> None:
        """Hash the blob again; raises Damaged where it is missing or holds other bytes."""
        self._check_here(digest)

    def _check_here(self, digest: Digest) -> None:
        with self.open(digest) as file:
            before = os.fstat(file.fileno())
            found, size = disk.hashed(file.fileno())
        if found.hexdigest() != hex_of(digest):
            raise holds_others(digest, size, found.hexdigest())
        if self.checks is not None:
            self.checks.remember(hex_of(digest), before)

    def ensure(self, digest: Digest) -> None:
        """Check the blob unless this machine already found it whole and its file has not changed since."""
        if not self.is_known(digest):
            self._check_here(digest)

    def is_known(self, digest: Digest) -> bool:
        """Whether this machine already found the blob whole, and its file has not changed since."""
        state = self._state(digest)
        if state is None:
            raise missing_blob(digest)
        return self.checks is not None and self.checks.known(hex_of(digest), state)

    # -- keeping house

    def delete(self, digest: Digest) -> int:
        """Remove one blob that nobody needs any more; returns its bytes, 0 where it was gone already."""
        state = self._state(digest)
        if state is None:
            return 0
        with disk.refusals(f"delete a blob in {self.folder}"):
            self.path(digest).unlink(missing_ok=True)
        return state.st_size

    def all(self) -> Iterator[Digest]:
        """Every blob, in order of its digest."""
        for entry in self._entries():
            if is_hex(entry.name):
                yield f"sha256:{entry.name}"

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Every blob by its name (hexadecimal), with its size."""
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if is_hex(entry.name):
                    with contextlib.suppress(FileNotFoundError):  # collected meanwhile
                        yield entry.name, entry.stat().st_size

    def sizes_of_all(self) -> dict[Digest, int]:
        """Every blob with its size."""
        return {f"sha256:{name}": size for name, size in self.sizes()} if self.folder.is_dir() else {}

    def gives_back(self) -> bool:
        """Whether bytes can be kept here, and come back as they were."""
        writer = disk.Writer(self.folder)
        try:
            writer.write(_PROBE)
            writer.settle()
            return writer.path.read_bytes() == _PROBE
        finally:
            writer.discard()

    def collect(
        self, keep: Collection[Digest], now: Micros, min_age: Micros = DAY, *, dry_run: bool = False
    ) -> Collected:
        """Remove blobs that nobody needs and leftovers of dead writers, sparing what is younger than `min_age`."""
        kept = {hex_of(digest) for digest in keep}
        names = [entry.name for entry in self._entries() if entry.name not in kept and _is_ours(entry.name)]
        removed = {}
        with disk.refusals(f"collect blobs in {self.folder}"):
            for name in names:
                size = _size_if_old(self.folder / name, now - min_age)
                if size is not None:
                    removed[name] = size
                    if not dry_run:
                        (self.folder / name).unlink(missing_ok=True)
        blobs = tuple(f"sha256:{name}" for name in removed if is_hex(name))
        return Collected(blobs=blobs, size=sum(removed.values()), leftovers=len(removed) - len(blobs))

    # -- inside

    def _storing(self) -> contextlib.AbstractContextManager[None]:
        return disk.refusals(f"store bytes in {self.folder}")

    def _make_folder(self) -> None:
        """Make the folders below the root; a root that is gone stays gone, it may be a drive that is not mounted."""
        if self.folder.is_dir():
            return
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(exist_ok=True)
            disk.sync_folder(folder.parent)

    def _put_part(self, views: list[memoryview], unfinished: contextlib.ExitStack) -> list[disk.Writer | str]:
        """Small blobs are all written before the first is made durable: the disk then takes them together."""
        size = sum(view.nbytes for view in views)
        if size >= disk.LARGE:
            alone = len(views) == 1
            return disk.each(lambda view: _settled(self._placed(view, unfinished, alone=alone)), views, size)
        placed = [self._placed(view, unfinished) for view in views]
        disk.settle([writer for writer in placed if isinstance(writer, disk.Writer)])
        return placed

    def _placed(self, view: memoryview, unfinished: contextlib.ExitStack, *, alone: bool = False) -> disk.Writer | str:
        """The name of the blob that has these bytes already, else a written file that has yet to land."""
        if view.nbytes < disk.LARGE:
            return self._placed_small(bytes(view), unfinished)
        if self._holds_some_of(view.nbytes):
            name = hashlib.sha256(view).hexdigest()
            if self._has_whole(name, view.nbytes):
                return name
        writer = self._writer(unfinished)
        write = writer.write_on_two_cores if alone else writer.write
        write(view)
        return writer

    def _placed_small(self, data: bytes, unfinished: contextlib.ExitStack) -> disk.Writer | str:
        """What is small is copied, so that nobody changes it between the hash and the writing."""
        hashed = hashlib.sha256(data)
        if self._has_whole(hashed.hexdigest(), len(data)):
            return hashed.hexdigest()
        writer = self._writer(unfinished)
        writer.write_hashed(data, hashed)
        return writer

    def _writer(self, unfinished: contextlib.ExitStack) -> disk.Writer:
        writer = disk.Writer(self.folder)
        unfinished.callback(writer.discard)
        return writer

    def _holds_some_of(self, size: int) -> bool:
        """Whether any blob has this size; where none has, hashing before writing would only take time."""
        return any(one == size for _, one in self.sizes())

    def _landed(self, placed: list[disk.Writer | str]) -> list[Digest]:
        """Give every settled file its name, and make all names durable: also those that another process just gave."""
        for writer in placed:
            if isinstance(writer, disk.Writer):
                self._name(writer)
        disk.sync_folder(self.folder)
        return [f"sha256:{item.hex if isinstance(item, disk.Writer) else item}" for item in placed]

    def _name(self, writer: disk.Writer) -> None:
        """Give a settled file its name."""
        path = self.folder / writer.hex
        writer.land(path)
        if self.checks is not None:
            self.checks.remember(writer.hex, path.stat())

    def _has_whole(self, name: str, size: int) -> bool:
        """Whether the blob is there, whole and safe from collection; a damaged one is written again, and so healed."""
        state = self._refreshed(name)
        if state is None or state.st_size != size:
            return False
        return self.checks is None or self.checks.known(name, state) or self._is_sound(f"sha256:{name}")

    def _is_sound(self, digest: Digest) -> bool:
        try:
            self._check_here(digest)
        except Damaged:
            return False
        return True

    def _refreshed(self, name: str) -> os.stat_result | None:
        """Touch the access time; None where the blob is missing or belongs to somebody whose time we cannot touch."""
        path = self.folder / name
        try:
            state = path.stat()
            now = time.time_ns()  # noqa: TID251 (a file's time is the disk's, no recorded fact)
            os.utime(path, ns=(now, state.st_mtime_ns))
        except (FileNotFoundError, PermissionError):
            return None
        return state

    def _state(self, digest: Digest) -> os.stat_result | None:
        path = self.path(digest)
        with disk.refusals(f"read {path}"):
            try:
                return path.stat()
            except FileNotFoundError:
                return None

    def _entries(self) -> list[os.DirEntry[str]]:
        if not self.folder.is_dir():
            return []
        with disk.refusals(f"list {self.folder}"), os.scandir(self.folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)


def _settled(placed: disk.Writer | str) -> disk.Writer | str:
    if isinstance(placed, disk.Writer):
        placed.settle()
    return placed


def _parts(views: list[memoryview]) -> Iterator[list[memoryview]]:
    """So few at a time that their files can be open together; those that pay a thread come as one part."""
    if sum(view.nbytes for view in views) >= disk.LARGE:
        yield views
        return
    for start in range(0, len(views), _OPEN_TOGETHER):
        yield views[start : start + _OPEN_TOGETHER]


def _exists(path: str) -> bool:
    """Unlike `os.path.exists` it tells a blob that is missing from one that cannot be looked at."""
    try:
        os.stat(path)  # noqa: PTH116 (asked for every blob of a version while others wait: a Path costs more than the question)
    except FileNotFoundError:
        return False
    return True


def _is_ours(name: str) -> bool:
    return name.startswith(disk.TEMPORARY) or is_hex(name)


def _size_if_old(path: Path, limit: Micros) -> int | None:
    """The size of a file that was neither written nor asked for since `limit`."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None
    used = max(state.st_mtime_ns, state.st_atime_ns) // 1000
    return state.st_size if stat.S_ISREG(state.st_mode) and used < limit else None
