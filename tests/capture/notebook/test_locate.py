from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import papermill
import pytest

from jupyter_mlc.capture.notebook import locate as module
from jupyter_mlc.capture.notebook.cells import Execution
from jupyter_mlc.capture.notebook.document import Notebooks
from jupyter_mlc.capture.notebook.locate import Hints, Located, locate

REGISTER = "%mlc register churn clf"


def written(path: Path, *cells: tuple[str, str], saved: int = 1_000) -> Path:
    listed: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        | ({"id": name} if name else {})
        for name, source in cells
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}))
    os.utime(path, (saved, saved))
    return path


def ran(*cells: tuple[str, str]) -> list[Execution]:
    return [Execution(cell=name, source=source, count=n, began=n, ok=True) for n, (name, source) in enumerate(cells, 1)]


def located(executions: list[Execution], folder: Path, **hints: str) -> Located:
    environ = {name: value for name, value in hints.items() if not name.startswith("__")}
    namespace = {name: value for name, value in hints.items() if name.startswith("__")}
    running = executions[-1] if executions else None
    return locate(Notebooks(), executions, running, Hints(namespace=namespace, environ=environ, folder=folder))


def path_of(executions: list[Execution], folder: Path, **hints: str) -> Path | None:
    notebook = located(executions, folder, **hints).notebook
    return notebook.path if notebook else None


CELLS = (("a", "x = 1"), ("b", "clf = fit(x)"), ("r", REGISTER))


@pytest.mark.parametrize(
    "hint", ["JPY_SESSION_NAME", "PAPERMILL_OUTPUT_PATH", "PAPERMILL_INPUT_PATH", "__vsc_ipynb_file__", "__session__"]
)
@pytest.mark.parametrize("spelling", ["absolute", "relative"])
def test_a_named_file_that_holds_the_cell_is_believed(tmp_path: Path, hint: str, spelling: str) -> None:
    path = written(tmp_path / "elsewhere/a.ipynb", *CELLS)
    written(tmp_path / "copy.ipynb", *CELLS, saved=2_000)
    name = "elsewhere/a.ipynb" if spelling == "relative" else str(path)
    assert path_of(ran(*CELLS), tmp_path, **{hint: name}) == path


def test_a_collaborative_session_s_drive_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "work/a.ipynb", *CELLS)
    assert path_of(ran(*CELLS), tmp_path, JPY_SESSION_NAME="RTC:work/a.ipynb") == path


def test_after_a_rename_the_sibling_that_holds_the_cell_is_found(tmp_path: Path) -> None:
    renamed = written(tmp_path / "nb/new.ipynb", *CELLS)
    written(tmp_path / "nb/other.ipynb", ("z", "z = 1"), saved=9_000)
    assert path_of(ran(*CELLS), tmp_path, JPY_SESSION_NAME=str(tmp_path / "nb/old.ipynb")) == renamed


def test_after_a_rename_another_notebook_of_the_old_name_is_not_believed(tmp_path: Path) -> None:
    stale = written(tmp_path / "old.ipynb", ("z", "z = 1"), ("y", REGISTER), saved=9_000)
    renamed = written(tmp_path / "new.ipynb", *CELLS)
    assert path_of(ran(*CELLS), tmp_path, JPY_SESSION_NAME=str(stale)) == renamed


def test_a_named_file_without_the_cell_is_not_believed(tmp_path: Path) -> None:
    stale = written(tmp_path / "old.ipynb", ("z", "z = 1"))
    told = located(ran(*CELLS), tmp_path, JPY_SESSION_NAME=str(stale))
    assert told == Located(
        reason="no file holds the executing cell: save the notebook, then register again", named=True
    )


def test_of_copies_the_one_with_most_of_what_ran_is_taken(tmp_path: Path) -> None:
    full = written(tmp_path / "full.ipynb", *CELLS)
    written(tmp_path / "copy.ipynb", ("r", REGISTER), ("q", "q = 1"), saved=9_000)
    assert path_of(ran(*CELLS), tmp_path) == full


def test_the_cell_s_id_is_enough_where_the_source_was_edited_and_not_saved(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", ("r", "%mlc register churn old"))
    assert path_of(ran(("r", REGISTER)), tmp_path) == path


def test_after_save_as_the_newer_file_that_holds_what_ran_is_believed(tmp_path: Path) -> None:
    written(tmp_path / "a.ipynb", ("a", "x = 1"), ("b", "clf = fit(x)"), ("r", "%mlc register old clf"))
    saved_as = written(tmp_path / "b.ipynb", *CELLS, saved=2_000)
    assert path_of(ran(*CELLS), tmp_path, JPY_SESSION_NAME="a.ipynb") == saved_as
    edited = written(tmp_path / "c.ipynb", ("a", "x = 2"), *CELLS[1:], saved=3_000)
    assert path_of(ran(("a", "x = 1"), ("a", "x = 2"), *CELLS[1:]), tmp_path, JPY_SESSION_NAME="b.ipynb") == edited


def test_an_edit_that_was_not_saved_leaves_a_named_file_believed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", ("a", "x = 0"), *CELLS[1:], saved=2_000)
    written(tmp_path / "template.ipynb", *CELLS, saved=1_000)
    written(tmp_path / "other.ipynb", ("a", "x = 5"), ("b", "clf = fit(x)"), ("r", "%mlc other"), saved=3_000)
    assert path_of(ran(*CELLS), tmp_path, JPY_SESSION_NAME="a.ipynb") == path


@pytest.mark.parametrize("names", ["abr", ("", "", "")])
def test_of_files_that_nobody_named_one_with_a_cell_that_never_ran_comes_second(tmp_path: Path, names: str) -> None:
    cells = [(name, source) for name, (_, source) in zip(names, CELLS, strict=True)]
    path = written(tmp_path / "work.ipynb", *CELLS)
    written(tmp_path / "out.ipynb", CELLS[0], ("p", "# Parameters\nC = 2"), *CELLS[1:], saved=2_000)
    assert located(ran(*cells), tmp_path) == Located(notebook=Notebooks().read(path))


def test_of_copies_that_hold_the_same_the_newest_is_taken_and_the_other_named(tmp_path: Path) -> None:
    copy = written(tmp_path / "copy.ipynb", *CELLS)
    newest = written(tmp_path / "new.ipynb", *CELLS, saved=2_000)
    read = Notebooks().read
    assert located(ran(*CELLS), tmp_path) == Located(notebook=read(newest), rival=read(copy))


@pytest.mark.parametrize("hint", [{}, {"JPY_SESSION_NAME": "a.ipynb"}])
def test_a_cell_with_the_same_source_and_another_id_is_another_cell(tmp_path: Path, hint: dict[str, str]) -> None:
    written(tmp_path / "a.ipynb", ("z", "other = 1"), ("y", REGISTER))
    assert path_of(ran(("r", REGISTER)), tmp_path, **hint) is None


def test_a_file_from_before_ids_is_known_by_its_source_whatever_id_is_sent(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", ("", "x = 1"), ("", REGISTER))
    assert path_of(ran(("a", "x = 1"), ("r", REGISTER)), tmp_path) == path


def test_without_ids_the_source_of_a_named_file_is_enough(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", ("", "x = 2"), ("", "y = 3"), ("", "z = 3"), ("", REGISTER))
    executions = ran(
        ("vscode-notebook-cell:1", "x = 1"), ("vscode-notebook-cell:2", "y = 1"), ("vscode-notebook-cell:3", REGISTER)
    )
    assert path_of(executions, tmp_path, __vsc_ipynb_file__=str(path)) == path


def test_without_ids_a_file_that_nobody_named_must_hold_half_of_what_ran(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", ("a", "x = 1"), ("r", REGISTER))
    assert path_of(ran(("", "x = 1"), ("", "y = 1"), ("", REGISTER)), tmp_path) == path
    assert path_of(ran(("", "p"), ("", "q"), ("", "s"), ("", REGISTER)), tmp_path) is None


def test_a_cell_added_since_the_last_save_belongs_to_the_notebook_of_the_others(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", ("a", "x = 1"), ("b", "clf = fit(x)"))
    assert path_of(ran(*CELLS), tmp_path) == path
    many = ran(*CELLS, *((f"new{n}", f"y = {n}") for n in range(9)), ("last", REGISTER))
    assert path_of(many, tmp_path, JPY_SESSION_NAME=str(path)) == path
    assert path_of(many, tmp_path) is None


def test_of_unsaved_notebooks_the_one_that_was_named_is_taken_before_the_one_it_was_copied_from(tmp_path: Path) -> None:
    written(tmp_path / "template.ipynb", ("a", "x = 1"), ("b", "clf = fit(x)"))
    path = written(tmp_path / "mine.ipynb", ("b", "clf = fit(x)"))
    assert path_of(ran(*CELLS), tmp_path, JPY_SESSION_NAME="mine.ipynb") == path


def test_nothing_is_looked_for_where_no_cell_ran(tmp_path: Path) -> None:
    written(tmp_path / "a.ipynb", *CELLS)
    assert located([], tmp_path) == Located(reason="no cell was executed")


@pytest.mark.parametrize("hint", ["notebook.py", "s3://bucket/a.ipynb", "a\0.ipynb", "", "3c1b0e7e-uuid"])
def test_hints_that_are_no_path_of_a_notebook_are_passed_over(tmp_path: Path, hint: str) -> None:
    assert located(ran(*CELLS), tmp_path, JPY_SESSION_NAME=hint) == Located(reason="no file holds the executing cell")


def test_why_a_named_file_is_no_help_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text('{"nbformat": 3, "worksheets": []}')
    told = located(ran(*CELLS), tmp_path, JPY_SESSION_NAME=str(path))
    assert told == Located(reason=f"{path} is in notebook format 3, not 4", named=True)


def test_only_the_newest_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 2)
    old = written(tmp_path / "old.ipynb", *CELLS, saved=1_000)
    for name in "pq":
        written(tmp_path / f"{name}.ipynb", (name, name), saved=2_000)
    assert path_of(ran(*CELLS), tmp_path) is None
    os.utime(old, (3_000, 3_000))
    assert path_of(ran(*CELLS), tmp_path) == old


def test_only_so_many_bytes_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.ipynb", *CELLS)
    monkeypatch.setattr(module, "MOST_SEARCHED", path.stat().st_size - 1)
    assert path_of(ran(*CELLS), tmp_path) is None


def test_a_folder_that_cannot_be_listed_is_passed_over(tmp_path: Path) -> None:
    assert path_of(ran(*CELLS), tmp_path / "gone") is None


PROBE = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from typing import Any
from jupyter_mlc.capture.notebook.cells import Recorder
from jupyter_mlc.capture.snapshot import Surroundings
shell, around = get_ipython(), Surroundings(Recorder())
around.recorder.adopt(shell.history_manager.input_hist_raw)
shell.events.register("pre_run_cell", lambda i: around.recorder.begin(i.cell_id, i.raw_cell, stored=i.store_history))
shell.events.register("post_run_cell", lambda r: around.recorder.end(r.success))
"""
TAKE = "told = around.take(folder=Path.cwd(), environ=os.environ, namespace=shell.user_ns, uses=['C'])\n"
TAKE += "print(told.snapshot.notebook_path, told.snapshot.findings, told.snapshot.cells, told.warnings)"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # papermill's own
def test_the_notebook_of_a_real_papermill_run_is_found(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    probe = PROBE.format(root=str(pytestconfig.rootpath))
    source = written(tmp_path / "in.ipynb", ("p", "C = 1"), ("q", probe), ("r", TAKE))
    content = json.loads(source.read_text())
    content["cells"][0]["metadata"]["tags"] = ["parameters"]
    content["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    source.write_text(json.dumps(content))
    out = tmp_path / "out.ipynb"
    done = papermill.execute_notebook(
        source, out, {"C": 2}, cwd=str(tmp_path), progress_bar=False, kernel_name="python3"
    )
    assert done.cells[-1].outputs[0].text == f"{out} () 4 ()\n"
