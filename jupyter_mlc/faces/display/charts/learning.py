"""How metrics went while models learnt."""

from __future__ import annotations

from jupyter_mlc.faces.display.charts.frame import Named, Spec, axis, chart, lines, rows


def learning_chart(metric: str, curves: Named) -> Spec:
    """Return one metric of versions by step."""
    values = [row for version, curve in curves for row in rows(version, step=curve.steps, value=curve.values)]
    drawn = lines(values, axis("step", "step"), axis("value", metric), ("version", "step", "value"), points=False)
    return chart(f"Learning: {metric}", [drawn])
