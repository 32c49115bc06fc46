"""Twenty versions of a hundred mebibytes that share 99 % as unchanged arrays: what they take on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import ours, theirs
from benchmarks.figures import Figure, at_most, beside
from benchmarks.sides import Bench
from benchmarks.worker import seconds

VERSIONS = 20
ARRAYS = 100
BYTES_EACH = 1 << 20
REGISTER = """
import jupyter_mlc as mlc
answer = mlc.register("layered", model, no_load_check=True)
""".strip()


def layered() -> Any:
    """A scikit-learn model that carries a hundred arrays of a mebibyte."""
    import numpy as np
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier().fit([[0.0], [1.0]], [0, 1])
    random = np.random.default_rng(0)
    model.layers_ = [random.integers(0, 256, BYTES_EACH, dtype=np.uint8) for _ in range(ARRAYS)]
    return model


class Ours:
    """A notebook that registers, changes one layer, and registers again."""

    def __init__(self, folder: Path) -> None:
        os.chdir(folder)
        self.registry = folder / "registry"
        self.model = layered()
        self.notebook = ours.Notebook(folder, REGISTER)
        self.notebook.shell.user_ns["model"] = self.model

    def register(self, version: int) -> float:
        self.model.layers_[version] += 1
        return seconds(lambda: self.notebook.run(REGISTER))

    def disk(self) -> int:
        return disk_of(self.registry)


class Theirs:
    """MLflow, likewise."""

    def __init__(self, folder: Path) -> None:
        import mlflow

        theirs.client_in(folder)
        theirs.experiment_in(folder)
        mlflow.start_run()
        self.folder = folder
        self.log: Any = mlflow.sklearn.log_model
        self.model = layered()

    def register(self, version: int) -> float:
        self.model.layers_[version] += 1
        where = {"name": "model", "registered_model_name": theirs.MODEL, "await_registration_for": 0}
        return seconds(lambda: self.log(self.model, pip_requirements=["scikit-learn"], **where))

    def disk(self) -> int:
        return disk_of(self.folder / "artifacts")


def disk_of(folder: Path) -> int:
    """Bytes that the files in a folder take on disk."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare what lies on disk with the bytes that differ, and with MLflow."""
    versions = bench.count(VERSIONS, 3)
    with bench.us(Ours) as us, bench.them(Theirs) as them:
        pairs = [[side.ask("register", version=version) for side in (us, them)] for version in range(versions)]
        unique = (ARRAYS + versions - 1) * BYTES_EACH
        what = f"disk for {versions} versions of {ARRAYS} MiB sharing 99 %"
        yield at_most(what, [us.ask("disk")], [unique], 1.25, other_name="unique bytes", unit="bytes")
        yield beside(what, [us.ask("disk")], [them.ask("disk")], unit="bytes")
        yield beside("register one of them", *zip(*pairs[1:], strict=True))
