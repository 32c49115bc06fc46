"""Candidates on the same rows: the difference, how sure it is, and how often chance would make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.comparing import Comparison, compare, contest
from jupyter_mlc.measure.metrics.catalogue import DEFAULTS
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.measure.tasks import Task


def refusal(candidates: Mapping[str, Outcome], **more: Any) -> str:
    with pytest.raises(BadInput) as refused:
        compare(candidates, **more)
    return refused.value.text


@pytest.fixture
def truth(random: np.random.Generator) -> np.ndarray:
    return random.random(500) < 0.4


def scored(truth: np.ndarray, noise: float, seed: int = 0) -> Outcome:
    return outcome(truth, scores=np.random.default_rng(seed).normal(0, noise, len(truth)) + truth - 0.5)


def one(candidates: Mapping[str, Outcome], metric: str = "auc", **more: Any) -> Comparison:
    (found,) = compare(candidates, [metric], **more)
    return found


def test_a_better_candidate_is_told_and_how_sure_that_is(truth: np.ndarray) -> None:
    found = one({"churn:1": scored(truth, 2), "churn:2": scored(truth, 0.7, seed=1)})
    assert (found.candidate, found.baseline, found.better) == ("churn:2", "churn:1", "churn:2")
    assert found.value is not None
    assert found.baseline_value is not None
    assert found.difference == found.value - found.baseline_value
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.difference < found.high
    assert found.sure == (1000 + 0.5) / 1001
    assert found.p_value == found.adjusted_p == 2 / 1001
    assert (found.rows, found.reason, found.greater_is_better) == (500, "", True)


def test_where_less_is_better_the_lower_one_is(random: np.random.Generator) -> None:
    truth = random.normal(size=300)
    near, far = outcome(truth, truth + random.normal(0, 1, 300)), outcome(truth, truth + random.normal(0, 2, 300))
    found = one({"far": far, "near": near}, "rmse")
    assert found.difference is not None
    assert found.difference < 0
    assert found.better == "near"
    assert found.sure is not None
    assert found.sure > 0.99


def test_the_comparison_turned_round_is_the_same_with_the_other_sign(truth: np.ndarray) -> None:
    a, b = scored(truth, 1), scored(truth, 1, seed=1)
    for metric in ("auc", "f1", "accuracy", "average_precision"):
        there, back = one({"a": a, "b": b}, metric), one({"b": b, "a": a}, metric)
        assert there.difference == pytest.approx(-back.difference)  # type: ignore[operator]
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))  # type: ignore[operator]
        assert there.sure == pytest.approx(1 - back.sure)  # type: ignore[operator]
        assert there.p_value == pytest.approx(back.p_value)
        assert there.better == back.better


def test_pairing_makes_the_interval_of_like_models_narrow(truth: np.ndarray) -> None:
    first = scored(truth, 1)
    assert first.scores is not None
    alike = replace(first, scores=first.scores + np.random.default_rng(2).normal(0, 0.05, 500))
    close, apart = one({"a": first, "b": alike}), one({"a": first, "b": scored(truth, 1, seed=1)})
    assert close.high - close.low < (apart.high - apart.low) / 3  # type: ignore[operator]


def test_the_same_answers_are_no_better(truth: np.ndarray) -> None:
    found = one({"a": scored(truth, 1), "b": scored(truth, 1)})
    assert (found.difference, found.low, found.high, found.better) == (0, 0, 0, None)
    assert (found.sure, found.p_value, found.adjusted_p, found.reason) == (0.5, 1, 1, "")


def test_more_candidates_make_a_difference_less_sure(truth: np.ndarray) -> None:
    candidates = {"a": scored(truth, 1)} | {name: scored(truth, 0.9, seed=ord(name)) for name in "bcde"}
    found = compare(candidates, ["auc"])
    assert [each.candidate for each in found] == list("bcde")
    ordered = sorted(found, key=lambda each: each.p_value or 0)
    reached = 0.0
    for left, each in zip((4, 3, 2, 1), ordered, strict=True):
        assert each.p_value is not None
        reached = max(reached, min(1.0, left * each.p_value))
        assert each.adjusted_p == pytest.approx(reached)
        assert (each.better is not None) == (reached < 0.05)


def test_those_that_were_tried_before_are_allowed_for_as_if_they_had_done_worse(truth: np.ndarray) -> None:
    two = {"a": scored(truth, 1), "b": scored(truth, 1, seed=1)}
    alone, among_five = one(two), one(two, tried=5)
    assert alone.p_value is not None
    assert alone.adjusted_p == alone.p_value
    assert among_five.adjusted_p == min(1.0, 4 * alone.p_value)
    assert one(two, tried=1).adjusted_p == alone.p_value


def test_of_several_all_others_are_set_against_the_best_allowing_for_every_pair(truth: np.ndarray) -> None:
    candidates = {"a": scored(truth, 1), "b": scored(truth, 0.2, seed=1), "c": scored(truth, 0.21, seed=2)}
    found = contest(candidates, ["auc", "accuracy"], Resampling(replicates=400))
    assert found.pairs == compare(candidates, ["auc", "accuracy"], Resampling(replicates=400))
    values = {pair.candidate: pair.value for pair in found.pairs if pair.metric == "auc"}
    best, other = ("b", "c") if (values["b"] or 0) > (values["c"] or 0) else ("c", "b")
    assert [(pair.candidate, pair.baseline, pair.metric) for pair in found.rivals] == [
        (other, best, "auc"),
        ("a", best, "auc"),
    ]
    assert found.allowed_for == 3
    near, far = found.rivals
    assert (near.better, far.better) == (None, best)
    assert far.p_value is not None
    assert far.adjusted_p == pytest.approx(3 * far.p_value)


def test_of_two_there_is_one_comparison_alone(truth: np.ndarray) -> None:
    found = contest({"a": scored(truth, 1), "b": scored(truth, 0.5, seed=1)}, ["auc"])
    assert (len(found.pairs), found.rivals, found.allowed_for) == (1, (), 0)


def test_where_one_has_no_value_none_is_the_best(truth: np.ndarray) -> None:
    def of_some(y_true: np.ndarray, y_pred: np.ndarray) -> float:
        return float(y_pred.mean()) if y_pred.any() else float("nan")

    silent = outcome(truth, scores=np.full(len(truth), -1.0))
    found = contest({"a": scored(truth, 1), "b": scored(truth, 1, seed=1), "c": silent}, [of_some])
    assert (len(found.pairs), found.rivals) == (2, ())


def test_any_candidate_may_be_the_baseline(truth: np.ndarray) -> None:
    found = compare({name: scored(truth, 1, seed=ord(name)) for name in "abc"}, ["auc", "f1"], baseline="b")
    assert [(each.metric, each.candidate, each.baseline) for each in found] == [
        ("auc", "a", "b"),
        ("auc", "c", "b"),
        ("f1", "a", "b"),
        ("f1", "c", "b"),
    ]


def test_candidates_are_compared_by_what_all_of_them_have(binary: Outcome) -> None:
    labelled = replace(binary, probabilities=None)
    found = compare({"a": binary, "b": labelled}, resampling=Resampling(replicates=20))
    assert [each.metric for each in found] == [
        name for name in DEFAULTS[Task.BINARY] if name not in {"auc", "log_loss", "brier", "average_precision"}
    ]


def test_a_metric_without_a_value_for_a_candidate_says_so(truth: np.ndarray) -> None:
    never = outcome(truth, np.zeros(500, bool))
    without = "precision has no value for never on these rows"
    found = one({"a": scored(truth, 1), "never": never}, "precision")
    assert (found.difference, found.value, found.reason) == (
        None,
        None,
        "precision has no value for never on these rows",
    )
    turned = one({"never": never, "a": scored(truth, 1)}, "precision")
    assert (turned.baseline_value, turned.reason) == (None, without)
    assert (turned.sure, turned.p_value, turned.adjusted_p, turned.better) == (None, None, None, None)


def test_few_rows_have_a_difference_but_no_interval() -> None:
    truth = np.array([0, 1, 1, 0])
    found = one({"a": outcome(truth, truth), "b": outcome(truth, 1 - truth)}, "accuracy")
    assert (found.difference, found.low, found.p_value, found.reason) == (-1, None, None, "fewer than 10 rows")


@pytest.mark.slow
def test_where_there_is_no_difference_one_is_told_as_rarely_as_it_should_be() -> None:
    random = np.random.default_rng(6)
    told = 0
    for trial in range(300):
        truth = random.random(120) < 0.5
        pair = {"a": scored(truth, 1, seed=2 * trial), "b": scored(truth, 1, seed=2 * trial + 1)}
        told += one(pair, resampling=Resampling(replicates=300, level=0.9)).better is not None
    assert 0.05 <= told / 300 <= 0.15


def test_what_cannot_be_compared_is_refused(binary: Outcome, several: Outcome) -> None:
    turned = replace(binary, classes=(True, False))
    other = binary.take(np.arange(400)[::-1])
    weighted = replace(binary, weights=np.ones(400))
    assert refusal({"a": binary}) == "a comparison takes two candidates or more\nname another one"
    assert refusal({"churn:1": binary, "churn:2": binary}, baseline="churn:3") == (
        "no candidate is called 'churn:3'\ndid you mean churn:2 or churn:1?"
    )
    assert refusal({"a": binary, "b": binary}, baseline="xyz") == "no candidate is called 'xyz'\nthere are a, b"
    assert refusal({"a": binary, "b": several}) == (
        "candidate b: 300 rows, and the target has 400\n"
        "predict on exactly the rows whose target you pass, in the same order"
    )
    assert refusal({"a": binary.take(np.arange(300)), "b": several}) == (
        "b and a do not answer the same question: multiclass and binary of True\ncompare candidates of one task"
    )
    assert refusal({"a": binary, "b": turned}) == (
        "b and a do not answer the same question: binary of False and binary of True\ncompare candidates of one task"
    )
    same_rows = "pass outcomes of the same rows in the same order, with the same weights"
    assert refusal({"a": binary, "b": other}) == f"b and a were judged on other rows\n{same_rows}"
    assert refusal({"a": binary, "b": weighted}) == f"b and a were judged on other rows\n{same_rows}"
    halved = replace(binary, weights=np.full(400, 0.5))
    assert refusal({"a": weighted, "b": halved}) == f"b and a were judged on other rows\n{same_rows}"


def test_classes_in_another_order_are_the_same_classes(several: Outcome) -> None:
    spelled = several.spelled(several.truth)
    assert several.probabilities is not None
    other = outcome(spelled, probabilities=several.probabilities[:, ::-1], classes=several.classes[::-1])
    for found in compare({"a": several, "b": other}, resampling=Resampling(replicates=20)):
        assert found.difference == pytest.approx(0, abs=1e-12)
