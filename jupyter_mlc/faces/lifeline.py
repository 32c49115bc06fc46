"""A pipe from the process that started this one: its end is that process's end, however that came."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable


def taken() -> int:
    """The standard input, out of the reach of whatever else reads here; nothing is left to be read in its place."""
    heard = os.dup(sys.stdin.fileno())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return heard


def at_its_end(heard: int, end: Callable[[], object]) -> None:
    """Call `end` when nothing more comes."""

    def wait() -> None:
        while os.read(heard, 1):
            pass
        end()

    threading.Thread(target=wait, daemon=True).start()
