"""Jobs on the workers of a ray cluster, or of one on this machine for as long as the batch lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs.batches import BackendFailedError, Ended, Hands, WorkerKilledError
from jupyter_mlc.jobs.claims import attempt_once

if TYPE_CHECKING:
    from jupyter_mlc.jobs.attempts import Execute, Task

_NAME = "ray"


def by_ray(tasks: Sequence[tuple[int, Task]], execute: Execute, hands: Hands) -> Iterator[Ended]:
    """Hand out tasks; what ended, once all have: ray's backend tells nothing before.

    Raises
    ------
    WorkerKilledError
        Where a worker was killed.
    BackendFailedError
        Where they cannot work.
    """
    from joblib import Parallel, delayed, parallel_config
    from ray.exceptions import RayActorError
    from ray.util.joblib import register_ray

    register_ray()
    needs: dict[str, Any] = {"ray_remote_args": {"num_gpus": hands.gpus}} if hands.gpus else {}
    with _running(hands, len(tasks)), parallel_config(backend=_NAME, **needs):
        parallel = Parallel(n_jobs=min(hands.at_once, len(tasks)), batch_size=1, pre_dispatch="all")
        try:
            yield from parallel(delayed(_placed)(place, task, execute) for place, task in tasks)
        except RayActorError as error:
            raise WorkerKilledError from error
        except Exception as error:
            raise BackendFailedError(f"ray: {str(error) or type(error).__name__}") from error


def _placed(place: int, task: Task, execute: Execute) -> Ended:
    return place, attempt_once(task, execute)


@contextmanager
def _running(hands: Hands, count: int) -> Iterator[None]:
    """Ray, unless somebody has it running already in this process."""
    import ray

    if ray.is_initialized():
        yield
        return
    _start(hands, count)
    try:
        yield
    finally:
        ray.shutdown()


def _start(hands: Hands, count: int) -> None:
    import ray

    try:
        if hands.cluster:
            ray.init(address=hands.cluster, log_to_driver=False, configure_logging=False)
            return
        ray.init(
            num_cpus=min(hands.at_once, count),
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=False,
            _node_ip_address="127.0.0.1",
        )
    except Exception as error:
        raise BackendFailedError(f"ray does not start: {str(error) or type(error).__name__}") from error


def refuse_what_is_not_there(cluster: str) -> None:
    """Refuse where ray is not installed, or no cluster answers.

    Raises
    ------
    Unavailable
        If so.
    """
    try:
        import ray
    except ImportError:
        raise Unavailable("ray is not installed here", hint="pip install 'jupyter-mlc[ray]'") from None
    if not cluster or ray.is_initialized():
        return
    try:
        _start(Hands(cluster=cluster), 1)
    except BackendFailedError:
        raise Unavailable(
            f"no ray cluster answers at {cluster}",
            hint="start one: ray start --head; or leave out --cluster: then ray works on this machine",
        ) from None
    ray.shutdown()
