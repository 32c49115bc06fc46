"""Batches on the workers of dask: real jobs, workers that are killed, schedulers that do not answer."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.capture.process import here, named
from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs import claims, status
from jupyter_mlc.jobs.attempts import Task
from jupyter_mlc.jobs.batches import Backend, Hands, carried_out, refuse_what_is_not_there
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Progress
from jupyter_mlc.jobs.status import Told, Traces, tell
from jupyter_mlc.verbs.context import execute
from tests.jobs import stand_in
from tests.jobs.test_batches import task

DASK: dict[str, Any] = {"at_once": 2, "backend": Backend.DASK}


@pytest.fixture(autouse=True)
def dask_is_quiet() -> Iterator[None]:
    """A worker that is killed is told of, and so is the end of a cluster; what matters here is what we tell."""
    import logging

    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.nanny", "distributed.scheduler")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def on(place: Path, found: dict[int, Any]) -> list[Exit]:
    return [found[number].outcome.exit for number in sorted(found)]


@pytest.mark.slow
def test_two_workers_execute_real_jobs(tmp_path: Path) -> None:
    tasks = [task(tmp_path, name, "import os; print(os.getpid())") for name in "abc"]
    found = dict(carried_out(tasks, execute, **DASK))
    assert on(tmp_path, found) == [Exit.SUCCEEDED] * 3
    assert all(each.work.output.exists() for each in tasks)
    workers = {(each.work.status.parent / "worker").read_text() for each in tasks}
    assert here() not in workers


@pytest.mark.slow
def test_a_batch_goes_on_where_a_worker_is_killed_and_says_exactly_what_was_lost(tmp_path: Path) -> None:
    tasks = [task(tmp_path, "a", kill=True), *(task(tmp_path, name) for name in "bcd")]
    found = dict(carried_out(tasks, stand_in.killed_once, **DASK))
    assert on(tmp_path, found) == [Exit.LOST, *[Exit.SUCCEEDED] * 3]
    assert (tmp_path / "killed").exists()


@pytest.mark.slow
def test_what_a_killed_worker_had_begun_is_begun_again_where_retries_allow_that(tmp_path: Path) -> None:
    from dataclasses import replace

    tasks = [replace(task(tmp_path, "a", kill=True), retries=1), task(tmp_path, "b")]
    found = dict(carried_out(tasks, stand_in.killed_once, **DASK))
    assert on(tmp_path, found) == [Exit.SUCCEEDED] * 2
    assert (found[0].retries, found[0].outcome.notes) == (1, ("attempt 1 ended: lost",))


@pytest.mark.slow
def test_a_supervised_job_ends_with_its_worker_and_is_lost(tmp_path: Path) -> None:
    long = "import time\nopen('begun', 'w').close()\ntime.sleep(600)"
    tasks = [task(tmp_path, "a", long), task(tmp_path, "b", "x = 1")]
    killer = threading.Thread(target=_kill_the_worker_of, args=(tasks[0], tmp_path / "begun"))
    killer.start()
    found = dict(carried_out(tasks, execute, **DASK))
    killer.join()
    assert on(tmp_path, found) == [Exit.LOST, Exit.SUCCEEDED]


def _kill_the_worker_of(one: Task, begun: Path) -> None:
    import json

    while not begun.exists():
        time.sleep(0.1)
    worker = json.loads((one.work.status.parent / "worker").read_text("utf-8"))
    os.kill(worker["pid"], signal.SIGKILL)


@pytest.mark.slow
def test_a_batch_uses_the_scheduler_that_is_named_and_leaves_it_running(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        refuse_what_is_not_there(Hands(backend=Backend.DASK, cluster=cluster.scheduler_address))
        tasks = [task(tmp_path, name, "x = 1") for name in "ab"]
        found = dict(carried_out(tasks, stand_in.execute, cluster=cluster.scheduler_address, **DASK))
        assert on(tmp_path, found) == [Exit.SUCCEEDED] * 2
        with Client(cluster, set_as_default=False) as client:
            assert len(client.scheduler_info()["workers"]) == 1


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_mlc.jobs.batches_dask._PATIENCE", 0.5)
    nobody = "tcp://127.0.0.1:9"
    with pytest.raises(Unavailable) as refused:
        refuse_what_is_not_there(Hands(backend=Backend.DASK, cluster=nobody))
    assert refused.value.text == (
        f"no dask scheduler answers at {nobody}\n"
        "start one: dask scheduler; or leave out --cluster: then dask works on this machine"
    )
    ((_, attempted),) = carried_out([task(tmp_path, "a")], stand_in.execute, cluster=nobody, **DASK)
    assert attempted.outcome.exit is Exit.LOST
    assert attempted.outcome.message.startswith(f"no dask scheduler answers at {nobody}: ")


# What another worker had begun


def begun(folder: Path, worker: str, supervisor: str = "", *, seen: int = 1) -> Task:
    """A task that some worker took, and whose supervisor told how far it is, where there was one."""
    made = task(folder, "a")
    (made.work.status.parent / "worker").write_text(worker, "utf-8")
    if supervisor:
        progress = Progress(
            cells=2,
            done=1,
            cell=1,
            started=1,
            seen=seen,
            supervisor=1,
            supervisor_started=supervisor,
            host="elsewhere",
            engine=Engine.COLD,
        )
        traces = Traces(mark="none", output=str(made.work.output), runtime=str(folder / "runtime"))
        tell(made.work.status, Told(traces=traces, progress=progress))
    return made


def gone() -> str:
    """The name of a process that has ended."""
    import subprocess
    import sys

    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = named(process.pid)
    process.communicate(b"\n")
    return name


def elsewhere() -> str:
    return here().replace('"host": "', '"host": "far-')


def test_what_a_worker_took_and_never_began_is_lost(tmp_path: Path) -> None:
    attempted = claims.attempt_once(begun(tmp_path, gone()), stand_in.execute)
    assert (attempted.outcome.exit, attempted.outcome.message) == (
        Exit.LOST,
        "its worker was killed before the first cell",
    )


def test_what_runs_on_another_machine_is_waited_for(tmp_path: Path) -> None:
    made = begun(tmp_path, elsewhere(), elsewhere())
    outcome = Outcome(exit=Exit.SUCCEEDED, cells=2, done=2, started=1, ended=2, engine=Engine.COLD)
    told = status.read(made.work.status)
    timer = threading.Timer(0.3, tell, (made.work.status, Told(traces=told.traces, outcome=outcome)))
    timer.start()
    assert claims.attempt_once(made, stand_in.execute).outcome == outcome
    timer.join()


def test_a_machine_that_says_nothing_any_more_has_lost_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "_SILENCE", 0.3)
    outcome = claims.seen_to_its_end(begun(tmp_path, elsewhere(), elsewhere()))
    assert (outcome.exit, outcome.message) == (Exit.LOST, "elsewhere, which executed it, does not answer any more")
