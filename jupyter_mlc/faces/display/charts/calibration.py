"""Whether probabilities come true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.charts.frame import Named, Spec, axis, chart, guide, lines, rows

if TYPE_CHECKING:
    from jupyter_mlc.measure.curves.calibration import CalibrationCurve


def calibration_chart(curves: Named) -> Spec:
    """Return what came true against what was predicted, with intervals; on the thin line the two are the same."""
    values = [row for version, curve in curves for row in _bins(version, curve)]
    x = axis("predicted", "predicted probability", domain=(0, 1))
    y = axis("observed", "share that came true", domain=(0, 1))
    told = ("version", "predicted", "observed", "low", "high", "rows")
    return chart(
        f"Calibration: {curves[0][1].positive}",
        [guide([(0, 0), (1, 1)]), _intervals(values, x), lines(values, x, y, told, points=True)],
    )


def _bins(version: str, curve: CalibrationCurve) -> list[dict[str, object]]:
    return rows(
        version,
        predicted=[one.predicted for one in curve.bins],
        observed=[one.observed for one in curve.bins],
        low=[one.low for one in curve.bins],
        high=[one.high for one in curve.bins],
        rows=[one.rows for one in curve.bins],
    )


def _intervals(values: list[dict[str, object]], x: Spec) -> Spec:
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "opacity": 0.6},
        "encoding": {
            "x": x,
            "y": {"field": "low", "type": "quantitative"},
            "y2": {"field": "high"},
            "detail": {"field": "version", "type": "nominal"},
        },
    }
