"""Two processes that ask for the same at the same time make it once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Interrupted
from jupyter_mlc.store.identity import identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs.job_batch import RetrainReply
from jupyter_mlc.verbs.job_list import JobList, JobListReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.session import LocalSession
from tests.jobs.notebooks import code, notebook

pytestmark = pytest.mark.slow

PARAMETERS = code("C = 1.0", tag="parameters")
SLOW = """
import os, time
open('begun', 'w').close()
while not os.path.exists('go'):
    time.sleep(0.05)
"""
REGISTER = "%load_ext jupyter_mlc\nmodel = {'C': C}\n%mlc register churn model --no-load-check"
FAIL = "1 / 0"
ASK = """
import sys
from pathlib import Path
from jupyter_mlc.store.identity import identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.session import LocalSession

session = LocalSession(place_of(sys.argv[1]), identity)
grid = {"C": [float(word) for word in sys.argv[3:]]}
ask = Retrain(ref="fit.ipynb", notebook=sys.argv[2], source="fit.ipynb", grid=grid)
reply = session.call(ask, lambda done, total, text: "does the same" in text and Path("waits").touch())
print(*(f"{row.job} {row.exit} {row.version}" for row in reply.jobs), *reply.warnings, sep="\\n")
"""


class Lab:
    """A registry in a folder, and processes that ask it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = LocalSession(place_of(str(folder / "registry")), identity)
        self.running: list[subprocess.Popen[str]] = []

    def keep(self, *sources: str) -> str:
        from jupyter_mlc.capture.notebook.document import text

        return self.session.artifacts.put_bytes(text(notebook(PARAMETERS, *map(code, sources))))

    def ask(self, digest: str, *values: float) -> subprocess.Popen[str]:
        words = [sys.executable, "-W", "error", "-c", ASK, str(self.folder / "registry"), digest, *map(str, values)]
        self.running.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
        return self.running[-1]

    def has_begun(self) -> bool:
        return (self.folder / "begun").exists()

    def waits(self) -> bool:
        """Whether one of them waits for the other."""
        return (self.folder / "waits").exists()

    def go(self) -> None:
        (self.folder / "go").touch()

    def jobs(self) -> list[tuple[int, str]]:
        reply = self.session.call(JobList())
        assert isinstance(reply, JobListReply)
        return [(job.number, job.status) for job in reply.jobs]

    def versions(self) -> list[str]:
        reply = self.session.call(List(what="churn"))
        assert isinstance(reply, ListReply)
        return [version.ref for version in reply.versions]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.chdir(tmp_path)
    made = Lab(tmp_path)
    yield made
    for process in made.running:
        process.kill()
        process.communicate()
    made.session.close()


def until(is_so: Callable[[], bool]) -> None:
    latest = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.05)


def said(process: subprocess.Popen[str]) -> list[str]:
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return text.splitlines()


def test_two_batches_at_once_make_one_version_a_key(lab: Lab) -> None:
    digest = lab.keep(SLOW, REGISTER)
    both = [lab.ask(digest, 0.1), lab.ask(digest, 0.1)]
    until(lab.has_begun)
    until(lab.waits)
    lab.go()
    answers = sorted((said(process) for process in both), key=len)
    assert answers[0] == ["job/1 succeeded churn:1"]
    assert answers[1] == [
        "job/1 cached churn:1",
        "job/1, which another process had begun, does the same: it was waited for",
    ]
    assert (lab.jobs(), lab.versions()) == ([(1, "succeeded")], ["churn:1"])


def test_what_is_new_in_the_second_batch_is_done_meanwhile(lab: Lab) -> None:
    digest = lab.keep("if C < 1:\n" + SLOW.strip().replace("\n", "\n    ").join(("    ", "")), REGISTER)
    first = lab.ask(digest, 0.1)
    until(lab.has_begun)
    second = lab.ask(digest, 0.1, 2.0)
    until(lambda: (2, "succeeded") in lab.jobs())
    lab.go()
    assert said(first) == ["job/1 succeeded churn:2"]
    assert {"job/1 cached churn:2", "job/2 succeeded churn:1"} <= set(said(second))


def test_a_failure_is_that_of_both(lab: Lab) -> None:
    digest = lab.keep(SLOW, FAIL)
    first = lab.ask(digest, 0.1)
    until(lab.has_begun)
    second = lab.ask(digest, 0.1)
    until(lab.waits)
    lab.go()
    assert said(first) == ["job/1 cell failed "]
    assert said(second) == [
        "job/1 cell failed ",
        "job/1, which another process had begun, does the same, and it ended: cell failed; to do it again: --force",
    ]


def test_what_a_killed_process_had_begun_ends_the_waiting(lab: Lab) -> None:
    digest = lab.keep(SLOW, REGISTER)
    first = lab.ask(digest, 0.1)
    until(lab.has_begun)
    second = lab.ask(digest, 0.1)
    until(lab.waits)
    first.kill()
    assert said(second) == [
        "job/1 lost ",
        "job/1, which another process had begun, does the same, and it ended: lost; to do it again: --force",
    ]
    lab.go()
    assert said(lab.ask(digest, 0.1)) == ["job/2 succeeded churn:1"]


def test_who_does_not_want_to_wait_leaves_the_other_alone(lab: Lab) -> None:
    digest = lab.keep(SLOW, REGISTER)
    first = lab.ask(digest, 0.1)
    until(lab.has_begun)
    asked = Retrain(ref="fit.ipynb", notebook=digest, source="fit.ipynb", folder=str(lab.folder), param={"C": 0.1})

    def interrupt(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted) as interrupted:
        lab.session.call(asked, interrupt)
    assert interrupted.value.text == (
        "interrupted; job/1 goes on, which another process began\nend it: %mlc job cancel 1"
    )
    lab.go()
    assert said(first) == ["job/1 succeeded churn:1"]


def test_in_the_background_the_one_that_is_under_way_is_named(lab: Lab) -> None:
    digest = lab.keep(SLOW, REGISTER)
    first = lab.ask(digest, 0.1)
    until(lab.has_begun)
    asked = Retrain(ref="fit.ipynb", notebook=digest, source="fit.ipynb", folder=str(lab.folder), param={"C": 0.1})
    reply = lab.session.call(Retrain(**{**vars(asked), "background": True}))
    assert isinstance(reply, RetrainReply)
    assert [(row.job, row.exit) for row in reply.jobs] == [("job/1", "queued")]
    assert reply.warnings == ("job/1, which another process had begun, does the same",)
    lab.go()
    assert said(first) == ["job/1 succeeded churn:1"]
    forced = lab.session.call(Retrain(**{**vars(asked), "force": True}))
    assert isinstance(forced, RetrainReply)
    assert [(row.job, row.exit) for row in forced.jobs] == [("job/2", "succeeded")]
