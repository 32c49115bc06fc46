"""A folder for sockets: private, gone afterwards, and with a name short enough for the operating system."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlc.domain.errors import Unavailable

_LONGEST_SOCKET = 107
"""bytes in the path of a Unix socket"""
_ROOM = 40
"""bytes for what is put behind a base folder"""


def base() -> Path:
    """The first folder for short-lived files whose name is short enough.

    Raises
    ------
    Unavailable
        If there is none in which this user may write.
    """
    asked = [os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"]  # noqa: S108 (a private folder in it)
    for place in asked:
        fits = len(os.fsencode(place)) <= _LONGEST_SOCKET - _ROOM
        if place and fits and os.access(place, os.W_OK | os.X_OK):
            return Path(place)
    raise Unavailable(
        f"there is no folder for sockets: tried {', '.join(filter(None, asked))}",
        hint="let XDG_RUNTIME_DIR name a folder of yours with a short path",
    )


@contextmanager
def runtime_folder() -> Iterator[Path]:
    """A folder that only this user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="mlc-", dir=base()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
