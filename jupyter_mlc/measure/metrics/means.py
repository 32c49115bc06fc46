"""Metrics that are a mean over rows of what each row loses, or are made of such means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from jupyter_mlc.measure.metrics.base import CLASSES, NO_ROWS, VALUES, Formula, Metric, Need, Undefined, divided

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.measure.metrics.base import Tally
    from jupyter_mlc.measure.outcomes import Outcome

_NOTHING = 1e-12
"""a share of a sum of squares that rounding makes out of nothing"""


def _tally_of(*losses: Callable[[Outcome], NDArray[np.float64]]) -> Tally:
    """Return a tally of the sum of weights, and of the sums of what each row loses."""

    def tally(outcome: Outcome) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        import numpy as np

        rows = np.stack([np.ones(outcome.rows), *(loss(outcome) for loss in losses)])
        # einsum and not @: on vectors BLAS starts threads, which cost more than they give
        return lambda weights: np.einsum("ij,j->i", rows, weights)

    return tally


def _surprise(outcome: Outcome) -> NDArray[np.float64]:
    """Return minus the logarithm of the true class's probability, which is kept from 0 by the least step of a float."""
    import numpy as np

    chance = np.clip(_of_truth(outcome), np.finfo(np.float64).eps, 1)
    return -np.log(chance)


def _of_truth(outcome: Outcome) -> NDArray[np.float64]:
    import numpy as np

    given = outcome.probabilities
    assert given is not None  # noqa: S101 (the catalogue gives it probabilities)
    if given.ndim == 1:
        given = np.column_stack([1 - given, given])
    found: NDArray[np.float64] = given[np.arange(len(given)), outcome.truth]
    return found


def _brier_loss(outcome: Outcome) -> NDArray[np.float64]:
    """Return the squared distance of probabilities and truth: in two classes that of the positive one's alone."""
    import numpy as np

    given = outcome.probabilities
    assert given is not None  # noqa: S101 (the catalogue gives it probabilities)
    if given.ndim == 1:
        loss: NDArray[np.float64] = (given - outcome.truth) ** 2
        return loss
    found: NDArray[np.float64] = ((given - np.eye(given.shape[1])[outcome.truth]) ** 2).sum(axis=1)
    return found


def _squares(outcome: Outcome) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (outcome.truth - outcome.predicted) ** 2
    return found


def _distances(outcome: Outcome) -> NDArray[np.float64]:
    found: NDArray[np.float64] = abs(outcome.truth - outcome.predicted)
    return found


def _relative(outcome: Outcome) -> NDArray[np.float64]:
    """Return the distance over the target's size, and 0 where the target is 0: those rows are counted by `_zeros`."""
    import numpy as np

    distances, sizes = _distances(outcome), abs(outcome.truth)
    found: NDArray[np.float64] = np.divide(distances, sizes, out=np.zeros(len(sizes)), where=sizes > 0)
    return found


def _zeros(outcome: Outcome) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (outcome.truth == 0).astype(float)
    return found


def _errors(outcome: Outcome) -> NDArray[np.float64]:
    found: NDArray[np.float64] = outcome.truth - outcome.predicted
    return found


def _centred(outcome: Outcome) -> NDArray[np.float64]:
    """Return the target less its mean, so that squares lose no digits to a large mean."""
    found: NDArray[np.float64] = outcome.truth - (outcome.truth.mean() if outcome.rows else 0)
    return found


def _centred_squares(outcome: Outcome) -> NDArray[np.float64]:
    found: NDArray[np.float64] = _centred(outcome) ** 2
    return found


def _mean(sums: NDArray[np.float64]) -> float:
    return divided(sums[1], sums[0], NO_ROWS)


def _root_of_mean(sums: NDArray[np.float64]) -> float:
    return math.sqrt(_mean(sums))


def _mean_of_nonzero(sums: NDArray[np.float64]) -> float:
    rows, relative, zeros = sums
    if zeros:
        raise Undefined("the target is 0 in some rows")
    return divided(relative, rows, NO_ROWS)


def _r2(sums: NDArray[np.float64]) -> float:
    rows, squares, centred, centred_squares = sums
    return 1 - _over_spread(squares, rows, centred, centred_squares)


def _explained_variance(sums: NDArray[np.float64]) -> float:
    rows, errors, squares, centred, centred_squares = sums
    return 1 - _over_spread(squares - divided(errors**2, rows, NO_ROWS), rows, centred, centred_squares)


def _over_spread(left: float, rows: float, centred: float, centred_squares: float) -> float:
    """Return what is left unexplained over the target's sum of squares around its mean."""
    mean = divided(centred, rows, NO_ROWS)
    spread = centred_squares - rows * mean**2
    if spread <= _NOTHING * centred_squares:
        raise Undefined("the target is the same in all rows")
    return float(left / spread)


def absolute_errors(outcome: Outcome) -> Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], ...]]:
    """Tally how far off each row is, nearest first, and up to there the sum of weights."""
    import numpy as np

    distances = _distances(outcome)
    order = np.argsort(distances)
    ordered = distances[order]
    return lambda weights: (ordered, weights[order].cumsum())


def _median(tally: tuple[NDArray[np.float64], ...]) -> float:
    """Return the weighted median: the mean of the two middle ones where the middle falls between them."""
    import numpy as np

    ordered, reached = tally
    if not len(ordered) or not reached[-1]:
        raise Undefined(NO_ROWS)
    middle = reached[-1] / 2
    low, high = np.searchsorted(reached, middle, side="left"), np.searchsorted(reached, middle, side="right")
    return float((ordered[low] + ordered[min(high, len(ordered) - 1)]) / 2)


# a name for each tally: metrics with the same one share its work
_surprises = _tally_of(_surprise)
_brier_losses = _tally_of(_brier_loss)
_squared = _tally_of(_squares)
_absolute = _tally_of(_distances)
_relatives = _tally_of(_relative, _zeros)
_around_mean = _tally_of(_squares, _centred, _centred_squares)
_errors_around_mean = _tally_of(_errors, _squares, _centred, _centred_squares)


def _lost(name: str, about: str, tally: Tally, formula: Formula, **more: Any) -> Metric:
    """Return a metric of which less is better."""
    return Metric(name=name, about=about, tally=tally, formula=formula, greater_is_better=False, **more)


PROBABILITY_METRICS = (
    _lost(
        "log_loss", "mean of minus the natural logarithm of the true class's probability", _surprises, _mean,
        tasks=CLASSES, needs=Need.PROBABILITIES, aliases=("logloss", "cross_entropy"),
    ),
    _lost(
        "brier", "mean squared distance of probabilities and truth", _brier_losses, _mean, tasks=CLASSES,
        needs=Need.PROBABILITIES, aliases=("brier_score", "brier_score_loss"),
    ),
)  # fmt: skip
VALUE_METRICS = (
    _lost(
        "rmse", "root of the mean squared error, in the target's unit", _squared, _root_of_mean, tasks=VALUES,
        aliases=("root_mean_squared_error",),
    ),
    _lost(
        "mae", "mean absolute error, in the target's unit", _absolute, _mean, tasks=VALUES,
        aliases=("mean_absolute_error",),
    ),
    Metric(
        name="r2", about="share of the target's variance around its mean that is explained", tally=_around_mean,
        formula=_r2, tasks=VALUES, aliases=("r2_score",),
    ),
    _lost(
        "medae", "median absolute error, in the target's unit", absolute_errors, _median, tasks=VALUES,
        aliases=("median_absolute_error",),
    ),
    _lost(
        "mape", "mean absolute error over the target's size, as a share", _relatives, _mean_of_nonzero, tasks=VALUES,
        aliases=("mean_absolute_percentage_error",),
    ),
    _lost("mse", "mean squared error", _squared, _mean, tasks=VALUES, aliases=("mean_squared_error",)),
    Metric(
        name="explained_variance", about="share of the target's variance that is explained, whatever the bias",
        tally=_errors_around_mean, formula=_explained_variance, tasks=VALUES, aliases=("explained_variance_score",),
    ),
)  # fmt: skip
