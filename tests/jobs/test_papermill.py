"""Papermill and this package understand each other: its command line, its engines, its notebooks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import nbformat
import papermill
import pytest
from nbclient.exceptions import DeadKernelError

from jupyter_mlc.jobs.execute import execute
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk, notebook
from tests.store.buckets.servers import moto

pytestmark = pytest.mark.slow
KEYS = {"AWS_ACCESS_KEY_ID": "ana", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


def on_the_command_line(desk: Desk, *words: str) -> subprocess.CompletedProcess[str]:
    """What somebody has who types ``papermill ...``."""
    return subprocess.run(
        [sys.executable, "-m", "papermill", *words],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


def written(desk: Desk, *sources: str) -> None:
    nbformat.write(notebook(*sources, parameters=True), desk.folder / "in.ipynb")


def statuses(saved: Any) -> list[str]:
    return [cell.metadata.papermill.status for cell in saved.cells if cell.cell_type == "code"]


def test_papermill_executes_our_notebooks_again(desk: Desk, engine: Engine) -> None:
    outcome = execute(desk.work("n = 1", "print('n is', n)", "1 / n", parameters={"n": 0}, engine=engine))
    assert outcome.exit is Exit.CELL_FAILED
    said = on_the_command_line(desk, "out.ipynb", "again.ipynb", "-p", "n", "2", "--no-progress-bar")
    assert said.returncode == 0, said.stderr
    again = nbformat.read(desk.folder / "again.ipynb", as_version=4)
    assert [cell.source for cell in again.cells] == ["n = 1", "# Parameters\nn = 2\n", "print('n is', n)", "1 / n"]
    assert again.cells[2].outputs[0].text == "n is 2\n"
    assert again.cells[3].outputs[0].data["text/plain"] == "0.5"
    assert statuses(again) == ["completed"] * 4


@pytest.mark.parametrize("module", ["papermill", "jupyter_mlc.jobs.manager"])
def test_whichever_is_imported_first(module: str) -> None:
    code = (
        f"import {module}\n"
        "from papermill.engines import papermill_engines\n"
        "print(papermill_engines.get_engine('jupyter-mlc'))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "<class 'jupyter_mlc.jobs.engine.JupyterMlcEngine'>\n"


def test_papermill_can_use_our_engine(desk: Desk) -> None:
    written(desk, "n = 1", "print('n is', n)")
    said = on_the_command_line(desk, "--engine", "jupyter-mlc", "in.ipynb", "out.ipynb", "-p", "n", "7")
    assert said.returncode == 0, said.stderr
    assert "Executing: 100%" in said.stderr
    assert desk.texts() == ["", "", "n is 7\n"]
    assert statuses(desk.saved) == ["completed"] * 3
    assert desk.saved.metadata.papermill.parameters == {"n": 7}
    assert desk.saved.metadata.papermill.exception is None


def test_a_failed_cell_is_told_as_papermills_own_engine_tells_it(desk: Desk) -> None:
    written(desk, "n = 1", "1 / n", "2")
    told = []
    for engine in ("nbclient", "jupyter-mlc"):
        said = on_the_command_line(
            desk, "--engine", engine, "in.ipynb", "out.ipynb", "-p", "n", "0", "--no-progress-bar"
        )
        told.append((said.returncode, said.stderr.strip().splitlines()[-1], statuses(desk.saved)))
    assert told[0] == told[1]
    assert told[1][:2] == (1, "ZeroDivisionError: division by zero")


def test_parameters_come_from_yaml(desk: Desk) -> None:
    written(desk, "C = 1\nnames = []", "print(C, names)")
    (desk.folder / "params.yaml").write_text("C: 2.5\nnames: [a, b]\n")
    words = ("--engine", "jupyter-mlc", "in.ipynb", "out.ipynb", "-f", "params.yaml", "-y", "{names: [c]}")
    said = on_the_command_line(desk, *words)
    assert said.returncode == 0, said.stderr
    assert desk.texts() == ["", "", "2.5 ['c']\n"]


def test_a_report_hides_the_sources(desk: Desk) -> None:
    written(desk, "n = 1", "print(n)")
    said = on_the_command_line(
        desk, "--engine", "jupyter-mlc", "--report-mode", "in.ipynb", "out.ipynb", "-p", "n", "3"
    )
    assert said.returncode == 0, said.stderr
    assert [cell.metadata.jupyter.source_hidden for cell in desk.saved.cells] == [True] * 3
    assert desk.texts()[2] == "3\n"


def test_the_notebook_can_be_piped(desk: Desk) -> None:
    written(desk, "n = 1", "print(n)")
    said = on_the_command_line(desk, "--engine", "jupyter-mlc", "in.ipynb", "-")
    assert said.returncode == 0, said.stderr
    assert nbformat.reads(said.stdout, as_version=4).cells[1].outputs[0].text == "1\n"


def test_cells_run_in_another_folder_and_the_notebook_stays_where_it_belongs(desk: Desk) -> None:
    written(desk, "n = 1", "import os\nprint(os.path.basename(os.getcwd()))")
    (desk.folder / "there").mkdir()
    said = on_the_command_line(desk, "--engine", "jupyter-mlc", "--cwd", "there", "in.ipynb", "out.ipynb")
    assert said.returncode == 0, said.stderr
    assert desk.texts()[1] == "there\n"
    assert not list((desk.folder / "there").iterdir())


def test_a_time_for_each_cell_takes_effect(desk: Desk) -> None:
    written(desk, "n = 1", "import time\ntime.sleep(1000)", "2")
    words = ("--engine", "jupyter-mlc", "--execution-timeout", "2", "in.ipynb", "out.ipynb", "--no-progress-bar")
    said = on_the_command_line(desk, *words)
    assert said.returncode == 1
    why = "it took longer than the 2 seconds that a cell was given"
    assert said.stderr.strip().splitlines()[-1] == f"nbclient.exceptions.CellTimeoutError: {why}"
    assert statuses(desk.saved) == ["completed", "failed", "pending"]
    assert desk.saved.metadata.papermill.exception is True


def test_a_time_that_is_enough_changes_nothing(desk: Desk) -> None:
    written(desk, "n = 1", "n")
    names = str(desk.folder / "in.ipynb"), str(desk.folder / "out.ipynb")
    papermill.execute_notebook(*names, engine_name="jupyter-mlc", execution_timeout=600, progress_bar=False)
    assert statuses(desk.saved) == ["completed"] * 2


def test_papermill_hears_what_ended_the_process(desk: Desk) -> None:
    written(desk, "n = 1", "import os\nos._exit(5)", "2")
    names = str(desk.folder / "in.ipynb"), str(desk.folder / "out.ipynb")
    with pytest.raises(DeadKernelError) as died:
        papermill.execute_notebook(*names, engine_name="jupyter-mlc", progress_bar=False)
    assert str(died.value) == "the process ended with exit code 5 while a cell ran"
    assert statuses(desk.saved) == ["completed", "failed", "pending"]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of an object store that papermill finds."""
    with moto() as url:
        for name, value in {**KEYS, "AWS_ENDPOINT_URL": url, "BOTO3_ENDPOINT_URL": url}.items():
            monkeypatch.setenv(name, value)
        made = boto3.resource("s3").Bucket("notebooks")
        made.create()
        yield made


def test_notebooks_come_from_a_bucket_and_go_to_one(desk: Desk, bucket: Any) -> None:
    written(desk, "n = 1", "print('n is', n)")
    bucket.upload_file(str(desk.folder / "in.ipynb"), "in.ipynb")
    words = ("--engine", "jupyter-mlc", "s3://notebooks/in.ipynb", "s3://notebooks/done/out.ipynb", "-p", "n", "4")
    said = on_the_command_line(desk, *words)
    assert said.returncode == 0, said.stderr
    text = bucket.Object("done/out.ipynb").get()["Body"].read().decode()
    saved = nbformat.reads(text, as_version=4)
    assert saved.cells[2].outputs[0].text == "n is 4\n"
    assert statuses(saved) == ["completed"] * 3
