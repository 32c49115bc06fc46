"""Batches: in turn, by loky, with retries, and with workers that are killed."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.capture.process import here, named
from jupyter_mlc.domain.errors import BadInput, NotFound, Unavailable
from jupyter_mlc.jobs.attempts import Task, attempt
from jupyter_mlc.jobs.batches import carried_out
from jupyter_mlc.jobs.outputs import check_out, out_path
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Work
from tests.jobs import stand_in
from tests.jobs.notebooks import code, saved


def task(folder: Path, name: str, *cells: Any, **parameters: object) -> Task:
    """A task with a notebook of these cells."""
    place = folder / name
    place.mkdir()
    work = Work(
        notebook=saved(place / "source.ipynb", code("kill = False", tag="parameters"), *cells),
        output=place / "executed.ipynb",
        status=place / "status.json",
        folder=folder,
        parameters=parameters,
    )
    return Task(work=work, cancel=place / "cancel", owner=here(), pause=0.01)


def ended(exit_: Exit, exception: str = "") -> Outcome:
    return Outcome(exit=exit_, cells=1, done=0, exception=exception, started=1, ended=2, engine=Engine.COLD)


class Script:
    """An executor that ends as a list says, one after the other."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.left = list(outcomes)

    def __call__(self, work: Work, **_: object) -> Outcome:
        return self.left.pop(0)


def test_tasks_are_carried_out_in_turn_where_one_at_a_time_is_enough(tmp_path: Path) -> None:
    tasks = [task(tmp_path, "a", "x = 1"), task(tmp_path, "b", "1 / 0")]
    found = dict(carried_out(tasks, stand_in.execute, at_once=1))
    assert [found[place].outcome.exit for place in (0, 1)] == [Exit.SUCCEEDED, Exit.CELL_FAILED]
    assert found[1].outcome.exception == "ZeroDivisionError"


@pytest.mark.slow
def test_loky_carries_out_several_at_a_time_in_processes_of_their_own(tmp_path: Path) -> None:
    cell = "import os; said = os.getpid()"
    tasks = [task(tmp_path, name, cell) for name in "abc"]
    found = dict(carried_out(tasks, stand_in.execute, at_once=2))
    assert {each.outcome.exit for each in found.values()} == {Exit.SUCCEEDED}
    said = {json.loads(each.work.output.read_text())["cells"][1]["outputs"][0]["text"] for each in tasks}
    assert str(os.getpid()) not in said


@pytest.mark.slow
def test_workers_that_are_kept_from_an_earlier_batch_work_in_the_environment_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = "from os import environ\nsaid = environ.get('TOKEN'), environ.get('REGION'), 'OMP_NUM_THREADS' in environ"

    def said(names: str) -> set[tuple[str | None, str | None, bool]]:
        tasks = [task(tmp_path, name, cell) for name in names]
        assert len(dict(carried_out(tasks, stand_in.execute, at_once=2))) == len(names)
        texts = [json.loads(each.work.output.read_text())["cells"][1]["outputs"][0]["text"] for each in tasks]
        return {ast.literal_eval(text) for text in texts}

    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("TOKEN", "first")
    monkeypatch.setenv("REGION", "here")
    assert said("abc") == {("first", "here", True)}
    monkeypatch.setenv("TOKEN", "second")
    monkeypatch.delenv("REGION")
    assert said("def") == {("second", None, True)}


@pytest.mark.slow
def test_a_batch_goes_on_where_a_worker_is_killed_and_says_what_was_lost(tmp_path: Path) -> None:
    tasks = [task(tmp_path, "a", kill=True), *(task(tmp_path, name) for name in "bcd")]
    found = dict(carried_out(tasks, stand_in.killed_once, at_once=2))
    exits = [found[place].outcome.exit for place in range(4)]
    assert exits[0] is Exit.LOST
    assert exits[3] is Exit.SUCCEEDED
    assert set(exits) == {Exit.LOST, Exit.SUCCEEDED}


@pytest.mark.parametrize(
    ("first", "is_tried_again"),
    [
        (ended(Exit.PROCESS_DIED), True),
        (ended(Exit.TIMED_OUT), True),
        (ended(Exit.LOST), True),
        (ended(Exit.OUT_OF_MEMORY), True),
        (ended(Exit.CELL_FAILED, "ConnectionError"), True),
        (ended(Exit.CELL_FAILED, "NameError"), False),
        (ended(Exit.CELL_FAILED, "SyntaxError"), False),
        (ended(Exit.CELL_FAILED, "UsageError"), False),
        (ended(Exit.CANCELLED), False),
        (ended(Exit.SUCCEEDED), False),
    ],
)
def test_only_what_may_end_otherwise_is_tried_again(
    tmp_path: Path,
    first: Outcome,
    is_tried_again: bool,  # noqa: FBT001
) -> None:
    found = attempt(replace(task(tmp_path, "a"), retries=2), Script(first, ended(Exit.SUCCEEDED)))
    assert found.retries == int(is_tried_again)
    assert (found.outcome.exit is Exit.SUCCEEDED) == (is_tried_again or first.exit is Exit.SUCCEEDED)
    if is_tried_again:
        said = f": {first.exception}" if first.exception else ""
        assert found.outcome.notes == (f"attempt 1 ended: {first.exit}{said}",)


def test_what_needs_more_memory_than_it_may_have_needs_it_again(tmp_path: Path) -> None:
    given = task(tmp_path, "a")
    limited = replace(given, work=replace(given.work, memory=10), retries=2)
    assert attempt(limited, Script(ended(Exit.OUT_OF_MEMORY))).retries == 0


def test_the_number_of_tries_has_an_end(tmp_path: Path) -> None:
    failures = [ended(Exit.PROCESS_DIED) for _ in range(5)]
    found = attempt(replace(task(tmp_path, "a"), retries=2), Script(*failures))
    assert (found.retries, found.outcome.exit) == (2, Exit.PROCESS_DIED)
    assert attempt(task(tmp_path, "b"), Script(*failures)).retries == 0


def test_a_task_that_is_cancelled_before_it_begins_does_not_begin(tmp_path: Path) -> None:
    given = task(tmp_path, "a")
    given.cancel.touch()
    found = attempt(given, Script()).outcome
    assert (found.exit, found.message) == (Exit.CANCELLED, "it was cancelled before it began")


def test_a_task_that_is_cancelled_while_it_waits_for_the_next_try_ends_as_it_is(tmp_path: Path) -> None:
    given = replace(task(tmp_path, "a"), retries=3, pause=60)

    def fail(work: Work, **_: object) -> Outcome:
        given.cancel.touch()
        return ended(Exit.PROCESS_DIED)

    assert attempt(given, fail).outcome.exit is Exit.PROCESS_DIED


def test_a_task_for_which_nobody_waits_any_more_does_not_begin(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    gone = named(child)
    os.waitpid(child, 0)
    assert attempt(replace(task(tmp_path, "a"), owner=gone), Script()).outcome.exit is Exit.CANCELLED


def test_what_cannot_begin_says_why(tmp_path: Path) -> None:
    def refuse(work: Work, **_: object) -> Outcome:
        raise Unavailable("the kernel did not start", hint="see why")

    found = attempt(task(tmp_path, "a"), refuse).outcome
    assert (found.exit, found.exception, found.message) == (
        Exit.PROCESS_DIED,
        "Unavailable",
        "the kernel did not start\nsee why",
    )


def test_copies_go_into_a_folder_under_the_job_s_number_or_into_the_file_that_is_named(tmp_path: Path) -> None:
    output = Path("/x/fit.ipynb")
    assert out_path(str(tmp_path), output, 17) == tmp_path / "fit-17.ipynb"
    assert out_path(str(tmp_path / "a.ipynb"), output, 17) == tmp_path / "a.ipynb"
    assert check_out("", tmp_path, 2) == ""
    assert check_out(".", tmp_path, 2) == str(tmp_path)
    assert check_out("a.ipynb", tmp_path, 1) == str(tmp_path / "a.ipynb")
    assert list(tmp_path.iterdir()) == []


def test_a_place_for_copies_that_is_none_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as missing:
        check_out("gone", tmp_path, 1)
    assert missing.value.text == f"there is no folder {tmp_path}/gone\nmake it: mkdir -p {tmp_path}/gone"
    with pytest.raises(BadInput) as one:
        check_out("a.ipynb", tmp_path, 2)
    assert one.value.text == "--out a.ipynb is one file, and there are 2 jobs\nname a folder: --out a"
    with pytest.raises(BadInput) as bucket:
        check_out("s3://bucket/x", tmp_path, 1)
    assert bucket.value.text == "--out s3://bucket/x is no folder of this machine\nname a folder, and copy from there"
    with pytest.raises(Unavailable) as locked:
        check_out("/proc/self", tmp_path, 1)
    assert locked.value.message.startswith("nothing can be written to /proc/self: ")
    assert locked.value.hint == "name another folder, or make it writable"
