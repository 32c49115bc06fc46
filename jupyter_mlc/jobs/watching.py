"""What is watched while cells run: time, memory, and whoever waits for the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jupyter_mlc.jobs import processes
from jupyter_mlc.jobs.spec import Exit

_EVERY = 0.1
"""seconds between two looks"""
_SHARE = 0.05
"""of the time, at most, goes into looking at memory that nobody limits: on a busy machine every look is long"""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Why an execution must end now."""

    exit: Exit
    message: str
    at_once: bool = False
    """without giving the running cell a moment to put its things in order"""


@dataclass(kw_only=True)
class Watch:
    """Looks, from time to time, whether an execution may go on."""

    timeout: float | None = None
    memory: int | None = None
    ticks: Sequence[Callable[[], None]] = ()
    """what else is done at each look"""
    peak: int = field(default=0, init=False)
    """bytes that the processes held at most"""
    asked: Stop | None = field(default=None, init=False)
    """what somebody asked for; may be set from any thread"""
    began: float = field(default_factory=time.monotonic, init=False)
    _next_look: float = field(default=0.0, init=False)

    def cancel(self, *, at_once: bool = False) -> None:
        """Somebody wants it to end."""
        self.asked = Stop(exit=Exit.CANCELLED, message="it was cancelled", at_once=at_once)

    async def until_stop(self) -> Stop:
        """Wait until it must end."""
        while True:
            stop = self.asked or self._late() or self._large()
            if stop is not None:
                return stop
            for tick in self.ticks:
                tick()
            await asyncio.sleep(_EVERY)

    async def until_at_once(self) -> None:
        """Wait until somebody, who asked already, wants it to end without another moment."""
        while self.asked is None or not self.asked.at_once:
            await asyncio.sleep(_EVERY)

    def _late(self) -> Stop | None:
        if self.timeout is None or time.monotonic() - self.began < self.timeout:
            return None
        return Stop(exit=Exit.TIMED_OUT, message=f"it took longer than the {self.timeout:g} seconds that it was given")

    def _large(self) -> Stop | None:
        began = time.monotonic()
        if self.memory is None and began < self._next_look:
            return None
        found = processes.descendants()
        held = processes.resident(found)
        self._next_look = began + (time.monotonic() - began) / _SHARE
        if self.memory is not None and held > self.memory:
            held = processes.proportional(found)
        self.peak = max(self.peak, held)
        if self.memory is None or held <= self.memory:
            return None
        message = f"its processes held {held:,} bytes, more than the {self.memory:,} that they were given"
        return Stop(exit=Exit.OUT_OF_MEMORY, message=message, at_once=True)
