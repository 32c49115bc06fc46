"""Where a metric has no value it says why."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mlc.measure.judging import figures
from jupyter_mlc.measure.metrics.base import Metric
from jupyter_mlc.measure.metrics.catalogue import METRICS
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling, prepare

ALL_NO = outcome(["no"] * 3, probabilities=[0.1, 0.2, 0.3], classes=["no", "yes"])
ALL_YES = outcome(["yes"] * 3, probabilities=[0.1, 0.9, 0.3], classes=["no", "yes"])
NONE_SAID = outcome(["yes", "no", "no"], probabilities=[0.1, 0.2, 0.3])
TWO_OF_THREE = outcome(["a", "b"], probabilities=[[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]], classes=["a", "b", "c"])
FLAT = outcome([0.1, 0.1, 0.1], [1.0, 2.0, 3.0], task="regression")  # type: ignore[arg-type]
WITH_ZERO = outcome([0.0, 0.5], [1.0, 2.0])


@pytest.mark.parametrize(
    ("name", "rows", "reason"),
    [
        ("auc", ALL_NO, "no row is positive"),
        ("auc", ALL_YES, "no row is negative"),
        ("average_precision", ALL_NO, "no row is positive"),
        ("auc_ovr", TWO_OF_THREE, "no row is positive"),
        ("balanced_accuracy", TWO_OF_THREE, "a class has no rows"),
        ("precision", NONE_SAID, "no row is predicted positive"),
        ("recall", ALL_NO, "no row is positive"),
        ("specificity", ALL_YES, "no row is negative"),
        ("f1", ALL_NO, "no row is positive, and none is predicted so"),
        ("mcc", ALL_YES, "all rows are of one class"),
        ("kappa", ALL_NO, "all rows are of one class, and predicted so"),
        ("r2", FLAT, "the target is the same in all rows"),
        ("explained_variance", FLAT, "the target is the same in all rows"),
        ("mape", WITH_ZERO, "the target is 0 in some rows"),
    ],
)
def test_a_metric_without_a_value_says_why(name: str, rows: Outcome, reason: str) -> None:
    (figure,) = figures(rows, [METRICS[name]], Resampling())
    assert (figure.value, figure.low, figure.high, figure.reason) == (None, None, None, reason)


def test_the_correlation_with_a_model_that_says_one_thing_is_0() -> None:
    assert figures(NONE_SAID, [METRICS["mcc"]], Resampling())[0].value == 0


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_weights_of_nothing_give_no_value_in_any_metric(
    metric: Metric, binary: Outcome, several: Outcome, values: Outcome
) -> None:
    from jupyter_mlc.measure.metrics.base import Undefined

    for made in (made for made in (binary, several, values) if made.task in metric.tasks):
        (count,) = prepare(made, [metric]).values()
        with pytest.raises(Undefined):
            metric.value(count(np.zeros(made.rows)))
