"""A model judged: its metrics on some rows, each with an interval, or with the reason why it has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.intervals import Interval, percentiles, wilson
from jupyter_mlc.measure.metrics.base import NO_ROWS, Metric, Undefined
from jupyter_mlc.measure.metrics.catalogue import Asked, metrics_for
from jupyter_mlc.measure.outcomes import Outcome
from jupyter_mlc.measure.resampling import Resampling, counted, prepare, replicates, row_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One metric's value on some rows."""

    metric: str
    value: float | None
    """None where it is undefined"""
    low: float | None = None
    """of the interval; None where there is none"""
    high: float | None = None
    rows: int
    greater_is_better: bool
    reason: str = ""
    """why there is no value, or no interval"""


def judge(outcome: Outcome, metrics: Sequence[Asked] = (), resampling: Resampling | None = None) -> tuple[Figure, ...]:
    """Return the figures of an outcome, in the order asked for.

    A metric that is a share of rows has Wilson's interval; every other one the bootstrap's.

    Parameters
    ----------
    outcome : Outcome
        From `outcomes.outcome`.
    metrics : sequence, optional
        Names, functions ``(y_true, y_pred)`` or metrics. None: those that suit the task; those without a value are
        given with the reason.
    resampling : Resampling, optional
        How intervals are found.

    Raises
    ------
    BadInput
        Where a metric is unknown or does not fit, or one that was asked for has no value on these rows.
    """
    found = figures(outcome, metrics_for(outcome, metrics), resampling or Resampling())
    lacking = [figure for figure in found if figure.value is None]
    if lacking and (metrics or len(lacking) == len(found)):
        raise BadInput(
            f"{lacking[0].metric} has no value on these {outcome.rows} rows: {lacking[0].reason}",
            hint="choose other rows, or another metric",
        )
    return found


def figures(outcome: Outcome, metrics: Sequence[Metric], resampling: Resampling) -> tuple[Figure, ...]:
    """Return the figures of metrics that fit; those without a value are given with the reason."""
    if not outcome.rows:
        return tuple(_figure(metric, outcome, _Point(), Interval(reason=NO_ROWS)) for metric in metrics)
    points = _points(outcome, metrics)
    drawn = [metric for metric, point in zip(metrics, points, strict=True) if point.drawn]
    columns = iter(replicates([outcome], drawn, resampling)[:, 0].T) if drawn else iter(())
    return tuple(
        _figure(metric, outcome, point, _interval(point, columns, outcome, resampling.level))
        for metric, point in zip(metrics, points, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class _Point:
    """A metric's value on the rows themselves."""

    value: float | None = None
    reason: str = ""
    share: tuple[float, float] | None = None
    """how many rows of how many, where the value is such a share"""

    @property
    def drawn(self) -> bool:
        """Whether its interval comes from resamples."""
        return self.value is not None and self.share is None


def values(outcome: Outcome, metrics: Sequence[Metric]) -> list[float | None]:
    """Return each metric's value on the rows themselves; None where it has none."""
    return [point.value for point in _points(outcome, metrics)]


def _points(outcome: Outcome, metrics: Sequence[Metric]) -> list[_Point]:
    sums = counted(prepare(outcome, metrics), row_weights(outcome))
    return [_point(metric, sums[metric.tally], weighted=outcome.weights is not None) for metric in metrics]


def _point(metric: Metric, sums: Any, *, weighted: bool) -> _Point:
    try:
        value = metric.value(sums)
    except Undefined as undefined:
        return _Point(reason=str(undefined))
    if weighted or metric.proportion is None:
        return _Point(value=value)
    return _Point(value=value, share=metric.proportion(sums))


def _interval(point: _Point, drawn: Iterator[NDArray[np.float64]], outcome: Outcome, level: float) -> Interval:
    if point.share:
        low, high = wilson(*point.share, level)
        return Interval(low=low, high=high)
    return percentiles(next(drawn), level, outcome.rows) if point.drawn else Interval(reason=point.reason)


def _figure(metric: Metric, outcome: Outcome, point: _Point, interval: Interval) -> Figure:
    return Figure(
        metric=metric.name,
        value=point.value,
        low=interval.low,
        high=interval.high,
        rows=outcome.rows,
        greater_is_better=metric.greater_is_better,
        reason=interval.reason,
    )
