"""How metrics went while something was trained: as many points of each as a curve needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from jupyter_mlc.store.mlflow.records import TheirRun

MOST = 1000
"""points of one metric"""
_LARGEST = 2**53
Point: TypeAlias = tuple[int, float, int]
"""step, value, milliseconds since 1970"""
History: TypeAlias = Mapping[str, tuple[Point, ...]]
"""of one run, by metric"""


def of_steps(runs: Iterable[TheirRun]) -> dict[str, list[str]]:
    """Which runs logged a metric step by step, by metric: what was logged once, or always at step 0, has no history."""
    found: dict[str, list[str]] = {}
    for run in runs:
        for key, step in run.steps.items():
            if step:
                found.setdefault(key, []).append(run.id)
    return found


def histories(points: Iterable[tuple[str, str, Point]]) -> dict[str, History]:
    """Points of any runs and metrics, in any order, as the history of each run."""
    found: dict[str, dict[str, list[Point]]] = {}
    for run, key, point in points:
        if all(abs(number) < _LARGEST for number in (point[0], point[2])):
            found.setdefault(run, {}).setdefault(key, []).append(point)
    return {run: {key: thinned(each) for key, each in keys.items()} for run, keys in found.items()}


def thinned(points: Iterable[Point]) -> tuple[Point, ...]:
    """In the order of steps; of too many, evenly many, the first and the last among them."""
    ordered = sorted(points, key=lambda point: (point[0], point[2]))
    last = len(ordered) - 1
    if last < MOST:
        return tuple(ordered)
    return tuple(ordered[place * last // (MOST - 1)] for place in range(MOST))
