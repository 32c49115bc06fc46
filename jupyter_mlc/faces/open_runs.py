"""The runs of this process to which a version may still belong."""

from __future__ import annotations

import atexit
import sys
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

from jupyter_mlc.faces.tasks import own_task

if TYPE_CHECKING:
    from jupyter_mlc.faces.runs import Run


class OpenRuns:
    """Runs that are open, or ended well and have no version yet, in the order in which they were started."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._lock = threading.Lock()
        self._around: ContextVar[tuple[Run, ...]] = ContextVar("runs around", default=())
        """which a task takes over from whatever starts it"""
        self._is_watched = False

    def add(self, run: Run) -> None:
        """Remember a run that was started."""
        with self._lock:
            self._runs = [*filter(_is_free, self._runs), run]
            if not self._is_watched:
                self._is_watched = True
                atexit.register(self._end)
        self._around.set((*filter(_is_free, self._around.get()), run))

    def remove(self, run: Run) -> None:
        """Forget a run to which no version will belong any more."""
        with self._lock:
            self._runs = [each for each in self._runs if each is not run]

    def leave(self) -> None:
        """End and forget all runs: they go on nowhere from here."""
        for run in self._taken():
            run.leave(failed=False)

    def _end(self) -> None:
        """End all runs with the process: what it cut off or an error ended has failed."""
        for run in self._taken():
            run.leave(failed=run.is_block or _is_ended_by_an_error())

    def _taken(self) -> list[Run]:
        atexit.unregister(self._end)
        with self._lock:
            self._is_watched, runs, self._runs = False, self._runs, []
        return runs

    def of(self, model: str) -> Run | None:
        """Find the run to which the next version of this model belongs.

        It is the innermost block around the caller, whatever it is for, unless a run for the model was started inside.
        Where there is no block, it is the run for the model that the caller started last; else the one that is open
        elsewhere. Where several threads have one open, or several runs have ended without a version, nobody can say
        which is meant; but of a cell that was run again the runs of the last time count.
        The caller is a task with what it was started from; outside tasks it is the thread.
        """
        found = self._meant(model)
        return found[0] if len(found) == 1 else None

    def unclear(self, model: str) -> list[Run]:
        """The runs of which each may have trained the next version of this model, where there are several."""
        found = self._meant(model)
        return found if len(found) > 1 else []

    def _meant(self, model: str) -> list[Run]:
        runs = self._free()
        here = [each for each in runs if self._is_here(each)]
        if blocks := _blocks(here):
            here = here[here.index(blocks[-1]) :]  # what was left open before the block began is not meant in it
        mine = [each for each in here if _is_for(each, model)]
        found = _blocks(mine) or mine or _blocks(here)
        if found:
            return found[-1:] if found[-1].is_open else _latest([each for each in found if not each.is_open])
        elsewhere = [each for each in runs if each.is_open and _is_for(each, model) and not _is_of_a_task_beside(each)]
        return elsewhere if len(elsewhere) == 1 else []

    def passed_over(self, model: str) -> list[Run]:
        """The runs that the caller left open for other models: no version of this one belongs to them."""
        return [each for each in self._free() if each.is_open and self._is_here(each) and not _is_for(each, model)]

    def _free(self) -> list[Run]:
        with self._lock:
            return list(filter(_is_free, self._runs))

    def _is_here(self, run: Run) -> bool:
        """Whether the caller started it, was itself started where it was open, or comes after a task that is over."""
        is_left = not run.is_open and run.is_of_a_task_that_is_over
        is_own = run.thread is threading.current_thread() and (is_left or run.task is own_task())
        return is_own or run in self._around.get()


def _is_free(run: Run) -> bool:
    return run.is_open or not (run.has_version or run.failed)


def _is_for(run: Run, model: str) -> bool:
    return run.name.lower() == model.lower()


def _blocks(runs: list[Run]) -> list[Run]:
    return [each for each in runs if each.is_block and each.is_open]


def _latest(runs: list[Run]) -> list[Run]:
    """The runs without those of a cell that was run again since: what it made then is no more."""
    cells = [each.cell for each in runs if each.cell is not None]
    last = {cell.cell or cell.source: cell.count for cell in cells}
    return [each for each in runs if each.cell is None or last[each.cell.cell or each.cell.source] == each.cell.count]


def _is_of_a_task_beside(run: Run) -> bool:
    return run.task is not None and run.thread is threading.current_thread()


def _is_ended_by_an_error() -> bool:
    """Whether a script stops at an error; in a notebook an error ends a cell and no more.

    Of a SystemExit outside a block, whatever its code, Python leaves no trace for what runs at the end.
    """
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    is_script = get is None or get() is None
    return is_script and getattr(sys, "last_type", None) is not None
