from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_mlc.capture.notebook import document as module
from jupyter_mlc.capture.notebook.cells import Execution
from jupyter_mlc.capture.notebook.document import Notebook, Notebooks, from_executed, text, with_executed
from jupyter_mlc.capture.notebook.findings import CodeCell
from jupyter_mlc.domain.errors import MlcError


def code(name: str, source: str | list[str], **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    } | more


def content(*cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | more


def written(path: Path, what: object) -> Path:
    path.write_text(what if isinstance(what, str) else json.dumps(what))
    return path


def read(path: Path) -> Notebook:
    return Notebooks().read(path)


def ran(*cells: tuple[str, str], began: int = 0, ok: bool | None = True) -> list[Execution]:
    return [
        Execution(cell=name, source=source, count=n, began=began, ok=ok) for n, (name, source) in enumerate(cells, 1)
    ]


def as_it_is(given: str, where: str) -> str:
    return given


def entry_as_it_is(name: str, value: str, where: str) -> str:
    return value


def taken(notebook: Notebook, executions: list[Execution] | None = None) -> dict[str, Any]:
    return with_executed(notebook, executions or [], as_it_is, entry_as_it_is)


def test_outputs_counts_and_volatile_metadata_are_left_out(tmp_path: Path) -> None:
    cell = code("a", "x", outputs=[{"output_type": "stream", "text": "big"}], execution_count=7)
    cell["metadata"] = {
        "tags": ["parameters"],
        "execution": {"iopub.status.busy": "now"},
        "collapsed": True,
        "papermill": {},
    }
    metadata = {
        "kernelspec": {"name": "python3"}, "language_info": {"name": "python", "version": "3.11.7"},
        "widgets": {"state": {}}, "papermill": {"parameters": {"password": "x"}}, "title": "Churn",
    }  # fmt: skip
    taken_ = taken(read(written(tmp_path / "a.ipynb", content(cell, metadata=metadata))))
    assert taken_["cells"] == [code("a", "x") | {"metadata": {"tags": ["parameters"]}}]
    assert taken_["metadata"] == {
        "kernelspec": {"name": "python3"}, "language_info": {"name": "python"}, "title": "Churn",
        "jupyter_mlc": {"executed": []},
    }  # fmt: skip


def test_the_same_notebook_gives_the_same_bytes(tmp_path: Path) -> None:
    one = content(code("a", ["x = 1\n", "y = 2"]), metadata={"a": 1, "b": 2})
    other = dict(reversed(content(code("a", "x = 1\ny = 2", execution_count=3), metadata={"b": 2, "a": 1}).items()))
    first = written(tmp_path / "a.ipynb", json.dumps(one, indent=1))
    second = written(tmp_path / "b.ipynb", json.dumps(other))
    assert text(taken(read(first))) == text(taken(read(second)))


def test_the_cells_as_executed_are_under_our_own_metadata(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.ipynb", content(code("a", "x = 2"), metadata={"jupyter_mlc": {"seed": 1, "executed": 0}})
    )
    taken_ = taken(read(path), [*ran(("a", "x = 1")), Execution(cell="b", source="y", count=2, began=0)])
    assert taken_["metadata"]["jupyter_mlc"] == {
        "seed": 1,
        "executed": [
            {"id": "a", "source": "x = 1", "ok": True, "count": 1},
            {"id": "b", "source": "y", "ok": None, "count": 2},
        ],
    }
    assert taken_["cells"][0]["source"] == "x = 2"


def test_a_cell_that_ran_after_the_save_has_the_source_that_ran(tmp_path: Path) -> None:
    notebook = read(written(tmp_path / "a.ipynb", content(code("a", "x = 1"), code("b", "y = 1"))))
    taken_ = taken(notebook, ran(("a", "x = 2"), ("a", "x = 3"), began=notebook.saved + 1))
    assert [cell["source"] for cell in taken_["cells"]] == ["x = 3", "y = 1"]
    assert notebook.content["cells"][0]["source"] == "x = 1"


def test_everything_free_is_cleaned_and_images_are_not(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []

    def clean(given: str, where: str) -> str:
        said.append((given, where))
        return given.upper()

    cells = [
        {"cell_type": "markdown", "id": "m", "metadata": {"note": ["n"]}, "source": "md",
         "attachments": {"a.png": {"image/png": "base64", "text/plain": "t"}}},
        code("a", "x"),
    ]  # fmt: skip
    notebook = read(written(tmp_path / "a.ipynb", content(*cells, metadata={"who": {"name": "ana"}})))
    taken_ = with_executed(notebook, ran(("a", "x"), ("gone", "y")), clean, entry_as_it_is)
    assert taken_["cells"][0] == {
        "cell_type": "markdown", "id": "m", "metadata": {"note": ["N"]}, "source": "MD",
        "attachments": {"a.png": {"image/png": "base64", "text/plain": "T"}},
    }  # fmt: skip
    assert taken_["metadata"]["who"] == {"name": "ANA"}
    assert set(said) == {
        ("ana", "notebook"), ("n", "cell 1"), ("md", "cell 1"), ("t", "cell 1"), ("x", "cell 2"),
        ("y", "executed cell [2]"),
    }  # fmt: skip


def test_an_entry_of_metadata_is_cleaned_by_its_name(tmp_path: Path) -> None:
    notebook = read(written(tmp_path / "a.ipynb", content(metadata={"db": {"password": "hunter2"}})))
    taken_ = with_executed(notebook, [], as_it_is, lambda name, value, where: f"{name}@{where}")
    assert taken_["metadata"]["db"] == {"password": "password@notebook"}


def test_a_notebook_of_the_executed_cells_is_valid() -> None:
    executions = ran(("a", "x = 1"), ("a", "x = 2"), ("", "y"), ("not an id!", "z"), ("x" * 65, "w"))
    made = from_executed(executions, as_it_is)
    nbformat.validate(made)
    assert [cell["id"] for cell in made["cells"]] == ["a", "executed-2", "executed-3", "executed-4", "executed-5"]
    assert [one["count"] for one in made["metadata"]["jupyter_mlc"]["executed"]] == [1, 2, 3, 4, 5]


def test_what_is_kept_of_a_file_is_valid_too(tmp_path: Path) -> None:
    cells = [code("a", "x"), {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "m"}]
    nbformat.validate(json.loads(text(taken(read(written(tmp_path / "a.ipynb", content(*cells)))))))


def test_the_code_cells_are_numbered_among_all_cells(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", content({"cell_type": "markdown", "source": "m"}, code("a", ["x\n", "y"])))
    assert read(path).document.cells == (CodeCell(id="a", source="x\ny", number=2),)


ODD = {
    "without ids": content({"cell_type": "code", "source": "x"}, nbformat_minor=4),
    "without metadata": {"nbformat": 4, "cells": [{"cell_type": "code", "source": "x"}]},
    "metadata that is no mapping": content(code("a", "x") | {"metadata": [1]}, metadata=3),
    "an id that is a number": content(code("a", "x") | {"id": 5}),
    "an unknown kind of cell": content({"cell_type": "sql", "source": "x", "outputs": [{"a": 1}]}, code("a", "x")),
    "no source": content({"cell_type": "code"}, code("a", "x")),
    "a source of numbers": content({"cell_type": "code", "source": [1, 2]}, code("a", "x")),
    "the same id twice": content(code("a", "x"), code("a", "y")),
    "not a number": '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x", "metadata": {"n": NaN}}]}',
    "half a surrogate": content(code("a", "x"), code("b", "\ud800")),
    "a byte order mark": "\ufeff" + json.dumps(content(code("a", "x"))),
    "a language that is no mapping": content(code("a", "x"), metadata={"language_info": "R"}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_notebook_is_read(tmp_path: Path, name: str) -> None:
    notebook = read(written(tmp_path / "a.ipynb", ODD[name]))
    kept = json.loads(text(taken(notebook, ran(("a", "x")))))
    assert "x" in [cell.source for cell in notebook.document.cells]
    assert kept["metadata"]["jupyter_mlc"]["executed"]
    assert b"NaN" not in text(kept)


BROKEN = {
    "": "is no notebook: it is not JSON",
    "not json": "is no notebook: it is not JSON",
    "[" * 200_000: "is no notebook: it is not JSON",
    "[1, 2]": "is no notebook: it names no notebook format",
    '{"cells": []}': "is no notebook: it names no notebook format",
    '{"nbformat": 3, "worksheets": [{"cells": []}]}': "is in notebook format 3, not 4",
    '{"nbformat": 5, "cells": []}': "is in notebook format 5, not 4",
    '{"nbformat": 4, "cells": {}}': "is no notebook: it has no list of cells",
    '{"nbformat": 4, "cells": ["x"]}': "is no notebook: it has no list of cells",
}


def refusal(path: Path) -> MlcError:
    with pytest.raises(MlcError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize("given", BROKEN, ids=[given[:20] for given in BROKEN])
def test_what_is_no_notebook_is_refused_with_the_reason(tmp_path: Path, given: str) -> None:
    path = written(tmp_path / "a.ipynb", given)
    assert refusal(path).message == f"{path} {BROKEN[given]}"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(b"\xff\xfe\x00{")
    assert refusal(tmp_path / "a.ipynb").message == f"{tmp_path}/a.ipynb is no notebook: it is not JSON"


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "loop.ipynb").symlink_to("loop.ipynb")
    assert refusal(tmp_path / "folder.ipynb").text == f"{tmp_path}/folder.ipynb is no file"
    assert refusal(tmp_path / "pipe.ipynb").text == f"{tmp_path}/pipe.ipynb is no file"
    assert refusal(tmp_path / "gone.ipynb").text == f"{tmp_path}/gone.ipynb cannot be read: No such file or directory"
    assert "cannot be read: Too many levels" in refusal(tmp_path / "loop.ipynb").text
    assert refusal(Path("a\0.ipynb")).text == "'a\\x00.ipynb' is no path"
    monkeypatch.setattr(module, "MOST_BYTES", 1 << 20)
    written(tmp_path / "big.ipynb", " " * (2 << 20))
    assert (
        refusal(tmp_path / "big.ipynb").text
        == f"{tmp_path}/big.ipynb is larger than 1 MiB\nclear its outputs and save it"
    )


def test_a_file_that_vanishes_while_it_is_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.ipynb", content())

    def vanish(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", vanish)
    assert refusal(path).text == f"{path} cannot be read: Permission denied"


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    notebooks, path = Notebooks(), written(tmp_path / "a.ipynb", content(code("a", "x")))
    first = notebooks.read(path)
    assert notebooks.read(path) is first
    written(tmp_path / "new", content(code("a", "y"))).replace(path)
    assert notebooks.read(path).document.cells[0].source == "y"


def test_what_was_no_notebook_is_read_again_once_it_is_mended(tmp_path: Path) -> None:
    notebooks, path = Notebooks(), written(tmp_path / "a.ipynb", "{")
    for _ in range(2):
        with pytest.raises(MlcError):
            notebooks.read(path)
    written(path, content(code("a", "x")))
    assert notebooks.read(path).document.cells[0].source == "x"
