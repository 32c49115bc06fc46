"""`retrain` and the verbs of jobs: what is recorded of an execution, which here is a stand-in's."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_mlc.capture.process import named
from jupyter_mlc.domain.entities import DatasetFacts, Snapshot
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, Interrupted, MlcError, NotFound, Unavailable
from jupyter_mlc.domain.jobs import JobEnded, JobStarted
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.jobs.folders import JobFolder
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs import job_records
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.job_add import JobAdd, JobAddReply
from jupyter_mlc.verbs.job_batch import RetrainReply
from jupyter_mlc.verbs.job_cancel import JobCancel, JobCancelReply
from jupyter_mlc.verbs.job_list import JobList, JobListReply
from jupyter_mlc.verbs.job_logs import JobLogs, JobLogsReply
from jupyter_mlc.verbs.job_rerun import JobRerun
from jupyter_mlc.verbs.job_show import JobShow, JobShowReply
from jupyter_mlc.verbs.job_work import JobWork
from jupyter_mlc.verbs.lineage import Lineage, LineageReply
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import Facts
from jupyter_mlc.verbs.retrain import Retrain
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.conftest import DATABASES
from tests.jobs import stand_in
from tests.jobs.notebooks import code, notebook
from tests.verbs.conftest import Judges

PARAMETERS = code("C = 1.0  # how strict\ndata = ''\nseed = 0\ntoken = None", tag="parameters")
REGISTER = "said = f'C is {C}'\nregister('churn', auc=0.7 + C / 10, loss=1 / C)"


class Lab(Judges):
    """A desk whose notebooks are executed by a stand-in."""

    def store(self, content: dict[str, Any]) -> str:
        from jupyter_mlc.capture.notebook.document import text

        return self.session.artifacts.put_bytes(text(content))

    def retrain(self, ref: str = "fit.ipynb", *cells: Any, **more: Any) -> RetrainReply:
        """Retrain a version, or a notebook of these cells."""
        here = Path.cwd()
        given = {"folder": str(here), **more}
        if cells:
            given |= {"notebook": self.store(notebook(*cells)), "source": str(here / ref)}
        reply = self.call(Retrain(ref=ref, **given))
        assert isinstance(reply, RetrainReply)
        return reply

    def version_of(self, *cells: Any, ran: int = -1, name: str = "churn") -> str:
        """Register a version from a notebook of which the cell `ran` ran last."""
        content = notebook(*cells)
        last = content["cells"][ran]
        content["metadata"]["jupyter_mlc"] = {"executed": [{"id": last["id"], "source": last["source"]}]}
        digest = self.store(content)
        snapshot = msgspec.json.encode(Snapshot(notebook=digest, notebook_path="fit.ipynb", cells=3)).decode()
        return self.register(name, facts=Facts(snapshot=snapshot, blobs=(digest,)))

    def show(self, number: int) -> JobShowReply:
        reply = self.call(JobShow(job=str(number)))
        assert isinstance(reply, JobShowReply)
        return reply

    def folder(self, number: int) -> JobFolder:
        return JobFolder.of(self.registry.place, self.registry.uuid, number)

    def events(self, kind: type) -> list[Any]:
        return [recorded.event for recorded in self.registry.events() if isinstance(recorded.event, kind)]


@pytest.fixture(params=DATABASES)
def lab(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    ana: Identity,
    clock: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lab]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else str(tmp_path / "registry")
    yield from _lab(url, tmp_path, ana, clock, monkeypatch)


@pytest.fixture
def here(tmp_path: Path, ana: Identity, clock: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The same on a folder, for what no database decides."""
    yield from _lab(str(tmp_path / "registry"), tmp_path, ana, clock, monkeypatch)


def _lab(
    url: str, tmp_path: Path, ana: Identity, clock: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    backing = LocalSession(place_of(url), lambda: ana, clock, execute=stand_in.execute)
    assert backing.registry
    yield Lab(session=backing, backing=backing)
    backing.close()


# What is recorded


def test_a_notebook_is_executed_and_what_it_registers_knows_its_job(lab: Lab) -> None:
    reply = lab.retrain("fit.ipynb", PARAMETERS, REGISTER, param={"C": 0.5})
    assert (reply.of, reply.best, reply.metric, reply.exit_code) == ("fit", "churn:1", "auc", 0)
    (row,) = reply.jobs
    assert (row.job, row.exit, row.params, row.version) == ("job/1", "succeeded", {"C": 0.5}, "churn:1")
    shown = lab.show(1)
    assert shown.job is not None
    assert (shown.job.status, shown.job.versions, shown.job.name) == ("succeeded", ("churn:1",), "fit")
    assert shown.job.output in lab.registry.held_blobs()
    version = lab.call(Show(ref="churn:1"))
    assert isinstance(version, ShowReply)
    assert version.details is not None
    assert (version.details.job, version.details.parent) == ("job/1", None)
    verified = lab.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert verified.findings == ()


def test_a_version_is_retrained_from_its_own_notebook_and_is_the_parent_of_what_comes_of_it(lab: Lab) -> None:
    lab.version_of(PARAMETERS, "%mlc register churn other", REGISTER, "raise SystemError", ran=2)
    reply = lab.retrain("churn", param={"C": 2})
    assert (reply.of, reply.skipped, reply.cells) == ("churn:1", 1, 2)
    version = lab.versions()[0]
    assert (version.ref, lab.registry.job_asked(version.job or 0).name) == ("churn:2", "churn:1")
    found = lab.call(Lineage(ref="churn:2"))
    assert isinstance(found, LineageReply)
    texts = {node.id: node.text for node in found.nodes}
    assert texts["job/1"] == "churn:1 executed again with C=2.0, by ana@laptop"
    assert "churn:1" in texts
    told = lab.call(History(ref="churn"))
    assert isinstance(told, HistoryReply)
    assert [entry.what for entry in told.entries][-3:] == [
        "job/1 of churn:1 started with C=2.0",
        "churn:2 registered (Logit)",
        "job/1 succeeded",
    ]


def test_what_a_job_made_is_retrained_with_what_the_job_was_given(here: Lab) -> None:
    here.version_of(PARAMETERS, REGISTER)
    here.retrain("churn:1", param={"C": 2, "seed": 5})
    version = here.registry.version("churn:2")
    content = here.registry.job_by_id(version.job or 0)
    assert content.params == {"C": 2.0, "seed": 5}
    reply = here.call(JobRerun(job="job/1"))
    assert isinstance(reply, RetrainReply)
    assert reply.jobs[0].params == {"C": 2.0, "seed": 5}
    assert (here.show(2).again, here.show(2).job.parent) == ("job/1", "churn:1")  # type: ignore[union-attr]


def test_a_batch_ends_in_a_table_with_the_best_first(lab: Lab) -> None:
    reply = lab.retrain("fit.ipynb", PARAMETERS, REGISTER, grid={"C": "[0.5, 2, 1]", "seed": "range(2)"})
    assert [(row.params["C"], row.params["seed"]) for row in reply.jobs] == [
        (2.0, 0), (2.0, 1), (1.0, 0), (1.0, 1), (0.5, 0), (0.5, 1),
    ]  # fmt: skip
    assert (reply.varied, reply.metric, reply.best) == (("C", "seed"), "auc", reply.jobs[0].version)
    assert [event.sweep for event in lab.events(JobStarted)][1:] == [lab.registry.job(1).id] * 5
    assert lab.show(2).sweep == ("job/1", "job/3", "job/4", "job/5", "job/6")
    assert len(reply.to_rows()) == 6


def test_less_of_a_loss_is_better_and_the_best_is_promoted_where_somebody_wants_that(here: Lab) -> None:
    reply = here.retrain(
        "fit.ipynb", PARAMETERS, REGISTER, grid={"C": [0.5, 2]}, metric="loss", promote_best=Stage.STAGING
    )
    assert (reply.jobs[0].params["C"], reply.best, reply.promoted) == (2.0, "churn:2", "staging")
    assert here.stages() == {1: "candidate", 2: "staging"}
    other = here.retrain("fit.ipynb", PARAMETERS, REGISTER, grid={"C": [0.5, 2]}, metric="loss desc")
    assert other.jobs[0].params["C"] == 0.5


def test_a_metric_that_nobody_reports_is_told_and_nothing_is_promoted(here: Lab) -> None:
    reply = here.retrain(
        "fit.ipynb", PARAMETERS, REGISTER, grid={"C": [0.5, 2]}, metric="acu", promote_best=Stage.STAGING
    )
    assert reply.warnings == (
        "no version of this batch reports 'acu'; did you mean auc?",
        "nothing was promoted: no version is known to be the best",
    )
    assert here.stages() == {1: "candidate", 2: "candidate"}


def test_a_failing_job_is_recorded_with_why_and_holds_up_no_other(lab: Lab) -> None:
    reply = lab.retrain("fit.ipynb", PARAMETERS, "{1: 0.7}[C]", REGISTER, grid={"C": [0, 1]})
    assert [(row.job, row.exit, row.reason) for row in reply.jobs] == [
        ("job/2", "succeeded", ""),
        ("job/1", "cell failed", "KeyError: 0.0"),
    ]
    assert reply.exit_code == 3
    shown = lab.show(1)
    assert shown.ended is not None
    assert (shown.ended.cell, shown.ended.exception, shown.exit_code) == (1, "KeyError", 3)
    assert "KeyError" in shown.ended.traceback
    found = lab.call(JobList())
    assert isinstance(found, JobListReply)
    assert [(job.ref, job.status) for job in found.jobs] == [("job/2", "succeeded"), ("job/1", "cell failed")]
    assert len(found.to_rows()) == 2


def test_versions_are_found_by_their_job(lab: Lab) -> None:
    lab.register()
    lab.retrain("fit.ipynb", PARAMETERS, REGISTER, grid={"C": [1, 2]})
    for query, refs in (
        ("job = 2", ["churn:3"]),
        ("job >= 1", ["churn:3", "churn:2"]),
        ("job is null", ["churn:1"]),
        ("metrics.auc > 0 and job in (1)", ["churn:2"]),
    ):
        found = lab.call(List(what=query))
        assert isinstance(found, ListReply)
        assert [version.ref for version in found.versions] == refs
    with pytest.raises(BadInput):
        lab.call(List(what="job like '1'"))


# Answers from the record


def test_what_was_done_already_is_answered_from_the_record(lab: Lab) -> None:
    lab.retrain("fit.ipynb", PARAMETERS, REGISTER, param={"C": 1})
    seq = lab.registry.head().seq
    reply = lab.retrain("fit.ipynb", PARAMETERS, REGISTER, param={"C": 1.0})
    assert [(row.job, row.exit, row.version) for row in reply.jobs] == [("job/1", "cached", "churn:1")]
    assert (reply.exit_code, lab.registry.head().seq) == (0, seq)
    both = lab.retrain("fit.ipynb", PARAMETERS, REGISTER, grid={"C": [1, 2]})
    assert [(row.job, row.exit) for row in both.jobs] == [("job/2", "succeeded"), ("job/1", "cached")]


def test_with_force_and_after_a_discard_it_is_done_again(here: Lab) -> None:
    here.retrain("fit.ipynb", PARAMETERS, REGISTER)
    assert here.retrain("fit.ipynb", PARAMETERS, REGISTER, force=True).jobs[0].job == "job/2"
    from jupyter_mlc.verbs.discard import Discard

    here.call(Discard(refs=("churn:1", "churn:2"), yes=True))
    assert here.retrain("fit.ipynb", PARAMETERS, REGISTER).jobs[0].job == "job/3"


def test_a_failed_job_answers_nothing(here: Lab) -> None:
    here.retrain("fit.ipynb", PARAMETERS, "1 / 0")
    assert here.retrain("fit.ipynb", PARAMETERS, "1 / 0").jobs[0].job == "job/2"


def test_a_rehearsal_records_nothing_and_tells_what_would_run(here: Lab) -> None:
    here.retrain("fit.ipynb", PARAMETERS, REGISTER, param={"C": 1})
    seq = here.registry.head().seq
    reply = here.retrain("fit.ipynb", PARAMETERS, REGISTER, grid={"C": [1, 2]}, dry_run=True)
    assert (reply.done, [(row.job, row.exit) for row in reply.jobs]) == (False, [("job/1", "cached"), ("", "")])
    assert "C" in [each.name for each in reply.parameters]
    again = here.call(JobRerun(job="1", dry_run=True))
    assert isinstance(again, RetrainReply)
    assert not again.done
    assert here.registry.head().seq == seq


# Data and secrets


def test_a_dataset_is_handed_over_as_a_file_that_is_only_read(lab: Lab) -> None:
    lab.add({"a": [1, 2]}, "flights-autumn")
    cell = "import pyarrow.parquet as pq\nsaid = (data, pq.read_table(data).num_rows)"
    reply = lab.retrain("fit.ipynb", PARAMETERS, cell, param={"data": "flights-autumn"})
    assert reply.jobs[0].params == {"data": "flights-autumn"}
    shown = lab.show(1)
    assert shown.data == {"data": "flights-autumn:1"}
    logs = lab.call(JobLogs(job="1"))
    assert isinstance(logs, JobLogsReply)
    assert logs.lines[-1].endswith("flights-autumn.parquet', 2)")
    path = lab.folder(1).work / "data" / "flights-autumn.parquet"
    assert path.stat().st_mode & 0o222 == 0


def test_other_rows_under_the_same_name_are_another_job(here: Lab) -> None:
    here.add({"a": [1, 2]}, "rows")
    here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"data": "rows"})
    here.add({"a": [1, 2, 3]}, "rows")
    assert here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"data": "rows"}).jobs[0].job == "job/2"
    assert here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"data": "rows:1"}).jobs[0].exit == "succeeded"
    assert here.show(3).data == {"data": "rows:1"}


def test_a_word_stays_a_word_where_the_parameter_wants_one(here: Lab) -> None:
    here.add({"a": [1, 2]}, "late-flights")
    cells = (code("model = 'other'", tag="parameters"), "said = model")
    assert here.retrain("fit.ipynb", *cells, param={"model": "late-flights"}).jobs[0].exit == "succeeded"
    assert here.show(1).data == {}
    here.retrain("fit.ipynb", *cells, param={"model": "dataset/late-flights"})
    assert here.show(2).data == {"model": "late-flights:1"}


def test_a_path_that_leads_nowhere_is_told_before_the_cell_fails(here: Lab) -> None:
    here.add({"a": [1]}, "flights-autumn")
    reply = here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"data": "flights-autum"})
    assert reply.warnings == (
        f"data=flights-autum names no dataset, and no file in {Path.cwd()}; did you mean flights-autumn?",
    )


def test_a_dataset_whose_rows_are_gone_ends_the_job_before_it_begins(
    here: Lab, facts: Callable[..., DatasetFacts]
) -> None:
    from jupyter_mlc.verbs.dataset_add import DatasetAdd

    here.call(DatasetAdd(name="train", data=facts()))
    reply = here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"data": "train"})
    assert (reply.jobs[0].exit, reply.jobs[0].reason) == ("process died", "the rows of train are not kept")


def test_a_secret_reaches_the_process_and_neither_record_nor_notebook(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "s3cr3t-and-long-enough")
    cell = "said = token\nassert token == 's3cr3t-' + 'and-long-enough'"
    reply = lab.retrain("fit.ipynb", PARAMETERS, cell, param={"token": "env:TOKEN"})
    assert reply.jobs[0].exit == "succeeded"
    shown = lab.show(1)
    assert (shown.secrets, shown.job.params) == ({"token": "TOKEN"}, {})  # type: ignore[union-attr]
    stored = [row["stored"] for row in lab.registry.database.query("SELECT stored FROM event")]
    words = [row["words"] for row in lab.registry.database.query("SELECT words FROM words")]
    blobs = [lab.session.artifacts.read(digest).decode() for digest in lab.registry.held_blobs()]
    files = [path.read_text() for path in lab.folder(1).path.rglob("*") if path.is_file()]
    assert not [text for text in (*stored, *words, *blobs, *files) if "s3cr3t-and" in str(text)]


def test_a_secret_that_is_not_set_or_typed_in_clear_is_refused(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    with pytest.raises(BadInput) as unset:
        here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"token": "env:TOKEN"})
    assert unset.value.text == (
        "token is to come from the environment variable TOKEN, which is not set\n"
        "set it where this runs (in a notebook: %env TOKEN=...), and repeat the command"
    )
    with pytest.raises(BadInput) as odd:
        here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"token": "env:a b"})
    assert odd.value.text == "token=env:a b: 'a b' names no environment variable\nwrite token=env:TOKEN"
    with pytest.raises(BadInput) as clear:
        here.retrain("fit.ipynb", PARAMETERS, "x = 1", param={"token": "ghp_" + "a1B2c3D4e5F6" * 3})
    assert clear.value.text == (
        "token looks like a secret, and parameters are recorded\n"
        "put it into an environment variable and name that: -p token=env:TOKEN"
    )
    assert here.events(JobStarted) == []


def test_a_secret_that_a_cell_shows_is_taken_out_of_the_notebook_that_is_kept(
    here: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", "s3cr3t-and-long-enough")
    here.retrain("fit.ipynb", "import os\nsaid = os.environ['API_TOKEN']\nraise ValueError(said)")
    shown = here.show(1)
    assert shown.ended is not None
    assert shown.ended.message == "***"
    assert "s3cr3t" not in Path(shown.notebook).read_text()
    assert "s3cr3t" not in here.session.artifacts.read(shown.job.output or "").decode()  # type: ignore[union-attr]


# Refusals


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        ({"ref": "chrun"}, NotFound, "there is no model and no job 'chrun'\ndid you mean churn?"),
        (
            {"ref": "nothing"},
            NotFound,
            "there is no model and no job 'nothing'\n"
            "see %mlc list and %mlc job list; the file of a notebook ends in .ipynb",
        ),
        ({"ref": "churn:9"}, NotFound, "there is no churn:9\nthe newest is churn:1"),
        ({"ref": "job/3"}, BadInput, "'job/3' is a job, not what it executed\ndo it again: %mlc job rerun 3"),
        (
            {"ref": "fit.ipynb"},
            BadInput,
            "fit.ipynb is a file, and files are read where they lie\nname a version or a job here",
        ),
        (
            {"ref": "churn:1"},
            Conflict,
            "churn:1 has no notebook: it was registered outside of one, or its capture was off\n"
            "name the notebook: %mlc retrain NOTEBOOK.ipynb",
        ),
        ({"ref": "churn", "jobs": 0}, BadInput, "--jobs 0 lets nothing run\ngive how many run at a time: --jobs 2"),
        ({"ref": "churn", "retries": -1}, BadInput, "--retries -1 is no number of tries\ngive 0 to 20"),
        (
            {"ref": "churn", "timeout": "soon"},
            BadInput,
            "--timeout soon is no span of time\nwrite --timeout 90s, --timeout 30m or --timeout 1h30m",
        ),
    ],
)
def test_what_cannot_be_retrained_is_said_with_the_next_step(
    here: Lab, ask: dict[str, Any], kind: type[MlcError], said: str
) -> None:
    here.register()
    with pytest.raises(kind) as refused:
        here.call(Retrain(**ask))
    assert refused.value.text == said


def test_a_notebook_whose_bytes_are_gone_is_refused(here: Lab) -> None:
    content = here.store(notebook("x = 1"))
    here.session.artifacts.delete(content)
    with pytest.raises(Damaged) as refused:
        here.call(Retrain(ref="fit.ipynb", notebook=content, source="fit.ipynb"))
    assert refused.value.text == (
        "the notebook of fit.ipynb is not in the registry's artifacts any more\n"
        "name the file: %mlc retrain NOTEBOOK.ipynb"
    )


def test_a_copy_of_the_executed_notebook_goes_where_somebody_wants_it(here: Lab) -> None:
    Path("out").mkdir()
    here.retrain("fit.ipynb", PARAMETERS, "x = 1", grid={"C": [1, 2]}, out="out")
    assert sorted(path.name for path in Path("out").iterdir()) == ["fit-1.ipynb", "fit-2.ipynb"]
    here.retrain("fit.ipynb", PARAMETERS, "x = 2", out="one.ipynb")
    assert json.loads(Path("one.ipynb").read_text())["cells"][1]["source"] == "x = 2"


@contextlib.contextmanager
def locked(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody else writes, and nobody waits long for it."""
    from jupyter_mlc.store import sqlite

    folder = lab.registry.place.folder
    assert folder is not None
    with (folder / "write.lock").open("a") as file, monkeypatch.context() as patched:
        patched.setattr(sqlite, "_BUSY_SECONDS", 0.2)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def test_a_registry_that_is_locked_refuses_before_anything_runs(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(here, monkeypatch), pytest.raises(Unavailable):
        here.retrain("fit.ipynb", PARAMETERS, "open('ran', 'w')")
    assert not Path("ran").exists()


def test_an_end_that_cannot_be_recorded_now_is_recorded_by_the_next_who_writes(
    here: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_mlc.verbs import job_running

    jobs = begun(here, 2)
    with monkeypatch.context() as patched:
        patched.setattr(job_records, "end", _refuses_first(job_records.end))
        with pytest.raises(Unavailable) as refused:
            job_running.see_to(jobs, context_of(here), at_once=1)
    assert refused.value.text == (
        "job/1 ended, and that could not be recorded: the disk is full\nhow it ended lies beside the registry, and is "
        "recorded by the next job: %mlc job show 1"
    )
    assert [here.registry.job(number).status for number in (1, 2)] == ["begun", "succeeded"]
    assert here.show(1).job.status == "succeeded"  # type: ignore[union-attr]
    here.retrain("other.ipynb", "x = 1")
    assert here.registry.job(1).status == "succeeded"


def _refuses_first(real: Callable[..., bool]) -> Callable[..., bool]:
    calls: list[object] = []

    def end(*args: Any) -> bool:
        calls.append(args)
        if len(calls) == 1:
            raise Unavailable("the disk is full", hint="free some space")
        return real(*args)

    return end


# Definitions


def test_a_notebook_is_kept_under_a_name_and_executed_by_it(lab: Lab) -> None:
    content = lab.store(notebook(PARAMETERS, REGISTER))
    added = lab.call(JobAdd(path="fit.ipynb", notebook=content, source=str(Path.cwd() / "fit.ipynb")))
    assert isinstance(added, JobAddReply)
    assert (added.name, added.revision, added.registers, added.tagged) == ("fit", 1, False, True)
    assert [(each.name, each.type) for each in added.parameters][:2] == [("C", "float"), ("data", "str")]
    assert len(added.to_rows()) == 4
    reply = lab.retrain("FIT", param={"C": 3})
    assert (reply.of, reply.best) == ("fit", "churn:1")
    shown = lab.call(JobShow(job="fit"))
    assert isinstance(shown, JobShowReply)
    assert shown.definition is not None
    assert shown.definition.revision == 1
    with pytest.raises(NotFound) as missing:
        lab.call(JobShow(job="fut"))
    assert missing.value.text == "there is no job called 'fut'\ndid you mean fit?"


def test_a_name_that_a_model_has_is_refused_and_one_that_a_model_gets_is_asked_about(here: Lab) -> None:
    here.register("churn")
    content = here.store(notebook("x = 1"))
    with pytest.raises(Conflict) as taken:
        here.call(JobAdd(path="churn.ipynb", notebook=content, source="churn.ipynb"))
    assert taken.value.text == (
        "a model is called churn already, and `retrain churn` executes the notebook of its champion\n"
        "call the job otherwise: --name churn-job"
    )
    here.call(JobAdd(path="a.ipynb", name="later", notebook=content, source="/x/a.ipynb"))
    here.register("later")
    with pytest.raises(Conflict) as both:
        here.call(Retrain(ref="later"))
    assert both.value.text == "later is a model and a job\nname a version, later:N, or the notebook: /x/a.ipynb"
    with pytest.raises(BadInput) as afar:
        here.call(JobAdd(path="b.ipynb"))
    assert afar.value.text == "b.ipynb is a file, and files are read where they lie\nadd it where it is"
    rehearsed = here.call(JobAdd(path="c.ipynb", notebook=content, source="c.ipynb", dry_run=True))
    assert isinstance(rehearsed, JobAddReply)
    assert (rehearsed.done, rehearsed.revision) == (False, 0)


# Running, cancelled, lost

WAITS = "import time\nwhile True:\n    time.sleep(.01)\n    if cancelled():\n        raise InterruptedError"


def test_a_job_is_watched_and_cancelled_from_another_session(here: Lab, ana: Identity) -> None:
    other = LocalSession(here.backing.place, lambda: ana)
    replies: list[RetrainReply] = []
    thread = threading.Thread(target=lambda: replies.append(_elsewhere(here, ana, WAITS)))
    thread.start()
    status = ""
    while status != "running":
        time.sleep(0.05)
        found = other.call(JobList())
        assert isinstance(found, JobListReply)
        status = found.jobs[0].status if found.jobs else ""
    here.retrain("another.ipynb", "2")
    newest, still_open = (other.call(JobList(open=is_open, limit=1)) for is_open in (False, True))
    assert isinstance(newest, JobListReply)
    assert isinstance(still_open, JobListReply)
    assert [job.ref for job in newest.jobs] == ["job/2"]
    assert [job.ref for job in still_open.jobs] == ["job/1"]
    shown = other.call(JobShow(job="job/1"))
    assert isinstance(shown, JobShowReply)
    assert shown.progress is not None
    assert (shown.progress.done, shown.progress.source, shown.next) == (1, "fit()", "%mlc job logs 1 --follow")
    rehearsed = other.call(JobCancel(job="1", dry_run=True))
    assert isinstance(rehearsed, JobCancelReply)
    assert not rehearsed.done
    cancelled = other.call(JobCancel(job="1"))
    assert isinstance(cancelled, JobCancelReply)
    thread.join()
    assert cancelled.status == "cancelled"
    left = other.call(JobList(open=True))
    assert isinstance(left, JobListReply)
    assert left.jobs == ()
    assert [row.exit for row in replies[0].jobs] == ["cancelled"]
    with pytest.raises(Conflict) as ended:
        other.call(JobCancel(job="1"))
    assert ended.value.text == "job/1 has ended: cancelled\nlook at it: %mlc job show 1"
    other.close()


def _elsewhere(lab: Lab, who: Identity, cell: str) -> RetrainReply:
    """The same in another thread, which has a session of its own."""
    session = LocalSession(lab.backing.place, lambda: who, execute=stand_in.execute)
    ask = Retrain(ref="fit.ipynb", notebook=lab.store(notebook(cell)), source="fit.ipynb", folder=str(Path.cwd()))
    reply = session.call(ask)
    session.close()
    assert isinstance(reply, RetrainReply)
    return reply


def test_ctrl_c_cancels_what_runs_and_what_waits(here: Lab) -> None:
    with pytest.raises(Interrupted) as interrupted:
        here.retrain(
            "fit.ipynb", PARAMETERS, f"import os, signal\nos.kill({os.getpid()}, 2)\n{WAITS}", grid={"C": [1, 2]}
        )
    assert interrupted.value.text == "interrupted: job/1, job/2\nhow they ended: %mlc job show 1"
    assert [event.exit for event in here.events(JobEnded)] == ["cancelled", "cancelled"]


def test_ctrl_c_before_the_first_cell_cancels_too(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_mlc.verbs import job_running

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    jobs = begun(here, 2)
    monkeypatch.setattr(job_running, "task_of", interrupted)
    with pytest.raises(Interrupted):
        job_running.see_to(jobs, context_of(here), at_once=1)
    assert [event.exit for event in here.events(JobEnded)] == ["cancelled", "cancelled"]


def begun(lab: Lab, count: int = 1) -> list[Any]:
    """Jobs that were recorded as begun, and nobody saw to."""
    from jupyter_mlc.domain.jobs import Limits
    from jupyter_mlc.verbs.job_plans import planned
    from jupyter_mlc.verbs.job_sources import source_of

    content = lab.store(notebook(PARAMETERS, REGISTER))
    source = source_of("fit.ipynb", content, str(Path.cwd() / "fit.ipynb"), "", lab.context)
    plan = planned(source, {}, {"seed": list(range(count))}, lab.context)
    return list(job_records.begin(plan, plan.points, Limits(), "", lab.context).jobs)


def gone() -> str:
    """The name of a process that has ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    name = named(child)
    os.waitpid(child, 0)
    return name


def test_a_job_whose_supervisor_was_killed_is_lost_and_recorded_so_by_the_next_who_writes(lab: Lab) -> None:
    (job,) = begun(lab)
    assert lab.show(job.number).job.status == "queued"  # type: ignore[union-attr]
    lab.folder(job.number).own(gone())
    assert lab.show(job.number).job.status == "lost"  # type: ignore[union-attr]
    assert lab.events(JobEnded) == []
    lab.retrain("other.ipynb", "x = 1")
    assert [(event.number, event.exit) for event in lab.events(JobEnded)] == [(1, "lost"), (2, "succeeded")]
    assert lab.registry.job(1).status == "lost"


def test_a_job_that_ended_while_nobody_waited_ended_as_its_files_say(here: Lab) -> None:
    (job,) = begun(here)
    task = _task(here, job)
    stand_in.execute(task.work, watch=lambda _: None, cancelled=lambda: False)
    here.folder(job.number).own(gone())
    assert here.show(job.number).job.status == "succeeded"  # type: ignore[union-attr]
    assert [each.ref for each in job_records.settle(here.context)] == ["job/1"]
    assert here.registry.job(1).versions == ("churn:1",)
    assert job_records.settle(here.context) == []


def test_what_ended_because_nobody_waited_any_more_is_lost(here: Lab) -> None:
    (job,) = begun(here)
    task = replace(_task(here, job), owner=gone())
    stand_in.execute(
        replace(task.work, notebook=_saved(here, "raise InterruptedError")),
        watch=lambda _: None,
        cancelled=lambda: True,
    )
    here.folder(job.number).own(gone())
    job_records.settle(here.context)
    assert here.registry.job(1).status == "lost"


def _task(lab: Lab, job: Any) -> Any:
    from jupyter_mlc.verbs.job_running import task_of

    return task_of(job, context_of(lab))


def context_of(lab: Lab) -> Context:
    return replace(lab.context, execute=stand_in.execute)


def _saved(lab: Lab, cell: str) -> Path:
    path = Path("cut.ipynb")
    path.write_text(json.dumps(notebook(cell)), "utf-8")
    return path


def test_jobs_that_have_begun_are_seen_to_by_another_process(here: Lab) -> None:
    begun(here, 2)
    rehearsed = here.call(JobWork(numbers=(1,), dry_run=True))
    assert isinstance(rehearsed, RetrainReply)
    assert not rehearsed.done
    reply = here.call(JobWork(numbers=(1, 2), metric="auc", promote_best=Stage.STAGING))
    assert isinstance(reply, RetrainReply)
    assert ([row.exit for row in reply.jobs], reply.promoted) == (["succeeded", "succeeded"], "staging")
    with pytest.raises(Conflict) as ended:
        here.call(JobWork(numbers=(1,)))
    assert ended.value.text == "job/1 has ended: succeeded\ndo it again: %mlc job rerun 1"


def test_a_job_of_another_machine_cannot_be_cancelled_from_here(here: Lab) -> None:
    import shutil

    (job,) = begun(here)
    shutil.rmtree(here.folder(job.number).path)
    with pytest.raises(Unavailable) as refused:
        here.call(JobCancel(job="1"))
    assert refused.value.text == (
        "job/1 is executed on another machine, or its files were cleared away\ncancel it where it was started"
    )


def test_logs_are_read_from_the_kept_notebook_where_the_files_were_cleared_away(here: Lab) -> None:
    import shutil

    here.retrain("fit.ipynb", PARAMETERS, REGISTER)
    shutil.rmtree(here.folder(1).path)
    logs = here.call(JobLogs(job="1"))
    assert isinstance(logs, JobLogsReply)
    assert logs.lines == ("[2] said = f'C is {C}'", "    C is 1.0")
    assert (logs.has_ended, logs.total, len(logs.to_rows())) == (True, 2, 2)
    rest = here.call(JobLogs(job="1", after=1))
    assert isinstance(rest, JobLogsReply)
    assert rest.lines == ("    C is 1.0",)
    assert [(cell.place, cell.title) for cell in logs.cells] == [
        (1, "C = 1.0  # how strict"),
        (2, "said = f'C is {C}'"),
    ]
    assert logs.content == ""
    whole = here.call(JobLogs(job="1", notebook=True))
    assert isinstance(whole, JobLogsReply)
    assert json.loads(whole.content)["cells"][1]["outputs"][0]["text"] == "C is 1.0"
    here.session.artifacts.delete(here.registry.job(1).output or "")
    with pytest.raises(Conflict) as missing:
        here.call(JobLogs(job="1"))
    assert missing.value.text == "the executed notebook of job/1 is not here any more\n%mlc job rerun 1"


@pytest.mark.slow
def test_the_progress_of_a_batch_counts_the_cells_of_all(here: Lab) -> None:
    told: list[tuple[int, int, str]] = []
    ask = Retrain(
        ref="fit.ipynb",
        notebook=here.store(notebook(PARAMETERS, "import time\ntime.sleep(.5)")),
        source=str(Path.cwd() / "fit.ipynb"),
        grid={"C": [1, 2]},
    )
    here.backing.call(ask, progress=lambda *each: told.append(each))
    assert (1, 4, "job/1 fit()") in told
    assert told[-1][:2] == (4, 4)


def test_over_the_wire_jobs_are_looked_at_where_nobody_runs_notebooks(here: Lab, ana: Identity, tmp_path: Path) -> None:
    from jupyter_mlc.faces.wire import RemoteSession, Wire
    from jupyter_mlc.store.artifacts import Artifacts

    here.retrain("fit.ipynb", PARAMETERS, REGISTER)
    (tmp_path / "cache").mkdir()
    wire = Wire(lambda who: here.backing)
    remote = RemoteSession(
        lambda method, path, body: wire.handle(method, path, body, ana), Artifacts(tmp_path / "cache")
    )
    with pytest.raises(BadInput) as refused:
        remote.call(Retrain(ref="churn"))
    assert refused.value.text == "retrain runs a notebook, which this server does not do\nrun it locally"
    shown = remote.call(JobShow(job="1"))
    assert isinstance(shown, JobShowReply)
    assert shown.job is not None
    assert shown.job.versions == ("churn:1",)
    assert isinstance(remote.call(JobLogs(job="1")), JobLogsReply)
