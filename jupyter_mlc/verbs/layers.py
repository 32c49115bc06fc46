"""Where the things of a graph stand: in layers around the one that it is about, what came before on the left.

After Sugiyama, Tagawa and Toda (1981): layers by distance, stand-ins where an edge passes a layer, and in every layer
an order by the mean of the neighbours nearer to the middle. The same graph comes out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
"""from what is above to what came of it"""


@dataclass(frozen=True, kw_only=True)
class Layered:
    """A graph in layers."""

    layers: tuple[tuple[str, ...], ...]
    """from left to right, each from top to bottom; where an edge passes a layer, there is a stand-in"""
    ways: tuple[tuple[str, ...], ...]
    """of each edge, in their order: its beginning, the stand-ins on its way, its end"""

    @property
    def tallest(self) -> int:
        """How many things stand in the tallest layer."""
        return max(map(len, self.layers))

    def place(self, key: str) -> tuple[int, int]:
        """The layer of a thing, and its row there."""
        return next((x, layer.index(key)) for x, layer in enumerate(self.layers) if key in layer)


def layered(keys: Sequence[str], edges: Sequence[Edge], middle: str) -> Layered:
    """Lay out a graph.

    Parameters
    ----------
    keys : sequence of str
        The things, each of which hangs together with `middle` by edges that all lead to it, or all away from it.
    edges : sequence of pair
        Between them. Those that would lead back are left out.
    middle : str
        The thing that it is about.
    """
    distances = _distances(keys, edges, middle)
    kept = [edge for edge in edges if distances[edge[0]] < distances[edge[1]]]
    ways = [_way(*edge, distances, place) for place, edge in enumerate(kept)]
    layers: dict[int, list[str]] = {}
    for key, distance in sorted(_all(distances, ways).items(), key=lambda item: item[1]):
        layers.setdefault(distance, []).append(key)
    ordered = _ordered(layers, [step for way in ways for step in pairwise(way)])
    return Layered(layers=tuple(tuple(ordered[distance]) for distance in sorted(ordered)), ways=tuple(ways))


def _distances(keys: Sequence[str], edges: Sequence[Edge], middle: str) -> dict[str, int]:
    """How far each thing is from the middle by the longest way: below 0 what it came from, above 0 what came of it."""
    before = _longest([(end, start) for start, end in edges], middle)
    after = _longest(edges, middle)
    return {key: after[key] if key in after else -before.get(key, 1) for key in keys}


def _longest(edges: Sequence[Edge], start: str) -> dict[str, int]:
    """The longest way to each thing that can be reached; nothing is passed twice."""
    found = {start: 0}
    for _ in range(len(edges)):
        before = dict(found)
        for above, below in edges:
            if above in found and below != start:
                found[below] = max(found.get(below, 0), min(found[above] + 1, len(edges)))
        if found == before:
            break
    return found


def _way(start: str, end: str, distances: Mapping[str, int], number: int) -> tuple[str, ...]:
    passed = range(distances[start] + 1, distances[end])
    return (start, *(f"\0{number} {distance}" for distance in passed), end)


def _all(distances: Mapping[str, int], ways: Iterable[Sequence[str]]) -> dict[str, int]:
    """The things and the stand-ins, each with its distance."""
    found = dict(distances)
    for way in ways:
        found |= {stand_in: found[way[0]] + step for step, stand_in in enumerate(way[1:-1], start=1)}
    return found


def _ordered(layers: Mapping[int, Sequence[str]], steps: Sequence[Edge]) -> dict[int, list[str]]:
    """Each layer in the order of its neighbours nearer to the middle; among equals in the order that was given."""
    found: dict[int, list[str]] = {}
    for distance in sorted(layers, key=lambda distance: (abs(distance), distance)):
        inner = found.get(distance - 1 if distance > 0 else distance + 1, [])
        heights = {key: _height(key, inner, steps) for key in layers[distance]}
        found[distance] = sorted(layers[distance], key=heights.__getitem__)
    return found


def _height(key: str, inner: Sequence[str], steps: Sequence[Edge]) -> float:
    """The mean place of a thing's neighbours, as a share of how many there are."""
    places = [inner.index(other) for step in steps if key in step for other in step if other in inner]
    return sum(places) / len(places) / len(inner) if places else 1.0
