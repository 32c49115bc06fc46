"""Training curves: a number a step, kept with the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlc.verbs.context import Context


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
