"""The notebooks are executed as `make demo` executes them: by papermill, in a kernel, from their own folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import jupyter_mlc as mlc

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
Execute = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.slow


@pytest.fixture
def execute(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Execute:
    """Execute a notebook with parameters; the executed notebook."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))

    def run(name: str, **parameters: object) -> dict[str, Any]:
        executed = tmp_path / name
        words = [word for key, value in parameters.items() for word in ("-y", json.dumps({key: value}))]
        words += ["-k", "python3", "--cwd", str(FOLDER)]
        command = [sys.executable, "-m", "papermill", str(FOLDER / name), str(executed), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(executed.read_text("utf-8"))
        return found

    return run


@pytest.fixture
def registry_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "registry"
    yield folder
    mlc.use(str(tmp_path / "elsewhere"))


def shown(notebook: dict[str, Any], cell: str) -> str:
    """What a cell printed and displayed, as text."""
    (found,) = (each for each in notebook["cells"] if each["id"] == cell)
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in found["outputs"]]
    return "".join("".join(text) for text in texts)


def test_the_tour_tells_what_it_shows(execute: Execute, registry_folder: Path) -> None:
    tour = execute("tour.ipynb", registry=str(registry_folder))
    assert "late-flights:2" in shown(tour, "list").splitlines()[1] + shown(tour, "list")
    assert "image/png" in json.dumps(tour["cells"])

    mlc.use(str(registry_folder))
    versions = {version.number: version for version in mlc.list("late-flights").versions}
    assert {number: version.stage for number, version in versions.items()} == {
        1: "purged",
        2: "retired",
        3: "purged",
        4: "production",
    }
    assert versions[2].successor == "late-flights:4"
    metrics = {number: {each.key: each.value for each in version.metrics} for number, version in versions.items()}
    june = {number: metrics[number]["june_auc"] for number in (1, 2, 3)}
    assert max(june, key=lambda number: june[number]) == 2
    assert set(metrics[4]) == {"november_auc"}

    assert [data.name for data in details(4).datasets] == ["flights-early-autumn"]
    assert [data.name for data in details(2).datasets] == ["flights-spring"]
    assert mlc.verify().findings == ()


def details(number: int) -> Any:
    found = mlc.show(f"late-flights:{number}").details
    assert found is not None
    return found


def test_autumn_is_worse_and_learning_from_it_helps(execute: Execute, registry_folder: Path) -> None:
    tour = execute("tour.ipynb", registry=str(registry_folder))
    table = [line.split() for line in shown(tour, "autumn").splitlines()]
    by_month = {int(row[0]): [float(word) for word in row[1:]] for row in table if len(row) == 4 and row[0].isdigit()}
    assert all(expected > late + 0.05 for expected, late, _ in (by_month[month] for month in (9, 10, 11)))
    assert max(by_month[month][2] for month in (9, 10, 11)) < min(by_month[month][2] for month in (3, 4, 5, 6))
    scores = dict(line.split()[:2] for line in shown(tour, "retrain").splitlines() if line.startswith(("champ", "new")))
    assert float(scores["new"]) > float(scores["champion"])


def test_the_tour_may_be_run_again_in_the_same_registry(execute: Execute, registry_folder: Path) -> None:
    for _ in range(2):
        execute("tour.ipynb", registry=str(registry_folder))
    mlc.use(str(registry_folder))
    assert len(mlc.list("late-flights").versions) == 4


def test_the_template_registers_a_version_with_the_parameters_that_were_given(
    execute: Execute, registry_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLC_REGISTRY", str(registry_folder))
    execute("retrain_flights.ipynb", max_depth=3, learn_months=[10], model="late-flights")
    mlc.use(str(registry_folder))
    (version,) = mlc.list("late-flights").versions
    assert {each.key: each.value for each in version.params}["max_depth"] == 3
    assert [data.rows for data in details(1).datasets] == [28_618]
