"""Reproductions whose process is killed: the verdict is made up, or the job says that there is none."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.reproductions import Verdict
from jupyter_mlc.verbs.job_show import JobShow, JobShowReply
from jupyter_mlc.verbs.retrain import Retrain
from tests.verbs.bench import LOAD, REGISTER, Bench
from tests.verbs.test_reproduce_jobs import CELLS, DATA, FIT, SCORE, bench, made

__all__ = ["bench"]
pytestmark = pytest.mark.slow

ASK = """
import os, signal, sys
from jupyter_mlc.store.identity import identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs import reproduced
from jupyter_mlc.verbs.reproduce import Reproduce
from jupyter_mlc.verbs.session import LocalSession

if sys.argv[2] == "killed before it judges":
    reproduced.judged = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
session = LocalSession(place_of(sys.argv[1]), identity)
session.call(Reproduce(ref="churn:1"))
"""


def reproducing(bench: Bench, when: str = "") -> subprocess.Popen[bytes]:
    """A process that reproduces the version."""
    return subprocess.Popen([sys.executable, "-W", "error", "-c", ASK, bench.session.place.url, when])


def shown(bench: Bench, number: int = 1) -> JobShowReply:
    reply = bench.session.call(JobShow(job=str(number)))
    assert isinstance(reply, JobShowReply)
    return reply


def verdicts(bench: Bench) -> list[tuple[Verdict, str]]:
    version = bench.session.registry.version("churn:1")
    return [(one.verdict, one.job) for one in bench.session.registry.reproductions_of(version.id, 9)]


def until(is_so: Callable[[], bool]) -> None:
    latest = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.05)


def test_what_a_killed_process_did_not_judge_is_judged_by_the_next_job(bench: Bench) -> None:
    made(bench)
    process = reproducing(bench, "killed before it judges")
    assert process.wait(timeout=120) == -signal.SIGKILL
    assert (shown(bench).job.status, verdicts(bench)) == ("succeeded", [])  # type: ignore[union-attr]
    assert shown(bench).verdict == (
        "not yet: the process that was to judge it is gone, or is judging; else the next job judges it"
    )
    bench.session.call(Retrain(ref="churn:1", folder=str(bench.folder)))
    assert verdicts(bench) == [(Verdict.IDENTICAL, "job/1")]
    assert shown(bench).verdict == "identical: the same bytes"
    assert bench.evidence().notebook == shown(bench).job.output  # type: ignore[union-attr]


def test_a_verdict_is_made_once(bench: Bench) -> None:
    made(bench)
    assert reproducing(bench, "killed before it judges").wait(timeout=120) == -signal.SIGKILL
    mark = next(Path(bench.session.place.folder or "").glob("jobs/.unjudged/1"))
    for _ in range(2):
        mark.touch()
        bench.reproduce()
    assert verdicts(bench).count((Verdict.IDENTICAL, "job/1")) == 1


def test_what_was_killed_before_it_registered_has_no_verdict_and_says_so(bench: Bench) -> None:
    made(bench, LOAD, DATA, "open('begun', 'w').close(); import time; time.sleep(600)", FIT, SCORE, REGISTER)
    process = reproducing(bench)
    until((bench.folder / "begun").exists)
    process.kill()
    process.wait()
    until(lambda: shown(bench).job.status == "lost")  # type: ignore[union-attr]
    bench.session.call(Retrain(ref="churn:1", folder=str(bench.folder), timeout="1s"))
    reply = shown(bench)
    assert reply.ended is not None
    assert (reply.ended.exit, verdicts(bench)) == ("lost", [])
    assert (reply.verdict, reply.next) == ("none: the job did not get that far (lost)", "%mlc reproduce churn:1")
    assert not list(Path(bench.session.place.folder or "").glob("jobs/.unjudged/*"))


def test_what_had_registered_before_it_was_killed_is_judged(bench: Bench) -> None:
    wait = f"{REGISTER}\nopen('begun', 'w').close(); import time; time.sleep(600)"
    made(bench, *CELLS[:-1], wait)
    process = reproducing(bench)
    until((bench.folder / "begun").exists)
    process.kill()
    process.wait()
    until(lambda: shown(bench).job.status == "lost")  # type: ignore[union-attr]
    bench.session.call(Retrain(ref="churn:1", folder=str(bench.folder), timeout="1s"))
    assert verdicts(bench) == [(Verdict.IDENTICAL, "job/1")]
    assert bench.evidence().notes == ("after it had registered, lost: Lost: the process that waited for it was killed",)
