"""The worker's clock: APScheduler calls every second, until somebody wants the process to end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Unavailable

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def every_second(look: Callable[[], None]) -> None:
    """Call `look` now and each second, in this very thread, until SIGINT or SIGTERM, which wait for it to return.

    Parameters
    ----------
    look : callable
        Called again and again; what it raises ends the process.

    Raises
    ------
    Unavailable
        Where APScheduler is not installed.
    KeyboardInterrupt
        At a second signal.
    """
    scheduler = _scheduler()
    seconds: SimpleQueue[None] = SimpleQueue()

    def second() -> None:
        if seconds.empty():  # not where a look takes longer
            seconds.put(None)

    scheduler.add_job(second, "interval", seconds=1, coalesce=True, misfire_grace_time=None)
    with _ending(lambda: seconds.put(None)) as is_ending:
        scheduler.start()
        try:
            while not is_ending():
                look()
                seconds.get()
        finally:
            scheduler.shutdown()


def _scheduler() -> BackgroundScheduler:
    try:
        from apscheduler.executors.debug import DebugExecutor
        from apscheduler.schedulers.background import BackgroundScheduler
    except ImportError:
        raise Unavailable("a worker needs APScheduler", hint="pip install 'jupyter-mlc[worker]'") from None
    return BackgroundScheduler(executors={"default": DebugExecutor()}, timezone="UTC")


@contextmanager
def _ending(end: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    asked: list[int] = []

    def hear(number: int, _: FrameType | None) -> None:
        asked.append(number)
        if len(asked) > 1:
            raise KeyboardInterrupt
        end()

    before = {number: signal.signal(number, hear) for number in _SIGNALS}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
