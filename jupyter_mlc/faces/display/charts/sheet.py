"""All charts of some versions as one picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.charts.calibration import calibration_chart
from jupyter_mlc.faces.display.charts.frame import Named, Spec, together
from jupyter_mlc.faces.display.charts.learning import learning_chart
from jupyter_mlc.faces.display.charts.ranking import precision_recall_chart, roc_chart
from jupyter_mlc.faces.display.charts.residuals import residual_charts

if TYPE_CHECKING:
    from jupyter_mlc.measure.curves.suitable import Curves

_MOST_VERSIONS = 6
"""lines that can be told apart"""
_MOST_LEARNING = 6
"""metrics whose learning is drawn"""


def sheet(curves: Mapping[str, Curves]) -> Spec:
    """Return every chart that can be drawn of versions, under one legend; empty where nothing can.

    Parameters
    ----------
    curves : mapping of a version's name to its curves
        The first few are drawn.
    """
    shown = dict(list(curves.items())[:_MOST_VERSIONS])
    residuals = [(name, one.residuals) for name, one in shown.items() if one.residuals is not None]
    charts = [
        *_by_class({name: one.roc for name, one in shown.items()}, roc_chart),
        *_by_class({name: one.precision_recall for name, one in shown.items()}, precision_recall_chart),
        *_by_class({name: one.calibration for name, one in shown.items()}, calibration_chart),
        *(residual_charts(residuals) if residuals else ()),
        *_learning(shown),
    ]
    return together(charts, [*shown])


def _by_class(found: Mapping[str, Sequence[object]], draw: Callable[[Named], Spec]) -> list[Spec]:
    """Return one chart a class, of all versions that have a curve of it."""
    classes: dict[str, list[tuple[str, object]]] = {}
    for name, curves in found.items():
        for curve in curves:
            classes.setdefault(curve.positive, []).append((name, curve))  # type: ignore[attr-defined]
    return [draw(named) for named in classes.values()]


def _learning(shown: Mapping[str, Curves]) -> list[Spec]:
    metrics: dict[str, list[tuple[str, object]]] = {}
    for name, curves in shown.items():
        for metric, curve in curves.learning:
            metrics.setdefault(metric, []).append((name, curve))
    return [learning_chart(metric, named) for metric, named in list(metrics.items())[:_MOST_LEARNING]]
