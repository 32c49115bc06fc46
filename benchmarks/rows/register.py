"""Register a small scikit-learn model, warm: notebook, lock, code state, parameters captured; the load check apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import ours, theirs
from benchmarks.figures import Figure, beside, faster, within
from benchmarks.sides import Bench, turns
from benchmarks.worker import seconds

IMPORT = """
from time import perf_counter
import jupyter_mlc as mlc
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
clf = LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))
""".strip()
CHANGE = "clf.intercept_ += 1e-9"
REGISTER = """
began = perf_counter()
reply = mlc.register("churn", clf, no_load_check=True)
answer = perf_counter() - began
""".strip()
FULLY = REGISTER.replace(", no_load_check=True", "")


class Ours:
    """Cells of a notebook."""

    def __init__(self, folder: Path) -> None:
        os.chdir(folder)
        self.blobs = folder / "registry" / "blobs" / "sha256"
        self.notebook = ours.Notebook(folder, IMPORT, CHANGE, REGISTER, FULLY)
        self.notebook.run(IMPORT)

    def register(self) -> float:
        return self._register(REGISTER)

    def register_with_load_check(self) -> float:
        return self._register(FULLY)

    def _register(self, source: str) -> float:
        self.notebook.run(CHANGE)
        return float(self.notebook.run(source))

    def fsyncs_a_blob(self) -> float:
        """How often Python asks the disk to be done, for every blob that a registration adds."""
        before = self._count()
        with patch("os.fsync", wraps=os.fsync) as fsync:
            self.register()
        return fsync.call_count / (self._count() - before)

    def _count(self) -> int:
        return len(list(self.blobs.iterdir()))

    def captured(self) -> str:
        """What the last registration says of itself."""
        return str(self.notebook.shell.user_ns["reply"].summary)


class Theirs:
    """MLflow's log_model with registration, in one open run; the requirements are given, which saves it a search."""

    def __init__(self, folder: Path) -> None:
        import mlflow
        from sklearn.datasets import load_iris
        from sklearn.linear_model import LogisticRegression

        theirs.client_in(folder)
        theirs.experiment_in(folder)
        mlflow.start_run()
        self.log: Any = mlflow.sklearn.log_model
        self.model = LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))

    def register(self) -> float:
        self.model.intercept_ += 1e-9
        return seconds(lambda: self.log(self.model, pip_requirements=["scikit-learn"], **self._where()))

    def register_by_default(self) -> float:
        """As a beginner types it: MLflow finds the requirements in a process of its own."""
        return seconds(lambda: self.log(self.model, **self._where()))

    def _where(self) -> dict[str, object]:
        return {"name": "model", "registered_model_name": theirs.MODEL, "await_registration_for": 0}


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare registrations of a model whose numbers changed, without and with what both do by default."""
    with bench.us(Ours) as us, bench.them(Theirs) as them:
        mine, other = turns(bench.count(40, 5), partial(us.ask, "register"), partial(them.ask, "register"))
        what = "register a small scikit-learn model"
        yield faster(what, mine, other, 5, note=us.ask("captured"))
        fsyncs = [us.ask("fsyncs_a_blob") for _ in range(5)]
        yield within("fsyncs of a new blob", fsyncs, 2, unit="")
        mine, other = turns(
            bench.count(3, 1), partial(us.ask, "register_with_load_check"), partial(them.ask, "register_by_default")
        )
        yield beside(
            f"{what}, as both do by default", mine, other, note="ours loads it once, theirs finds requirements"
        )
