from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from jupyter_mlc.jobs.execute import execute, outcome_of
from jupyter_mlc.jobs.spec import Engine, Exit, Progress
from tests.jobs.conftest import Desk

pytestmark = pytest.mark.slow


def test_cells_are_executed_with_parameters_and_all_tell_the_same(desk: Desk, engine: Engine) -> None:
    work = desk.work("C = 1", "print('C is', C)", "C + 1", parameters={"C": 5}, engine=engine)
    outcome = execute(work)
    assert (outcome.exit, outcome.cells, outcome.done, outcome.cell) == (Exit.SUCCEEDED, 4, 4, None)
    assert outcome.engine is engine
    assert outcome.notes == ()
    assert outcome.peak_memory
    assert outcome.started < outcome.ended
    assert outcome_of(work.status) == outcome
    assert desk.texts() == ["", "", "C is 5\n", "6"]
    saved = desk.saved
    assert [cell.metadata.tags for cell in saved.cells[:2]] == [["parameters"], ["injected-parameters"]]
    assert saved.cells[1].source == "# Parameters\nC = 5\n"
    assert {cell.metadata.papermill.status for cell in saved.cells} == {"completed"}
    assert saved.metadata.papermill.parameters == {"C": 5}
    assert saved.metadata.papermill.exception is None
    assert saved.metadata.language_info.name == "python"
    assert [cell.execution_count for cell in saved.cells] == [1, 2, 3, 4]


def test_a_cell_that_raises_ends_it_and_is_marked(desk: Desk, engine: Engine) -> None:
    outcome = execute(desk.work("x = 1", "1 / 0", "x", engine=engine))
    assert (outcome.exit, outcome.cells, outcome.done, outcome.cell) == (Exit.CELL_FAILED, 3, 1, 3)
    assert (outcome.exception, outcome.message) == ("ZeroDivisionError", "division by zero")
    assert "----> 1 1 / 0" in outcome.traceback
    assert "\x1b" not in outcome.traceback
    saved = desk.saved
    assert [cell.cell_type for cell in saved.cells] == ["markdown", "code", "markdown", "code", "code"]
    assert "An Exception was encountered at '<a href=\"#papermill-error-cell\">In [2]</a>'" in saved.cells[0].source
    statuses = [cell.metadata.papermill.status for cell in saved.cells if cell.cell_type == "code"]
    assert statuses == ["completed", "failed", "pending"]
    assert saved.cells[3].metadata.papermill.exception is True
    assert saved.metadata.papermill.exception is True
    assert [output.output_type for output in saved.cells[3].outputs] == ["error"]


def test_a_syntax_error_is_an_error_of_its_cell(desk: Desk, engine: Engine) -> None:
    outcome = execute(desk.work("x = 1", "if x\n    pass", engine=engine))
    assert (outcome.exit, outcome.exception, outcome.cell) == (Exit.CELL_FAILED, "SyntaxError", 3)


def test_cells_can_be_skipped_and_left_out_at_the_end(desk: Desk, engine: Engine) -> None:
    work = desk.work("n = 1", "n = 100", "print(n)", "1 / 0", skip=frozenset({1}), last=2, engine=engine)
    outcome = execute(work)
    assert (outcome.exit, outcome.cells, outcome.done) == (Exit.SUCCEEDED, 2, 2)
    assert desk.texts() == ["", "", "1\n", ""]
    statuses = [cell.metadata.papermill.status for cell in desk.saved.cells]
    assert statuses == ["completed", "pending", "completed", "pending"]


def test_skipped_cells_are_counted_without_the_injected_one(desk: Desk) -> None:
    work = desk.work("n = 1", "n = 100", "print(n)", "1 / 0", parameters={"n": 7}, skip=frozenset({1}), last=2)
    assert execute(work).exit is Exit.SUCCEEDED
    assert desk.texts() == ["", "", "", "7\n", ""]


@pytest.mark.parametrize("leave", ["import sys; sys.exit()", "import sys; sys.exit(0)", "exit()", "quit()"])
def test_a_cell_may_end_the_notebook(desk: Desk, leave: str, engine: Engine) -> None:
    outcome = execute(desk.work("1", leave, "1 / 0", engine=engine))
    assert (outcome.exit, outcome.done, outcome.cell) == (Exit.SUCCEEDED, 2, 1)
    assert outcome.notes == ("a cell ended the notebook before its last one",)
    statuses = [cell.metadata.papermill.status for cell in desk.saved.cells]
    assert statuses == ["completed", "completed", "pending"]


def test_leaving_with_a_code_is_a_failure(desk: Desk, engine: Engine) -> None:
    outcome = execute(desk.work("import sys; sys.exit(3)", engine=engine))
    assert (outcome.exit, outcome.exception, outcome.message) == (Exit.CELL_FAILED, "SystemExit", "3")


def test_a_secret_reaches_the_cells_and_no_file(desk: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_TOKEN", "hunter2-äöü")
    seen: list[Progress] = []
    work = desk.work(
        "token = ''",
        "1",
        "print(len(token), token)",
        "raise ValueError(token)",
        parameters={},
        secrets={"token": "DB_TOKEN"},
        engine=engine,
    )
    outcome = execute(work, watch=seen.append)
    assert (outcome.exit, outcome.message) == (Exit.CELL_FAILED, "[secret]")
    assert desk.texts()[3] == "11 [secret]\n"
    files = [path.read_text("utf-8") for path in desk.folder.iterdir()]
    told = "".join([*files, repr(outcome), repr(seen)])
    assert "hunter2" not in told
    assert desk.saved.cells[2].source == '# Parameters\ntoken = __import__("os").environ["DB_TOKEN"]\n'


def test_the_process_has_the_environment_and_folder_that_were_asked_for(desk: Desk, engine: Engine) -> None:
    (desk.folder / "there").mkdir()
    (desk.folder / "there" / "beside.py").write_text("VALUE = 42\n")
    source = "import os, beside\nprint(os.environ['COLOUR'], os.path.basename(os.getcwd()), beside.VALUE)"
    work = desk.work(source, environment={"COLOUR": "green"}, engine=engine)
    work = desk.on(work.notebook, folder=desk.folder / "there", environment={"COLOUR": "green"}, engine=engine)
    assert execute(work).exit is Exit.SUCCEEDED
    assert desk.texts() == ["green there 42\n"]
    assert "COLOUR" not in os.environ


def test_progress_is_told_to_the_one_who_waits_and_to_everybody_else(desk: Desk, engine: Engine) -> None:
    seen: list[Progress] = []
    elsewhere: list[object] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        elsewhere.append(outcome_of(desk.folder / "status.json"))

    source = "# count\nimport time\nfor i in range(8):\n    print('step', i)\n    time.sleep(0.2)"
    outcome = execute(desk.work("1", source, engine=engine), watch=watch)
    assert outcome.exit is Exit.SUCCEEDED
    at_work = [one for one in seen if one.cell == 1 and one.last_line]
    assert at_work
    assert {one.source for one in at_work} == {"# count"}
    assert all(one.last_line.startswith("step ") for one in at_work)
    assert {(one.cells, one.done, one.engine) for one in at_work} == {(2, 1, engine)}
    assert any(isinstance(one, Progress) and one.cell == 1 for one in elsewhere)


def test_a_reader_never_finds_a_torn_notebook(desk: Desk, engine: Engine) -> None:
    done = threading.Event()
    lengths: list[int] = []

    def read() -> None:
        while not done.wait(0.001):
            if (desk.folder / "out.ipynb").exists():
                lengths.append(len(json.loads((desk.folder / "out.ipynb").read_text("utf-8"))["cells"]))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        execute(desk.work(*["print('x' * 300_000)"] * 12, engine=engine))
    finally:
        done.set()
        reader.join()
    assert set(lengths) == {12}
    assert {path.name for path in desk.folder.iterdir()} == {"in.ipynb", "out.ipynb", "status.json"}


def test_it_can_be_cancelled_by_the_one_who_waits(desk: Desk, engine: Engine) -> None:
    began = desk.folder / "began"
    source = f"import time\nopen({str(began)!r}, 'w').close()\ntry:\n    time.sleep(600)\nfinally:\n    print('tidied')"
    outcome = execute(desk.work("1", source, engine=engine), cancelled=began.exists)
    assert (outcome.exit, outcome.done, outcome.cell) == (Exit.CANCELLED, 1, 3)
    assert (outcome.exception, outcome.message) == ("Cancelled", "it was cancelled")
    assert "KeyboardInterrupt" in outcome.traceback
    cell = desk.saved.cells[3]
    assert cell.metadata.papermill.status == "failed"
    assert cell.outputs[0].text == "tidied\n"
    assert cell.outputs[1].ename == "KeyboardInterrupt"


def test_a_cell_that_does_not_want_to_end_is_ended(desk: Desk, engine: Engine) -> None:
    began = desk.folder / "began"
    source = (
        f"import time\nopen({str(began)!r}, 'w').close()\n"
        "while True:\n    try:\n        time.sleep(600)\n    except BaseException:\n        print('no')"
    )
    outcome = execute(desk.work(source, engine=engine), cancelled=began.exists)
    assert (outcome.exit, outcome.cell) == (Exit.CANCELLED, 2)
    assert [output.output_type for output in desk.saved.cells[2].outputs] == ["stream", "error"]
    assert desk.saved.cells[2].outputs[1].evalue == "it was cancelled"


def test_markdown_and_empty_cells_are_kept(desk: Desk, engine: Engine) -> None:
    import nbformat

    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_code_cell(""),
        nbformat.v4.new_code_cell("1 + 1"),
        nbformat.v4.new_raw_cell("raw"),
    ]
    path = desk.folder / "plain.ipynb"
    nbformat.write(made, path)
    outcome = execute(desk.on(path, engine=engine))
    assert (outcome.exit, outcome.cells, outcome.done) == (Exit.SUCCEEDED, 1, 1)
    assert [cell.source for cell in desk.saved.cells] == ["# Title", "", "1 + 1", "raw"]


def test_an_executed_notebook_can_be_executed_again(desk: Desk, engine: Engine) -> None:
    execute(desk.work("n = 1", "1 / n", parameters={"n": 0}, engine=engine))
    again = Desk(desk.folder / "again")
    again.folder.mkdir()
    outcome = execute(again.on(desk.folder / "out.ipynb", parameters={"n": 2}, engine=engine))
    assert outcome.exit is Exit.SUCCEEDED
    assert again.texts() == ["", "", "0.5"]


def test_relative_paths_are_those_of_the_one_who_asks(
    desk: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = desk.work("1", engine=engine)
    monkeypatch.chdir(desk.folder)
    relative = desk.on(Path("in.ipynb"), output=Path("o.ipynb"), status=Path("s.json"), folder=Path(), engine=engine)
    assert execute(relative).exit is Exit.SUCCEEDED
    assert (desk.folder / "o.ipynb").exists()
    assert work.notebook.exists()
