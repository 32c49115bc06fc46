"""Our metrics give what scikit-learn's give, weighted or not; and what was computed by hand."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk

from jupyter_mlc.measure.judging import values as judged
from jupyter_mlc.measure.metrics.base import Metric
from jupyter_mlc.measure.metrics.catalogue import METRICS
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.tasks import Task

THEIRS: dict[str, Callable[..., Any]] = {
    "auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "auc_ovr": partial(sk.roc_auc_score, multi_class="ovr"),
    "log_loss": sk.log_loss,
    "brier": sk.brier_score_loss,
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "precision": sk.precision_score,
    "recall": sk.recall_score,
    "specificity": partial(sk.recall_score, pos_label=0),
    "f1": sk.f1_score,
    "mcc": sk.matthews_corrcoef,
    "kappa": sk.cohen_kappa_score,
    "precision_macro": partial(sk.precision_score, average="macro", zero_division=0),
    "precision_weighted": partial(sk.precision_score, average="weighted", zero_division=0),
    "recall_macro": partial(sk.recall_score, average="macro", zero_division=0),
    "recall_weighted": partial(sk.recall_score, average="weighted", zero_division=0),
    "f1_macro": partial(sk.f1_score, average="macro"),
    "f1_weighted": partial(sk.f1_score, average="weighted"),
    "rmse": sk.root_mean_squared_error,
    "mse": sk.mean_squared_error,
    "mae": sk.mean_absolute_error,
    "r2": sk.r2_score,
    "medae": sk.median_absolute_error,
    "mape": sk.mean_absolute_percentage_error,
    "explained_variance": sk.explained_variance_score,
}
CASES = [(metric, task) for metric in METRICS.values() for task in sorted(metric.tasks)]


def value(metric: str | Metric, made: Outcome) -> float | None:
    return judged(made, [METRICS[metric] if isinstance(metric, str) else metric])[0]


def theirs(metric: Metric, made: Outcome, weights: np.ndarray | None = None) -> float:
    said = made.predicted
    if metric.needs != "predictions":
        assert made.probabilities is not None
        said = made.probabilities
    return float(THEIRS[metric.name](made.truth, said, sample_weight=weights))


@pytest.fixture
def case(request: pytest.FixtureRequest, binary: Outcome, several: Outcome, values: Outcome) -> Outcome:
    return {Task.BINARY: binary, Task.MULTICLASS: several, Task.REGRESSION: values}[request.param]


def test_every_metric_is_compared() -> None:
    assert set(THEIRS) == set(METRICS)


@pytest.mark.parametrize(("metric", "case"), CASES, indirect=["case"], ids=str)
def test_a_metric_is_scikit_learns(metric: Metric, case: Outcome) -> None:
    assert value(metric, case) == pytest.approx(theirs(metric, case), rel=1e-9)


@pytest.mark.parametrize(("metric", "case"), CASES, indirect=["case"], ids=str)
def test_a_weighted_metric_is_scikit_learns(metric: Metric, case: Outcome, random: np.random.Generator) -> None:
    if metric.name == "medae":
        return  # theirs does not take the mean of two middle ones; ours is compared with repeated rows
    weights = random.gamma(1, 1, case.rows)
    weighted = outcome_with(case, weights)
    assert value(metric, weighted) == pytest.approx(theirs(metric, case, weights), rel=1e-9)


@pytest.mark.parametrize(("metric", "case"), CASES, indirect=["case"], ids=str)
def test_a_row_that_counts_twice_is_two_rows(metric: Metric, case: Outcome, random: np.random.Generator) -> None:
    counts = random.integers(0, 4, case.rows)
    weighted = value(metric, outcome_with(case, counts.astype(float)))
    assert weighted == pytest.approx(value(metric, case.take(np.repeat(np.arange(case.rows), counts))), rel=1e-9)


@pytest.mark.parametrize(("metric", "case"), CASES, indirect=["case"], ids=str)
def test_weights_of_one_change_nothing(metric: Metric, case: Outcome) -> None:
    assert value(metric, outcome_with(case, np.ones(case.rows))) == value(metric, case)


@pytest.mark.parametrize(("metric", "case"), CASES, indirect=["case"], ids=str)
def test_the_order_of_rows_does_not_count(metric: Metric, case: Outcome, random: np.random.Generator) -> None:
    shuffled = case.take(random.permutation(case.rows))
    assert value(metric, shuffled) == pytest.approx(value(metric, case), rel=1e-9)


def outcome_with(made: Outcome, weights: np.ndarray) -> Outcome:
    return replace(made, weights=weights)


LABELS = arrays(np.int64, 12, elements=st.integers(0, 2))
FEW = arrays(np.int64, 12, elements=st.integers(0, 3))


@pytest.mark.slow
@settings(max_examples=40)
@given(LABELS, LABELS, FEW)
def test_metrics_of_classes_agree_with_scikit_learn_wherever_there_is_a_value(
    truth: np.ndarray, predicted: np.ndarray, counts: np.ndarray
) -> None:
    counts = counts if counts.any() else counts + 1
    made = outcome(truth, predicted, classes=[0, 1, 2], weights=counts.astype(float))
    repeated = made.take(np.repeat(np.arange(12), counts))
    for metric in (each for each in METRICS.values() if each.needs == "predictions" and each.tasks >= {made.task}):
        ours = value(metric, made)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # theirs warn where ours have no value
            other = theirs(metric, repeated)
        assert ours is None or ours == pytest.approx(other, abs=1e-12), metric.name


@settings(max_examples=100)
@given(arrays(np.int64, 12, elements=st.integers(0, 1)), arrays(np.int64, 12, elements=st.integers(-3, 3)), FEW)
def test_metrics_of_order_agree_with_pairs_counted_one_by_one(
    truth: np.ndarray, scores: np.ndarray, counts: np.ndarray
) -> None:
    counts = counts if counts.any() else counts + 1
    made = outcome(truth, scores=scores, classes=[0, 1], weights=counts.astype(float))
    pairs = [
        (counts[one] * counts[other], (scores[one] > scores[other]) + (scores[one] == scores[other]) / 2)
        for one in np.flatnonzero(truth)
        for other in np.flatnonzero(truth == 0)
    ]
    whole = sum(count for count, _ in pairs)
    expected = sum(count * won for count, won in pairs) / whole if whole else None
    assert value("auc", made) == (pytest.approx(expected) if expected is not None else None)


def test_values_computed_by_hand() -> None:
    made = outcome([1, 1, 1, 0, 0, 0, 0, 0], probabilities=[0.9, 0.8, 0.3, 0.6, 0.2, 0.2, 0.1, 0.3])
    assert value("auc", made) == pytest.approx((5 + 5 + 3.5) / 15)
    assert value("accuracy", made) == 6 / 8
    assert value("precision", made) == pytest.approx(2 / 3)
    assert value("recall", made) == pytest.approx(2 / 3)
    assert value("specificity", made) == pytest.approx(4 / 5)
    assert value("f1", made) == pytest.approx(2 / 3)
    assert value("mcc", made) == pytest.approx((2 * 4 - 1 * 1) / 15)
    assert value("average_precision", made) == pytest.approx((1 + 1 + 3 / 5) / 3)
    squares = [0.1**2, 0.2**2, 0.7**2, 0.6**2, 0.2**2, 0.2**2, 0.1**2, 0.3**2]
    assert value("brier", made) == pytest.approx(sum(squares) / 8)
    right = [0.9, 0.8, 0.3, 0.4, 0.8, 0.8, 0.9, 0.7]
    assert value("log_loss", made) == pytest.approx(-sum(map(math.log, right)) / 8)


def test_values_of_a_regression_computed_by_hand() -> None:
    made = outcome([1.5, 2.0, 4.0, 8.5], [1.0, 2.0, 5.0, 6.5])
    assert value("mae", made) == pytest.approx(3.5 / 4)
    assert value("rmse", made) == pytest.approx(math.sqrt((0.25 + 1 + 4) / 4))
    assert value("medae", made) == 0.75
    assert value("mape", made) == pytest.approx((0.5 / 1.5 + 1 / 4 + 2 / 8.5) / 4)
    assert value("r2", made) == pytest.approx(1 - 5.25 / (2.5**2 + 2**2 + 0 + 4.5**2))


def test_a_probability_of_0_that_comes_true_costs_much_but_not_everything() -> None:
    made = outcome([0, 1], probabilities=[0.0, 0.0])
    assert value("log_loss", made) == pytest.approx(-math.log(np.finfo(float).eps) / 2)


def test_a_large_mean_costs_r2_no_digits() -> None:
    truth = 1e9 + np.array([0.25, 1.5, 2.75, 4.0])
    assert value("r2", outcome(truth, truth + np.array([0.5, -0.5, 0.5, -0.5]))) == pytest.approx(1 - 1 / 7.8125)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=12))
def test_the_median_error_is_that_of_repeated_rows(rows: list[tuple[int, int]]) -> None:
    errors, counts = np.array(rows).T
    counts = counts if counts.any() else counts + 1
    made = outcome(errors + 0.5, np.full(len(errors), 0.5), task=Task.REGRESSION, weights=counts)
    assert value("medae", made) == np.median(np.repeat(errors, counts))
