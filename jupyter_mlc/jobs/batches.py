"""Several jobs at a time, by joblib: the backend that somebody names decides where.

A backend is one function in `_BACKENDS`; it yields what ended as soon as it has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from jupyter_mlc.jobs.attempts import Attempted, Execute, Task, attempt, not_begun
from jupyter_mlc.jobs.spec import Exit, Outcome

_MOST_BROKEN = 3
"""times that a batch is taken up again after a worker of it was killed"""


class Backend(StrEnum):
    """What hands out the jobs of a batch."""

    LOKY = "loky"
    """processes of this machine"""


Ended: TypeAlias = tuple[int, Attempted]
"""the place of a task, and how it ended"""
Hand: TypeAlias = Callable[[Sequence[tuple[int, Task]], Execute, int], Iterator[Ended]]
"""(places with tasks, what executes them, how many at a time) -> what ended, as soon as it has"""


class WorkerKilledError(Exception):
    """A worker of the batch is gone, and what it worked on with it."""


def carried_out(
    tasks: Sequence[Task], execute: Execute, *, at_once: int, backend: Backend = Backend.LOKY
) -> Iterator[Ended]:
    """Carry out the tasks of a batch; each one's place and end, as soon as it has ended.

    Where a worker is killed, the batch goes on with what had not begun; what had is lost, and told so.

    Parameters
    ----------
    tasks : sequence of Task
        What is carried out.
    execute : callable
        What executes one.
    at_once : int
        How many at a time.
    backend : Backend
        What hands them out.
    """
    waiting = dict(enumerate(tasks))
    hand = _in_turn if min(at_once, len(tasks)) <= 1 else _BACKENDS[backend]
    for _ in range(_MOST_BROKEN):
        try:
            for place, ended in hand(list(waiting.items()), execute, at_once):
                del waiting[place]
                yield place, ended
        except WorkerKilledError:
            for place in [place for place, task in waiting.items() if task.work.status.exists()]:
                yield place, Attempted(outcome=_of_killed(waiting.pop(place)))
        if not waiting:
            return
    for place, task in waiting.items():
        now = time.time_ns() // 1000  # noqa: TID251 (of an execution that never began nobody else tells)
        yield place, Attempted(outcome=not_begun(now, Exit.LOST, "Lost", f"its worker was killed: {task.work.output}"))


def _in_turn(tasks: Sequence[tuple[int, Task]], execute: Execute, _: int) -> Iterator[Ended]:
    """One after the other, in this process."""
    for place, task in tasks:
        yield place, attempt(task, execute)


def _loky(tasks: Sequence[tuple[int, Task]], execute: Execute, at_once: int) -> Iterator[Ended]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    parallel = Parallel(
        n_jobs=min(at_once, len(tasks)),
        backend="loky",
        return_as="generator_unordered",
        batch_size=1,
        pre_dispatch="all",
    )
    try:
        yield from parallel(delayed(_placed)(place, task, execute) for place, task in tasks)
    except TerminatedWorkerError as error:
        raise WorkerKilledError from error


def _placed(place: int, task: Task, execute: Execute) -> Ended:
    return place, attempt(task, execute)


def _of_killed(task: Task) -> Outcome:
    """How an execution ended whose worker was killed: its own supervisor may need a moment to notice."""
    from jupyter_mlc.jobs.execute import outcome_of

    while not isinstance(found := outcome_of(task.work.status), Outcome):
        time.sleep(_LOOK)
    return found


_LOOK = 0.1
_BACKENDS: Mapping[Backend, Hand] = {Backend.LOKY: _loky}
