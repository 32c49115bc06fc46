"""The execution of a plan: cells on one side, the watch over them on the other."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from jupyter_mlc.jobs import ending
from jupyter_mlc.jobs.ending import Ending
from jupyter_mlc.jobs.spec import Exit
from jupyter_mlc.jobs.watching import Stop, Watch

_GRACE = 3.0
"""seconds between the interrupt and the end"""


class Cells(Protocol):
    """Executes the cells, in whatever process."""

    running: int | None
    """the cell, None between cells"""

    async def start(self) -> None: ...
    async def cells(self) -> Ending: ...
    async def interrupt(self) -> None: ...
    async def close(self, *, at_once: bool) -> None: ...


def executed(cells: Cells, watch: Watch) -> Ending:
    """Execute, and see to it that it ends when it must; SIGINT and SIGTERM cancel, a second one at once."""
    return asyncio.run(_executed(cells, watch))


async def _executed(cells: Cells, watch: Watch) -> Ending:
    _listen(watch)
    work = asyncio.ensure_future(_work(cells))
    stop = asyncio.ensure_future(watch.until_stop())
    at_once = True
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            return await _stopped(cells, watch, work, stop.result())
        ended = work.result()
        at_once = ended.exit not in {Exit.SUCCEEDED, Exit.CELL_FAILED}
        return ended
    finally:
        stop.cancel()
        work.cancel()
        await cells.close(at_once=at_once)
        await asyncio.gather(work, stop, return_exceptions=True)


async def _work(cells: Cells) -> Ending:
    await cells.start()
    return await cells.cells()


async def _stopped(cells: Cells, watch: Watch, work: asyncio.Future[Ending], stop: Stop) -> Ending:
    """End it, with a moment for the running cell where it may have one."""
    where = cells.running
    shown = Ending()
    if where is not None and not stop.at_once:
        await cells.interrupt()
        second = asyncio.ensure_future(watch.until_at_once())
        either: set[asyncio.Future[Any]] = {work, second}
        await asyncio.wait(either, timeout=_GRACE, return_when=asyncio.FIRST_COMPLETED)
        second.cancel()
        if work.done() and work.exception() is None:
            shown = work.result()
    return replace(ending.stopped(stop.exit, stop.message, where), traceback=shown.traceback)


def _listen(watch: Watch) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # only the main thread can listen
        with suppress(RuntimeError, ValueError, NotImplementedError):
            loop.add_signal_handler(number, lambda: watch.cancel(at_once=watch.asked is not None))
