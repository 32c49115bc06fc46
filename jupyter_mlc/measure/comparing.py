"""Candidates compared on the same rows: which is better, by how much, and how sure that is.

Every replicate of the bootstrap draws the same rows for all candidates, so that what is hard about a row cancels out
(Efron and Tibshirani 1993, chapters 13 and 16).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.measure.arrays import same_rows
from jupyter_mlc.measure.intervals import Interval, percentiles
from jupyter_mlc.measure.judging import values
from jupyter_mlc.measure.metrics.base import Metric
from jupyter_mlc.measure.metrics.catalogue import Asked, metrics_for
from jupyter_mlc.measure.outcomes import Outcome
from jupyter_mlc.measure.resampling import Resampling, replicates

if TYPE_CHECKING:
    import numpy as np  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray  # noqa: TC004 (nobody evaluates these hints)

_PAIR = 2


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One candidate against the baseline, by one metric."""

    metric: str
    candidate: str
    baseline: str
    rows: int
    greater_is_better: bool
    value: float | None
    """the candidate's"""
    baseline_value: float | None
    difference: float | None = None
    """the candidate's value less the baseline's"""
    low: float | None = None
    """of the difference's interval"""
    high: float | None = None
    sure: float | None = None
    """how sure the candidate is better: the share of resamples in which it is, ties counting half"""
    p_value: float | None = None
    """two-sided: how often so large a difference comes by chance where there is none"""
    adjusted_p: float | None = None
    """the same, allowing for the number of candidates (Holm 1979)"""
    better: str | None = None
    """which of the two is better at this level, by `adjusted_p`; None where that cannot be told"""
    reason: str = ""
    """why there is no difference, or no interval"""


def compare(
    candidates: Mapping[str, Outcome],
    metrics: Sequence[Asked] = (),
    resampling: Resampling | None = None,
    *,
    baseline: str = "",
    tried: int = 0,
) -> tuple[Comparison, ...]:
    """Compare each candidate with the baseline on the same rows, metric by metric.

    The interval is the percentile interval of the paired differences. The p-value inverts it: twice the smaller share
    of resamples on one side of no difference, both counts and the number of resamples plus one (Davison and Hinkley
    1997, section 4.2), so that it is never 0. Intervals are not adjusted for the number of candidates; `adjusted_p` is.

    Parameters
    ----------
    candidates : mapping of name to Outcome
        Two or more, of the same rows in the same order.
    metrics : sequence, optional
        As for `judging.judge`; none: those that suit the task and that every candidate has.
    resampling : Resampling, optional
        How intervals are found.
    baseline : str, optional
        One of the names. Missing, the first.
    tried : int, optional
        How many candidates were tried on these rows in all, the baseline among them, where there were more than are
        compared now. What became of the others is not known here, so that they are allowed for as if they had done
        worse, which is never too bold.

    Raises
    ------
    BadInput
        Where there are fewer than two candidates, their rows differ, or a metric is unknown or does not fit.
    """
    return contest(candidates, metrics, resampling, baseline=baseline, tried=tried).pairs


@dataclass(frozen=True, kw_only=True)
class Contested:
    """Candidates against the baseline, and against the best of them."""

    pairs: tuple[Comparison, ...]
    """each candidate against the baseline, metric by metric"""
    rivals: tuple[Comparison, ...] = ()
    """by the first metric, all others against the one with the best value; none where there are two candidates, or
    where one has no value"""
    allowed_for: int = 0
    """how many pairs `rivals` allows for"""


def contest(
    candidates: Mapping[str, Outcome],
    metrics: Sequence[Asked] = (),
    resampling: Resampling | None = None,
    *,
    baseline: str = "",
    tried: int = 0,
) -> Contested:
    """Compare candidates with the baseline as `compare` does, and, where there are several, with the best of them.

    Which one is best is seen on the same rows, so that `rivals` allows for every pair of all that were tried (Holm).

    Raises
    ------
    BadInput
        As `compare` does.
    """
    how = resampling or Resampling()
    first = _baseline(candidates, baseline)
    _refuse_other_rows(candidates, first)
    asked = _common_metrics(candidates.values(), metrics)
    names = (first, *(name for name in candidates if name != first))
    outcomes = [candidates[name] for name in names]
    points = list(zip(*(values(outcome, asked) for outcome in outcomes), strict=True))
    drawn = replicates(outcomes, asked, how)
    found: list[Comparison] = []
    many = max(tried, len(names))
    valued = [
        _Valued(metric=metric, names=names, values=points[place], drawn=drawn[:, :, place], rows=outcomes[0].rows)
        for place, metric in enumerate(asked)
    ]
    for by_name in valued:
        pairs = [_compared(by_name, each, 0, how) for each in range(1, len(names))]
        found += _adjusted(pairs, how, many - 1)
    if len(names) <= _PAIR or not valued:
        return Contested(pairs=tuple(found))
    family = math.comb(many, _PAIR)
    return Contested(pairs=tuple(found), rivals=_rivals(valued[0], how, family), allowed_for=family)


def _rivals(by_name: _Valued, how: Resampling, family: int) -> tuple[Comparison, ...]:
    """The others against the one with the best value, the next best first; adjusted among all pairs."""
    known = [(value, place) for place, value in enumerate(by_name.values) if value is not None]
    if len(known) < len(by_name.names):
        return ()
    turn = -1 if by_name.metric.greater_is_better else 1
    order = [place for _, place in sorted(known, key=lambda one: turn * one[0])]
    pairs = [_compared(by_name, each, other, how) for other, each in combinations(order, _PAIR)]
    return tuple(_adjusted(pairs, how, family)[: len(order) - 1])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Valued:
    """One metric of all candidates, the baseline first."""

    metric: Metric
    names: tuple[str, ...]
    values: tuple[float | None, ...]
    drawn: NDArray[np.float64]
    """shape (replicates, candidates)"""
    rows: int


def _compared(by_name: _Valued, each: int, other: int, how: Resampling) -> Comparison:
    ours, theirs = by_name.values[each], by_name.values[other]
    pair = Comparison(
        metric=by_name.metric.name,
        candidate=by_name.names[each],
        baseline=by_name.names[other],
        rows=by_name.rows,
        greater_is_better=by_name.metric.greater_is_better,
        value=ours,
        baseline_value=theirs,
    )
    if ours is None or theirs is None:
        without = pair.candidate if ours is None else pair.baseline
        return replace(pair, reason=f"{pair.metric} has no value for {without} on these rows")
    differences = by_name.drawn[:, each] - by_name.drawn[:, other]
    return _tested(replace(pair, difference=ours - theirs), differences, how.level)


def _tested(pair: Comparison, differences: NDArray[np.float64], level: float) -> Comparison:
    import numpy as np

    there = differences[~np.isnan(differences)]
    same = len(there) > 0 and not pair.difference and not there.any()
    interval = Interval(low=0.0, high=0.0) if same else percentiles(differences, level, pair.rows)
    if interval.low is None:
        return replace(pair, reason=interval.reason)
    gains = there if pair.greater_is_better else -there
    ahead, behind = int((gains > 0).sum()), int((gains < 0).sum())
    ties = len(gains) - ahead - behind
    return replace(
        pair,
        low=interval.low,
        high=interval.high,
        sure=(ahead + ties / 2 + 0.5) / (len(gains) + 1),
        p_value=min(1.0, 2 * (min(ahead, behind) + ties + 1) / (len(gains) + 1)),
    )


def _adjusted(pairs: Sequence[Comparison], how: Resampling, family: int) -> list[Comparison]:
    """Allow for the number of comparisons: Holm (1979), "A Simple Sequentially Rejective Multiple Test Procedure"."""
    by_p = sorted((pair.p_value, place) for place, pair in enumerate(pairs) if pair.p_value is not None)
    untold = len(pairs) - len(by_p)
    found, reached = list(pairs), 0.0
    for rank, (p_value, place) in enumerate(by_p):
        reached = max(reached, min(1.0, p_value * (family - untold - rank)))
        told = reached < 1 - how.level
        found[place] = replace(pairs[place], adjusted_p=reached, better=_better(pairs[place]) if told else None)
    return found


def _better(pair: Comparison) -> str:
    return pair.candidate if pair.sure is not None and pair.sure > 0.5 else pair.baseline  # noqa: PLR2004 (half)


def _baseline(candidates: Mapping[str, Outcome], named: str) -> str:
    if len(candidates) < _PAIR:
        raise BadInput("a comparison takes two candidates or more", hint="name another one")
    if named and named not in candidates:
        near = did_you_mean(named, candidates)
        raise BadInput(f"no candidate is called {named!r}", hint=near or f"there are {', '.join(candidates)}")
    return named or next(iter(candidates))


def _refuse_other_rows(candidates: Mapping[str, Outcome], baseline: str) -> None:
    import numpy as np

    first = candidates[baseline]
    target = first.spelled(first.truth)
    for name, other in candidates.items():
        same_rows(other.truth, f"candidate {name}", first.rows)
        if (other.task, other.positive) != (first.task, first.positive):
            raise BadInput(
                f"{name} and {baseline} do not answer the same question: {_question(other)} and {_question(first)}",
                hint="compare candidates of one task",
            )
        if not np.array_equal(other.spelled(other.truth), target) or not _same_weights(first, other):
            raise BadInput(
                f"{name} and {baseline} were judged on other rows",
                hint="pass outcomes of the same rows in the same order, with the same weights",
            )


def _question(outcome: Outcome) -> str:
    return f"{outcome.task} of {outcome.positive!r}" if outcome.positive is not None else str(outcome.task)


def _same_weights(first: Outcome, second: Outcome) -> bool:
    import numpy as np

    if first.weights is None or second.weights is None:
        return first.weights is second.weights
    return np.array_equal(first.weights, second.weights)


def _common_metrics(outcomes: Collection[Outcome], asked: Sequence[Asked]) -> list[Metric]:
    """Return the metrics that every candidate has, in order; those asked for must fit every one."""
    found = [{metric.name: metric for metric in metrics_for(outcome, asked)} for outcome in outcomes]
    return [metric for name, metric in found[0].items() if all(name in other for other in found)]
