"""A job on a cluster is executed by one worker: whoever begins it puts its name beside it.

A scheduler that misses a worker hands its jobs to another one. What had begun is not begun again: the other worker
waits for its end and tells it, unless nothing of it ran, or it may be tried again.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from jupyter_mlc.capture.process import here, is_gone
from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.jobs.attempts import Attempted, Execute, Task, attempt, is_worth_another, not_begun
from jupyter_mlc.jobs.spec import Exit, Outcome, Progress
from jupyter_mlc.jobs.times import now

_LOOK = 0.1
_SILENCE = 60.0
"""seconds without a word after which an execution on another machine is lost: one that runs speaks every few"""


def _claim(task: Task) -> Path:
    return task.work.status.with_name("worker")


def is_taken(task: Task) -> bool:
    """Whether a worker of a cluster has begun it."""
    return _claim(task).exists()


def attempt_once(task: Task, execute: Execute) -> Attempted:
    """Execute, unless another worker has begun it: then tell how that ended, and try again where that may help."""
    if _take(task):
        return attempt(task, execute)
    outcome = seen_to_its_end(task)
    if outcome.exit is not Exit.LOST or not task.retries or not is_worth_another(outcome, task):
        return Attempted(outcome=outcome)
    again = attempt(replace(task, retries=task.retries - 1), execute)
    notes = (f"attempt 1 ended: {outcome.exit}", *again.outcome.notes)
    return Attempted(outcome=replace(again.outcome, notes=notes), retries=again.retries + 1)


def _take(task: Task) -> bool:
    """Put our name beside it; False where somebody else's is there."""
    try:
        descriptor = os.open(_claim(task), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(here())
    return True


def seen_to_its_end(task: Task) -> Outcome:
    """Wait for the end of what another worker has begun: its supervisor may need a moment to notice."""
    from jupyter_mlc.jobs.execute import outcome_of

    silence = _Silence()
    while True:
        try:
            found: Progress | Outcome | None = outcome_of(task.work.status)
        except NotFound:
            found = None
        if isinstance(found, Outcome):
            return found
        if found is None and _is_given_up(task):
            break
        if silence.lasts(found.seen if found is not None else 0):
            return _silent(task, found)
        time.sleep(_LOOK)
    return _silent(task, None)


def _is_given_up(task: Task) -> bool:
    """Whether the worker that took it is gone, before there was anything to tell."""
    try:
        return is_gone(_claim(task).read_text("utf-8"))
    except OSError:
        return True


def _silent(task: Task, found: Progress | None) -> Outcome:
    from jupyter_mlc.jobs import status

    if found is None:
        return not_begun(now(), Exit.LOST, "Lost", "its worker was killed before the first cell")
    told = status.read(task.work.status)
    return status.lose(
        task.work.status, told.traces, found, f"{found.host}, which executed it, does not answer any more"
    )


class _Silence:
    """How long nothing has been said."""

    def __init__(self) -> None:
        self._last, self._since = -1, time.monotonic()

    def lasts(self, seen: int) -> bool:
        """Whether nothing new was seen for too long."""
        if seen != self._last:
            self._last, self._since = seen, time.monotonic()
        return time.monotonic() - self._since > _SILENCE
