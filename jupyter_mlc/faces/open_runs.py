"""The runs of this process to which a version may still belong."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlc.faces.runs import Run


class OpenRuns:
    """Runs that are open, or ended well and have no version yet, in the order in which they were started."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._lock = threading.Lock()

    def add(self, run: Run) -> None:
        """Remember a run that was started; what ended before it in the same thread is past."""
        with self._lock:
            self._runs = [each for each in self._runs if not (_is_beside(each, run) and not each.is_open)]
            self._runs.append(run)

    def remove(self, run: Run) -> None:
        """Forget a run to which no version will belong any more."""
        with self._lock:
            self._runs = [each for each in self._runs if each is not run]

    def clear(self) -> None:
        """Forget all runs."""
        with self._lock:
            self._runs = []

    def of(self, model: str) -> Run | None:
        """Find the run to which the next version of this model belongs.

        It is the innermost block around the caller, else the run that this thread started last, else the one that is
        open elsewhere; where several threads have one open, nobody can say which is meant.
        """
        with self._lock:
            runs = [each for each in self._runs if each.name.lower() == model.lower() and _is_free(each)]
        here = [each for each in runs if each.thread is threading.current_thread()]
        blocks = [each for each in here if each.is_block and each.is_open]
        if blocks or here:
            return (blocks or here)[-1]
        elsewhere = [each for each in runs if each.is_open]
        return elsewhere[0] if len(elsewhere) == 1 else None


def _is_free(run: Run) -> bool:
    return run.is_open or not (run.has_version or run.failed)


def _is_beside(one: Run, other: Run) -> bool:
    return one.thread is other.thread and one.name.lower() == other.name.lower()
