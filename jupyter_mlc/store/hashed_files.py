"""Which files of others this machine has hashed already, so that what was interrupted goes on where it was."""

from __future__ import annotations

import contextlib
import os
import re
import time
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.store import disk, filesystem
from jupyter_mlc.store.notes import Notes

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.domain.entities import Digest

WORTH = 1 << 20
"""bytes of a file that is worth a note"""
GRAIN = 2_000_000_000
"""nanoseconds within which some file systems cannot tell two changes apart"""
_FRESH = 60_000_000_000
"""nanoseconds within which a page that a program has mapped may change without a new time"""
_LINE = re.compile(r"(\d+-\d+-\d+-\d+-\d+) (sha256:[0-9a-f]{64})")


class HashedFiles:
    """A small file in a cache folder: one line a file, its digest by the identity that it had when it was hashed.

    Times tell a change only where their grain does: a file that changed within the grain before it was read may change
    again without looking different, and is not noted. Nor is one where times do not tell, on a network and in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._notes = Notes(folder / "hashed-files", _LINE)

    def known(self, state: os.stat_result) -> Digest | None:
        """The digest of the file that looked like this when it was hashed."""
        if state.st_size < WORTH:
            return None
        identity = _identity(state)
        return self._notes.get(identity) or self._notes.newest(identity)

    def remember(self, seen: Seen, digest: Digest) -> None:
        """Note the digest of a file that could be told from a changed one."""
        if seen.is_steady:
            self._notes.add({_identity(seen.state): digest})


class Seen:
    """A file that somebody else may be writing, as it looked before it was read.

    Parameters
    ----------
    descriptor : int
        The file, open.
    path : Path
        Where it is.
    """

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path
        now = time.time_ns()  # noqa: TID251 (a file's time is the disk's, no recorded fact)
        self.state = os.fstat(descriptor)
        age = now - max(self.state.st_mtime_ns, self.state.st_ctime_ns)
        is_worth_it = self.state.st_size >= WORTH and age > GRAIN
        self.is_steady = is_worth_it and filesystem.times_tell(path.absolute().parent)
        if self.is_steady and age < _FRESH:
            self._write_back()

    def _write_back(self) -> None:
        """Pages that are written back get a new time when a program that has mapped them changes them again."""
        with contextlib.suppress(OSError):
            os.fsync(self._descriptor)
            self.state = os.fstat(self._descriptor)
            return
        self.is_steady = False

    def watched(self, told: disk.Told) -> disk.Told:
        """Tells on, and refuses a file that somebody writes meanwhile: what was read may never have been in it."""

        def going(count: int) -> None:
            if _identity(os.fstat(self._descriptor)) != _identity(self.state):
                hint = "wait until it is written, and repeat the command"
                raise Conflict(f"{self._path} was changed while it was read", hint=hint)
            told(count)

        return going


def _identity(state: os.stat_result) -> str:
    return "-".join(
        str(part) for part in (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    )


def hashed(path: Path, known: HashedFiles | None, told: disk.Told = disk.untold) -> tuple[Digest, int]:
    """The digest and the size of a regular file, without reading it where this machine knows it as it is."""
    with disk.opened_regular(path) as source, disk.refusals(f"read {path}"):
        seen = Seen(source, path)
        digest = known.known(seen.state) if known is not None else None
        if digest is None:
            found, _ = disk.hashed(source, seen.watched(told))
            digest = f"sha256:{found.hexdigest()}"
            if known is not None:
                known.remember(seen, digest)
        else:
            told(seen.state.st_size)
        return digest, seen.state.st_size
