"""Metrics of order: how well scores part the positive rows from the others. One sort, then a pass a replicate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.measure.metrics.base import BINARY, MULTICLASS, NO_ROWS, Metric, Need, Undefined

if TYPE_CHECKING:
    import numpy as np  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray  # noqa: TC004 (nobody evaluates these hints)

    from jupyter_mlc.measure.outcomes import Outcome


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows in the order of their scores."""

    distinct: NDArray[np.float64]
    """the different scores, the highest first"""
    tally: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """from row weights to sums of negative and positive rows, shape (2, distinct scores)"""


def ranked(truth: NDArray[np.int64], scores: NDArray[np.float64]) -> Ranked:
    """Sort rows once.

    Parameters
    ----------
    truth : array of shape (n,)
        1 where a row is positive, else 0.
    scores : array of shape (n,)
        The more, the likelier positive.
    """
    import numpy as np

    distinct, places = np.unique(-scores, return_inverse=True)
    count = len(distinct)
    cells = truth * count + places

    def tally(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sums: NDArray[Any] = np.bincount(cells, weights, 2 * count)
        return sums.reshape(2, count)

    return Ranked(-distinct, tally)


def ranks(outcome: Outcome) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Tally negative and positive rows, shape (2, distinct scores), the highest score first."""
    ranking = outcome.ranking
    assert ranking is not None  # noqa: S101 (the catalogue gives it scores)
    return ranked(outcome.truth, ranking).tally


def ranks_by_class(outcome: Outcome) -> Callable[[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Tally each class against all others, as `ranks` does."""
    ranking = outcome.ranking
    assert ranking is not None  # noqa: S101 (the catalogue gives it scores)
    places = range(len(outcome.classes))
    each = [ranked((outcome.truth == place).astype(int), ranking[:, place]).tally for place in places]
    return lambda weights: [tally(weights) for tally in each]


def area(groups: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve: how often a positive row scores above a negative one, ties counting half.

    It is the statistic of Mann and Whitney (1947) over the number of pairs (Hanley and McNeil 1982).
    """
    import numpy as np

    negative, positive = groups
    negatives, positives = float(negative.sum()), float(positive.sum())
    _refuse_one_class(negatives, positives)
    above = positive.cumsum()
    above -= positive / 2
    return float(np.einsum("i,i->", negative, above) / (positives * negatives))


def average_precision(groups: NDArray[np.float64]) -> float:
    """Return the mean of precision over the steps of recall, without interpolation (as in scikit-learn)."""
    import numpy as np

    negative, positive = groups
    hits = positive.cumsum()
    if not len(hits) or not hits[-1]:
        raise Undefined("no row is positive")
    said = negative.cumsum()
    said += hits
    np.maximum(said, np.finfo(np.float64).tiny, out=said)  # where nothing is drawn yet there are no hits either
    return float(np.einsum("i,i,i->", positive, hits, 1 / said) / hits[-1])


def _mean_area(groups: list[NDArray[np.float64]]) -> float:
    return sum(area(each) for each in groups) / len(groups)


def _refuse_one_class(negatives: float, positives: float) -> None:
    if negatives and positives:
        return
    if not negatives and not positives:
        raise Undefined(NO_ROWS)
    raise Undefined("no row is positive" if negatives else "no row is negative")


RANK_METRICS = (
    Metric(
        name="auc", about="area under the ROC curve", tasks=BINARY, needs=Need.SCORES, tally=ranks, formula=area,
        aliases=("roc_auc", "roc_auc_score", "auroc"),
    ),
    Metric(
        name="average_precision", about="area under the precision-recall curve, in steps", tasks=BINARY,
        needs=Need.SCORES, tally=ranks, formula=average_precision, aliases=("average_precision_score", "ap"),
    ),
    Metric(
        name="auc_ovr", about="mean over the classes of the area under the ROC curve, each against the others",
        tasks=MULTICLASS, needs=Need.SCORES, tally=ranks_by_class, formula=_mean_area, aliases=("roc_auc_ovr",),
    ),
)  # fmt: skip
