"""A line that tells how far a long act has come; it goes when the act ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

_CELLS = 20
_PATIENCE = 0.5
_STEP = 0.1


@dataclass(kw_only=True)
class Bar:
    """Shows progress on a stream once the act takes longer than half a second."""

    stream: TextIO
    clock: Callable[[], float] = time.perf_counter
    _began: float | None = None
    _shown_at: float = 0.0
    _width: int = 0

    def __call__(self, done: int, total: int, text: str) -> None:
        """Show that `done` of `total` are done; a `total` of 0 means that nobody knows."""
        now = self.clock()
        if self._began is None:
            self._began = now
        if now - self._began < _PATIENCE or now - self._shown_at < _STEP:
            return
        self._shown_at = now
        self._write(_line(done, total, text))

    def _write(self, line: str) -> None:
        self.stream.write("\r" + line.ljust(self._width))
        self.stream.flush()
        self._width = len(line)

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")
            self.stream.write("\r")
            self.stream.flush()
        self._began, self._width = None, 0


def _line(done: int, total: int, text: str) -> str:
    counted = _size if text.startswith("bytes") else _count
    if total <= 0:
        return f"{text} {counted(done)}"
    filled = min(done, total) * _CELLS // total
    return f"{text} {'█' * filled}{'░' * (_CELLS - filled)} {counted(done)}/{counted(total)}"


def _count(number: int) -> str:
    return f"{number:,}"


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB"
