"""`retrain` as people type it: in a notebook, on the command line, in Python; with real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mlc as mlc
from jupyter_mlc.faces.completion import Completer
from jupyter_mlc.faces.expressions import Namespace, looked_up
from jupyter_mlc.faces.line import read
from jupyter_mlc.verbs.job_batch import RetrainReply
from jupyter_mlc.verbs.job_logs import JobLogsReply
from jupyter_mlc.verbs.job_show import JobShowReply
from jupyter_mlc.verbs.register import RegisterReply
from tests.jobs.notebooks import code, saved

PARAMETERS = code("C = 1.0\ndata = ''\ntoken = None", tag="parameters")
FIT = "clf = {'C': C}\nprint('fitted', C)"
REGISTER = "%load_ext jupyter_mlc\n%mlc register churn clf --no-load-check --metric auc={C / 10}"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A notebook in a folder with another, ``fit.ipynb``."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    saved(work / "fit.ipynb", PARAMETERS, FIT, REGISTER)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(colors="nocolor")
    yield_line(shell, "%load_ext jupyter_mlc")
    yield shell
    shell.run_line_magic("unload_ext", "jupyter_mlc")
    InteractiveShell.clear_instance()


def yield_line(shell: InteractiveShell, line: str) -> Any:
    result = shell.run_cell(line, store_history=True)  # type: ignore[no-untyped-call]
    result.raise_error()
    return result.result


def refused(shell: InteractiveShell, line: str) -> str:
    with pytest.raises(UsageError) as error:
        yield_line(shell, line)
    return str(error.value)


# What is typed


def test_what_is_meant_for_another_notebook_is_text_unless_it_names_something_plain(
    notebook: dict[str, object],
) -> None:
    names = Namespace(outer=notebook)

    def given(typed: str) -> object:
        _, word = read(typed).words[0].split()
        assert word is not None
        return looked_up("x", word, names, or_text=True)

    assert given("x=flights-autumn") == "flights-autumn"
    assert given("x=clf") == "clf"
    assert given("x=depth") == 4
    assert given("x=train") == [1, 2, 3]
    assert given("x={depth + 1}") == 5
    assert given("x='depth'") == "depth"
    assert given("x=0.3") == 0.3


def test_a_notebook_that_is_not_there_or_none_is_refused_with_the_next_step(shell: InteractiveShell) -> None:
    assert refused(shell, "%mlc retrain fti.ipynb") == "there is no notebook fti.ipynb\ndid you mean fit.ipynb?"
    assert refused(shell, "%mlc job add none/x.ipynb") == (
        f"there is no notebook none/x.ipynb\nthere is no folder {Path.cwd()}/none either"
    )
    Path("folder.ipynb").mkdir()
    assert refused(shell, "%mlc retrain folder.ipynb") == (
        "folder.ipynb is a folder\nname a notebook in it: folder.ipynb/NOTEBOOK.ipynb"
    )
    Path("text.ipynb").write_text("print(1)")
    assert refused(shell, "%mlc retrain text.ipynb") == f"{Path.cwd()}/text.ipynb is no notebook: it is not JSON"
    Path("other.ipynb").write_text("{}")
    assert refused(shell, "%mlc retrain other.ipynb") == (
        f"{Path.cwd()}/other.ipynb is no notebook: it names no notebook format\nopen and save it in JupyterLab"
    )
    saved(Path("bare.ipynb"), "x = 1")
    assert refused(shell, "%mlc retrain bare.ipynb -p C=1").startswith(
        "bare has no cell tagged parameters, so C cannot be given\ntag the cell that assigns them: in JupyterLab"
    )


def test_values_come_from_a_yaml_file_and_what_is_typed_counts_more(shell: InteractiveShell) -> None:
    Path("values.yaml").write_text("C: 2\ndata: here.csv\n")
    reply = yield_line(shell, "%mlc retrain fit.ipynb --parameters values.yaml -p C=3 --dry-run")
    assert isinstance(reply, RetrainReply)
    assert reply.jobs[0].params == {"C": 3.0, "data": "here.csv"}
    Path("list.yaml").write_text("- 1\n")
    assert refused(shell, "%mlc retrain fit.ipynb --parameters list.yaml") == (
        "list.yaml holds no parameters\nwrite a line for each: max_depth: 8"
    )
    assert (
        refused(shell, "%mlc retrain fit.ipynb --parameters none.yaml") == "there is no file none.yaml\ncheck the path"
    )
    assert refused(shell, "%mlc retrain fit.ipynb --parameters .").startswith(". cannot be read: ")


def test_a_secret_in_a_cell_is_replaced_before_the_notebook_is_kept_and_that_is_told(shell: InteractiveShell) -> None:
    saved(Path("hard.ipynb"), "password = 'a1B2c3D4e5F6g7H8'")
    reply = yield_line(shell, "%mlc job add hard.ipynb")
    (warning,) = reply.warnings
    assert warning.endswith(" was replaced by ***: put it into an environment variable")
    assert warning.startswith("cell 1: ")


def test_notebooks_jobs_and_versions_are_completed(shell: InteractiveShell) -> None:
    yield_line(shell, "%mlc job add fit.ipynb --name nightly;")
    completer = shell.magics_manager.registry["MlcMagics"].completer
    assert isinstance(completer, Completer)
    assert completer.suggest("retrain fi").words == ("fit.ipynb",)
    assert completer.suggest("retrain nig").words == ("nightly",)
    assert completer.suggest("job show ").words == ("nightly",)


def test_a_job_stays_with_the_registry_that_asked_for_it(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLC_JOB", "some-registry/1")
    yield_line(shell, "%mlc use elsewhere;")
    desk = shell.magics_manager.registry["MlcMagics"].desk
    assert desk.place.folder == tmp_path / "registry"
    assert capsys.readouterr().err == (
        f"warning: this is a job: what it registers goes to the registry that asked for it, {tmp_path}/registry\n"
    )
    made = yield_line(shell, "x = 1\nv = %mlc register churn x --no-load-check")
    assert made is None
    assert shell.user_ns["v"].job == ""  # the job is another registry's


# What is executed, for real


@pytest.mark.slow
def test_a_notebook_is_retrained_and_what_it_registers_knows_its_job_and_its_parent(shell: InteractiveShell) -> None:
    first = yield_line(shell, "%mlc retrain fit.ipynb -p C=2")
    assert isinstance(first, RetrainReply)
    assert [(row.exit, row.version, row.value) for row in first.jobs] == [("succeeded", "churn:1", 0.2)]
    second = yield_line(shell, "%mlc retrain churn:1 -p C=3")
    assert isinstance(second, RetrainReply)
    assert second.best == "churn:2"
    details = mlc.show("churn:2").details
    assert details is not None
    assert (details.job, details.parent) == ("job/2", "churn:1")
    assert details.snapshot.notebook_path.endswith("jobs/2/fit.ipynb")
    logs = yield_line(shell, "%mlc job logs 2")
    assert isinstance(logs, JobLogsReply)
    assert "    fitted 3.0" in logs.lines
    assert mlc.verify().findings == ()


@pytest.mark.slow
def test_a_version_of_a_notebook_that_somebody_typed_is_retrained_through_its_cell(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = ("weights = {'w': 1}", "%mlc register churn weights --no-load-check", "raise SystemExit('too far')")
    saved(Path("typed.ipynb"), *cells)
    monkeypatch.setenv("JPY_SESSION_NAME", "typed.ipynb")
    for place, cell in enumerate(cells[:2]):
        shell.run_cell(cell, store_history=True, cell_id=f"c{place}").raise_error()  # type: ignore[no-untyped-call]
    saved(Path("extended.ipynb"), "x")
    content = json.loads(Path("typed.ipynb").read_text())
    content["cells"].insert(0, {**code("%load_ext jupyter_mlc"), "id": "load"})
    Path("typed.ipynb").write_text(json.dumps(content))
    reply = shell.run_cell("v = %mlc register churn weights --no-load-check", store_history=True)  # type: ignore[no-untyped-call]
    reply.raise_error()
    assert isinstance(shell.user_ns["v"], RegisterReply)
    done = yield_line(shell, "%mlc retrain churn:1 --dry-run")
    assert isinstance(done, RetrainReply)
    assert done.cells == 2


@pytest.mark.slow
def test_ctrl_c_on_the_command_line_cancels_and_leaves_nothing_running(shell: InteractiveShell, tmp_path: Path) -> None:
    saved(Path("long.ipynb"), "import time, os\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)")
    process = _command("retrain", "long.ipynb")
    _until(lambda: Path("pid").exists() and Path("pid").read_text() != "")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "interrupted: job/1\nhow they ended: jupyter mlc job show 1\n")
    shown = mlc.job.show("1")
    assert isinstance(shown, JobShowReply)
    assert shown.ended is not None
    assert shown.ended.exit == "cancelled"
    _until(lambda: not _is_alive(int(Path("pid").read_text())))


@pytest.mark.slow
def test_a_job_that_fails_ends_the_command_with_3(shell: InteractiveShell) -> None:
    saved(Path("bad.ipynb"), "1 / 0")
    process = _command("retrain", "bad.ipynb", "--json")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 3
    assert json.loads(said)["jobs"][0]["reason"] == "ZeroDivisionError: division by zero"


@pytest.mark.slow
def test_a_job_in_the_background_outlives_whoever_started_it(shell: InteractiveShell) -> None:
    process = _command("retrain", "fit.ipynb", "--background", "-p", "C=4", "--promote-best", "staging")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "job/1" in said
    assert "queued" in said
    followed = _command("job", "logs", "1", "--follow")
    told, _ = followed.communicate(timeout=180)
    assert "    fitted 4.0\n" in told
    _until(lambda: _stage() == "staging")
    assert _status() == "succeeded"


@pytest.mark.slow
def test_a_supervisor_that_is_killed_leaves_a_job_that_is_lost_and_nothing_running(shell: InteractiveShell) -> None:
    saved(Path("long.ipynb"), "import time, os\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)")
    process = _command("retrain", "long.ipynb")
    _until(lambda: Path("pid").exists() and Path("pid").read_text() != "")
    process.kill()
    process.communicate()
    _until(lambda: not _is_alive(int(Path("pid").read_text())))
    _until(lambda: _status() == "lost")


def _stage() -> str:
    return next((version.stage for version in mlc.list("name = 'churn'").versions), "")


def _status() -> str:
    job = mlc.job.show("1").job
    return job.status if job is not None else ""


def _command(*words: str) -> subprocess.Popen[str]:
    """The command line, as a terminal would start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "jupyter_mlc.faces.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(mlc.__file__).parents[1])},
    )


def _until(holds: Callable[[], bool]) -> None:
    """Wait for something that other processes do; whoever hangs is ended by the limit of the tests."""
    while not holds():
        time.sleep(0.1)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
