"""Files written whole or not at all: temporary names, fsync, copies that share blocks, and what a disk refuses."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mlc.domain.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Told = Callable[[int], None]
    """takes how many bytes more are done"""

TEMPORARY = ".tmp-"
CHUNK = 1 << 20
PIECE = 1 << 22
LARGE = 1 << 23
"""bytes from which a second thread pays"""
_FICLONE = 0x40049409
_FULL = "free some space there and repeat the command; nothing was recorded"
_READ_ONLY = "make it writable, or keep the registry elsewhere: %mlc use PATH"
_REASONS = {
    errno.ENOSPC: ("the disk is full", _FULL),
    errno.EDQUOT: ("your quota of disk space is used up", _FULL),
    errno.EFBIG: ("the file would be larger than this process may write", "raise the limit (ulimit -f) and repeat"),
    errno.EROFS: ("the disk is read-only", _READ_ONLY),
    errno.EACCES: ("this user may not write there", _READ_ONLY),
    errno.EPERM: ("this user may not write there", _READ_ONLY),
    errno.ENOENT: ("the folder is gone", "bring it back (is a drive or share not mounted?) and repeat the command"),
    errno.ENOTDIR: ("a file stands where a folder should be", "move the file away and repeat the command"),
    errno.EMFILE: ("this process has too many files open", "raise the limit (ulimit -n) or restart the kernel"),
}
_LOOKING = ("list ", "look ", "read ")
"""how what is done begins where nothing is written"""


def untold(count: int) -> None:
    """Nobody wants to know."""


class Hash(Protocol):
    """What hashlib gives."""

    def update(self, data: Any, /) -> None: ...
    def hexdigest(self) -> str: ...


@contextlib.contextmanager
def refusals(doing: str) -> Iterator[None]:
    """Tell what the operating system refuses as a person reads it: ``cannot store bytes in /x: the disk is full``."""
    try:
        yield
    except OSError as error:
        otherwise = (error.strerror or str(error), "repeat the command; if it stays so, look at the disk")
        reason, hint = _REASONS.get(error.errno or 0, otherwise)
        if isinstance(error, PermissionError) and doing.startswith(_LOOKING):
            reason, hint = "this user may not read it", "ask its owner for access"
        raise Unavailable(f"cannot {doing}: {reason}", hint=hint) from error


class Writer:
    """A new file under a temporary name, hashed while it is written; it becomes visible only by `land`.

    Its paths are text: a model has many files, and a Path takes longer than what is done with it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = os.fspath(folder)
        self._path = f"{self._folder}/{TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}"
        self.size = 0
        self._is_finished = self._has_landed = False
        self._hash: Hash = hashlib.sha256()
        self._descriptor = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)

    @property
    def path(self) -> Path:
        """Where it is written."""
        return Path(self._path)

    @property
    def _doing(self) -> str:
        return f"store bytes in {self._folder}"

    def write(self, data: Any) -> int:
        """Write all bytes of a buffer."""
        with self._pieces(data, CHUNK) as pieces:
            for piece in pieces:
                self._hash.update(piece)
                self._write_whole(piece)
        return memoryview(data).nbytes

    def write_hashed(self, data: bytes, hashed: Hash) -> None:
        """Write all bytes of a new file whose hash is known; what the disk refuses is the caller's to tell."""
        self._hash, self.size = hashed, len(data)
        self._write_whole(memoryview(data))

    def write_on_two_cores(self, data: Any) -> None:
        """Write all bytes of a large buffer, hashing each piece while it is written."""
        from concurrent.futures import ThreadPoolExecutor

        with self._pieces(data, PIECE) as pieces, ThreadPoolExecutor(max_workers=1) as beside:
            for piece in pieces:
                hashing = beside.submit(self._hash.update, piece)
                self._write_whole(piece)
                hashing.result()

    @contextlib.contextmanager
    def _pieces(self, data: Any, length: int) -> Iterator[Iterator[memoryview]]:
        """Copies of the pieces: the notebook may be changing the original, and hash and file must agree."""
        with refusals(self._doing):
            view = memoryview(data).cast("B")
            copy = memoryview(bytearray(min(length, len(view))))
            yield (_copied(view[start : start + length], copy) for start in range(0, len(view), length))
            self.size += len(view)

    def _write_whole(self, rest: memoryview) -> None:
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Nothing waits in memory."""

    def take(self, source: int, told: Told = untold, *, alone: bool = False) -> None:
        """Become a copy of an open file: sharing its blocks where the disk can, else byte by byte.

        Parameters
        ----------
        source : int
            The descriptor of the file.
        told : callable, optional
            Takes how many bytes more are done.
        alone : bool
            Whether no other file is taken at the same time, so that a second core may hash.
        """
        if _shares_blocks(source, self._descriptor):
            self._hash, self.size = hashed(self._descriptor, told)
        elif alone:
            self._copy_on_two_cores(source, told)
        else:
            self._copy(source, told)

    def _copy(self, source: int, told: Told) -> None:
        for piece in pieces(source, CHUNK):
            self._hash.update(piece)
            self._append(piece)
            told(len(piece))

    def _copy_on_two_cores(self, source: int, told: Told) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(max_workers=1) as beside:
            for piece in pieces(source, PIECE):
                hashing = beside.submit(self._hash.update, piece)
                self._append(piece)
                hashing.result()
                told(len(piece))

    def _append(self, piece: memoryview) -> None:
        with refusals(self._doing):
            self._write_whole(piece)
        self.size += len(piece)

    @property
    def hex(self) -> str:
        return self._hash.hexdigest()

    def hurry(self) -> None:
        """Nothing more is written, and the disk may begin to take it."""
        self._finish()
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # what is not on the disk yet is sent there, where the kernel listens
                os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def _finish(self) -> None:
        """Read-only, once: each change of its mode is one more thing for the disk to note."""
        if not self._is_finished:
            os.fchmod(self._descriptor, 0o444)
            self._is_finished = True

    def settle(self) -> None:
        """Make the bytes durable and read-only; after this nothing more is written."""
        self._finish()
        os.fsync(self._descriptor)
        self.state = os.fstat(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = -1

    def land(self, path: Path | str) -> None:
        """Give the settled file its name; what stood there is replaced."""
        os.rename(self._path, path)  # noqa: PTH104 (text, see above)
        self._has_landed = True

    def discard(self) -> None:
        """Leave nothing behind, whatever happened before."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if not self._has_landed:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)


def _copied(piece: memoryview, space: memoryview) -> memoryview:
    space[: len(piece)] = piece
    return space[: len(piece)]


def _shares_blocks(source: int, target: int) -> bool:
    """Try a copy that shares blocks (Btrfs, XFS); False where this one cannot."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def pieces(descriptor: int, length: int) -> Iterator[memoryview]:
    """What an open file holds, from its beginning, piece after piece in the same space of memory."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    view = memoryview(bytearray(length))
    while count := os.readv(descriptor, [view]):
        yield view[:count]


def hashed(descriptor: int, told: Told = untold) -> tuple[Hash, int]:
    """Hash an open file from its beginning; the hash and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces(descriptor, CHUNK):
        digest.update(piece)
        size += len(piece)
        told(len(piece))
    return digest, size


@contextlib.contextmanager
def opened_regular(path: Path) -> Iterator[int]:
    """The descriptor of a regular file; a pipe, device or folder is refused instead of waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}", hint="check the path and its permissions") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadInput(f"{path} is not a regular file", hint="give the path of a file or folder with the bytes")
        yield descriptor
    finally:
        os.close(descriptor)


def size_of(path: Path) -> int:
    """Bytes of a file as far as it can be looked at; whoever opens it will say what is wrong."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    _synced(folder, os.fsync)


def sync_data(path: Path) -> None:
    """Make durable what anybody wrote into a file."""
    _synced(path, getattr(os, "fdatasync", os.fsync))  # macOS has the one alone


def _synced(path: Path, sync: Callable[[int], None]) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def settle(writers: Sequence[Writer]) -> None:
    """Make several new files durable: all are on their way to the disk before the first one is waited for.

    The disk's journal then takes them in one go, which threads that wait for a file each would not be quicker at.
    """
    for writer in writers:
        writer.hurry()
    for writer in writers:
        writer.settle()


def each(work: Callable[[Any], Any], items: Sequence[Any], size: int) -> list[Any]:
    """Map over items of `size` bytes together, with threads where that pays: hashing and writing let others go on."""
    if size < LARGE or len(items) <= 1:
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=min(len(items), 2 * (os.cpu_count() or 1))) as pool:
        return list(pool.map(work, items))
