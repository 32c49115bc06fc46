from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.base import VERBS
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.session import LocalSession


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    found = Desk(str(tmp_path / "registry"), recorder=Recorder())
    found.tell = lambda warnings, reply: None
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
    return SimpleNamespace(reply=reply, run=reply.run, metrics={metric.key: metric.value for metric in version.metrics})


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


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        (SystemExit(), "finished"),
        (SystemExit(0), "finished"),
        (SystemExit(3), "failed"),
        (SystemExit("no data"), "failed"),
        (KeyboardInterrupt(), "failed"),
    ],
)
def test_a_block_that_exits_has_failed_if_the_script_does(desk: Desk, ending: BaseException, status: str) -> None:
    with pytest.raises(type(ending)), Run(desk, "churn") as run:
        raise ending
    assert isinstance(desk.session, LocalSession)
    assert desk.session.registry.run_by_id(run.id).status == status


def test_no_version_belongs_to_a_run_that_failed(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), Run(desk, "churn") as run:
        run.log(auc=1 / 0)
    assert registered(desk).run != run.ref


def test_a_version_belongs_to_none_of_several_runs_that_ended_before_it_and_that_is_told_once(desk: Desk) -> None:
    for auc in (0.1, 0.2):
        with Run(desk, "churn") as run:
            run.log(auc=auc)
    first, second = registered(desk), registered(desk)
    assert (first.run, first.metrics, first.reply.warnings) == (
        "run/3",
        {},
        (
            "run/1 and run/2 ended without a version, and which of them trained this one is not known: it has none of "
            "their figures; register inside the block, with mlc.run('churn') as run, or give it run.metrics",
        ),
    )
    assert (second.run, second.metrics, second.reply.warnings) == ("run/4", {}, ())


def test_a_dry_run_of_a_cell_executes_and_records_nothing(desk: Desk) -> None:
    executed: list[str] = []
    values = {"name": "churn", "cell": "fit()", "dry_run": True}

    def execute(cell: str) -> None:
        executed.append(cell)

    reply = desk.run_cell(Call(verb=VERBS["run"], values=values), "fit()", execute)
    assert (str(reply), executed) == (
        "a run of churn  would be started\nNothing was executed; without --dry-run it will be.",
        [],
    )
    listed = desk.call(List(runs=True))
    assert isinstance(listed, ListReply)
    assert listed.runs == ()


def test_of_a_cell_that_was_run_again_the_last_run_counts(desk: Desk) -> None:
    recorder = desk.surroundings.recorder
    for auc in (0.1, 0.2):
        recorder.begin("a1", "with mlc.run('churn') as run: ...")
        with Run(desk, "churn") as run:
            run.log(auc=auc)
        recorder.end(success=True)
    version = registered(desk)
    assert (version.run, version.metrics, version.reply.warnings) == ("run/2", {"auc": 0.2}, ())


def test_where_cells_have_no_ids_one_of_the_same_text_was_run_again(desk: Desk) -> None:
    recorder = desk.surroundings.recorder
    for _ in range(2):
        recorder.begin(None, "with mlc.run('churn') as run: ...")
        with Run(desk, "churn") as run:
            pass
        recorder.end(success=True)
    assert registered(desk).run == run.ref


def test_of_runs_of_two_cells_and_of_one_cell_none_counts(desk: Desk) -> None:
    recorder = desk.surroundings.recorder
    for cell, runs in (("a1", 1), ("b2", 1), ("b2", 2)):
        recorder.begin(cell, "with mlc.run('churn') as run: ...")
        for _ in range(runs):
            with Run(desk, "churn"):
                pass
        recorder.end(success=True)
    assert registered(desk).reply.warnings[0].startswith("run/1, run/3 and run/4 ended without a version")


def test_what_a_forked_process_would_log_is_refused_and_not_lost(desk: Desk, tmp_path: Path) -> None:
    with Run(desk, "churn") as run:
        run.log(auc=0.5)
        child = os.fork()
        if not child:
            try:
                run.log(auc=0.9)
            except Conflict as error:
                (tmp_path / "said").write_text(error.text)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
    assert (tmp_path / "said").read_text() == (
        "run/1 was started by another process, of which this one was forked\n"
        "return the figures, and log them where the run was started"
    )
    assert registered(desk).metrics == {"auc": 0.5}


def test_of_many_runs_that_ended_a_few_are_named(desk: Desk) -> None:
    for _ in range(7):
        with Run(desk, "churn"):
            pass
    warning = registered(desk).reply.warnings[0]
    assert warning.startswith("run/1, run/2, run/3, run/4, run/5 and 2 more ended without a version")


def test_a_run_that_ends_after_others_had_their_versions_has_the_next_one(desk: Desk) -> None:
    for _ in range(2):
        with Run(desk, "churn") as run:
            pass
        assert registered(desk).run == run.ref


def test_a_run_of_a_task_that_is_over_has_the_version_of_whoever_started_that(desk: Desk) -> None:
    async def trained(auc: float) -> str:
        with Run(desk, "churn") as run:
            run.log(auc=auc)
            await asyncio.sleep(0)
        return run.ref

    async def one() -> bool:
        ref = await asyncio.create_task(trained(0.5))
        version = registered(desk)
        return (version.run, version.metrics) == (ref, {"auc": 0.5})

    async def several() -> str:
        await asyncio.gather(trained(0.1), trained(0.2))
        return str(registered(desk).reply.warnings[0])

    assert asyncio.run(one())
    assert asyncio.run(several()).startswith("run/2 and run/3 ended without a version")


def test_a_step_that_no_database_keeps_stops_neither_run_nor_figures(desk: Desk) -> None:
    with Run(desk, "churn") as run:
        run.log(loss=0.1, step=2**63 - 1)
        with pytest.raises(BadInput, match="too large"):
            run.log(loss=0.2)
        with pytest.raises(BadInput, match="not a number"):
            run.log(huge=10**400)
    version = registered(desk)
    assert (version.run, version.metrics) == (run.ref, {"loss": 0.1})


def test_tasks_that_train_side_by_side_keep_their_runs_apart(desk: Desk) -> None:
    async def inside(auc: float) -> bool:
        with Run(desk, "churn") as run:
            run.log(auc=auc)
            await asyncio.sleep(0)
            return is_of(registered(desk), run, auc)

    async def after(auc: float) -> bool:
        with Run(desk, "churn") as run:
            run.log(auc=auc)
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        return is_of(registered(desk), run, auc)

    async def without_block(auc: float) -> bool:
        run = Run(desk, "churn")
        run.log(auc=auc)
        await asyncio.sleep(0)
        return is_of(registered(desk), run, auc)

    def is_of(found: SimpleNamespace, run: Run, auc: float) -> bool:
        return bool((found.run, found.metrics) == (run.ref, {"auc": auc}))

    async def all_of_them() -> list[bool]:
        return await asyncio.gather(*(work(auc) for work in (inside, after, without_block) for auc in (0.25, 0.75)))

    assert asyncio.run(all_of_them()) == [True] * 6


def test_a_version_belongs_to_the_block_from_which_its_task_or_thread_was_started(desk: Desk) -> None:
    async def child() -> str:
        return str(registered(desk).run)

    async def main() -> tuple[str, list[str]]:
        with Run(desk, "experiment-7") as run:
            return run.ref, [
                *await asyncio.gather(child(), child()),
                await asyncio.to_thread(lambda: registered(desk).run),
            ]

    ref, found = asyncio.run(main())
    assert found == [ref] * 3


def test_a_task_in_the_background_does_not_take_what_is_registered_elsewhere(desk: Desk) -> None:
    async def background() -> None:
        with Run(desk, "churn"):
            await asyncio.sleep(3600)

    async def main() -> str:
        task = asyncio.create_task(background())
        await asyncio.sleep(0)
        found = registered(desk).run
        task.cancel()
        return str(found)

    assert asyncio.run(main()) == "run/2"


def test_what_a_task_left_without_a_version_goes_on_once_the_task_is_over(desk: Desk) -> None:
    async def train() -> str:
        with Run(desk, "churn") as run:
            pass
        return run.ref

    assert asyncio.run(train()) == registered(desk).run


def test_the_run_of_a_cell_is_seen_in_cells_that_wait_and_in_such_that_do_not(
    desk: Desk, shell: InteractiveShell
) -> None:
    shell.user_ns.update(desk=desk, Run=Run, registered=registered, found=[])
    wait = "import asyncio; await asyncio.sleep(0)"
    for trains in ("with Run(desk, 'churn') as run: pass", "run = Run(desk, 'churn')"):
        for begins, goes_on in itertools.product(("", wait), repeat=2):
            for cell in (f"{begins}\n{trains}", f"{goes_on}\nfound.append(registered(desk).run == run.ref)"):
                assert shell.run_cell(cell).success  # type: ignore[no-untyped-call]
    assert shell.user_ns["found"] == [True] * 8


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


def test_a_version_of_another_model_belongs_to_the_block_around_it(desk: Desk) -> None:
    with Run(desk, "experiment-7", params={"tried": 1}) as run:
        run.log(auc=0.9)
        found = registered(desk)
    assert (found.run, found.metrics, found.reply.logged) == (run.ref, {"auc": 0.9}, ("auc", "tried"))
    assert isinstance(desk.session, LocalSession)
    assert desk.session.registry.run_by_id(run.id).versions == ("churn:1",)


def test_a_run_of_the_models_own_goes_before_a_block_for_another(desk: Desk) -> None:
    with Run(desk, "experiment-7"):
        own = Run(desk, "churn")
        assert registered(desk).run == own.ref


def test_a_version_belongs_to_the_block_around_it_though_a_run_for_its_model_was_left_open_before(desk: Desk) -> None:
    Run(desk, "churn").log(auc=0.1)
    with Run(desk, "experiment-7") as run:
        run.log(auc=0.2)
        found = registered(desk)
    assert (found.run, found.metrics) == (run.ref, {"auc": 0.2})


def test_of_two_blocks_a_version_belongs_to_the_inner_one(desk: Desk) -> None:
    with Run(desk, "churn"), Run(desk, "experiment-7") as inner:
        assert registered(desk).run == inner.ref


def test_what_just_ended_inside_a_block_for_another_model_has_the_version(desk: Desk) -> None:
    with Run(desk, "experiment-7"):
        with Run(desk, "churn") as own:
            pass
        assert registered(desk).run == own.ref


def test_a_run_that_was_left_open_for_another_model_is_passed_over_with_a_word(desk: Desk) -> None:
    run = Run(desk, "experiment-7")
    found = registered(desk)
    assert (found.run, found.reply.logged) == ("run/2", None)
    assert found.reply.warnings == (
        f"{run.ref} is open for experiment-7, not for churn: this version has a run of its own; "
        "run.end() ends an open run",
    )


def test_runs_that_were_left_open_are_told_of_once_and_together(desk: Desk) -> None:
    for _ in range(2):
        Run(desk, "experiment-7")
    Run(desk, "experiment-8")
    assert registered(desk).reply.warnings == (
        "run/1 and run/2 are open for experiment-7, not for churn: this version has a run of its own; "
        "run.end() ends an open run",
        "run/3 is open for experiment-8, not for churn: this version has a run of its own; run.end() ends an open run",
    )
    assert registered(desk).reply.warnings == ()


def test_what_came_from_the_run_is_named_unless_it_was_typed_again(desk: Desk) -> None:
    with Run(desk, "churn", params={"tried": 1}) as run:
        run.log(auc=0.9, loss=0.1)
    named = Named(name="clf", value=LogisticRegression())
    values: dict[str, Any] = {"name": "churn", "object": named, "no_load_check": True, "metric": {"auc": 0.8}}
    reply = desk.carry_out(Call(verb=VERBS["register"], values=values))
    assert isinstance(reply, RegisterReply)
    assert (reply.run, reply.logged) == (run.ref, ("loss", "tried"))


@pytest.mark.parametrize("inside", [True, False])
def test_what_a_run_says_otherwise_than_the_model_is_told_and_the_model_believed(desk: Desk, *, inside: bool) -> None:
    with Run(desk, "churn", params={"C": 99, "tol": 1e-4}):
        found = registered(desk) if inside else None
    found = found or registered(desk)
    assert found.reply.warnings == ("parameter C is 1.0 in the model, and recorded so; 99 was given for it",)
    assert isinstance(desk.session, LocalSession)
    params = {param.key: param for param in desk.session.registry.version("churn:1").params}
    assert (params["C"].value, params["C"].standing) == (1, "observed")
    assert (params["tol"].value, params["tol"].standing) == (1e-4, "observed")


def test_runs_that_are_left_open_end_with_the_desk(desk: Desk) -> None:
    run = Run(desk, "churn", params={"C": 2})
    run.log(auc=0.9)
    url = desk.place.url
    desk.close()
    with pytest.raises(Conflict):
        run.log(auc=1)
    found = Desk(url).call(List(what="churn", runs=True))
    assert isinstance(found, ListReply)
    assert [(each.status, each.metrics[0].value, each.params[0].value) for each in found.runs] == [("finished", 0.9, 2)]


def test_runs_that_are_left_open_end_where_they_began_when_another_registry_is_used(desk: Desk, tmp_path: Path) -> None:
    Run(desk, "churn")
    before = desk.place.url
    desk.use(str(tmp_path / "another"))
    found = Desk(before).call(List(what="churn", runs=True))
    assert isinstance(found, ListReply)
    assert [each.status for each in found.runs] == ["finished"]
    assert not (tmp_path / "another").exists()


def test_no_registry_is_made_anew_for_the_end_of_a_run(desk: Desk, tmp_path: Path) -> None:
    run = Run(desk, "churn")
    assert isinstance(desk.session, LocalSession)
    desk.session.close()
    shutil.rmtree(tmp_path / "registry")
    run.leave(failed=False)
    assert not (tmp_path / "registry").exists()


SCRIPT = """
import os, signal, sys
import jupyter_mlc as mlc
run = mlc.run("churn", C=2, kind="l2")
run.log(auc=.7)
{ending}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("", "finished"),
        ("sys.exit(0)", "finished"),
        ("1 / 0", "failed"),
        ("block = mlc.run('churn').__enter__()", "failed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "lost"),
    ],
)
def test_a_run_ends_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config, ending: str, status: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    subprocess.run([sys.executable, "-c", SCRIPT.format(ending=ending)], cwd=tmp_path, check=False, capture_output=True)
    desk = Desk(str(tmp_path / "registry"))
    found = desk.call(List(what="churn", runs=True))
    desk.close()
    assert isinstance(found, ListReply)
    newest, first = found.runs[0], found.runs[-1]
    assert newest.status == status
    assert {metric.key: metric.value for metric in first.metrics} == {"auc": 0.7}
    assert {param.key: param.value for param in first.params} == {"C": 2, "kind": "l2"}
