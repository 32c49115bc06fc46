"""Probabilities and scores by class, checked and brought into one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.arrays import numbers, same_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAIR = 2
_TOLERANCE = 1e-3
"""how far from 1 the probabilities of a row may sum: those of half precision do not come closer"""


def width(values: object) -> int | None:
    """Return for how many classes there are scores: those of one dimension tell two classes apart."""
    import numpy as np

    shape = np.shape(values) if values is not None else ()  # type: ignore[call-overload]
    if not shape:
        return None
    return int(shape[1]) if len(shape) == _PAIR and shape[1] > 1 else _PAIR


def checked(values: object, what: str, rows: int, classes: int) -> NDArray[np.float64]:
    """Return finite numbers of shape (n,) or (n, classes); (n,) only where there are two classes.

    Raises
    ------
    BadInput
        Where shape or numbers do not fit.
    """
    found = numbers(values, what)
    if found.ndim == _PAIR and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim not in (1, _PAIR) or (found.ndim == 1 and classes != _PAIR):
        raise BadInput(
            f"{what}: the shape is {' x '.join(map(str, found.shape))}, and there are {classes} classes",
            hint=f"pass an array of {rows} rows and {classes} columns",
        )
    same_rows(found, what, rows)
    return found


def refuse_improbable(values: NDArray[np.float64], what: str) -> None:
    """Raise BadInput where numbers are no probabilities, or where those of a row do not sum to 1."""
    import numpy as np

    beyond = (values < -_TOLERANCE) | (values > 1 + _TOLERANCE)
    if beyond.any():
        place = int(np.nonzero(beyond)[0][0])
        raise BadInput(
            f"{what}: row {place} (counted from 0) has {values[beyond][0]:g}, which is no probability",
            hint="pass what decision_function gives as scores, not as probabilities",
        )
    if values.ndim == 1:
        return
    sums = values.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > _TOLERANCE)
    if len(wrong):
        raise BadInput(
            f"{what}: in {len(wrong)} of {len(sums)} rows they do not sum to 1 "
            f"(row {wrong[0]}, counted from 0, to {sums[wrong[0]]:g})",
            hint="divide each row by its sum, or pass them as scores",
        )


def of_positive(values: NDArray[np.float64], place: int, *, whole: float) -> NDArray[np.float64]:
    """Return the scores of one of two classes, shape (n,).

    Parameters
    ----------
    values : array of shape (n,) or (n, 2)
        Of the second class, or of both.
    place : int
        Where the class stands: 0 or 1.
    whole : float
        What the scores of both classes sum to: 1 for probabilities, 0 for a decision function.
    """
    if values.ndim == 1:
        return values if place == 1 else whole - values
    if whole:
        return values[:, place]
    return values[:, place] - values[:, 1 - place]


def likeliest(values: NDArray[np.float64], border: float) -> NDArray[np.int64]:
    """Return the predicted classes, shape (n,): in two classes 1 above the border, in several the largest score's."""
    import numpy as np

    if values.ndim == 1:
        return np.asarray(values > border, np.int64)
    found: NDArray[np.int64] = values.argmax(axis=1)
    return found
