"""What regressions get wrong, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.charts.frame import GREY, Named, Spec, axis, chart, lines, rows

if TYPE_CHECKING:
    from jupyter_mlc.measure.curves.residuals import Residuals

_RESIDUAL = "residual (target less prediction)"
_ZERO: Spec = {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [3, 3], "color": GREY}}


def residual_charts(curves: Named) -> list[Spec]:
    """Return residuals by prediction, and how often they are how large."""
    return [_by_prediction(curves), _spread(curves)]


def _by_prediction(curves: Named) -> Spec:
    """Points of some rows; of all rows the median as a line and the middle nine tenths as a band."""
    points = [
        row for version, curve in curves for row in rows(version, predicted=curve.predicted, residual=curve.residual)
    ]
    bins = [row for version, curve in curves for row in _bins(version, curve)]
    x, y = axis("predicted", "predicted value"), axis("residual", _RESIDUAL)
    detail = {"field": "version", "type": "nominal"}
    scattered = {
        "data": {"values": points},
        "mark": {"type": "point", "filled": True, "size": 10, "opacity": 0.35},
        "encoding": {"x": x, "y": y, "detail": detail},
    }
    band = {
        "data": {"values": bins},
        "mark": {"type": "area", "opacity": 0.18},
        "encoding": {
            "x": x,
            "y": axis("low", _RESIDUAL),
            "y2": {"field": "high"},
            "detail": detail,
        },
    }
    median = lines(bins, x, axis("median", _RESIDUAL), ("version", "predicted", "median", "rows"), points=True)
    return chart("Residuals: median and the middle 90 %", [_zero("y"), band, scattered, median])


def _bins(version: str, curve: Residuals) -> list[dict[str, object]]:
    return rows(
        version,
        predicted=[one.predicted for one in curve.bins],
        low=[one.quantiles[0] for one in curve.bins],
        median=[one.quantiles[len(one.quantiles) // 2] for one in curve.bins],
        high=[one.quantiles[-1] for one in curve.bins],
        rows=[one.rows for one in curve.bins],
    )


def _spread(curves: Named) -> Spec:
    values = [row for version, curve in curves for row in _bars(version, curve)]
    drawn = lines(
        values,
        axis("residual", _RESIDUAL),
        axis("density", "share of the rows, by unit", zero=True),
        ("version", "residual", "density"),
        points=False,
    )
    drawn["mark"]["interpolate"] = "step-after"
    return chart("How large residuals are", [_zero("x"), drawn])


def _bars(version: str, curve: Residuals) -> list[dict[str, object]]:
    """The outline of a histogram: bars of versions have other widths, so that their areas are what compares."""
    total = sum(curve.counts)
    widths = [high - low for low, high in zip(curve.edges[:-1], curve.edges[1:], strict=True)]
    heights = [count / total / width for count, width in zip(curve.counts, widths, strict=True)]
    return rows(version, residual=curve.edges, density=[*heights, 0.0])


def _zero(channel: str) -> Spec:
    return {**_ZERO, "encoding": {channel: {"datum": 0, "type": "quantitative"}}}
