"""Which blobs this machine has already found to hold what their digest says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlc.store.notes import LONGEST, Notes

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

NAME = "checked-blobs"
_LINE = re.compile(r"([0-9a-f]{64}) (\d+ \d+ \d+ \d+)")


class Checks:
    """A small file in a cache folder: one line a blob, with the identity that its file had when it was hashed.

    A blob whose inode, size or time differs from its last line has to be hashed again.

    Parameters
    ----------
    folder : Path
        The folder of the file.
    longest : int
        Bytes of the file beyond which the oldest lines are forgotten.
    """

    def __init__(self, folder: Path, longest: int = LONGEST) -> None:
        self._notes = Notes(folder / NAME, _LINE, longest)

    def known(self, name: str, state: os.stat_result) -> bool:
        """Whether the blob `name` (hexadecimal) was found whole while its file looked like this."""
        identity = _identity(state)
        return self._notes.get(name) == identity or self._notes.newest(name) == identity

    def remember(self, whole: Mapping[str, os.stat_result]) -> None:
        """Note that blobs are whole, each by its name (hexadecimal) with its file as it is now."""
        self._notes.add({name: _identity(state) for name, state in whole.items()})


def _identity(state: os.stat_result) -> str:
    return f"{state.st_dev} {state.st_ino} {state.st_size} {state.st_mtime_ns}"
