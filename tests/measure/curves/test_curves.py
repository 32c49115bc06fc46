"""What charts draw, held to scikit-learn's curves and to counting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve as sk_calibration

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.curves.calibration import calibration_curve
from jupyter_mlc.measure.curves.learning import learning_curve
from jupyter_mlc.measure.curves.matrix import confusion_matrix
from jupyter_mlc.measure.curves.ranking import precision_recall_curve, roc_curve
from jupyter_mlc.measure.curves.residuals import QUANTILES, residuals
from jupyter_mlc.measure.curves.thinning import MOST, thinned
from jupyter_mlc.measure.outcomes import Outcome, outcome


@pytest.fixture
def large(random: np.random.Generator) -> Outcome:
    truth = random.random(20_000) < 0.3
    return outcome(truth, scores=random.normal(size=20_000) + truth)


def refusal(call: object, *args: object) -> str:
    assert callable(call)
    with pytest.raises(BadInput) as refused:
        call(*args)
    return refused.value.text


def test_a_roc_curve_is_scikit_learns(binary: Outcome) -> None:
    ours = roc_curve(binary)
    false, true, thresholds = sk.roc_curve(binary.truth, binary.probabilities, drop_intermediate=False)
    theirs = set(zip(false.tolist(), true.tolist(), strict=True))
    assert set(zip(ours.false_positive_rate, ours.true_positive_rate, strict=True)) <= theirs
    assert set(ours.thresholds[1:]) <= set(np.asarray(binary.probabilities).tolist())
    assert (ours.thresholds[0], thresholds[0]) == (None, np.inf)
    assert ours.positive == "True"
    assert ours.area == pytest.approx(sk.roc_auc_score(binary.truth, binary.probabilities))


def test_a_point_of_a_curve_is_what_its_threshold_gives(binary: Outcome) -> None:
    truth, chance = binary.truth == 1, np.asarray(binary.probabilities)
    roc, precise = roc_curve(binary), precision_recall_curve(binary)
    for threshold, false, true in zip(roc.thresholds, roc.false_positive_rate, roc.true_positive_rate, strict=True):
        said = chance >= (2 if threshold is None else threshold)
        assert (false, true) == pytest.approx((said[~truth].mean(), said[truth].mean()))
    for threshold, recall, precision in zip(precise.thresholds, precise.recall, precise.precision, strict=True):
        said = chance >= (2 if threshold is None else threshold)
        assert recall == pytest.approx(said[truth].mean())
        assert precision == pytest.approx(truth[said].mean() if said.any() else 1)


def test_long_curves_are_thinned_without_changing_their_shape(large: Outcome) -> None:
    ours = roc_curve(large)
    false, true, _ = sk.roc_curve(large.truth, large.scores, drop_intermediate=False)
    assert len(ours.thresholds) == MOST
    drawn = np.interp(false, ours.false_positive_rate, ours.true_positive_rate)
    assert np.abs(drawn - true).max() < 0.01
    assert np.trapezoid(ours.true_positive_rate, ours.false_positive_rate) == pytest.approx(ours.area, abs=0.001)
    precise = precision_recall_curve(large)
    assert len(precise.recall) == MOST
    assert precise.average_precision == pytest.approx(sk.average_precision_score(large.truth, large.scores))
    assert precise.prevalence == pytest.approx(large.truth.mean())


def test_curves_count_rows_by_their_weights(binary: Outcome) -> None:
    counts = np.arange(400) % 3
    weighted = roc_curve(replace(binary, weights=counts.astype(float)))
    assert weighted.area == pytest.approx(roc_curve(binary.take(np.repeat(np.arange(400), counts))).area)


def test_one_of_several_classes_has_curves_against_the_rest(several: Outcome) -> None:
    assert roc_curve(several.against_rest("LGA")).positive == "LGA"


def test_curves_that_cannot_be_drawn_are_refused(several: Outcome, binary: Outcome) -> None:
    assert refusal(roc_curve, several) == (
        "a ROC curve is of a binary task, and this one is multiclass\n"
        "for one of several classes, take it against the rest: outcome.against_rest(name)"
    )
    assert refusal(precision_recall_curve, replace(binary, probabilities=None)) == (
        "a precision-recall curve needs scores or probabilities\npass what predict_proba gives"
    )
    no = binary.take(binary.truth == 0)
    assert refusal(roc_curve, no) == "a ROC curve cannot be drawn: no row is positive\nchoose rows of both classes"
    assert refusal(precision_recall_curve, no) == (
        "a precision-recall curve cannot be drawn: no row is positive\nchoose rows of both classes"
    )
    assert refusal(calibration_curve, several) == (
        "calibration is of a binary task's probabilities\n"
        "pass what predict_proba gives; for one of several classes: outcome.against_rest(name)"
    )
    assert refusal(residuals, binary) == (
        "residuals are of a regression\nfor classes, draw a confusion matrix or a ROC curve"
    )
    assert refusal(confusion_matrix, outcome([0.5, 1.5], [1, 2])) == (
        "a confusion matrix is of classes\nfor a regression, draw its residuals"
    )


def test_calibration_is_scikit_learns(random: np.random.Generator) -> None:
    chance = random.random(1000)
    made = outcome(random.random(1000) < chance**2, probabilities=chance)
    ours = calibration_curve(made)
    observed, predicted = sk_calibration(made.truth, chance, n_bins=10, strategy="quantile")
    assert [each.predicted for each in ours.bins] == pytest.approx(predicted, abs=0.01)
    assert [each.observed for each in ours.bins] == pytest.approx(observed, abs=0.02)
    assert [each.rows for each in ours.bins] == [100] * 10
    assert all(each.low <= each.observed < each.high for each in ours.bins)
    assert ours.error == pytest.approx(np.abs(observed - predicted).mean(), abs=0.01)


def test_probabilities_that_repeat_have_fewer_bins() -> None:
    made = outcome([0, 1, 1, 0, 1], probabilities=[0.2, 0.2, 0.8, 0.2, 0.8])
    assert [(each.rows, each.observed) for each in calibration_curve(made).bins] == [
        (3, pytest.approx(1 / 3)),
        (2, 1),
    ]
    (only,) = calibration_curve(outcome([0, 1], probabilities=[0.5, 0.5])).bins
    assert (only.rows, only.predicted, only.observed) == (2, 0.5, 0.5)


def test_a_confusion_matrix_is_scikit_learns(several: Outcome) -> None:
    ours = confusion_matrix(several)
    assert ours.classes == ("JFK", "LGA", "EWR")
    assert np.array(ours.counts).tolist() == sk.confusion_matrix(several.truth, several.predicted).tolist()


def test_residuals_show_all_rows_in_bins_and_bars_and_some_as_points(values: Outcome) -> None:
    ours = residuals(values)
    errors = values.truth - values.predicted
    assert sum(ours.counts) == sum(each.rows for each in ours.bins) == values.rows
    assert (ours.edges[0], ours.edges[-1]) == (errors.min(), errors.max())
    assert len(ours.predicted) <= MOST
    assert np.abs(errors).max() == max(map(abs, ours.residual))
    assert list(ours.predicted) == sorted(ours.predicted)
    for said, error in zip(ours.predicted, ours.residual, strict=True):
        assert error in errors[values.predicted == said]
    below = values.predicted < sorted(values.predicted)[25]
    assert ours.bins[0].quantiles == pytest.approx(np.quantile(errors[below], QUANTILES))
    assert ours.bins[0].predicted == pytest.approx(values.predicted[below].mean())


def test_residuals_of_a_perfect_model_are_nothing() -> None:
    ours = residuals(outcome([0.5, 1.5], [0.5, 1.5]))
    assert ours.residual == (0, 0)
    assert sum(ours.counts) == 2


def test_a_learning_curve_is_in_the_order_of_steps_and_without_what_ran_away() -> None:
    ours = learning_curve([3, 1, 2, 4], [0.3, 0.9, float("nan"), float("inf")])
    assert (ours.steps, ours.values, ours.left_out) == ((1, 3), (0.9, 0.3), 2)
    assert learning_curve([1, 2], [5, 7]).values == (5, 7)


def test_a_learning_curve_that_cannot_be_drawn_is_refused() -> None:
    assert refusal(learning_curve, [1, 2], [1]) == "values: 1, and there are 2 steps\npass a value for each step"
    assert refusal(learning_curve, [1], [float("nan")]) == "values: none is finite\nthere is no curve to draw"
    assert refusal(learning_curve, ["a"], [1]) == (
        "steps: text such as 'a' is no number\nnumbers are needed here; convert them first, e.g. with astype(float)"
    )


def test_a_spike_stays_when_a_line_is_thinned() -> None:
    heights = np.zeros(10_000)
    heights[[17, 5000]] = (3, -2)
    kept = thinned(np.arange(10_000.0), heights)
    assert kept.tolist() == [0, 16, 17, 18, 4999, 5000, 5001, 9999]


def test_a_line_that_returns_to_where_it_began_keeps_its_farthest_point() -> None:
    assert thinned(np.array([0.0, 3, 0]), np.array([0.0, 4, 0])).tolist() == [0, 1, 2]


POINTS = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=40)


@given(POINTS, st.integers(2, 50))
def test_a_thinned_line_keeps_its_ends_and_its_order(points: list[tuple[int, int]], most: int) -> None:
    x, y = np.array(points, float).reshape(-1, 2).T
    kept = thinned(x, y, most).tolist()
    assert kept == sorted(set(kept))
    assert len(kept) <= most
    if points:
        assert (kept[0], kept[-1]) == (0, len(points) - 1)
