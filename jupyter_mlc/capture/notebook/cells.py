"""What really ran: the cells of this kernel in the order of their execution, whatever the notebook says now."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One execution of one cell."""

    cell: str
    """the cell's id, empty where the front end sends none or the cell ran before we looked"""
    source: str
    count: int
    """the number in square brackets beside the cell"""
    began: int
    """nanoseconds since 1970, to be compared with the times of files; never stored"""
    ok: bool | None = None
    """None while it runs, and where the outcome is not known"""


class Recorder:
    """Keeps what ran, fed by the shell's ``pre_run_cell`` and ``post_run_cell``.

    The memory is bounded: beyond the bounds earlier runs of a cell that ran again unchanged are forgotten first, then
    the oldest executions.

    Parameters
    ----------
    clock : callable
        Nanoseconds since 1970; on the same clock as the times of files.
    most : int
        Executions that are kept.
    most_text : int
        Characters of source that are kept.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], int] = time.time_ns,  # noqa: TID251 (compared with the times of files, never recorded)
        most: int = 10_000,
        most_text: int = 8_000_000,
    ) -> None:
        self._clock = clock
        self._most = most
        self._most_text = most_text
        self._lock = threading.Lock()
        self._kept: dict[int, Execution] = {}
        self._sources: dict[str, str] = {}
        self._text = 0
        self._count = 0
        self._forgotten = 0
        self._running: dict[int, list[int | None]] = {}

    def begin(self, cell_id: str | None, source: str, *, stored: bool = True) -> None:
        """Take note that a cell starts; one that leaves no history (``stored=False``) is not recorded."""
        with self._lock:
            stack = self._running.setdefault(threading.get_ident(), [])
            stack.append(self._add(cell_id or "", source, ok=None) if stored else None)
            if len(self._kept) > self._most or self._text > self._most_text:
                self._forget()

    def end(self, success: bool) -> None:  # noqa: FBT001 (the one fact that the event carries)
        """Take note that the cell that started last in this thread ended."""
        with self._lock:
            stack = self._running.get(threading.get_ident(), [])
            # The cell that loads the extension ends without having been seen to begin.
            count = stack.pop() if stack else self._count
            if not stack:
                self._running.pop(threading.get_ident(), None)
            if count in self._kept and self._kept[count].ok is None:
                self._kept[count] = dataclasses.replace(self._kept[count], ok=success)

    def adopt(self, history: Sequence[str], running: str = "") -> None:
        """Take over what ran before: the shell's raw input history, whose first entry is empty.

        Nothing is known of these cells but their text and order. Adopting twice changes nothing.

        Parameters
        ----------
        history : sequence of str
            What was typed; the last entry is the cell that is running.
        running : str, optional
            The id of that cell, where somebody knows it.
        """
        with self._lock:
            for count, source in enumerate(history[self._count + 1 :], self._count + 1):
                self._add(running if count == len(history) - 1 else "", source, ok=None)

    @property
    def executions(self) -> tuple[Execution, ...]:
        """Everything that is kept, oldest first."""
        with self._lock:
            return tuple(self._kept.values())

    @property
    def running(self) -> Execution | None:
        """The cell that is being executed: by this thread, else by any; of nested ones the outermost."""
        with self._lock:
            own = self._running.get(threading.get_ident(), [])
            stacks = [own, *reversed(self._running.values())]
            counts = (count for stack in stacks for count in stack)
            return next((self._kept[count] for count in counts if count in self._kept), None)

    @property
    def forgotten(self) -> int:
        """How many executions are no longer kept."""
        return self._forgotten

    def _add(self, cell: str, source: str, *, ok: bool | None) -> int:
        self._count += 1
        source = self._sources.setdefault(source, source)
        self._text += len(source)
        self._kept[self._count] = Execution(cell=cell, source=source, count=self._count, began=self._clock(), ok=ok)
        return self._count

    def _forget(self) -> None:
        before = len(self._kept)
        newest = {(one.cell, one.source): one.count for one in self._kept.values()}
        self._keep(newest.values())
        if len(self._kept) > self._most or self._text > self._most_text:
            self._keep(list(self._kept)[len(self._kept) // 2 :])
        self._forgotten += before - len(self._kept)

    def _keep(self, counts: Iterable[int]) -> None:
        running = {count for stack in self._running.values() for count in stack if count is not None}
        wanted = running | set(counts)
        self._kept = {count: one for count, one in self._kept.items() if count in wanted}
        self._sources = {one.source: one.source for one in self._kept.values()}
        self._text = sum(len(one.source) for one in self._kept.values())
