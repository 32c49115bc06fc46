"""The key of a job changes with whatever its result depends on, and with nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.jobs import JobParameter
from jupyter_mlc.jobs.keys import files_named, key, modules, surroundings
from jupyter_mlc.jobs.preparing import whole
from tests.jobs.notebooks import code, notebook, text


def around(folder: Path, *cells: Any, lock: str = "numpy==2") -> dict[str, Any]:
    return surroundings(whole(notebook(*cells)), folder, lock)


def test_prose_ids_and_outputs_change_nothing(tmp_path: Path) -> None:
    shown = {**code("x = 1"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}], "id": "other"}
    assert around(tmp_path, "x = 1") == around(tmp_path, text("# About"), shown)


def test_code_parameters_secrets_data_and_lock_change_it(tmp_path: Path) -> None:
    plain = around(tmp_path, "x = 1")
    keys = [
        key(plain, {"C": 1}, {}, {}),
        key(around(tmp_path, "x = 2"), {"C": 1}, {}, {}),
        key(around(tmp_path, "x = 1", lock="numpy==3"), {"C": 1}, {}, {}),
        key(plain, {"C": 2}, {}, {}),
        key(plain, {"C": 1}, {"token": "TOKEN"}, {}),
        key(plain, {"C": 1}, {}, {"data": "rows1:ab"}),
    ]
    assert len(set(keys)) == len(keys)
    assert key(plain, {"C": 1, "a": 2}, {}, {}) == key(plain, {"a": 2, "C": 1}, {}, {})


def test_modules_beside_the_notebook_count_and_those_that_they_import(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import deep\nimport numpy\n")
    (tmp_path / "deep.py").write_text("x = 1\n")
    (tmp_path / "other.py").write_text("never imported\n")
    (tmp_path / "package" / "inner").mkdir(parents=True)
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "inner" / "part.py").write_text("y = 1\n")
    sources = ["%matplotlib inline\nfrom mine import x", "import package.inner as p, numpy as np"]
    before = modules(sources, tmp_path)
    assert list(before) == ["deep.py", "mine.py", "package/__init__.py", "package/inner/part.py"]
    (tmp_path / "deep.py").write_text("x = 2\n")
    assert modules(sources, tmp_path) != before


def test_modules_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b\n")
    (tmp_path / "b.py").write_text("import a\n")
    assert list(modules(["import a"], tmp_path)) == ["a.py", "b.py"]


def test_files_that_parameters_name_count_by_their_content(tmp_path: Path) -> None:
    declared = (
        JobParameter(name="data", type="str", default="'rows.csv'"),
        JobParameter(name="other", type="str", default="'none.csv'"),
        JobParameter(name="url", type="str", default="'https://example.org/rows.csv'"),
        JobParameter(name="depth", type="int", default="4"),
        JobParameter(name="made", default="dict(a=1)"),
        JobParameter(name="zero", type="str", default="'a\\x00b'"),
    )
    (tmp_path / "rows.csv").write_text("a\n1\n")
    cache = tmp_path / "cache"
    before = files_named(declared, {}, tmp_path, cache)
    assert list(before) == ["data"]
    (tmp_path / "rows.csv").write_text("a\n2\n")
    assert files_named(declared, {}, tmp_path, cache) != before
    assert files_named(declared, {"data": "gone.csv"}, tmp_path, cache) == {}


def test_a_file_that_cannot_be_read_is_left_to_the_cell_that_reads_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    declared = (JobParameter(name="data", default="'pipe'"), JobParameter(name="more", default="'folder'"))
    assert files_named(declared, {}, tmp_path, tmp_path / "cache") == {}
