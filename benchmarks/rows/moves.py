"""Alias, stage move and get in a model of ten thousand versions, and against our own time at ten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import ours, population, theirs
from benchmarks.figures import Figure, at_most, beside, faster
from benchmarks.sides import Bench, turns
from benchmarks.worker import seconds

FEW = 10
MANY = 10_000


class Ours:
    """Requests to a session, each for another version."""

    def __init__(self, folder: Path, versions: int) -> None:
        self.session = ours.session_in(folder)
        self.versions = versions
        self.turn = 0
        population.populate(self.session, ours.person_in(folder), versions)

    def alias(self) -> float:
        from jupyter_mlc.verbs.alias import Alias

        ask = Alias(ref=self._next(), alias="challenger")
        return seconds(lambda: self.session.call(ask))

    def move(self) -> float:
        """To staging; where there are few versions, back again in the next round of them."""
        from jupyter_mlc.domain.lifecycle import Stage
        from jupyter_mlc.verbs.promote import Promote

        is_there = self.turn // self.versions % 2 == 1
        ask = Promote(ref=self._next(), to=Stage.CANDIDATE if is_there else Stage.STAGING)
        return seconds(lambda: self.session.call(ask))

    def get(self) -> float:
        return self._show(self._next())

    def get_by_alias(self) -> float:
        return self._show(f"{ours.MODEL}@challenger")

    def get_model(self) -> float:
        return self._show(ours.MODEL)

    def _show(self, ref: str) -> float:
        from jupyter_mlc.verbs.show import Show

        ask = Show(ref=ref)
        return seconds(lambda: self.session.call(ask))

    def restart(self) -> None:
        self.turn = 0

    def _next(self) -> str:
        self.turn += 1
        return f"{ours.MODEL}:{(self.turn - 1) % self.versions + 1}"


class Theirs:
    """Calls of MLflow's client, each for another version."""

    def __init__(self, folder: Path, versions: int) -> None:
        self.client = theirs.client_in(folder)
        self.turn = 0
        theirs.populate(folder, self.client, versions)

    def alias(self) -> float:
        number = self._next()
        return seconds(lambda: self.client.set_registered_model_alias(theirs.MODEL, "challenger", number))

    def move(self) -> float:
        number = self._next()
        return seconds(lambda: self.client.transition_model_version_stage(theirs.MODEL, number, "Staging"))

    def get(self) -> float:
        number = self._next()
        return seconds(lambda: self.client.get_model_version(theirs.MODEL, number))

    def get_by_alias(self) -> float:
        return seconds(lambda: self.client.get_model_version_by_alias(theirs.MODEL, "challenger"))

    def get_model(self) -> float:
        return seconds(lambda: self.client.get_registered_model(theirs.MODEL))

    def restart(self) -> None:
        self.turn = 0

    def _next(self) -> str:
        self.turn += 1
        return str(self.turn)


COMMANDS = {
    "alias": "alias",
    "move": "stage move",
    "get_model": "get the model",
    "get": "get a version",
    "get_by_alias": "get a version by alias",
}
WITHOUT_DEMAND = {"get", "get_by_alias"}
"""MLflow too reads one row for these; what was demanded is about what makes it read them all"""


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare at ten thousand versions, and with ourselves at ten."""
    versions = bench.count(MANY, 500)
    with ExitStack() as stack:
        few = stack.enter_context(bench.us(Ours, versions=FEW))
        many = stack.enter_context(bench.us(Ours, versions=versions))
        mlflow = stack.enter_context(bench.them(Theirs, versions=versions))
        for command, words in COMMANDS.items():
            sides = (few, many, mlflow)
            for side in sides:
                side.ask("restart")
            found = turns(bench.count(40, 5), *(partial(side.ask, command) for side in sides))
            yield from _figures(command, f"{words}, {versions:,} versions", *found)


def _figures(command: str, what: str, few: list[float], many: list[float], other: list[float]) -> Iterator[Figure]:
    if command in WITHOUT_DEMAND:
        yield beside(what, many, other)
    else:
        yield faster(what, many, other, 100)
    yield at_most(f"{what} against {FEW}", many, few, 2, other_name=f"ours at {FEW}")
