"""One job carried out: executed, and tried again where that may help."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from jupyter_mlc.capture.process import is_gone
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Progress, Work
from jupyter_mlc.jobs.times import now

_LONGEST_PAUSE = 60.0
_LOOK = 0.1
SAME_AGAIN = frozenset(
    {
        *("SyntaxError", "IndentationError", "TabError", "NameError", "UnboundLocalError", "ImportError"),
        *("ModuleNotFoundError", "AttributeError", "TypeError", "AssertionError", "NotImplementedError", "UsageError"),
    }
)
"""exceptions that tell of the code, which is the same the next time"""


class Execute(Protocol):
    """Executes work to its end (jobs.execute.execute)."""

    def __call__(self, work: Work, *, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome: ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a worker of a batch is handed: plain data, wherever it is."""

    work: Work
    cancel: Path
    """where this file is, the job is to end"""
    owner: str = ""
    """the process that waits for it, as capture.process names it: where that is gone, the job ends too"""
    retries: int = 0
    pause: float = 1.0
    """seconds before the first retry; each further one waits twice as long"""

    def is_cancelled(self) -> bool:
        """Whether it is to end."""
        return self.cancel.exists() or is_gone(self.owner)


@dataclass(frozen=True, kw_only=True)
class Attempted:
    """How it ended in the end."""

    outcome: Outcome
    retries: int = 0
    """how often it was tried again"""


def attempt(task: Task, execute: Execute) -> Attempted:
    """Execute, and execute again after a pause as long as that may help."""
    earlier: list[str] = []
    while True:
        outcome = _once(task, execute)
        if len(earlier) >= task.retries or not is_worth_another(outcome, task) or not _paused(task, len(earlier)):
            return Attempted(outcome=replace(outcome, notes=(*earlier, *outcome.notes)), retries=len(earlier))
        why = f": {outcome.exception}" if outcome.exception else ""
        earlier.append(f"attempt {len(earlier) + 1} ended: {outcome.exit}{why}")


def is_worth_another(outcome: Outcome, task: Task) -> bool:
    """Whether the next time may end otherwise.

    A process that died or took too long may have met a bad moment, and so may a cell, unless its exception tells of
    its code. What needed more memory than it was given needs it again.
    """
    if outcome.exit is Exit.CELL_FAILED:
        return outcome.exception not in SAME_AGAIN
    if outcome.exit is Exit.OUT_OF_MEMORY:
        return task.work.memory is None
    return outcome.exit in {Exit.PROCESS_DIED, Exit.TIMED_OUT, Exit.LOST}


def _once(task: Task, execute: Execute) -> Outcome:
    began = now()
    if task.is_cancelled():
        return not_begun(began, Exit.CANCELLED, "Cancelled", "it was cancelled before it began")
    try:
        return execute(task.work, watch=_unwatched, cancelled=task.is_cancelled)
    except MlcError as error:
        return not_begun(began, Exit.PROCESS_DIED, type(error).__name__, error.text)


def not_begun(began: int, exit_: Exit, exception: str, message: str) -> Outcome:
    """How an execution ended that never began."""
    return Outcome(
        exit=exit_,
        cells=0,
        done=0,
        exception=exception,
        message=message,
        started=began,
        ended=began,
        engine=Engine.AUTO,
    )


def _unwatched(_: Progress) -> None:
    """Who wants to know reads the status file."""


def _paused(task: Task, count: int) -> bool:
    """Wait before the next attempt; whether there is to be one."""
    end = time.monotonic() + min(task.pause * 2**count, _LONGEST_PAUSE)
    while time.monotonic() < end:
        if task.is_cancelled():
            return False
        time.sleep(_LOOK)
    return True
