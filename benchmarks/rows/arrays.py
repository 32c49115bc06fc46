"""Register a gibibyte of arrays, register it again unchanged, load it: against joblib, with an fsync after its dump."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import ours
from benchmarks.figures import Figure, at_most, within
from benchmarks.sides import Bench, turns
from benchmarks.worker import seconds

MEBIBYTES = 1024
ARRAYS = 16
REGISTER = """
from time import perf_counter
import jupyter_mlc as mlc
began = perf_counter()
reply = mlc.register("large", weights, no_load_check=True)
answer = perf_counter() - began
""".strip()
LOAD = """
loaded = None
began = perf_counter()
loaded = mlc.load(reply.version)
answer = perf_counter() - began
""".strip()
_FLOAT = 4


class Ours:
    """A notebook with a dictionary of arrays."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        os.chdir(folder)
        self.blobs = folder / "registry" / "blobs" / "sha256"
        self.notebook = ours.Notebook(folder, REGISTER, LOAD)
        self.weights = weights(mebibytes)
        self.notebook.shell.user_ns["weights"] = self.weights

    def register(self) -> float:
        """With other numbers than before, and without the versions before, so that the disk stays as it was."""
        renew(self.weights)
        for blob in self.blobs.glob("*"):
            blob.unlink()
        return self.again()

    def again(self) -> float:
        return float(self.notebook.run(REGISTER))

    def load(self) -> float:
        took = float(self.notebook.run(LOAD))
        found = self.notebook.shell.user_ns["loaded"]
        assert all((found[name] == array).all() for name, array in self.weights.items())
        return took


class Joblib:
    """One file, made durable."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        self.path = folder / "weights.joblib"
        self.weights = weights(mebibytes)

    def register(self) -> float:
        renew(self.weights)
        self.path.unlink(missing_ok=True)
        return self.again()

    def again(self) -> float:
        """To a name of its own, and then in the place of the file before, as one has to."""
        return seconds(self._dump)

    def load(self) -> float:
        import joblib

        return seconds(lambda: joblib.load(self.path))

    def _dump(self) -> None:
        import joblib

        beside = self.path.with_suffix(".new")
        with beside.open("wb") as file:
            joblib.dump(self.weights, file)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self.path)


def weights(mebibytes: int) -> dict[str, Any]:
    """Arrays of random numbers, so many mebibytes together."""
    import numpy as np

    size = mebibytes * (1 << 20) // _FLOAT // ARRAYS
    return {f"layer{place}": np.random.default_rng(place).random(size, dtype=np.float32) for place in range(ARRAYS)}


def renew(arrays: dict[str, Any]) -> None:
    """Change every array a little."""
    for array in arrays.values():
        array[0] += 1


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare a first, a repeated registration and a load."""
    mebibytes = bench.count(MEBIBYTES, 64)
    rounds = bench.count(5, 2)
    with bench.us(Ours, mebibytes=mebibytes) as us, bench.us(Joblib, mebibytes=mebibytes) as other:
        for command, words, times in (("register", "register", 1.5), ("again", "register again unchanged", 0.5)):
            mine, dumped = turns(rounds, partial(us.ask, command), partial(other.ask, command))
            what = f"{words}, {mebibytes} MiB of arrays"
            yield at_most(what, mine, dumped, times, other_name="joblib.dump + fsync")
        mine, read = turns(rounds, partial(us.ask, "load"), partial(other.ask, "load"))
        yield within(f"load, {mebibytes} MiB of arrays", mine, 0.01, other=read, other_name="joblib.load")
