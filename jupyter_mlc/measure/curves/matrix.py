"""Which classes are taken for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    from jupyter_mlc.measure.outcomes import Outcome


@dataclass(frozen=True, kw_only=True)
class ConfusionMatrix:
    """How often each class is predicted as each."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """a line for each true class, in it a count for each predicted one; row weights do not count"""


def confusion_matrix(outcome: Outcome) -> ConfusionMatrix:
    """Return the confusion matrix of a classification.

    Raises
    ------
    BadInput
        Where the outcome is of a regression.
    """
    import numpy as np

    if not outcome.classes:
        raise BadInput("a confusion matrix is of classes", hint="for a regression, draw its residuals")
    size = len(outcome.classes)
    counts = np.bincount(outcome.truth * size + outcome.predicted, minlength=size**2).reshape(size, size)
    return ConfusionMatrix(
        classes=tuple(str(name) for name in outcome.classes), counts=tuple(tuple(line) for line in counts.tolist())
    )
