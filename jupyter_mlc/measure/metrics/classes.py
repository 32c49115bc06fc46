"""Metrics of predicted classes. Formulas as in scikit-learn's user guide, section "Classification metrics"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_mlc.measure.metrics.base import BINARY, CLASSES, MULTICLASS, NO_ROWS, Formula, Metric, Undefined, divided

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray  # noqa: TC004 (nobody evaluates these hints)

    from jupyter_mlc.measure.outcomes import Outcome


@dataclass(frozen=True, eq=False)
class Confusion:
    """The margins of a confusion matrix: what each class counts, shape (classes,)."""

    hits: NDArray[np.float64]
    """rows of the class that were predicted as such"""
    true: NDArray[np.float64]
    """rows of the class"""
    said: NDArray[np.float64]
    """rows predicted as the class"""

    @property
    def rows(self) -> float:
        return float(self.true.sum())


def confusion(outcome: Outcome) -> Callable[[NDArray[np.float64]], Confusion]:
    """Tally how often each class was true, predicted, and both."""
    import numpy as np

    count = len(outcome.classes)
    pairs, places = np.unique(outcome.truth * count + outcome.predicted, return_inverse=True)
    true, said = pairs // count, pairs % count
    hit = true == said

    def tally(weights: NDArray[np.float64]) -> Confusion:
        sums = _sums(places, weights, len(pairs))
        return Confusion(_sums(true[hit], sums[hit], count), _sums(true, sums, count), _sums(said, sums, count))

    return tally


def _sums(places: NDArray[np.intp], weights: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    import numpy as np

    # without any rows it gives whole numbers, whatever the weights
    return np.bincount(places, weights, count).astype(np.float64, copy=False)


def _accuracy(seen: Confusion) -> float:
    return divided(float(seen.hits.sum()), seen.rows, NO_ROWS)


def _balanced_accuracy(seen: Confusion) -> float:
    there = seen.true > 0
    if not there.any():
        raise Undefined(NO_ROWS)
    if not there.all():
        raise Undefined("a class has no rows")
    return float((seen.hits / seen.true).mean())


def _precision(seen: Confusion) -> float:
    return divided(seen.hits[1], seen.said[1], "no row is predicted positive")


def _recall(seen: Confusion) -> float:
    return divided(seen.hits[1], seen.true[1], "no row is positive")


def _specificity(seen: Confusion) -> float:
    return divided(seen.hits[0], seen.true[0], "no row is negative")


def _f1(seen: Confusion) -> float:
    whole = seen.true[1] + seen.said[1]
    return divided(2 * seen.hits[1], whole, "no row is positive, and none is predicted so")


def _mcc(seen: Confusion) -> float:
    """Return Matthews' correlation, R_K of Gorodkin (2004); 0 where all predictions are the same."""
    rows = seen.rows
    spread_true, spread_said = rows**2 - float(seen.true @ seen.true), rows**2 - float(seen.said @ seen.said)
    if spread_true <= 0:
        raise Undefined("all rows are of one class" if rows else NO_ROWS)
    if spread_said <= 0:
        return 0.0
    return float((seen.hits.sum() * rows - seen.true @ seen.said) / math.sqrt(spread_true * spread_said))


def _kappa(seen: Confusion) -> float:
    """Return Cohen's kappa (1960): agreement beyond that of chance."""
    rows = seen.rows
    chance = divided(float(seen.true @ seen.said), rows**2, NO_ROWS)
    return divided(_accuracy(seen) - chance, 1 - chance, "all rows are of one class, and predicted so")


def _averaged(formula: Callable[[Confusion], NDArray[np.float64]], seen: Confusion) -> float:
    """Return the mean over the classes that are true or predicted somewhere; a class without a value counts as 0."""
    there = (seen.true > 0) | (seen.said > 0)
    if not there.any():
        raise Undefined(NO_ROWS)
    return float(formula(seen)[there].mean())


def _weighted(formula: Callable[[Confusion], NDArray[np.float64]], seen: Confusion) -> float:
    """Return the mean over classes, each as often as it is true."""
    return divided(float(formula(seen) @ seen.true), seen.rows, NO_ROWS)


def _precisions(seen: Confusion) -> NDArray[np.float64]:
    return _shares(seen.hits, seen.said)


def _recalls(seen: Confusion) -> NDArray[np.float64]:
    return _shares(seen.hits, seen.true)


def _f1s(seen: Confusion) -> NDArray[np.float64]:
    return _shares(2 * seen.hits, seen.true + seen.said)


def _shares(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _metric(name: str, about: str, formula: Formula, **more: Any) -> Metric:
    return Metric(name=name, about=about, tally=confusion, formula=formula, **{"tasks": CLASSES, **more})


def _of_several(name: str, formula: Callable[[Confusion], NDArray[np.float64]]) -> tuple[Metric, Metric]:
    return (
        _metric(f"{name}_macro", f"mean {name} over the classes", partial(_averaged, formula), tasks=MULTICLASS),
        _metric(
            f"{name}_weighted", f"mean {name} over the classes, each as often as it is true",
            partial(_weighted, formula), tasks=MULTICLASS,
        ),
    )  # fmt: skip


CLASS_METRICS = (
    _metric(
        "accuracy", "share of rows whose class is predicted", _accuracy,
        proportion=lambda seen: (float(seen.hits.sum()), seen.rows), aliases=("accuracy_score", "acc"),
    ),
    _metric(
        "balanced_accuracy", "mean over the classes of the share found", _balanced_accuracy,
        aliases=("balanced_accuracy_score",),
    ),
    _metric(
        "precision", "share of rows predicted positive that are", _precision, tasks=BINARY,
        proportion=lambda seen: (float(seen.hits[1]), float(seen.said[1])), aliases=("precision_score", "ppv"),
    ),
    _metric(
        "recall", "share of positive rows predicted so", _recall, tasks=BINARY,
        proportion=lambda seen: (float(seen.hits[1]), float(seen.true[1])),
        aliases=("recall_score", "sensitivity", "tpr"),
    ),
    _metric(
        "specificity", "share of negative rows predicted so", _specificity, tasks=BINARY,
        proportion=lambda seen: (float(seen.hits[0]), float(seen.true[0])), aliases=("tnr",),
    ),
    _metric("f1", "harmonic mean of precision and recall", _f1, tasks=BINARY, aliases=("f1_score",)),
    _metric("mcc", "Matthews' correlation of target and prediction", _mcc, aliases=("matthews_corrcoef",)),
    _metric("kappa", "Cohen's agreement beyond chance", _kappa, aliases=("cohen_kappa", "cohen_kappa_score")),
    *_of_several("precision", _precisions),
    *_of_several("recall", _recalls),
    *_of_several("f1", _f1s),
)  # fmt: skip
