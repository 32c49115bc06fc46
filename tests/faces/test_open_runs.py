from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.base import VERBS
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.session import LocalSession


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    found = Desk(str(tmp_path / "registry"))
    yield found
    found.close()


def registered(desk: Desk) -> SimpleNamespace:
    """The run of a new version, and its metrics."""
    named = Named(name="clf", value=LogisticRegression())
    values: dict[str, Any] = {"name": "churn", "object": named, "no_load_check": True}
    reply = desk.carry_out(Call(verb=VERBS["register"], values=values))
    assert isinstance(reply, RegisterReply)
    assert isinstance(desk.session, LocalSession)
    version = desk.session.registry.version(reply.version)
    return SimpleNamespace(run=reply.run, metrics={metric.key: metric.value for metric in version.metrics})


def test_a_version_belongs_to_the_block_around_it_though_another_ended_inside(desk: Desk) -> None:
    with Run(desk, "churn") as outer:
        with Run(desk, "churn") as inner:
            inner.log(auc=0.1)
        outer.log(auc=0.2)
        found = registered(desk)
    assert (found.run, found.metrics) == (outer.ref, {"auc": 0.2})


def test_a_version_belongs_to_the_block_that_just_ended_though_an_older_run_was_left_open(desk: Desk) -> None:
    Run(desk, "churn").log(auc=0.1)
    with Run(desk, "churn") as run:
        run.log(auc=0.2)
    found = registered(desk)
    assert (found.run, found.metrics) == (run.ref, {"auc": 0.2})


def test_no_version_belongs_to_a_run_that_failed(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), Run(desk, "churn") as run:
        run.log(auc=1 / 0)
    assert registered(desk).run != run.ref


def test_an_older_run_without_a_version_does_not_take_a_later_one(desk: Desk) -> None:
    for C in (1, 2):
        with Run(desk, "churn", params={"C": C}) as run:
            pass
    assert registered(desk).run == run.ref
    assert registered(desk).run == "run/3"


def test_threads_that_train_side_by_side_keep_their_runs_apart(desk: Desk) -> None:
    both_open, both_ended = threading.Barrier(2), threading.Barrier(2)
    found: dict[float, SimpleNamespace] = {}
    expected: dict[float, str] = {}

    def train(auc: float) -> None:
        with Run(desk, "churn") as run:
            run.log(auc=auc)
            both_open.wait(30)
        both_ended.wait(30)
        expected[auc], found[auc] = run.ref, registered(desk)

    threads = [threading.Thread(target=train, args=(auc,)) for auc in (0.25, 0.75)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {auc: (each.run, each.metrics) for auc, each in found.items()} == {
        auc: (expected[auc], {"auc": auc}) for auc in (0.25, 0.75)
    }


def test_a_helping_thread_registers_for_the_one_run_that_is_open(desk: Desk) -> None:
    run = Run(desk, "churn")
    found: list[SimpleNamespace] = []
    helper = threading.Thread(target=lambda: found.append(registered(desk)))
    helper.start()
    helper.join(60)
    assert [each.run for each in found] == [run.ref]


def test_a_helping_thread_guesses_nothing_where_two_runs_are_open(desk: Desk) -> None:
    runs = [Run(desk, "churn").ref, Run(desk, "churn").ref]
    found: list[SimpleNamespace] = []
    helper = threading.Thread(target=lambda: found.append(registered(desk)))
    helper.start()
    helper.join(60)
    assert found[0].run not in runs
