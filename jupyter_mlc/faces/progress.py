"""A line that tells how far a long act has come; it goes when the act ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Protocol, TextIO
from uuid import uuid4

_CELLS = 20
_PATIENCE = 0.5
_STEP = 0.1


class Line(Protocol):
    """A line that is shown somewhere."""

    def show(self, text: str) -> None: ...
    def remove(self) -> None: ...


@dataclass(kw_only=True)
class TerminalLine:
    """Written over again and again."""

    stream: TextIO
    _width: int = field(default=0, init=False)

    def show(self, text: str) -> None:
        """Write it over the one before."""
        self.stream.write("\r" + text.ljust(self._width))
        self.stream.flush()
        self._width = len(text)

    def remove(self) -> None:
        """Take it away."""
        self.show("")
        self.stream.write("\r")
        self.stream.flush()


@dataclass(kw_only=True)
class NotebookLine:
    """An output that is changed in place, since what a terminal takes away leaves an empty line in a notebook.

    A console on a kernel, where no output can be changed, shows how far it was at first.
    """

    publish: Callable[..., object]
    """puts an output there, or in the place of one, as IPython's publisher of displays does"""
    _name: str = field(default_factory=lambda: f"mlc-{uuid4()}", init=False)
    _is_there: bool = field(default=False, init=False)

    def show(self, text: str) -> None:
        """Put it in the place of the one before."""
        self._publish({"text/html": f"<pre>{escape(text)}</pre>", "text/plain": text})

    def remove(self) -> None:
        """Leave nothing that is to be seen."""
        self._publish({"text/html": "", "text/plain": ""})

    def _publish(self, data: dict[str, str]) -> None:
        self.publish(data, transient={"display_id": self._name}, update=self._is_there)
        self._is_there = True


@dataclass(kw_only=True)
class Bar:
    """Shows progress in a line once the act takes longer than half a second."""

    line: Line
    clock: Callable[[], float] = time.perf_counter
    _began: float | None = field(default=None, init=False)
    _shown_at: float | None = field(default=None, init=False)

    def __call__(self, done: int, total: int, text: str) -> None:
        """Show that `done` of `total` are done; a `total` of 0 means that nobody knows."""
        now = self.clock()
        if self._began is None:
            self._began = now
        is_fresh = self._shown_at is not None and now - self._shown_at < _STEP
        if now - self._began < _PATIENCE or is_fresh:
            return
        self._shown_at = now
        self.line.show(_line(done, total, text))

    def end(self) -> None:
        """Take the line away."""
        if self._shown_at is not None:
            self.line.remove()
        self._began = self._shown_at = None


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
