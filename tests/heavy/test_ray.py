"""Batches on the workers of ray: jobs in two processes, and a worker that is killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.jobs.batches import Backend, carried_out
from jupyter_mlc.jobs.spec import Exit
from jupyter_mlc.verbs.context import execute
from tests.jobs import stand_in
from tests.jobs.test_batches import task

# what ray leaves to the end of the process it leaves open; and it tells of what is to come
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore:Tip. In future versions of Ray:FutureWarning",
)
RAY: dict[str, Any] = {"at_once": 2, "backend": Backend.RAY}


@pytest.fixture(autouse=True)
def workers_find_these_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    here = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", "")))))


def test_two_workers_execute_real_jobs(tmp_path: Path) -> None:
    tasks = [task(tmp_path, name, "print('from the cell')") for name in "abc"]
    found = dict(carried_out(tasks, execute, **RAY))
    assert [found[place].outcome.exit for place in range(3)] == [Exit.SUCCEEDED] * 3
    assert all(each.work.output.exists() for each in tasks)


def test_a_batch_says_exactly_what_was_lost_with_a_killed_worker(tmp_path: Path) -> None:
    tasks = [task(tmp_path, "a", kill=True), *(task(tmp_path, name) for name in "bcd")]
    found = dict(carried_out(tasks, stand_in.killed_once, **RAY))
    assert [found[place].outcome.exit for place in range(4)] == [Exit.LOST, *[Exit.SUCCEEDED] * 3]
