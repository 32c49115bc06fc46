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
import shlex
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.store import disk
from jupyter_mlc.store.blob_folder import BlobFolder
from jupyter_mlc.store.taking import Taker
from jupyter_mlc.store.together import Progress, each, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from jupyter_mlc.store.checked_blobs import Checks
    from jupyter_mlc.store.hashed_files import HashedFiles

_OPEN_TOGETHER = 64
"""files"""
_PROBE = b"can this be kept?"


class Artifacts(BlobFolder):
    """The blobs of one registry.

    Parameters
    ----------
    root : Path
        The registry's folder, which must exist; blobs lie in ``blobs/sha256`` in it.
    checks : Checks, optional
        Where to note which blobs this machine knows to be whole.
    hashed_files : HashedFiles, optional
        Where to note which files of others this machine has hashed.
    has_begun : callable, optional
        Whether the registry keeps blobs already; then a root without any is not where they are.
    """

    def __init__(
        self,
        root: Path,
        checks: Checks | None = None,
        hashed_files: HashedFiles | None = None,
        has_begun: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(root, checks, hashed_files)
        self._has_begun = has_begun

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
                self._name([writer])
        finally:
            writer.discard()

    def gives_back(self) -> bool:
        """Whether bytes can be kept here, and come back as they were."""
        with self._storing():
            writer = disk.Writer(self.folder)
            try:
                writer.write(_PROBE)
                writer.settle()
                return writer.path.read_bytes() == _PROBE
            finally:
                writer.discard()

    def _storing(self) -> contextlib.AbstractContextManager[None]:
        return disk.refusals(f"store bytes in {self.folder}")

    def _make_folder(self) -> None:
        """Make the folders below the root; a root that is gone stays gone, it may be a drive that is not mounted."""
        if self.folder.is_dir():
            return
        if self._has_begun is not None and self.root.is_dir() and self._has_begun():
            raise Unavailable(
                f"cannot store bytes in {self.folder}: there is no such folder, and this registry keeps bytes already",
                hint="name the folder that holds them (is a drive or share not mounted?), or bring them back from a "
                f"backup; where they are lost for good: mkdir -p {shlex.quote(str(self.folder))}",
            )
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
        self._name([writer for writer in placed if isinstance(writer, disk.Writer)])
        disk.sync_folder(self.folder)
        return [f"sha256:{item.hex if isinstance(item, disk.Writer) else item}" for item in placed]

    def _name(self, writers: Sequence[disk.Writer]) -> None:
        """Give settled files their names."""
        folder = os.fspath(self.folder)
        for writer in writers:
            writer.land(f"{folder}/{writer.hex}")
        if self.checks is not None and writers:
            self.checks.remember({writer.hex: writer.state for writer in writers})


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
