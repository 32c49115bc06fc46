"""The notebooks are executed as `make demo` executes them: by papermill, in a kernel, from their own folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

import jupyter_mlc as mlc

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("notebooks")]
"""on one worker: it executes the tour for all of them"""


@dataclass(frozen=True, kw_only=True)
class Executed:
    """A notebook that was executed, and the registry that it wrote to."""

    cells: list[dict[str, Any]]
    registry: str

    def shown(self, cell: str) -> str:
        """What a cell printed and displayed, as text."""
        (found,) = (each for each in self.cells if each["id"] == cell)
        texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in found["outputs"]]
        return "".join("".join(text) for text in texts)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo said, and the folder in which it left everything."""

    said: str
    folder: Path


def _environment(folder: Path) -> dict[str, str]:
    """A home folder and a registry of its own."""
    homes = {name: str(folder / name) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "IPYTHONDIR")}
    return {**os.environ, **homes, "MPLBACKEND": "agg", "MLC_REGISTRY": str(folder / "registry")}


def _executed(notebook: Path, registry: Path) -> Executed:
    return Executed(cells=json.loads(notebook.read_text("utf-8"))["cells"], registry=str(registry))


@pytest.fixture(scope="module")
def execute(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Executed]:
    """Execute a notebook with parameters, in a home folder of its own."""
    folder = tmp_path_factory.mktemp("executed")
    environment = _environment(folder)

    def run(name: str, **parameters: object) -> Executed:
        output = folder / name
        words = [word for key, value in parameters.items() for word in ("-y", json.dumps({key: value}))]
        words += ["-k", "python3", "--cwd", str(FOLDER)]
        command = [sys.executable, "-m", "papermill", str(FOLDER / name), str(output), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return _executed(output, folder / "registry")

    return run


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """What `make demo` runs, where there is a registry already: what another tour left is no hindrance."""
    folder = tmp_path_factory.mktemp("demo")
    registry = folder / "registry"
    before = "import jupyter_mlc as mlc, sys; mlc.register('late-flights', sys.argv[1], no_load_check=True)"
    environment = {**_environment(folder), "MLC_KEY": "b" * 64}
    subprocess.run([sys.executable, "-c", before, __file__], env=environment, check=True, cwd=folder)
    (registry / "made-by-tour").touch()
    command = [sys.executable, str(FOLDER / "demo.py"), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Demo(said=done.stdout, folder=folder)


@pytest.fixture(scope="module")
def tour(demo: Demo) -> Executed:
    """The tour as the demo executed it."""
    return _executed(demo.folder / "tour.ipynb", demo.folder / "registry")


@pytest.fixture
def look(tmp_path: Path) -> Iterator[Callable[[Executed], object]]:
    """Look into the registry that a notebook wrote to."""
    yield lambda executed: mlc.use(executed.registry)
    mlc.use(str(tmp_path / "elsewhere"))


def details(number: int) -> Any:
    found = mlc.show(f"late-flights:{number}").details
    assert found is not None
    return found


def test_the_tour_leaves_each_version_where_its_words_say(tour: Executed, look: Callable[[Executed], object]) -> None:
    look(tour)
    versions = {version.number: version for version in mlc.list("late-flights").versions}
    stages = {number: version.stage for number, version in versions.items()}
    assert stages == {1: "purged", 2: "retired", 3: "purged", 4: "production", 5: "purged"}
    assert versions[2].successor == "late-flights:4"
    assert versions[4].aliases == ("champion",)


def test_the_demo_tells_what_happened_and_where_it_lies(demo: Demo) -> None:
    asked = [line for line in demo.said.splitlines() if line.startswith("$ ")]
    assert asked == [
        "$ jupyter mlc list",
        "$ jupyter mlc list late-flights",
        "$ jupyter mlc job list",
        "$ jupyter mlc history late-flights",
        "$ jupyter mlc verify",
    ]
    *_, notebook, registry = demo.said.splitlines()
    assert notebook == f"The executed notebook: {demo.folder / 'tour.ipynb'}"
    assert registry == f"Its registry:          {demo.folder / 'registry'}"


def test_the_tour_takes_back_what_was_promoted(tour: Executed) -> None:
    assert tour.shown("rollback").startswith("late-flights:2  deprecated -> production · @champion")


def test_the_tour_promotes_what_was_best_on_june(tour: Executed, look: Callable[[Executed], object]) -> None:
    look(tour)
    shown = {number: mlc.show(f"evaluation/{number}").evaluation for number in (1, 2, 3)}
    june = {number: each.estimates[0].value or 0 for number, each in shown.items() if each is not None}
    assert max(june, key=lambda number: june[number]) == 2
    assert tour.shown("compare").startswith("late-flights:2 is better than :3: auc ")
    assert "late-flights:2" in tour.shown("query")
    assert "late-flights:1" not in tour.shown("query")


def test_the_tour_looks_at_each_airport_apart(tour: Executed) -> None:
    table = [line.split() for line in tour.shown("evaluate").splitlines()]
    assert [row[0] for row in table if row and row[0] in {"EWR", "JFK", "LGA"}] == ["EWR", "JFK", "LGA"]


def test_the_tour_can_tell_what_each_version_learnt_from(tour: Executed, look: Callable[[Executed], object]) -> None:
    look(tour)
    learnt = {number: [data.name for data in details(number).datasets] for number in (1, 2, 3, 4, 5)}
    spring, autumn = ["flights-spring"], ["flights-early-autumn"]
    assert learnt == {1: spring, 2: spring, 3: spring, 4: autumn, 5: autumn}


def test_the_record_of_the_tour_verifies(tour: Executed, look: Callable[[Executed], object]) -> None:
    look(tour)
    assert mlc.verify().findings == ()


def test_autumn_is_worse_and_learning_from_it_helps(tour: Executed) -> None:
    table = [line.split() for line in tour.shown("autumn").splitlines()]
    by_month = {int(row[0]): [float(word) for word in row[1:]] for row in table if len(row) == 3 and row[0].isdigit()}
    assert all(expected > late + 0.05 for expected, late in (by_month[month] for month in (9, 10, 11)))
    assert tour.shown("compare-november").startswith("late-flights:4 is better than :2: auc ")


def test_the_tour_retrains_the_template_as_jobs(tour: Executed, look: Callable[[Executed], object]) -> None:
    look(tour)
    jobs = {job.ref: (job.status, job.versions, job.params["max_depth"]) for job in mlc.job.list().jobs}
    assert jobs == {
        "job/1": ("succeeded", ("late-flights:4",), 4),
        "job/2": ("succeeded", ("late-flights:5",), 2),
    }
    assert tour.shown("retrain-grid").startswith("retrain_flights  2 jobs · 2 succeeded")
    assert "best: late-flights:4, auc " in tour.shown("retrain-grid")
    assert tour.shown("job").startswith("job/1  of retrain_flights succeeded")
    assert details(4).job == "job/1"


def test_the_tour_shows_what_its_loop_registers(tour: Executed) -> None:
    assert re.findall(r"late-flights:\d(?=  candidate)", tour.shown("candidates")) == [
        "late-flights:2",
        "late-flights:3",
    ]


def typed(notebook: str, cell: str) -> str:
    cells = json.loads((FOLDER / notebook).read_text("utf-8"))["cells"]
    (found,) = (each for each in cells if each["id"] == cell)
    return "".join(line for line in found["source"] if not line.startswith("%"))


@pytest.mark.parametrize("notebook", ["tour.ipynb", "formats.ipynb"])
def test_a_folder_of_somebody_elses_is_not_deleted(notebook: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(AssertionError) as refused:
        exec(typed(notebook, "start"), {"registry": str(tmp_path)})
    assert str(refused.value) == f"{tmp_path} was not made by this notebook: name another folder"
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize(("months", "rows"), [([], 200), ([3, 4], 100)])
def test_the_template_learns_from_the_months_that_are_named_else_from_all(
    months: list[int], rows: int, tmp_path: Path
) -> None:
    known = {"pd": pd, "train_test_split": train_test_split, "data": str(tmp_path / "data.parquet"), "months": months}
    pd.DataFrame({"month": [3, 4, 5, 6] * 50}).to_parquet(tmp_path / "data.parquet")
    exec(typed("retrain_flights.ipynb", "data"), known)
    assert len(known["flights"]) == rows
    with pytest.raises(AssertionError) as refused:
        exec(typed("retrain_flights.ipynb", "data"), {**known, "months": [9, 10]})
    assert str(refused.value) == f"{tmp_path}/data.parquet holds no flights of the months [9, 10]"


def test_the_template_registers_a_version_with_the_parameters_that_were_given(
    execute: Callable[..., Executed], look: Callable[[Executed], object]
) -> None:
    look(execute("retrain_flights.ipynb", max_depth=3, months=[10]))
    (version,) = mlc.list("late-flights").versions
    assert {each.key: each.value for each in version.params}["max_depth"] == 3
    assert [data.rows for data in details(1).datasets] == [28_618]
