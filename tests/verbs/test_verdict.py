"""How a comparison is put into a sentence, and how exactly a number is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_mlc.verbs.verdict import among, change, decimals, percent, rounded, short, verdict
from tests.faces.comparison_samples import AUC, BASIS, LOG_LOSS, PRECISION


@pytest.mark.parametrize(
    ("difference", "low", "high", "told"),
    [
        (0.011_1, 0.006_1, 0.016_2, "+0.011 [0.006, 0.016]"),
        (-2.14, -3.1, -1.2, "-2.1 [-3.1, -1.2]"),
        (1234.5, 800.1, 1700.2, "+1,234 [800, 1,700]"),
        (0.0004, -0.02, 0.03, "0.000 [-0.020, 0.030]"),
        (-1e-7, -2e-7, 1e-8, "-0.00000010 [-0.00000020, 0.00000001]"),
        (0.0, 0.0, 0.0, "0.00 [0.00, 0.00]"),
    ],
)
def test_a_difference_is_told_as_exactly_as_its_interval_is_wide(
    difference: float, low: float, high: float, told: str
) -> None:
    assert change(replace(AUC, difference=difference, low=low, high=high)) == told


def test_a_difference_turned_round_has_its_interval_turned_round() -> None:
    assert change(AUC, turned=True) == "-0.011 [-0.016, -0.006]"


def test_a_difference_without_an_interval_stands_alone() -> None:
    assert change(replace(AUC, low=None, high=None)) == "+0.0111"
    assert change(replace(AUC, low=None, high=None), turned=True) == "-0.0111"


@pytest.mark.parametrize(("sure", "told"), [(0.9999, "99 %"), (0.95, "95 %"), (1 - 0.05, "95 %"), (0.949, "94 %")])
def test_nobody_is_called_surer_than_they_are(sure: float, told: str) -> None:
    assert percent(sure) == told


def test_the_narrowest_and_the_widest_intervals_have_numbers_that_can_be_read() -> None:
    assert [decimals(width) for width in (0.0, 1e-300, 0.01, 5.0, 1e9)] == [2, 12, 3, 1, 0]
    assert rounded(-0.0001, 2, sign="+") == "0.00"


def test_beside_a_version_of_the_same_model_the_number_is_enough() -> None:
    assert short("ops/churn:3", "ops/churn:1") == ":3"
    assert short("ops/churn:3", "churn:1") == "ops/churn:3"


def test_many_that_are_better_are_counted() -> None:
    pairs = [replace(AUC, candidate=f"late-flights:{place}", better=f"late-flights:{place}") for place in range(2, 7)]
    assert verdict(pairs, BASIS).sentence.startswith(
        "late-flights:2, :3, :4 and 2 more are better than :1: the most auc "
    )


def test_of_several_the_least_sure_says_how_sure_it_is_of_each() -> None:
    doubtful = replace(AUC, candidate="late-flights:4", better="late-flights:4", difference=0.02, adjusted_p=0.04)
    found = verdict([AUC, doubtful], BASIS)
    assert found.better == ("late-flights:4", "late-flights:3")
    assert found.sure == pytest.approx(0.96)


def test_where_less_is_better_the_largest_fall_is_the_best() -> None:
    fallen = replace(LOG_LOSS, difference=-0.2, low=-0.3, high=-0.1, better="late-flights:3", adjusted_p=0.01)
    more = replace(fallen, candidate="late-flights:4", better="late-flights:4", difference=-0.3)
    assert verdict([fallen, more], BASIS).better == ("late-flights:4", "late-flights:3")


def test_where_no_candidate_has_a_value_the_reason_is_told() -> None:
    assert verdict([PRECISION, replace(PRECISION, candidate="late-flights:4")], BASIS).sentence == (
        "late-flights:1: precision has no value for late-flights:1 on these rows"
    )


def test_all_three_others_may_be_worse() -> None:
    pairs = [replace(AUC, candidate=f"late-flights:{place}", better="late-flights:1") for place in range(2, 5)]
    assert verdict(pairs, BASIS).sentence.startswith("late-flights:1 is better than all 3 others: :2 comes nearest")


def test_the_best_is_told_with_whom_it_beats_and_from_whom_it_cannot_be_told() -> None:
    worse = replace(AUC, candidate="late-flights:1", baseline="late-flights:3", better="late-flights:3")
    alike = replace(worse, candidate="late-flights:4", better=None)
    assert among([alike, worse], 3) == (
        "late-flights:3 is the best by auc, better than :1, but not to be told from :4, "
        "allowing for 3 pairs of candidates (Holm)"
    )
    assert among([worse, replace(worse, candidate="late-flights:2")], 1_225) == (
        "late-flights:3 is the best by auc, better than :1 and :2, allowing for 1,225 pairs of candidates (Holm)"
    )
    assert among([], 0) == ""
