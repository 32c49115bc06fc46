"""Several jobs at a time, by joblib: the backend that somebody names decides where.

A backend is one function in `_BACKENDS`; it yields what ended as soon as it has.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from jupyter_mlc.jobs.attempts import Attempted, Execute, Task, attempt, not_begun
from jupyter_mlc.jobs.spec import Exit, Outcome
from jupyter_mlc.jobs.times import now

_MOST_BROKEN = 3
"""times that a batch is taken up again after a worker of it was killed"""
_LIMITS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
    *("NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS", "ENABLE_IPC"),
)
"""the environment variables by which joblib shares the cores out among its workers"""


class Backend(StrEnum):
    """What hands out the jobs of a batch."""

    LOKY = "loky"
    """processes of this machine"""
    DASK = "dask"
    """the workers of a dask scheduler"""
    RAY = "ray"
    """the workers of a ray cluster"""


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who carries out a batch."""

    at_once: int = 1
    """how many jobs at a time"""
    backend: Backend = Backend.LOKY
    cluster: str = ""
    """the address of its scheduler; empty: one of its own on this machine, for as long as the batch lasts"""
    gpus: int = 0
    """that each job sees alone"""


Ended: TypeAlias = tuple[int, Attempted]
"""the place of a task, and how it ended"""
Hand: TypeAlias = Callable[[Sequence[tuple[int, Task]], Execute, Hands], Iterator[Ended]]
"""(places with tasks, what executes them, who carries them out) -> what ended, as soon as it has"""


class WorkerKilledError(Exception):
    """A worker of the batch is gone, and what it worked on with it."""


class BackendFailedError(Exception):
    """A backend cannot go on, and says why."""


def carried_out(  # noqa: PLR0913 (what a batch is, and the words of Hands)
    tasks: Sequence[Task],
    execute: Execute,
    *,
    at_once: int,
    backend: Backend = Backend.LOKY,
    cluster: str = "",
    gpus: int = 0,
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
    backend, cluster : Backend and str
        What hands them out, and where that is.
    gpus : int
        How many each of them sees alone.
    """
    hands = Hands(at_once=at_once, backend=backend, cluster=cluster, gpus=gpus)
    waiting = dict(enumerate(tasks))
    hand, execute, why = _hand_for(hands, len(tasks)), _on_gpus(execute, hands.gpus), "its worker was killed"
    for _ in range(_MOST_BROKEN):
        try:
            for place, ended in hand(list(waiting.items()), execute, hands):
                del waiting[place]
                yield place, ended
        except (WorkerKilledError, BackendFailedError) as error:
            for place in [place for place, task in waiting.items() if _has_begun(task)]:
                yield place, Attempted(outcome=_of_killed(waiting.pop(place)))
            if isinstance(error, BackendFailedError):
                why = str(error)
                break
        if not waiting:
            return
    for place, task in waiting.items():
        yield place, Attempted(outcome=not_begun(now(), Exit.LOST, "Lost", f"{why}: {task.work.output}"))


def _hand_for(hands: Hands, count: int) -> Hand:
    is_alone = min(hands.at_once, count) <= 1 and hands.backend is Backend.LOKY
    return _in_turn if is_alone else _BACKENDS[hands.backend]


def _on_gpus(execute: Execute, count: int) -> Execute:
    from jupyter_mlc.jobs.slots import OnGpus

    return OnGpus(execute=execute, count=count) if count else execute


def _in_turn(tasks: Sequence[tuple[int, Task]], execute: Execute, _: Hands) -> Iterator[Ended]:
    """One after the other, in this process."""
    for place, task in tasks:
        yield place, attempt(task, execute)


def _loky(tasks: Sequence[tuple[int, Task]], execute: Execute, hands: Hands) -> Iterator[Ended]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    parallel = Parallel(
        n_jobs=min(hands.at_once, len(tasks)),
        backend="loky",
        return_as="generator_unordered",
        batch_size=1,
        pre_dispatch="all",
    )
    environment = dict(os.environ)
    try:
        yield from parallel(delayed(_in_worker)(place, task, execute, environment) for place, task in tasks)
    except TerminatedWorkerError as error:
        raise WorkerKilledError from error


def _in_worker(place: int, task: Task, execute: Execute, environment: Mapping[str, str]) -> Ended:
    """Joblib may have started this process for an earlier batch, when the environment was another one."""
    limits = {name: os.environ[name] for name in _LIMITS if name in os.environ}
    os.environ.clear()
    os.environ.update({**limits, **environment})
    return place, attempt(task, execute)


def _dask(tasks: Sequence[tuple[int, Task]], execute: Execute, hands: Hands) -> Iterator[Ended]:
    from jupyter_mlc.jobs.batches_dask import by_dask

    return by_dask(tasks, execute, hands)


def _ray(tasks: Sequence[tuple[int, Task]], execute: Execute, hands: Hands) -> Iterator[Ended]:
    from jupyter_mlc.jobs.batches_ray import by_ray

    return by_ray(tasks, execute, hands)


def _has_begun(task: Task) -> bool:
    from jupyter_mlc.jobs.claims import is_taken

    return task.work.status.exists() or is_taken(task)


def _of_killed(task: Task) -> Outcome:
    """How an execution ended whose worker was killed: its own supervisor may need a moment to notice."""
    from jupyter_mlc.jobs.claims import seen_to_its_end

    return seen_to_its_end(task)


_BACKENDS: Mapping[Backend, Hand] = {Backend.LOKY: _loky, Backend.DASK: _dask, Backend.RAY: _ray}


def refuse_what_is_not_there(hands: Hands) -> None:
    """Refuse before anything begins where a backend is not installed, or nobody answers at its address.

    Raises
    ------
    Unavailable
        If so.
    """
    if hands.backend is Backend.DASK:
        from jupyter_mlc.jobs import batches_dask

        batches_dask.refuse_what_is_not_there(hands.cluster)
    if hands.backend is Backend.RAY:
        from jupyter_mlc.jobs import batches_ray

        batches_ray.refuse_what_is_not_there(hands.cluster)
