"""The notebook of four formats is executed as a person executes it, and what it shows is so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = ("net", "booster", "pipeline", "graph")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each cell printed and displayed, as text."""
    folder = tmp_path_factory.mktemp("formats")
    homes = {name: str(folder / name) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "IPYTHONDIR")}
    output, registry = folder / "formats.ipynb", folder / "registry"
    words = ["-k", "python3", "--cwd", str(FOLDER), "-p", "registry", str(registry)]
    command = [sys.executable, "-m", "papermill", str(FOLDER / "formats.ipynb"), str(output), *words]
    done = subprocess.run(command, env={**os.environ, **homes}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cells = json.loads(output.read_text("utf-8"))["cells"]
    return {cell["id"]: "".join(map(_text, cell.get("outputs", ()))) for cell in cells}


def _text(output: dict[str, Any]) -> str:
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))


def test_each_is_registered_and_loads_in_a_fresh_process(shown: dict[str, str]) -> None:
    for cell, name in zip(("torch", "xgboost", "sklearn", "onnx"), NAMES, strict=True):
        assert f"{name}:1" in shown[cell]
        assert "loads in a fresh process: yes" in shown[cell]


def test_each_opens_in_another_process_and_folder(shown: dict[str, str]) -> None:
    assert [line.split()[0] for line in shown["elsewhere"].splitlines() if line] == list(NAMES)


def test_each_is_judged_by_the_same_rows_and_all_are_compared(shown: dict[str, str]) -> None:
    assert all(f"{name}:1" in shown["judged"] for name in NAMES)
    assert all(f"{name}:1" in shown["compared"] for name in NAMES)
    assert "on the same 285 rows" in shown["compared"]


def test_probabilities_are_judged_of_each(shown: dict[str, str]) -> None:
    judged = re.split(r"^(?=(?:net|booster|pipeline|graph):1 )", shown["judged"], flags=re.MULTILINE)[1:]
    assert len(judged) == len(NAMES)
    for each in judged:
        assert all(re.search(rf"\b{metric} ", each) for metric in ("auc", "log_loss", "brier"))
    assert re.search(r"\bauc ", shown["compared"])
