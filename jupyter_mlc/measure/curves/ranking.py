"""ROC and precision-recall curves of a binary outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.curves.thinning import thinned
from jupyter_mlc.measure.metrics.base import Undefined
from jupyter_mlc.measure.metrics.ranks import area, average_precision, ranked
from jupyter_mlc.measure.resampling import row_weights
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.measure.outcomes import Outcome


@dataclass(frozen=True, kw_only=True)
class RocCurve:
    """How many positive rows are found, and at the price of how many false alarms, as the threshold sinks."""

    positive: str
    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    thresholds: tuple[float | None, ...]
    """a row counts as found from this score on; None, the first: no row does"""
    area: float


@dataclass(frozen=True, kw_only=True)
class PrecisionRecallCurve:
    """How many of the rows that are found are positive, as more of the positive ones are."""

    positive: str
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    """1 where no row is found"""
    thresholds: tuple[float | None, ...]
    """as in a ROC curve"""
    average_precision: float
    prevalence: float
    """the precision of guessing: the share of positive rows"""


def roc_curve(outcome: Outcome) -> RocCurve:
    """Return the ROC curve, thinned to a chart's needs. For several classes: ``outcome.against_rest(name)``.

    Raises
    ------
    BadInput
        Where the outcome is not binary or has no scores, or the rows are all positive or all negative.
    """
    scores, groups = _ranked(outcome, "a ROC curve")
    whole = _or_refuse(area, groups, "a ROC curve")
    false, true = _from_zero(groups[0]), _from_zero(groups[1])
    kept = thinned(false, true)
    return RocCurve(
        positive=str(outcome.positive),
        false_positive_rate=tuple(false[kept].tolist()),
        true_positive_rate=tuple(true[kept].tolist()),
        thresholds=_thresholds(scores, kept),
        area=whole,
    )


def precision_recall_curve(outcome: Outcome) -> PrecisionRecallCurve:
    """Return the precision-recall curve, thinned to a chart's needs. For several classes: ``outcome.against_rest``.

    Raises
    ------
    BadInput
        Where the outcome is not binary or has no scores, or no row is positive.
    """
    import numpy as np

    scores, groups = _ranked(outcome, "a precision-recall curve")
    whole = _or_refuse(average_precision, groups, "a precision-recall curve")
    hits, false = groups[1].cumsum(), groups[0].cumsum()
    said = hits + false
    precision = np.append(1.0, np.divide(hits, said, out=np.ones(len(hits)), where=said > 0))
    recall = _from_zero(groups[1])
    kept = thinned(recall, precision)
    return PrecisionRecallCurve(
        positive=str(outcome.positive),
        recall=tuple(recall[kept].tolist()),
        precision=tuple(precision[kept].tolist()),
        thresholds=_thresholds(scores, kept),
        average_precision=whole,
        prevalence=float(hits[-1] / said[-1]),
    )


def _ranked(outcome: Outcome, what: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distinct scores, the highest first, and the negative and positive rows at each."""
    if outcome.task is not Task.BINARY:
        raise BadInput(
            f"{what} is of a binary task, and this one is {outcome.task}",
            hint="for one of several classes, take it against the rest: outcome.against_rest(name)",
        )
    if outcome.ranking is None:
        raise BadInput(f"{what} needs scores or probabilities", hint="pass what predict_proba gives")
    found = ranked(outcome.truth, outcome.ranking)
    return found.distinct, found.tally(row_weights(outcome))


def _or_refuse(formula: Callable[[NDArray[np.float64]], float], groups: NDArray[np.float64], what: str) -> float:
    try:
        return formula(groups)
    except Undefined as undefined:
        raise BadInput(f"{what} cannot be drawn: {undefined}", hint="choose rows of both classes") from None


def _from_zero(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    reached = np.append(0.0, counts.cumsum())
    shares: NDArray[np.float64] = reached / reached[-1]
    return shares


def _thresholds(scores: NDArray[np.float64], kept: NDArray[np.intp]) -> tuple[float | None, ...]:
    return tuple(None if place == 0 else float(scores[place - 1]) for place in kept.tolist())
