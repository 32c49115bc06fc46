"""The lineage as a picture: what is drawn of it, and where each thing stands; every face only puts it there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.verbs.layers import Layered, layered

if TYPE_CHECKING:
    from jupyter_mlc.verbs.lineage import Edge, Node

_MOST = 6
"""things of one kind that are drawn beside each other"""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where one thing stands."""

    key: str
    """the id of a node, or of what stands for several"""
    layer: int
    """from the left, where the oldest stand"""
    row: float
    """from the top, in things"""


@dataclass(frozen=True, kw_only=True)
class Way:
    """The line from a thing to what came of it."""

    above: str
    below: str
    rows: tuple[float, ...]
    """in which it passes the layers between the two"""
    standing: Standing | None
    """how it is known; None where it leads to what stands for several"""


@dataclass(frozen=True, kw_only=True)
class More:
    """What stands for those of one kind that found no room beside a thing."""

    key: str
    beside: str
    is_above: bool
    kind: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture of a lineage, in layers of things: what came before on the left, what came of it on the right."""

    layers: int
    rows: int
    """of the tallest layer"""
    spots: tuple[Spot, ...]
    ways: tuple[Way, ...]
    more: tuple[More, ...] = ()


def drawing(middle: str, nodes: Iterable[Node], edges: Sequence[Edge]) -> Drawing:
    """Draw what hangs together with a version; of many things of one kind a few, and how many more there are.

    Parameters
    ----------
    middle : str
        The version that it is about.
    nodes, edges : sequence
        Its lineage.
    """
    chosen = _Chosen({node.id: node.kind for node in nodes}, edges)
    chosen.add(middle)
    standings = {(edge.above, edge.below): edge.standing for edge in edges}
    to_more = [(one.key, one.beside) if one.is_above else (one.beside, one.key) for one in chosen.more]
    keys = list(chosen.keys)
    drawn = [pair for pair in (*standings, *to_more) if set(pair) <= chosen.keys.keys()]
    laid = layered(keys, drawn, middle)
    rows = _rows(laid)
    return Drawing(
        layers=len(laid.layers),
        rows=laid.tallest,
        spots=tuple(Spot(key=key, layer=laid.place(key)[0], row=rows[key]) for key in keys),
        ways=tuple(_way(way, rows, standings.get((way[0], way[-1]))) for way in laid.ways),
        more=tuple(chosen.more),
    )


def _rows(laid: Layered) -> dict[str, float]:
    """Each layer stands in the middle of the height."""
    return {key: row + (laid.tallest - len(layer)) / 2 for layer in laid.layers for row, key in enumerate(layer)}


def _way(way: Sequence[str], rows: dict[str, float], standing: Standing | None) -> Way:
    return Way(above=way[0], below=way[-1], rows=tuple(rows[key] for key in way[1:-1]), standing=standing)


class _Chosen:
    """What is drawn, in the order in which it is told."""

    def __init__(self, kinds: dict[str, str], edges: Sequence[Edge]) -> None:
        self._kinds, self._edges = kinds, edges
        self.keys: dict[str, None] = {}
        self.more: list[More] = []

    def add(self, middle: str) -> None:
        self.keys[middle] = None
        self._came_from(middle)
        self._add(middle, [edge.below for edge in self._edges if edge.above == middle], is_above=False)

    def _came_from(self, id_: str) -> None:
        """What a thing came from, and so on; what comes round again is not followed."""
        for key in self._add(id_, [edge.above for edge in self._edges if edge.below == id_], is_above=True):
            self._came_from(key)

    def _add(self, beside: str, ids: Sequence[str], *, is_above: bool) -> list[str]:
        """Take the first few of each kind, and count the others; return those that are new."""
        new = list(self._first(ids))
        self.keys |= dict.fromkeys(new)
        rest = Counter(self._kinds.get(id_, "") for id_ in ids if id_ not in self.keys)
        for kind, count in rest.items():
            one = More(key=f"{beside} {kind} {is_above}", beside=beside, is_above=is_above, kind=kind, count=count)
            self.keys[one.key] = None
            self.more.append(one)
        return new

    def _first(self, ids: Sequence[str]) -> Iterator[str]:
        counts: Counter[str] = Counter()
        for id_ in dict.fromkeys(ids):
            if id_ not in self.keys:
                kind = self._kinds.get(id_, "")
                counts[kind] += 1
                if counts[kind] <= _MOST:
                    yield id_
