"""Search by metric and stage among fifty thousand versions: the first hundred of a rare stage, best first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import ours, population, theirs
from benchmarks.figures import Figure, faster
from benchmarks.sides import Bench, turns
from benchmarks.worker import seconds

VERSIONS = 50_000
RARE = 250
"""one version of so many is in staging"""
FIRST = 100


class Ours:
    """A list verb with a query."""

    def __init__(self, folder: Path, versions: int) -> None:
        self.session = ours.session_in(folder)
        who = ours.person_in(folder)
        population.populate(self.session, who, versions)
        population.stage(self.session, who, range(RARE, versions + 1, RARE))

    def by_metric_and_stage(self) -> float:
        """The best of those in staging, without a bound on the metric."""
        return self._search("stage = 'staging'", "metrics.auc desc")

    def by_bound(self) -> float:
        """Those in staging above a bound that half of them exceed."""
        return self._search("metrics.auc > 0.5 and stage = 'staging'", "metrics.auc desc")

    def _search(self, what: str, order: str) -> float:
        from jupyter_mlc.verbs.list_ import List

        ask = List(what=what, order=order, limit=FIRST)
        return seconds(lambda: self.session.call(ask))

    def found(self) -> int:
        """How many there are, up to the limit."""
        from jupyter_mlc.verbs.list_ import List, ListReply

        reply = self.session.call(List(what="stage = 'staging'", order="metrics.auc desc", limit=FIRST))
        return len(reply.versions) if isinstance(reply, ListReply) else 0


class Theirs:
    """MLflow's search by tags: it knows neither metric nor stage of a version there, so one tag says each.

    Tags are words: the metric can be asked for, but not compared or ordered by.
    """

    def __init__(self, folder: Path, versions: int) -> None:
        self.client = theirs.client_in(folder)
        theirs.populate(folder, self.client, versions)
        theirs.tag_versions(folder, "auc", lambda number: str(population.auc(number)), versions)
        theirs.tag_versions(folder, "stage", lambda number: "candidate" if number % RARE else "staging", versions)

    def by_tags(self) -> float:
        return seconds(self._search)

    def found(self) -> int:
        return len(self._search())

    def _search(self) -> list[object]:
        query = f"name = '{theirs.MODEL}' and tag.stage = 'staging' and tag.auc != ''"
        return list(self.client.search_model_versions(query, max_results=FIRST))


def measure(bench: Bench) -> Iterator[Figure]:
    """Compare the first hundred of a rare stage."""
    versions = bench.count(VERSIONS, 5_000)
    with bench.us(Ours, versions=versions) as us, bench.them(Theirs, versions=versions) as them:
        note = f"found {us.ask('found')} and {them.ask('found')}"
        rounds = bench.count(20, 3)
        for command, words in (("by_metric_and_stage", "no bound"), ("by_bound", "above a bound")):
            mine, other = turns(rounds, partial(us.ask, command), partial(them.ask, "by_tags"))
            yield faster(f"search by metric and stage, {words}, {versions:,} versions", mine, other, 50, note=note)
