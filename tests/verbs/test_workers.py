"""Workers as real processes: two on one registry, killed and started again, ended by signals."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlc.domain.jobs import JobStarted
from jupyter_mlc.domain.schedules import ScheduleRan
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.session import now
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.conftest import Clock
from tests.verbs.scheduling import SECOND, Office, office

pytestmark = pytest.mark.slow


@pytest.fixture
def here(registry_url: str, tmp_path: Path, ana: Identity, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office that goes by the real clock, as the workers do."""
    monkeypatch.setenv("MLC_REGISTRY", registry_url)
    with office(registry_url, tmp_path / "work", ana, RealClock(), monkeypatch) as made:
        made.keep()
        yield made


class RealClock(Clock):
    def __call__(self) -> int:
        return now()


class Workers:
    """Processes of `jupyter mlc worker`, which end with the test."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            [sys.executable, "-W", "error", "-u", "-m", "jupyter_mlc.faces.cli", "worker"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(worker)
        return worker

    def end(self) -> None:
        for worker in self.running:
            worker.kill()
            worker.communicate()


@pytest.fixture
def workers() -> Iterator[Workers]:
    started = Workers()
    yield started
    started.end()


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.2)


def runs(here: Office) -> list[ScheduleRan]:
    found: list[ScheduleRan] = here.events(ScheduleRan)
    return found


def test_two_workers_run_each_due_time_once_also_when_one_is_killed_and_started_again(
    here: Office, workers: Workers
) -> None:
    here.call(Retrain(ref="fit"))  # from now on the record has the answer, and runs cost nothing
    here.add(every="1s", if_changed=True)
    first, second = workers.start(), workers.start()
    until(lambda: len(runs(here)) >= 4)
    first.send_signal(signal.SIGKILL)
    first.wait()
    third = workers.start()
    seen = len(runs(here))
    until(lambda: len(runs(here)) >= seen + 5)
    for number, worker in ((signal.SIGTERM, second), (signal.SIGINT, third)):
        worker.send_signal(number)
        out, err = worker.communicate()
        assert (worker.returncode, err) == (0, "")
        assert re.match(r"schedule/1 fit: due \S+ \S+ UTC", out) or out.startswith("1 schedule, next due: fit,")
        assert out.splitlines()[-1].startswith("1 schedule, next due: fit, ")
    began = here.registry.schedule(1).created
    dues = [run.due for run in runs(here)]
    assert dues == sorted(set(dues))
    assert all((due - began) % SECOND == 0 for due in dues)
    taken_or_missed = sum(1 + run.missed for run in runs(here))
    assert taken_or_missed == (dues[-1] - began) // SECOND
    assert len(here.events(JobStarted)) == 1
    reply = here.call(Verify())
    assert isinstance(reply, VerifyReply)
    assert reply.findings == ()


def test_a_worker_begins_real_jobs_which_outlive_it_when_it_is_killed(here: Office, workers: Workers) -> None:
    here.keep("print('from the cell')", name="say")
    here.add("say", every="1s")
    worker = workers.start()
    until(lambda: len(runs(here)) >= 1)
    number = here.registry.job_by_id(runs(here)[0].jobs[0]).number
    until(lambda: (here.registry.place.folder or Path()).exists() and _is_handed_over(here, number))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    until(lambda: here.registry.job(number).status != "begun")
    assert here.registry.job(number).status == "succeeded"
    assert len(here.events(JobStarted)) == 1
    another = workers.start()
    assert another.stdout is not None
    until(lambda: len(runs(here)) >= 2)
    said = another.stdout.readline()
    assert re.match(
        r"schedule/1 say: due .* UTC, (\d+ times? before it missed and not caught up, )?job/2 begun\n", said
    )
    until(lambda: another.stdout is not None and another.stdout.readline() == "job/2 of say succeeded\n")
    another.send_signal(signal.SIGTERM)
    _, err = another.communicate()
    assert (another.returncode, err) == (0, "")
    assert len({run.due for run in runs(here)}) == len(runs(here))


def _is_handed_over(here: Office, number: int) -> bool:
    from jupyter_mlc.jobs.folders import JobFolder

    folder = JobFolder.of(here.registry.place, here.registry.uuid, number)
    return folder.said.exists() and not folder.is_abandoned()


def test_a_worker_that_is_ended_names_the_jobs_that_go_on(here: Office, workers: Workers, tmp_path: Path) -> None:
    here.keep(f"import os, time\nwhile not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.1)", name="long")
    here.add("long", every="1s")
    worker = workers.start()
    until(lambda: len(runs(here)) >= 1)
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate()
    assert (worker.returncode, err) == (0, "")
    assert out.splitlines()[-1] == "the worker has ended; job/1 goes on without it"
    (tmp_path / "go").touch()
    until(lambda: here.registry.job(1).status != "begun")
    assert here.registry.job(1).status == "succeeded"
