"""What a regression gets wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.bins import binned, quantile_edges
from jupyter_mlc.measure.curves.thinning import MOST
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.measure.outcomes import Outcome

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_FARTHEST = 20
"""points that are shown because they are the farthest off"""


@dataclass(frozen=True, kw_only=True)
class ResidualBin:
    """Rows of about the same predicted value."""

    rows: int
    predicted: float
    """mean"""
    quantiles: tuple[float, ...]
    """of the residuals, at `QUANTILES`"""


@dataclass(frozen=True, kw_only=True)
class Residuals:
    """Target less prediction, in the target's unit. Row weights do not count here."""

    predicted: tuple[float, ...]
    """of some rows for a chart: evenly by rank of the prediction, and those farthest off"""
    residual: tuple[float, ...]
    """of the same rows"""
    bins: tuple[ResidualBin, ...]
    """of all rows, by prediction"""
    edges: tuple[float, ...]
    """of the histogram of all residuals"""
    counts: tuple[int, ...]
    """rows from each edge to the next"""


def residuals(outcome: Outcome, bins: int = 10, bars: int = 40) -> Residuals:
    """Return the residuals of a regression, as points, bins and bars.

    Parameters
    ----------
    outcome : Outcome
        Of a regression.
    bins : int
        By prediction, at most.
    bars : int
        Of the histogram.

    Raises
    ------
    BadInput
        Where the outcome is of another task, or has no rows.
    """
    import numpy as np

    if outcome.task is not Task.REGRESSION or not outcome.rows:
        raise BadInput("residuals are of a regression", hint="for classes, draw a confusion matrix or a ROC curve")
    order = np.argsort(outcome.predicted, kind="stable")
    predicted = outcome.predicted[order]
    residual = outcome.truth[order] - predicted
    points = _points(residual)
    places = binned(predicted, quantile_edges(predicted, bins))
    counts, edges = np.histogram(residual, bars)
    return Residuals(
        predicted=tuple(predicted[points].tolist()),
        residual=tuple(residual[points].tolist()),
        bins=tuple(_bin(predicted[places == place], residual[places == place]) for place in np.unique(places)),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
    )


def _points(residual: NDArray[np.float64]) -> NDArray[np.intp]:
    import numpy as np

    even = np.linspace(0, len(residual) - 1, min(len(residual), MOST - _FARTHEST)).round().astype(np.intp)
    farthest = np.argsort(-np.abs(residual), kind="stable")[:_FARTHEST]
    return np.union1d(even, farthest)


def _bin(predicted: NDArray[np.float64], residual: NDArray[np.float64]) -> ResidualBin:
    import numpy as np

    return ResidualBin(
        rows=len(residual),
        predicted=float(predicted.mean()),
        quantiles=tuple(np.quantile(residual, QUANTILES).tolist()),
    )
