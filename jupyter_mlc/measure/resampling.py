"""Resampled rows: how far a metric would have moved had other rows of the same kind been drawn.

The bootstrap of Efron (1979): rows are drawn with replacement, so that a replicate is a count for every row. Where a
class is rare, rows are drawn within each class, so that no replicate is without it. One replicate is held at a time:
memory grows with the rows, not with the replicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.metrics.base import Counting, Metric, Sums, Tally, Undefined
from jupyter_mlc.measure.outcomes import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RARE = 20
"""rows of a class: with so many, fewer than one replicate in 10**8 would be without it (e**-20)"""
_MOST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Resampling:
    """How intervals are found: how many replicates, from which seed, at which level."""

    replicates: int = 1000
    """0: no intervals"""
    seed: int = 0
    """the same rows and the same seed give the same numbers, whatever else is asked"""
    level: float = 0.95
    """how often intervals should hold the true value"""

    def __post_init__(self) -> None:
        if not 0 <= self.replicates <= _MOST:
            raise BadInput(f"{self.replicates} replicates cannot be drawn", hint=f"from 0 to {_MOST}; 1000 serve well")
        if self.seed < 0:
            raise BadInput(f"the seed {self.seed} is negative", hint="choose a whole number from 0 on")
        if not 0 < self.level < 1:
            raise BadInput(f"the level {self.level:g} is not between 0 and 1", hint="0.95 is usual")


def draws(outcome: Outcome, resampling: Resampling) -> Iterator[NDArray[np.float64]]:
    """Give for each replicate how often every row is drawn, shape (n,), times the row's weight."""
    import numpy as np

    random = np.random.default_rng(resampling.seed)
    groups = _groups(outcome)
    for _ in range(resampling.replicates):
        counts = _drawn(random, outcome.rows, groups).astype(np.float64)
        yield counts if outcome.weights is None else counts * outcome.weights


def replicates(outcomes: Sequence[Outcome], metrics: Sequence[Metric], resampling: Resampling) -> NDArray[np.float64]:
    """Return each metric of each outcome in each replicate, shape (replicates, outcomes, metrics); NaN: undefined.

    The outcomes are of the same rows, and each replicate draws the same ones of all.
    """
    import numpy as np

    found = np.full((resampling.replicates, len(outcomes), len(metrics)), np.nan)
    prepared = [prepare(outcome, metrics) for outcome in outcomes]
    for row, weights in zip(found, draws(outcomes[0], resampling), strict=True):
        for cells, counting in zip(row, prepared, strict=True):
            sums = counted(counting, weights)
            cells[:] = [_value(metric, sums[metric.tally]) for metric in metrics]
    return found


def prepare(outcome: Outcome, metrics: Sequence[Metric]) -> dict[Tally, Counting]:
    """Look at the rows once for every tally that the metrics are made of."""
    return {tally: tally(outcome) for tally in dict.fromkeys(metric.tally for metric in metrics)}


def row_weights(outcome: Outcome) -> NDArray[np.float64]:
    """Return how much each row counts, shape (n,)."""
    import numpy as np

    return np.ones(outcome.rows) if outcome.weights is None else outcome.weights


def counted(prepared: dict[Tally, Counting], weights: NDArray[np.float64]) -> dict[Tally, Sums]:
    """Return the sums of every tally; where one is undefined on these weights, the Undefined that says why."""
    return {tally: _sums(count, weights) for tally, count in prepared.items()}


def _sums(count: Counting, weights: NDArray[np.float64]) -> Sums:
    try:
        return count(weights)
    except Undefined as undefined:
        return undefined


def _value(metric: Metric, sums: Sums) -> float:
    try:
        return metric.value(sums)
    except Undefined:
        return float("nan")


def _groups(outcome: Outcome) -> list[NDArray[np.intp]]:
    """Return the rows of each class where one is rare; else no groups: all rows are drawn from together."""
    import numpy as np

    if not outcome.classes:
        return []
    counts = np.bincount(outcome.truth, minlength=len(outcome.classes))
    there = np.flatnonzero(counts)
    if counts[there].min(initial=_RARE) >= _RARE:
        return []
    return [np.flatnonzero(outcome.truth == place) for place in there]


def _drawn(random: np.random.Generator, rows: int, groups: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    import numpy as np

    if not groups:
        return np.bincount(random.integers(0, rows, rows), minlength=rows)
    chosen = [group[random.integers(0, len(group), len(group))] for group in groups]
    return np.bincount(np.concatenate(chosen), minlength=rows)
