"""Alias, stage move and get in a model of ten thousand versions, and against our own time at ten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import ours, population, theirs
from benchmarks.figures import Figure, at_most, faster
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
        from jupyter_mlc.verbs.show import Show

        ask = Show(ref=self._next())
        return seconds(lambda: self.session.call(ask))

    def get_by_alias(self) -> float:
        from jupyter_mlc.verbs.show import Show

        ask = Show(ref=f"{ours.MODEL}@challenger")
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

    def restart(self) -> None:
        self.turn = 0

    def _next(self) -> str:
        self.turn += 1
        return str(self.turn)


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare at ten thousand versions, and with ourselves at ten."""
    versions = bench.count(MANY, 500)
    with ExitStack() as stack:
        few = stack.enter_context(bench.us(Ours, versions=FEW))
        many = stack.enter_context(bench.us(Ours, versions=versions))
        mlflow = stack.enter_context(bench.them(Theirs, versions=versions))
        sides = (few, many, mlflow)
        for command, words in (("alias", "alias"), ("move", "stage move"), ("get", "get"), ("get_by_alias", "get by alias")):
            for side in sides:
                side.ask("restart")
            at_few, at_many, other = turns(bench.count(40, 5), *(partial(side.ask, command) for side in sides))
            yield faster(f"{words}, {versions:,} versions", at_many, other, 100)
            name = f"ours at {FEW}"
            yield at_most(f"{words}, {versions:,} versions against {FEW}", at_many, at_few, 2, other_name=name)
