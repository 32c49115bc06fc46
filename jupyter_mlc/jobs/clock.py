"""The worker's clock: APScheduler calls every second, until somebody wants the process to end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Unavailable

if TYPE_CHECKING:
    from apscheduler.schedulers.blocking import BlockingScheduler

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
    failed: list[BaseException] = []

    def called() -> None:
        try:
            look()
        except BaseException as error:  # noqa: BLE001 (APScheduler would only log it)
            failed.append(error)
            if scheduler.running:
                scheduler.shutdown(wait=False)

    scheduler.add_job(called, "interval", seconds=1, coalesce=True, max_instances=1, misfire_grace_time=None)
    with _ending(lambda: scheduler.shutdown(wait=False) if scheduler.running else None) as is_ending:
        called()
        if not failed and not is_ending():
            scheduler.start()
    if failed:
        raise failed[0]


def _scheduler() -> BlockingScheduler:
    try:
        from apscheduler.executors.debug import DebugExecutor
        from apscheduler.schedulers.blocking import BlockingScheduler
    except ImportError:
        raise Unavailable("a worker needs APScheduler", hint="pip install 'jupyter-mlc[worker]'") from None
    # what it calls runs where it waits: a registry belongs to one thread
    return BlockingScheduler(executors={"default": DebugExecutor()}, timezone="UTC")


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
