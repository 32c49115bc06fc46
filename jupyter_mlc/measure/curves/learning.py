"""How a metric went while a model learnt, or as it was given more rows."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.arrays import as_array, numbers
from jupyter_mlc.measure.curves.thinning import thinned


@dataclass(frozen=True, kw_only=True)
class LearningCurve:
    """A metric by step, epoch, or number of rows."""

    steps: tuple[float, ...]
    """ascending"""
    values: tuple[float, ...]
    left_out: int
    """points whose value was NaN or infinite"""


def learning_curve(steps: object, values: object) -> LearningCurve:
    """Return the points of a learning curve, thinned to a chart's needs.

    Parameters
    ----------
    steps : array of shape (n,)
        Finite numbers, in any order.
    values : array of shape (n,)
        The metric at each; those that are NaN or infinite, as of a loss that ran away, are left out and counted.

    Raises
    ------
    BadInput
        Where the two differ in length, or hold what is no number, or no value is finite.
    """
    import numpy as np

    at = numbers(steps, "steps")
    raw = as_array(values, "values")
    if len(raw) != len(at):
        raise BadInput(f"values: {len(raw)}, and there are {len(at)} steps", hint="pass a value for each step")
    finite = np.isfinite(raw) if raw.dtype.kind == "f" else np.ones(len(raw), np.bool_)
    if not finite.any():
        raise BadInput("values: none is finite", hint="there is no curve to draw")
    at, heights = at[finite], numbers(raw[finite], "values")
    order = np.argsort(at, kind="stable")
    at, heights = at[order], heights[order]
    kept = thinned(at, heights)
    return LearningCurve(
        steps=tuple(at[kept].tolist()), values=tuple(heights[kept].tolist()), left_out=int((~finite).sum())
    )
