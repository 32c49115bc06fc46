"""Eight processes register into one model at the same time: all of it arrives, and nobody waits long."""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import ours, theirs
from benchmarks.figures import Figure, faster, percentile, within
from benchmarks.sides import Bench, at_once, together

PROCESSES = 8
EACH = 50
BLOBS = 8
BLOB_BYTES = 20_000
SLOWEST = 0.1
"""seconds"""


class Ours:
    """One of the processes; so many new blobs go with every registration."""

    def __init__(self, folder: Path) -> None:
        self.session = ours.session_in(folder)
        self._bytes = os.urandom(BLOB_BYTES)
        self._made = itertools.count()

    def open(self) -> None:
        self.artifact = ours.small_artifact(self.session)

    def register(self, times: int, blobs: int) -> dict[str, Any]:
        return timed(times, lambda: self._register(blobs))

    def _register(self, blobs: int) -> int:
        from jupyter_mlc.verbs.register import Register

        stored = self.session.artifacts.put_many([self._fresh() for _ in range(blobs)]) if blobs else []
        artifact = replace(self.artifact, blobs=(*self.artifact.blobs, *stored))
        self.session.call(Register(name=ours.MODEL, object=artifact, metric={"auc": 0.7}, param={"C": 1}))
        return 0

    def _fresh(self) -> bytes:
        """Bytes that nobody has yet, made in no time: what is measured is how they are kept."""
        return b"%d %b" % (next(self._made), self._bytes)

    def count(self) -> int:
        return self.session.registry.model(ours.MODEL).versions


class Theirs:
    """One of MLflow's; their versions have no metrics, parameters or blobs here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        self.client = theirs.client_in(self.folder)
        if not self.client.search_registered_models():
            self.client.create_registered_model(theirs.MODEL)

    def register(self, times: int) -> dict[str, Any]:
        return timed(times, self._register)

    def _register(self) -> int:
        """Until it succeeds, as a person would: MLflow gives up after a few collisions. How often it gave up."""
        from mlflow.exceptions import MlflowException

        for refused in itertools.count():
            try:
                self.client.create_model_version(theirs.MODEL, source=self.folder.as_uri())
            except MlflowException:
                time.sleep(random.random() / 50)
            else:
                return refused
        raise AssertionError

    def count(self) -> int:
        with sqlite3.connect(theirs.file_in(self.folder)) as database:
            return int(database.execute("SELECT count(*) FROM model_versions").fetchone()[0])


def timed(times: int, work: Callable[[], int]) -> dict[str, Any]:
    """Do it so often: begin and end on the clock that all processes share, how long each took, and what they count."""
    marks, counted = [time.monotonic()], 0
    for _ in range(times):
        counted += work()
        marks.append(time.monotonic())
    return {
        "began": marks[0],
        "ended": marks[-1],
        "each": [b - a for a, b in itertools.pairwise(marks)],
        "refused": counted,
    }


@dataclass(kw_only=True)
class Rounds:
    """What the rounds of one kind gave."""

    walls: list[float] = field(default_factory=list)
    each: list[float] = field(default_factory=list)
    refused: int = 0

    def take(self, answers: Sequence[dict[str, Any]]) -> None:
        """One more round, with the answers of all processes."""
        self.walls.append(max(one["ended"] for one in answers) - min(one["began"] for one in answers))
        self.each += [took for one in answers for took in one["each"]]
        self.refused += sum(one["refused"] for one in answers)

    @property
    def p99(self) -> list[float]:
        """The 99th percentile of single registrations, of all rounds together."""
        return [percentile(self.each, 0.99)]


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare the wall time of all processes together; ours with metadata alone, and with eight new blobs each."""
    each, rounds = bench.count(EACH, 5), bench.count(5, 1)
    here, there = bench.fresh_folder(), bench.fresh_folder()
    with (
        together(partial(bench.us, Ours, here), PROCESSES) as us,
        together(partial(bench.them, Theirs, there), PROCESSES) as them,
    ):
        for sides in (us, them):
            sides[0].ask("open")
            at_once(sides[1:], "open")
        bare, full, other = Rounds(), Rounds(), Rounds()
        for _ in range(rounds):
            bare.take(at_once(us, "register", times=each, blobs=0))
            other.take(at_once(them, "register", times=each))
            full.take(at_once(us, "register", times=each, blobs=BLOBS))
        yield from _figures(each, bare, full, other)
        kept, there_kept, sent = us[0].ask("count"), them[0].ask("count"), rounds * each * PROCESSES
        lost = [2 * sent - kept], [sent - there_kept]
        yield within("registrations lost", lost[0], 0, unit="", other=lost[1])


def _figures(each: int, bare: Rounds, full: Rounds, other: Rounds) -> Iterator[Figure]:
    what = f"{PROCESSES} processes x {each} registrations"
    note = f"MLflow gave up {other.refused} times and was asked again"
    yield faster(f"{what}, metadata", bare.walls, other.walls, 4, note=note)
    yield faster(f"{what}, {BLOBS} blobs each, against metadata", full.walls, other.walls, 2)
    yield within("p99 of one of them, metadata", bare.p99, SLOWEST, other=other.p99)
    yield within(f"p99 of one of them, {BLOBS} blobs each", full.p99, SLOWEST, other=other.p99)
