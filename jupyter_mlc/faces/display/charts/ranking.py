"""ROC and precision-recall curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.charts.frame import Named, Spec, axis, chart, guide, lines, rows

if TYPE_CHECKING:
    from jupyter_mlc.measure.curves.ranking import PrecisionRecallCurve, RocCurve


def roc_chart(curves: Named) -> Spec:
    """Return the ROC curves of versions in one chart."""
    values = [row for version, curve in curves for row in _roc(version, curve)]
    x = axis("false_positive_rate", "false positive rate", domain=(0, 1))
    y = axis("true_positive_rate", "true positive rate", domain=(0, 1))
    told = ("version", "false_positive_rate", "true_positive_rate", "threshold")
    drawn = lines(values, x, y, told, points=False)
    return chart(f"ROC curve: {curves[0][1].positive}", [guide([(0, 0), (1, 1)]), drawn])


def _roc(version: str, curve: RocCurve) -> list[dict[str, object]]:
    return rows(
        version,
        false_positive_rate=curve.false_positive_rate,
        true_positive_rate=curve.true_positive_rate,
        threshold=curve.thresholds,
    )


def precision_recall_chart(curves: Named) -> Spec:
    """Return the precision-recall curves of versions in one chart; guessing has the precision of the thin line."""
    values = [row for version, curve in curves for row in _precision_recall(version, curve)]
    x = axis("recall", "recall", domain=(0, 1))
    y = axis("precision", "precision", domain=(0, 1))
    share = curves[0][1].prevalence
    drawn = lines(values, x, y, ("version", "recall", "precision", "threshold"), points=False)
    return chart(f"Precision and recall: {curves[0][1].positive}", [guide([(0, share), (1, share)]), drawn])


def _precision_recall(version: str, curve: PrecisionRecallCurve) -> list[dict[str, object]]:
    return rows(version, recall=curve.recall, precision=curve.precision, threshold=curve.thresholds)
