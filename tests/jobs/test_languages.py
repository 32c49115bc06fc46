"""Notebooks in other languages run as they are, and the outcome says what is not captured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from jupyter_mlc.jobs.execute import execute
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk, notebook

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("bash")]
NOTES = (
    "ran in a cold kernel: the notebook is in bash",
    "in bash the cells and outputs are kept; models, data and packages are not captured",
)
BASH = {"kernelspec": {"name": "bash", "language": "bash", "display_name": "Bash"}}


@pytest.fixture
def bash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bash's kernel, installed where Jupyter finds it."""
    prefix = tmp_path / "prefix"
    command = [sys.executable, "-m", "bash_kernel.install", "--prefix", str(prefix)]
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("JUPYTER_PATH", str(prefix / "share" / "jupyter"))


def written(desk: Desk, *sources: str) -> Path:
    path = desk.folder / "in.ipynb"
    made = notebook(*sources, metadata=BASH)
    made.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(made, path)
    return path


def test_a_notebook_in_bash_runs_with_parameters_and_a_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_TOKEN", "hunter2")
    path = written(desk, "name=nobody", "echo hello $name", "echo ${#token} $token")
    outcome = execute(desk.on(path, parameters={"name": "ana"}, secrets={"token": "DB_TOKEN"}))
    assert (outcome.exit, outcome.engine, outcome.done) == (Exit.SUCCEEDED, Engine.COLD, 4)
    assert outcome.notes == NOTES
    assert desk.texts()[2:] == ["hello ana\n", "7 [secret]\n"]
    assert desk.saved.cells[1].source == '# Parameters\nname=ana\ntoken="$DB_TOKEN"\n'
    assert "hunter2" not in (desk.folder / "out.ipynb").read_text() + (desk.folder / "status.json").read_text()


def test_a_process_in_another_language_may_die(desk: Desk) -> None:
    outcome = execute(desk.on(written(desk, "echo first", "kill -9 $PPID", "echo last")))
    assert (outcome.exit, outcome.signal, outcome.done) == (Exit.PROCESS_DIED, "SIGKILL", 1)
    assert outcome.notes == NOTES
