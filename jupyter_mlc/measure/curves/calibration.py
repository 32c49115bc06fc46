"""Whether probabilities come true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.bins import binned, quantile_edges
from jupyter_mlc.measure.intervals import wilson
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    from jupyter_mlc.measure.outcomes import Outcome


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """Rows of about the same predicted probability."""

    rows: int
    predicted: float
    """mean probability of the positive class"""
    observed: float
    """share of rows that are positive"""
    low: float
    """of Wilson's interval of the share"""
    high: float


@dataclass(frozen=True, kw_only=True)
class CalibrationCurve:
    """Predicted probabilities against what came true, in bins of about as many rows each."""

    positive: str
    bins: tuple[CalibrationBin, ...]
    error: float
    """mean over the rows of how far their bin's predicted and observed share lie apart (expected calibration error)"""


def calibration_curve(outcome: Outcome, bins: int = 10, level: float = 0.95) -> CalibrationCurve:
    """Return the calibration of a binary outcome. For several classes: ``outcome.against_rest(name)``.

    Row weights do not count here: a bin's interval is one of rows.

    Parameters
    ----------
    outcome : Outcome
        With probabilities.
    bins : int
        How many at most; there are fewer where probabilities repeat.
    level : float
        Of the intervals.

    Raises
    ------
    BadInput
        Where the outcome is not binary, has no probabilities or no rows.
    """
    import numpy as np

    if outcome.task is not Task.BINARY or outcome.probabilities is None or not outcome.rows:
        raise BadInput(
            "calibration is of a binary task's probabilities",
            hint="pass what predict_proba gives; for one of several classes: outcome.against_rest(name)",
        )
    places = binned(outcome.probabilities, quantile_edges(outcome.probabilities, bins))
    rows = np.bincount(places)
    predicted, observed = np.bincount(places, outcome.probabilities), np.bincount(places, outcome.truth)
    found = tuple(
        _bin(int(count), float(sum_), float(hits), level)
        for count, sum_, hits in zip(rows, predicted, observed, strict=True)
        if count
    )
    error = sum(each.rows * abs(each.predicted - each.observed) for each in found) / outcome.rows
    return CalibrationCurve(positive=str(outcome.positive), bins=found, error=error)


def _bin(rows: int, predicted: float, hits: float, level: float) -> CalibrationBin:
    low, high = wilson(hits, rows, level)
    return CalibrationBin(rows=rows, predicted=predicted / rows, observed=hits / rows, low=low, high=high)
