"""A line that tells how far a long act has come; it goes when the act ends."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

_CELLS = 20
_PATIENCE = 0.5
_STEP = 0.1


class Line(Protocol):
    """Where one line is shown, again and again."""

    def show(self, text: str) -> None:
        """Show it in the place of the one before."""

    def end(self) -> None:
        """Leave nothing of it."""


@dataclass(kw_only=True)
class OnStream:
    """A line of a terminal."""

    stream: TextIO
    _width: int = 0

    def show(self, text: str) -> None:
        self.stream.write("\r" + text.ljust(self._width))
        self.stream.flush()
        self._width = len(text)

    def end(self) -> None:
        if self._width:
            self.show("")
            self.stream.write("\r")
            self.stream.flush()


@dataclass(kw_only=True)
class InCell:
    """An output of a notebook's cell.

    At the end it holds no data and takes no room, where blanks on a stream would leave a line above the answer.
    """

    _id: str = field(default_factory=lambda: f"mlc-{secrets.token_hex(8)}")
    _is_there: bool = False

    def show(self, text: str) -> None:
        self._display({"text/plain": text})

    def end(self) -> None:
        if self._is_there:
            self._display({})
            self._is_there = False

    def _display(self, data: dict[str, Any]) -> None:
        from IPython.display import display

        display(data, raw=True, display_id=self._id, update=self._is_there)
        self._is_there = True


@dataclass(kw_only=True)
class Bar:
    """Shows progress once the act takes longer than half a second."""

    line: Line
    clock: Callable[[], float] = time.perf_counter
    _began: float | None = None
    _shown_at: float = 0.0

    def __call__(self, done: int, total: int, text: str) -> None:
        """Show that `done` of `total` are done; a `total` of 0 means that nobody knows."""
        now = self.clock()
        if self._began is None:
            self._began = now
        if now - self._began < _PATIENCE or now - self._shown_at < _STEP:
            return
        self._shown_at = now
        self.line.show(_line(done, total, text))

    def end(self) -> None:
        """Take the line away."""
        self.line.end()
        self._began = None


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
