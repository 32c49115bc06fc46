"""Work on many files at once: one progress for all of them, and one end when it is broken off.

There are two threads a core, since half of them wait for the disk.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlc.store.disk import LARGE

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jupyter_mlc.store.disk import Told

Progress = Callable[[int, int, str], None]
Item = TypeVar("Item")
Result = TypeVar("Result")
_GLANCE = 0.1
"""seconds between two looks at how far the threads have come"""


def silent(done: int, total: int, text: str) -> None:
    """Show no progress."""


class BrokenOff(Exception):
    """Somebody else failed, or a person broke it off: what is under way is given up."""


class Way:
    """How far several threads have come together."""

    def __init__(self) -> None:
        self.done = 0
        self._lock = threading.Lock()
        self._broken_off = False

    def went(self, count: int) -> None:
        """Note that so many bytes more are done; raises `BrokenOff` where there is no point in going on."""
        with self._lock:
            self.done += count
        if self._broken_off:
            raise BrokenOff

    def break_off(self) -> None:
        """Let every thread end at its next piece."""
        self._broken_off = True


def each(
    work: Callable[[Item, Told], Result], items: Sequence[Item], total: int, progress: Progress, text: str
) -> list[Result]:
    """Map over items of `total` bytes together; what happens first, an error or Ctrl-C, ends all of it.

    Parameters
    ----------
    work : callable
        Takes an item, and whom to tell how many bytes more are done: often, since that is where it can be ended.
    items : sequence
        What to work on.
    total : int
        Bytes of all items.
    progress : callable
        Told (done, total, text), by this thread alone.
    text : str
        What is done.
    """
    if total < LARGE or len(items) <= 1:
        return _in_turn(work, items, total, progress, text)
    from concurrent.futures import ThreadPoolExecutor

    way = Way()
    with ThreadPoolExecutor(max_workers=min(len(items), 2 * (os.cpu_count() or 1))) as pool:
        futures = [pool.submit(work, item, way.went) for item in items]
        try:
            _watch(futures, lambda: progress(way.done, total, text))
        finally:
            way.break_off()
            for future in futures:
                future.cancel()
    return [future.result() for future in futures]


def _in_turn(
    work: Callable[[Item, Told], Result], items: Sequence[Item], total: int, progress: Progress, text: str
) -> list[Result]:
    way = Way()

    def told(count: int) -> None:
        way.went(count)
        progress(way.done, total, text)

    return [work(item, told) for item in items]


def _watch(futures: Sequence[Future[Result]], look: Callable[[], None]) -> None:
    """Wait for all of them, looking now and then; raises the first error."""
    from concurrent.futures import FIRST_EXCEPTION, wait

    waiting = set(futures)
    while waiting:
        ended, waiting = wait(waiting, timeout=_GLANCE, return_when=FIRST_EXCEPTION)
        look()
        for future in ended:
            future.result()
