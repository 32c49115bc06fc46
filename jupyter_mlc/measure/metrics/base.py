"""What a metric is: a tally over weighted rows, and a formula over the tally.

A tally looks at the rows once (it sorts them, or finds each row's loss) and gives a function of row weights. A
replicate of the bootstrap is a set of weights: it costs one pass over the rows, shared by all metrics of one tally.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.measure.outcomes import Outcome

Sums: TypeAlias = Any
"""what a tally gives; its formulas know its form"""
Counting: TypeAlias = "Callable[[NDArray[np.float64]], Sums]"
"""from row weights, shape (n,), to sums"""
Tally: TypeAlias = "Callable[[Outcome], Counting]"
Formula: TypeAlias = "Callable[[Sums], float]"

NO_ROWS = "there are no rows"
CLASSES = frozenset({Task.BINARY, Task.MULTICLASS})
BINARY = frozenset({Task.BINARY})
MULTICLASS = frozenset({Task.MULTICLASS})
VALUES = frozenset({Task.REGRESSION})


class Need(StrEnum):
    """What a model must have said."""

    PREDICTIONS = "predictions"
    """classes or values"""
    SCORES = "scores"
    """scores or probabilities by class"""
    PROBABILITIES = "probabilities"


class Undefined(Exception):
    """A metric has no value on these rows; the text says why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A number by which a model is judged."""

    name: str
    about: str
    """one line: what it is"""
    tasks: frozenset[Task]
    tally: Tally
    formula: Formula
    needs: Need = Need.PREDICTIONS
    greater_is_better: bool = True
    proportion: Callable[[Sums], tuple[float, float]] | None = None
    """where the value is a share of rows: how many, and of how many"""
    aliases: tuple[str, ...] = ()
    """what others call it"""

    def __str__(self) -> str:
        return self.name

    def value(self, sums: Sums) -> float:
        """Return the value that a tally's sums give.

        Raises
        ------
        Undefined
            Where there is none.
        """
        if isinstance(sums, Undefined):
            raise sums
        return self.formula(sums)


def divided(part: float, whole: float, reason: str) -> float:
    """Return ``part / whole``; raise Undefined with the reason where `whole` is 0."""
    if not whole:
        raise Undefined(reason)
    return float(part / whole)
