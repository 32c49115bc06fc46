"""The curves that suit an outcome."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.curves.calibration import CalibrationCurve, calibration_curve
from jupyter_mlc.measure.curves.learning import LearningCurve
from jupyter_mlc.measure.curves.ranking import PrecisionRecallCurve, RocCurve, precision_recall_curve, roc_curve
from jupyter_mlc.measure.curves.residuals import Residuals, residuals
from jupyter_mlc.measure.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from jupyter_mlc.measure.outcomes import Outcome

    Curve = TypeVar("Curve")

MOST_CLASSES = 6
"""classes that are drawn one by one, each against all others; of more none is"""


@dataclass(frozen=True, kw_only=True)
class Curves:
    """What can be drawn of one model's answers: of a binary task one curve each, of several classes one a class."""

    roc: tuple[RocCurve, ...] = ()
    precision_recall: tuple[PrecisionRecallCurve, ...] = ()
    calibration: tuple[CalibrationCurve, ...] = ()
    residuals: Residuals | None = None
    learning: tuple[tuple[str, LearningCurve], ...] = ()
    """by metric"""


def curves_of(outcome: Outcome) -> Curves:
    """Return the curves that can be drawn of an outcome; a class that all rows or none are of has no curve."""
    if outcome.task is Task.REGRESSION:
        return Curves(residuals=residuals(outcome))
    each = _one_by_one(outcome)
    return Curves(
        roc=_those(roc_curve, each),
        precision_recall=_those(precision_recall_curve, each),
        calibration=_those(calibration_curve, each),
    )


def _one_by_one(outcome: Outcome) -> list[Outcome]:
    if outcome.task is Task.BINARY:
        return [outcome]
    return [outcome.against_rest(name) for name in outcome.classes] if len(outcome.classes) <= MOST_CLASSES else []


def _those(draw: Callable[[Outcome], Curve], outcomes: Iterable[Outcome]) -> tuple[Curve, ...]:
    """Draw what can be drawn."""
    found = []
    for outcome in outcomes:
        with contextlib.suppress(BadInput):
            found.append(draw(outcome))
    return tuple(found)
