"""Intervals hold what they should, as often as they should."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from jupyter_mlc.measure.intervals import percentiles, wilson
from jupyter_mlc.measure.judging import judge
from jupyter_mlc.measure.outcomes import outcome
from jupyter_mlc.measure.resampling import Resampling


@given(st.integers(1, 500), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilsons_interval_is_scipys(rows: int, data: st.DataObject, level: float) -> None:
    hits = data.draw(st.integers(0, rows))
    theirs = binomtest(hits, rows).proportion_ci(level, "wilson")
    assert wilson(hits, rows, level) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_percentiles_are_those_of_the_resamples_that_have_a_value() -> None:
    values = np.append(np.arange(1001.0), np.full(10, np.nan))
    interval = percentiles(values, 0.9, 100)
    assert (interval.low, interval.high) == pytest.approx((50, 950))
    assert interval.reason == ""


@pytest.mark.parametrize(
    ("values", "rows", "reason"),
    [
        ([], 100, "no resamples were asked for"),
        ([1.0, 2.0, 3.0], 9, "fewer than 10 rows"),
        ([1.0, math.nan, math.nan], 100, "2 of 3 resamples have no value"),
        ([2.0, 2.0, 2.0], 100, "all resamples agree, which rows this few or this alike can do by chance"),
    ],
)
def test_there_is_a_reason_for_no_interval(values: list[float], rows: int, reason: str) -> None:
    interval = percentiles(np.array(values), 0.95, rows)
    assert (interval.low, interval.high, interval.reason) == (None, None, reason)


def delong(positive: np.ndarray, negative: np.ndarray) -> tuple[float, float]:
    """Return the area under the ROC curve and its standard error, after DeLong et al. (1988)."""
    wins = (positive[:, None] > negative).astype(float)
    error = math.sqrt(wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative))
    return float(wins.mean()), error


def test_the_interval_of_an_area_is_about_delongs() -> None:
    random = np.random.default_rng(3)
    truth = np.arange(1500) < 500
    scores = random.normal(size=1500) + truth
    area, error = delong(scores[truth], scores[~truth])
    (figure,) = judge(outcome(truth, scores=scores), ["auc"], Resampling(replicates=2000))
    assert figure.value == pytest.approx(area)
    assert figure.low == pytest.approx(area - 1.96 * error, abs=0.25 * error)
    assert figure.high == pytest.approx(area + 1.96 * error, abs=0.25 * error)


def test_the_interval_of_a_mean_error_is_about_that_of_a_mean() -> None:
    random = np.random.default_rng(4)
    errors = random.gamma(3, 1, 1200)
    (figure,) = judge(outcome(errors + 0.5, np.full(1200, 0.5)), ["mae"], Resampling(replicates=2000))
    error = errors.std(ddof=1) / math.sqrt(1200)
    assert figure.low == pytest.approx(errors.mean() - 1.96 * error, abs=0.25 * error)
    assert figure.high == pytest.approx(errors.mean() + 1.96 * error, abs=0.25 * error)


TRUE_AREA = NormalDist().cdf(1 / math.sqrt(2))
"""of scores that are normal, those of positive rows one standard deviation above the others'"""


def hits(name: str, true: float, rows: int, trials: int) -> float:
    """Return how often a 90 % interval holds the true value."""
    random = np.random.default_rng(5)
    held = 0
    for _ in range(trials):
        truth = random.random(rows) < 0.4
        scores = random.normal(size=rows) + truth
        made = outcome(truth, scores=scores - 0.5, classes=[False, True])
        (figure,) = judge(made, [name], Resampling(replicates=300, level=0.9))
        assert figure.low is not None
        assert figure.high is not None
        held += figure.low <= true <= figure.high
    return held / trials


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "true"),
    [
        ("auc", TRUE_AREA),
        ("accuracy", NormalDist().cdf(0.5)),
        ("balanced_accuracy", NormalDist().cdf(0.5)),
        ("recall", NormalDist().cdf(0.5)),
        ("mcc", None),
    ],
)
def test_intervals_hold_the_true_value_as_often_as_they_say(name: str, true: float | None) -> None:
    if true is None:
        found, missed = NormalDist().cdf(0.5), NormalDist().cdf(-0.5)
        said = 0.4 * found + 0.6 * missed
        true = 0.4 * 0.6 * (found - missed) / math.sqrt(0.4 * 0.6 * said * (1 - said))
    # 400 trials of 0.9 stray by 0.015; small samples cost the percentile interval a few in a hundred
    assert 0.85 <= hits(name, true, rows=100, trials=400) <= 0.95
