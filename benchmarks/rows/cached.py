"""Training again what was trained: the answer comes from the record."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.executing import Side
from benchmarks.figures import Figure, within
from benchmarks.sides import Bench
from benchmarks.worker import seconds

LIMIT = 0.1
"""seconds"""


class Ours(Side):
    """`retrain` of a notebook file, each time with the same parameters."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        os.environ["MLC_REGISTRY"] = str(folder / "registry")

    def again(self) -> float:
        """Ask for it; the first time it is executed."""
        return seconds(self._retrain)

    def exits(self) -> list[str]:
        """How it is said to have ended."""
        return [each.exit for each in self._retrain().jobs]

    def _retrain(self) -> Any:
        import jupyter_mlc as mlc

        return mlc.retrain(str(self.folder / "in.ipynb"), param={"C": 0.5})


def measure(bench: Bench) -> Iterator[Figure]:
    """Ask again and again; the first time is not counted."""
    with bench.us(Ours) as us:
        taken = [us.ask("again") for _ in range(bench.count(20, 3) + 1)][1:]
        note = f"it is {' and '.join(us.ask('exits'))}"
    yield within("a job that was done before", taken, LIMIT, note=note)
