"""The runs of this process to which a version may still belong."""

from __future__ import annotations

import atexit
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlc.faces.runs import Run


class OpenRuns:
    """Runs that are open, or ended well and have no version yet, in the order in which they were started."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._lock = threading.Lock()
        self._is_watched = False

    def add(self, run: Run) -> None:
        """Remember a run that was started; what ended before it in the same thread is past."""
        with self._lock:
            self._runs = [each for each in self._runs if not (_is_beside(each, run) and not each.is_open)]
            self._runs.append(run)
            if not self._is_watched:
                self._is_watched = True
                atexit.register(self._end)

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
        Where there is no block, it is the run for the model that this thread started last; else the one that is open
        elsewhere. Where several threads have one open, nobody can say which is meant.
        """
        with self._lock:
            runs = [each for each in self._runs if _is_free(each)]
        here = [each for each in runs if each.thread is threading.current_thread()]
        if blocks := _blocks(here):
            here = here[here.index(blocks[-1]) :]  # what was left open before the block began is not meant in it
        mine = [each for each in here if _is_for(each, model)]
        found = _blocks(mine) or mine or _blocks(here)
        if found:
            return found[-1]
        elsewhere = [each for each in runs if each.is_open and _is_for(each, model)]
        return elsewhere[0] if len(elsewhere) == 1 else None

    def passed_over(self, model: str) -> list[Run]:
        """The runs that this thread left open for other models: no version of this one belongs to them."""
        with self._lock:
            here = [each for each in self._runs if each.is_open and each.thread is threading.current_thread()]
        return [each for each in here if not _is_for(each, model)]


def _is_free(run: Run) -> bool:
    return run.is_open or not (run.has_version or run.failed)


def _is_for(run: Run, model: str) -> bool:
    return run.name.lower() == model.lower()


def _blocks(runs: list[Run]) -> list[Run]:
    return [each for each in runs if each.is_block and each.is_open]


def _is_beside(one: Run, other: Run) -> bool:
    return one.thread is other.thread and _is_for(one, other.name)


def _is_ended_by_an_error() -> bool:
    """Whether a script stops at an error; in a notebook an error ends a cell and no more.

    Of a SystemExit outside a block, whatever its code, Python leaves no trace for what runs at the end.
    """
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    is_script = get is None or get() is None
    return is_script and getattr(sys, "last_type", None) is not None
