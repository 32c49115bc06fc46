"""Jobs on the workers of a dask scheduler: of a cluster, or of one on this machine for as long as the batch lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs.batches import BackendFailedError, Ended, Hands, WorkerKilledError
from jupyter_mlc.jobs.claims import attempt_once

if TYPE_CHECKING:
    from distributed import Client

    from jupyter_mlc.jobs.attempts import Execute, Task

_NAME = "jupyter-mlc-dask"
_PATIENCE = 10
"""seconds for an answer of the scheduler"""


def by_dask(tasks: Sequence[tuple[int, Task]], execute: Execute, hands: Hands) -> Iterator[Ended]:
    """Hand out tasks; what ended, as soon as it has.

    Raises
    ------
    WorkerKilledError
        Where workers were killed so often that the scheduler gives up.
    BackendFailedError
        Where there are no workers, or they cannot work.
    """
    from distributed.scheduler import KilledWorker
    from joblib import Parallel, delayed, parallel_config, register_parallel_backend

    register_parallel_backend(_NAME, _backend())
    with _client(hands, len(tasks)) as client, parallel_config(backend=_NAME, client=client):
        parallel = Parallel(
            n_jobs=hands.at_once, return_as="generator_unordered", batch_size=1, pre_dispatch=hands.at_once
        )
        try:
            yield from parallel(delayed(_placed)(place, task, execute) for place, task in tasks)
        except KilledWorker as error:
            raise WorkerKilledError from error
        except Exception as error:
            raise BackendFailedError(f"dask: {str(error) or type(error).__name__}") from error


def _placed(place: int, task: Task, execute: Execute) -> Ended:
    return place, attempt_once(task, execute)


@lru_cache(maxsize=1)
def _backend() -> type[Any]:
    """Joblib's own backend, that also hands on what ended as soon as it has, and what cannot end."""
    from joblib._dask import DaskDistributedBackend

    class Backend(DaskDistributedBackend):
        supports_return_generator = True

        def submit(self, func: Any, callback: Callable[[Any], None] | None = None) -> Any:
            future = super().submit(func, callback)

            def tell(done: Any) -> None:
                error = done.exception()
                if error is not None and callback is not None:
                    callback(error)

            future.add_done_callback(tell)
            return future

        def retrieve_result_callback(self, out: Any) -> Any:
            if isinstance(out, BaseException):
                raise out
            return super().retrieve_result_callback(out)

    return Backend


@contextmanager
def _client(hands: Hands, count: int) -> Iterator[Client]:
    from distributed import LocalCluster

    with ExitStack() as opened:
        where: Any = hands.cluster
        if not where:
            where = opened.enter_context(
                LocalCluster(
                    n_workers=min(hands.at_once, count),
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",  # a free port: several batches may run on one machine
                )
            )
        yield opened.enter_context(_connected(where))


def _connected(where: Any) -> Client:
    from distributed import Client

    try:
        return Client(where, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise BackendFailedError(f"no dask scheduler answers at {where}: {error}") from error


def refuse_what_is_not_there(cluster: str) -> None:
    """Refuse where dask is not installed, or no scheduler answers.

    Raises
    ------
    Unavailable
        If so.
    """
    try:
        import distributed  # noqa: F401 (whether it is there)
    except ImportError:
        raise Unavailable("dask is not installed here", hint="pip install 'jupyter-mlc[dask]'") from None
    if not cluster:
        return
    try:
        _connected(cluster).close()
    except BackendFailedError:
        raise Unavailable(
            f"no dask scheduler answers at {cluster}",
            hint="start one: dask scheduler; or leave out --cluster: then dask works on this machine",
        ) from None
