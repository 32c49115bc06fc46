"""Small files in a cache folder that several processes append to: what a machine found out once, a line each."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from jupyter_mlc.store.disk import TEMPORARY

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LONGEST = 1 << 20
"""bytes"""


class Notes:
    """What was noted under a key; the last line of a key counts.

    Lines are only appended, those of one moment by one write, so processes do not disturb each other; a torn line is no
    line. Whoever can write the file can write what it is about as well: it saves time, it protects nothing.

    Parameters
    ----------
    path : Path
        The file.
    line : re.Pattern
        What a line is; its first group is the key, its second what is noted.
    longest : int
        Bytes of the file beyond which the oldest notes are forgotten.
    """

    def __init__(self, path: Path, line: re.Pattern[str], longest: int = LONGEST) -> None:
        self._path = path
        self._line = line
        self._longest = longest
        self._read_to = 0
        self._inode = 0
        self._known: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """What is known under this key, as far as this process has read."""
        return self._known.get(key)

    def newest(self, key: str) -> str | None:
        """What is known under this key, also what other processes noted meanwhile."""
        self._catch_up()
        return self._known.get(key)

    def add(self, notes: Mapping[str, str]) -> None:
        """Note what is known under each key; a cache that cannot be written costs time later and nothing else."""
        self._known.update(notes)
        with contextlib.suppress(OSError):
            descriptor = self._opened()
            try:
                os.write(descriptor, _lines(notes.items()))
                too_long = os.fstat(descriptor).st_size > self._longest
            finally:
                os.close(descriptor)
            if too_long:
                self._compact()

    def _opened(self) -> int:
        """The file, open for appending, in its folder, which is made where it is missing."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            return os.open(self._path, flags, 0o600)
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, flags, 0o600)

    def _catch_up(self) -> None:
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            state = os.fstat(file.fileno())
            if state.st_ino != self._inode or state.st_size < self._read_to:
                self._read_to, self._inode = 0, state.st_ino
            file.seek(self._read_to)
            whole = file.read().rpartition(b"\n")[0]
            self._read_to += len(whole)
            for line in whole.decode("ascii", errors="replace").splitlines():
                if found := self._line.fullmatch(line):
                    self._known[found[1]] = found[2]

    def _compact(self) -> None:
        """Keep one line a key; what others append meanwhile is lost, and found out once more."""
        self._catch_up()
        fresh = self._path.with_name(f"{TEMPORARY}{os.getpid()}-{self._path.name}")
        fresh.write_bytes(_lines(list(self._known.items())[-self._longest // 300 :]))
        fresh.replace(self._path)


def _lines(notes: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{key} {value}\n" for key, value in notes).encode()
