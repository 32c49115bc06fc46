"""Which kind of question a model answers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PAIR = 2
_MOST_CLASSES = 20
"""a target of whole numbers with more distinct ones is a quantity, unless something else says that they are classes"""


class Task(StrEnum):
    """Which kind of question a model answers."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


def infer_task(truth: NDArray[Any], predicted: NDArray[Any] | None = None, classes: int | None = None) -> Task:
    """Tell the task from what is known of target and predictions.

    Classes that the model names, or scores by class, mean classification. So do words, truth values and whatever else
    is no number. Numbers with fractions, in the target or in the predictions, mean regression; a target of 0 and 1
    whose predictions lie between the two is binary all the same, since boosters predict probabilities. Other whole
    numbers are classes where there are at most two, or at most twenty that occur twice or more on average.

    Parameters
    ----------
    truth, predicted : array of shape (n,)
        As `arrays.column` gives them; `predicted` may be missing.
    classes : int, optional
        How many classes the model knows, or gives scores for.
    """
    if classes is not None:
        return _classification(classes)
    values = set(truth.tolist())
    if predicted is None or predicts_probabilities(truth, predicted):
        return Task.REGRESSION if _is_quantity(truth, values) else _classification(len(values))
    if _has_fractions(predicted) or _is_quantity(truth, values):
        return Task.REGRESSION
    return _classification(len(values | set(predicted.tolist())))


def predicts_probabilities(truth: NDArray[Any], predicted: NDArray[Any]) -> bool:
    """Say whether the target is 0 or 1 and the predictions are fractions between the two."""
    if truth.dtype.kind not in "biuf" or not set(truth.tolist()) <= {0, 1} or not _has_fractions(predicted):
        return False
    return bool((predicted >= 0).all() and (predicted <= 1).all())


def _classification(classes: int) -> Task:
    return Task.BINARY if classes <= _PAIR else Task.MULTICLASS


def _is_quantity(truth: NDArray[Any], values: set[Any]) -> bool:
    if truth.dtype.kind not in "iuf":
        return False
    many = len(values) > _MOST_CLASSES or len(values) * 2 > len(truth)
    return _has_fractions(truth) or (many and len(values) > _PAIR)


def _has_fractions(values: NDArray[Any]) -> bool:
    import numpy as np

    return values.dtype.kind == "f" and bool((np.floor(values) != values).any())
