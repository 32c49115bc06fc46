"""A folder of blobs: what is there, whether it is what was stored, and what is not needed any more."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from jupyter_mlc.domain.entities import Digest, Micros
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store import disk
from jupyter_mlc.store.digests import hex_of, holds_others, is_hex, missing_blob, no_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from jupyter_mlc.store.checked_blobs import Checks
    from jupyter_mlc.store.hashed_files import HashedFiles

DAY: Micros = 86_400_000_000
BRING_BACK = (
    "to have it back, close the kernels and put its registry.db there, in the place of this one and its -wal and -shm; "
    "if nobody wants it: %mlc admin gc --others"
)
"""what to do where blobs are older than the registry"""


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What a collection removed, or would remove."""

    blobs: tuple[Digest, ...]
    size: int
    """bytes of the blobs and of the leftovers"""
    leftovers: int
    """temporary files of writers that never finished"""
    others: int = 0
    """blobs that were spared, since they are older than the registry that asks: another one left them"""


class BlobFolder:
    """Blobs under their digests in a folder; see `artifacts.Artifacts`, which also writes them."""

    def __init__(self, root: Path, checks: Checks | None = None, hashed_files: HashedFiles | None = None) -> None:
        self.root = root
        self.folder = root / "blobs" / "sha256"
        self.checks = checks
        self.hashed_files = hashed_files

    @property
    def where(self) -> str:
        """Where the blobs lie, as a person reads it."""
        return str(self.folder)

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
        """Open a blob for reading; raises Damaged where it is missing, or no file."""
        path = self.path(digest)
        with disk.refusals(f"read {path}"):
            try:  # without waiting for whoever writes into a pipe
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            except FileNotFoundError:
                raise missing_blob(digest) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise no_file(digest)
        return os.fdopen(descriptor, "rb")

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
            self.checks.remember({hex_of(digest): before})

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

    def was_hashed(self, digest: Digest) -> bool:
        """Whether the bytes that lie here were found whole before, and have not changed since."""
        return self.is_known(digest)

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
        with disk.refusals(f"list {self.folder}"), os.scandir(self.folder) as entries:
            for entry in entries:
                if is_hex(entry.name):
                    with contextlib.suppress(FileNotFoundError):  # collected meanwhile
                        yield entry.name, entry.stat().st_size

    def sizes_of_all(self) -> dict[Digest, int]:
        """Every blob with its size."""
        return {f"sha256:{name}": size for name, size in self.sizes()} if self.folder.is_dir() else {}

    def collect(
        self, keep: Collection[Digest], now: Micros, min_age: Micros = DAY, *, since: Micros = 0, dry_run: bool = False
    ) -> Collected:
        """Remove blobs that nobody needs and leftovers of dead writers.

        What is younger than `min_age` is spared, since somebody may be about to need it; so are blobs from before
        `since`, when the registry that asks was made.
        """
        kept = {hex_of(digest) for digest in keep}
        names = [entry.name for entry in self._entries() if entry.name not in kept and _is_ours(entry.name)]
        removed, others = {}, 0
        with disk.refusals(f"collect blobs in {self.folder}"):
            for name in names:
                state = _state_of_file(self.folder / name)
                if state is None:
                    continue
                if is_hex(name) and state.st_mtime_ns // 1000 < since:
                    others += 1
                elif max(state.st_mtime_ns, state.st_atime_ns) // 1000 < now - min_age:
                    removed[name] = state.st_size
                    if not dry_run:
                        (self.folder / name).unlink(missing_ok=True)
        blobs = tuple(f"sha256:{name}" for name in removed if is_hex(name))
        return Collected(blobs=blobs, size=sum(removed.values()), leftovers=len(removed) - len(blobs), others=others)

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
        path = f"{self.folder}/{name}"
        try:
            state = os.stat(path)  # noqa: PTH116 (see `_exists`)
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


def _exists(path: str) -> bool:
    """Unlike `os.path.exists` it tells a blob that is missing from one that cannot be looked at.

    It is asked for every blob of a version while others wait: making a Path would cost more than the question.
    """
    try:
        os.stat(path)  # noqa: PTH116 (see above)
    except FileNotFoundError:
        return False
    return True


def _is_ours(name: str) -> bool:
    return name.startswith(disk.TEMPORARY) or is_hex(name)


def _state_of_file(path: Path) -> os.stat_result | None:
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None
    return state if stat.S_ISREG(state.st_mode) else None
