"""Which blobs this machine has already found to hold what their digest says."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from jupyter_mlc.store.disk import TEMPORARY

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"([0-9a-f]{64}) (\d+ \d+ \d+ \d+)")
_LONGEST = 1 << 20


class Checks:
    """A small file in a cache folder: one line a blob, with the identity that its file had when it was hashed.

    A blob whose inode, size or time differs from its last line has to be hashed again. Lines are only appended, each
    by one write, so processes do not disturb each other; a torn line is no line. Whoever can write this file can
    write the blobs as well: it saves time, it protects nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "checked-blobs"
        self._read_to = 0
        self._inode = 0
        self._known: dict[str, str] = {}

    def known(self, name: str, state: os.stat_result) -> bool:
        """Whether the blob `name` (hexadecimal) was found whole while its file looked like this."""
        if self._known.get(name) != _identity(state):
            self._catch_up()
        return self._known.get(name) == _identity(state)

    def remember(self, name: str, state: os.stat_result) -> None:
        """Note that the blob is whole; a cache that cannot be written costs time later and nothing else."""
        self._known[name] = _identity(state)
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(descriptor, f"{name} {_identity(state)}\n".encode())
                too_long = os.fstat(descriptor).st_size > _LONGEST
            finally:
                os.close(descriptor)
            if too_long:
                self._compact()

    def _catch_up(self) -> None:
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            state = os.fstat(file.fileno())
            if state.st_ino != self._inode or state.st_size < self._read_to:
                self._read_to, self._inode = 0, state.st_ino
            file.seek(self._read_to)
            whole = file.read().rpartition(b"\n")[0]
            self._read_to += len(whole)
            for line in whole.decode("ascii", errors="replace").splitlines():
                if found := _LINE.fullmatch(line):
                    self._known[found[1]] = found[2]

    def _compact(self) -> None:
        """Keep one line a blob; what others append meanwhile is lost, and hashed once more."""
        self._catch_up()
        fresh = self._path.with_name(f"{TEMPORARY}{os.getpid()}-{self._path.name}")
        fresh.write_text("".join(f"{name} {seen}\n" for name, seen in list(self._known.items())[-_LONGEST // 300 :]))
        fresh.replace(self._path)


def _identity(state: os.stat_result) -> str:
    return f"{state.st_dev} {state.st_ino} {state.st_size} {state.st_mtime_ns}"
