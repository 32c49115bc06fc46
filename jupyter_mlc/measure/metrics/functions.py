"""A metric from somebody's own function."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.metrics.base import Counting, Metric, Undefined
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.measure.outcomes import Outcome

_LESS_IS_BETTER = ("loss", "error", "deviance", "cost")


def from_function(function: object) -> Metric:
    """Make a metric of a function ``(y_true, y_pred) -> number``, or ``(y_true, y_pred, sample_weight=...)``.

    It gets the values as the target spells them. Without `sample_weight`, rows are repeated as often as they count.
    Its attribute ``greater_is_better`` says which way is better; without one, greater is, unless its name ends in
    ``loss``, ``error``, ``deviance`` or ``cost``. Where it raises, or gives no finite number, the metric has no value.

    Raises
    ------
    BadInput
        Where it cannot be called.
    """
    if not callable(function):
        raise BadInput(
            f"{function!r} is no metric", hint="pass a name such as 'auc', or a function (y_true, y_pred) -> number"
        )
    name = str(getattr(function, "__name__", type(function).__name__))
    return Metric(
        name=name,
        about=(inspect.getdoc(function) or "").partition("\n")[0],
        tasks=frozenset(Task),
        tally=_weighted(function) if _takes_weights(function) else _repeated(function),
        formula=number,
        greater_is_better=bool(getattr(function, "greater_is_better", not name.endswith(_LESS_IS_BETTER))),
    )


def number(value: Any) -> float:
    """Return what a function gave as a finite float.

    Raises
    ------
    Undefined
        Where it is none.
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise Undefined(f"it gives {_shortened(value)}, which is no number") from None
    if not math.isfinite(found):
        raise Undefined(f"it gives {found}")
    return found


def called(function: Callable[..., object], *args: object, **more: object) -> object:
    """Call a function that is not ours.

    Raises
    ------
    Undefined
        Where it raises; the text says what.
    """
    try:
        return function(*args, **more)
    except Exception as error:
        raise Undefined(f"it raises {type(error).__name__}: {_first_line(error)}") from error


def repeated_rows(weights: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return every row's position as often as the row counts.

    Raises
    ------
    Undefined
        Where a row counts in part.
    """
    import numpy as np

    whole = weights.astype(np.intp)
    if (whole != weights).any():
        raise Undefined("it takes no sample_weight, and rows count in part")
    return np.repeat(np.arange(len(weights)), whole)


def _weighted(function: Callable[..., object]) -> Callable[[Outcome], Counting]:
    def tally(outcome: Outcome) -> Counting:
        truth, predicted = outcome.spelled(outcome.truth), outcome.spelled(outcome.predicted)
        return lambda weights: called(function, truth, predicted, sample_weight=weights)

    return tally


def _repeated(function: Callable[..., object]) -> Callable[[Outcome], Counting]:
    def tally(outcome: Outcome) -> Counting:
        truth, predicted = outcome.spelled(outcome.truth), outcome.spelled(outcome.predicted)

        def count(weights: NDArray[np.float64]) -> object:
            rows = repeated_rows(weights)
            return called(function, truth[rows], predicted[rows])

        return count

    return tally


def _takes_weights(function: Callable[..., object]) -> bool:
    try:
        return "sample_weight" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some functions written in C do not tell their arguments
        return False


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 (what fits in a line)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
