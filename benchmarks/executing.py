"""Both sides of the rows about executing notebooks: ours, and papermill under loky."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, measured

HEAVY = (
    "import numpy as np, pandas as pd\n"
    "from sklearn.datasets import make_classification\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.model_selection import train_test_split",
    "C = 1.0\nseed = 0",
    "X, y = make_classification(2000, 20, random_state=seed)",
    "parts = train_test_split(X, y, random_state=seed)",
    "model = LogisticRegression(C=C, max_iter=200).fit(parts[0], parts[2])",
    "print(model.score(parts[1], parts[3]))",
)
"""cells of a notebook that spends its time on imports, as most retraining on small data does"""


class Side:
    """What both have: a notebook, and the time and processor time that executing it takes."""

    def __init__(self, folder: Path, sources: Sequence[str] = HEAVY) -> None:
        import nbformat
        import psutil

        from jupyter_mlc.jobs.processes import adopt_orphans

        adopt_orphans()  # so that the processor time of whatever is started can be counted
        self.folder, self._me = folder, psutil.Process()
        kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
        v4: Any = nbformat.v4
        made = v4.new_notebook(metadata={"kernelspec": kernel})
        made.cells = [v4.new_code_cell(source) for source in sources]
        made.cells[min(1, len(sources) - 1)].metadata["tags"] = ["parameters"]
        nbformat.write(made, folder / "in.ipynb")

    def took(self, work: Callable[[], object]) -> tuple[float, float]:
        """Seconds on the clock, and of all processors."""
        began, used = time.perf_counter(), self._used()
        work()
        return time.perf_counter() - began, self._used() - used

    def _used(self) -> float:
        """Of this process, and of all that it started, whether or not they have ended."""
        return sum(map(_used_by, (self._me, *self._me.children(recursive=True))))


def _used_by(process: Any) -> float:
    """By a process and by those of its children that have ended; nothing where it has just ended itself."""
    import psutil

    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:
        return 0.0


class Ours(Side):
    """`execute`."""

    def __init__(self, folder: Path, engine: str, sources: Sequence[str] = HEAVY) -> None:
        super().__init__(folder, sources)
        import os

        from jupyter_mlc.jobs.spec import Engine

        self._engine = Engine(engine)
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="mlc-bench-")
        atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)

    def batch(self, count: int, at_once: int) -> tuple[float, float]:
        """Execute it so often, some at a time."""
        return self.took(lambda: self._all(count, at_once))

    def failures(self, count: int, at_once: int) -> int:
        """How many of so many starts fail."""
        return sum(exit_ != "succeeded" for exit_ in self._all(count, at_once))

    def _all(self, count: int, at_once: int) -> list[str]:
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self._one, range(count)))

    def _one(self, number: int) -> str:
        from jupyter_mlc.jobs.execute import execute
        from jupyter_mlc.jobs.spec import Work

        work = Work(
            notebook=self.folder / "in.ipynb",
            output=self.folder / f"out-{number}.ipynb",
            status=self.folder / f"status-{number}.json",
            folder=self.folder,
            parameters={"seed": number},
            engine=self._engine,
        )
        return str(execute(work).exit)


class Papermill(Side):
    """`papermill.execute_notebook`, in loky's processes where there are several at a time."""

    def batch(self, count: int, at_once: int) -> tuple[float, float]:
        """Execute it so often, some at a time."""
        return self.took(lambda: self._all(count, at_once))

    def failures(self, count: int, at_once: int) -> int:
        """How many of so many starts fail."""
        return sum(not done for done in self._all(count, at_once))

    def _all(self, count: int, at_once: int) -> list[bool]:
        import joblib

        jobs = (joblib.delayed(_papermill)(str(self.folder), number) for number in range(count))
        done: list[bool] = joblib.Parallel(n_jobs=at_once, backend="loky")(jobs)
        return done


def _papermill(folder: str, number: int) -> bool:
    import papermill

    names = f"{folder}/in.ipynb", f"{folder}/out-{number}.ipynb"
    try:
        papermill.execute_notebook(*names, parameters={"seed": number}, progress_bar=False)
    except Exception:  # noqa: BLE001 (ports that are taken, kernels that do not answer)
        return False
    return True


def than_papermill(what: str, ours: Sequence[float], other: Sequence[float], times: float) -> Figure:
    """Ours must take at most ``1 / times`` of papermill's time."""
    mine, theirs = measured(ours), measured(other)
    ratio = theirs.median / mine.median
    must = f"{times:g}x faster"
    return Figure(
        what=what, ours=mine, other=theirs, other_name="papermill", ratio=ratio, must=must, met=ratio >= times
    )
