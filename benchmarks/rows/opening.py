"""Eight processes open a registry that is not there yet, at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import ours, theirs
from benchmarks.figures import Figure, reached
from benchmarks.sides import Bench, Side, at_once, together

PROCESSES = 8


class Ours:
    """Opens it, and writes to it."""

    def __init__(self, folder: Path) -> None:
        self.session = ours.session_in(folder)

    def open(self) -> bool:
        """Whether it could be opened and written to."""
        from jupyter_mlc.domain.errors import MlcError
        from jupyter_mlc.verbs.run import Run

        try:
            return self.session.call(Run(name=ours.MODEL)).done
        except MlcError:
            return False


class Theirs:
    """MLflow, likewise: its client opens the store when it is made."""

    def __init__(self, folder: Path) -> None:
        import mlflow

        self.folder = folder
        self.version = mlflow.__version__

    def open(self) -> bool:
        """Whether it could be opened and written to; what fails is of many kinds."""
        try:
            theirs.client_in(self.folder).create_run(experiment_id="0")
        except Exception:  # noqa: BLE001 (errors of SQLAlchemy, Alembic and MLflow)
            return False
        return True


def measure(bench: Bench) -> Iterator[Figure]:
    """Count how many can, each time in a fresh folder."""
    rounds = bench.count(5, 1)
    pairs = [(_opened(bench, bench.us, Ours), _opened(bench, bench.them, Theirs)) for _ in range(rounds)]
    mine, other = zip(*pairs, strict=True)
    yield reached(f"of {PROCESSES} processes, those that open a fresh registry", mine, PROCESSES, other=other)


def _opened(bench: Bench, make: Callable[..., Side], subject: type) -> int:
    with together(partial(make, subject, bench.fresh_folder()), PROCESSES) as sides:
        return sum(at_once(sides, "open"))
