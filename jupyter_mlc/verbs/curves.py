"""Curves: those of a training, a number a step, kept with the run; and all that can be drawn of what was kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.measure.curves.learning import LearningCurve, learning_curve
from jupyter_mlc.measure.curves.suitable import Curves, curves_of
from jupyter_mlc.verbs.predictions import kept_predictions

if TYPE_CHECKING:
    from jupyter_mlc.domain.evaluations import Evaluation
    from jupyter_mlc.store.registry import Registry
    from jupyter_mlc.verbs.context import Context

_POINTS = 2
"""of a learning curve, at least"""


def keep_curves(curves: Mapping[str, Sequence[float]], run: int, context: Context) -> None:
    """Keep the curves with the run, but those that it logged itself."""
    if not curves:
        return
    known, at = context.registry.series(run), context.clock()
    points = [
        (key, step, value, at)
        for key, values in curves.items()
        if key not in known
        for step, value in enumerate(values)
    ]
    context.registry.keep_series(run, points)


def learning_of(run: int, registry: Registry) -> tuple[tuple[str, LearningCurve], ...]:
    """How the metrics of a run went, as far as they were logged step by step."""
    found = []
    for metric, points in registry.series(run).items():
        steps, values = zip(*points, strict=True)
        if len(set(steps)) >= _POINTS and any(map(math.isfinite, values)):
            found.append((metric, learning_curve(steps, values)))
    return tuple(found)


def kept_curves(run: int | None, evaluation: Evaluation | None, context: Context) -> tuple[Curves, tuple[str, ...]]:
    """What can be drawn of a run and of an evaluation, and what is to say of what cannot."""
    found = Curves(learning=learning_of(run, context.registry) if run is not None else ())
    if evaluation is None:
        return found, ()
    try:
        outcome = kept_predictions(evaluation.predictions, context.artifacts)
    except Damaged as error:
        return found, (f"{evaluation.ref} has no curves: {error.message}",)
    return replace(curves_of(outcome), learning=found.learning), ()
