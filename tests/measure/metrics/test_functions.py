"""Somebody's own function is a metric like any other; scikit-learn's scorers are too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.judging import judge
from jupyter_mlc.measure.metrics.catalogue import Asked, find
from jupyter_mlc.measure.metrics.functions import from_function
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling

LATE = outcome(["yes", "no", "yes", "no"] * 5, ["yes", "yes", "yes", "no"] * 5)


def profit(y_true: Any, y_pred: Any) -> float:
    """What the calls earn.

    In dollars.
    """
    called = y_pred == "yes"
    return float(10 * (called & (y_true == "yes")).sum() - 3 * called.sum()) / len(y_true)


def waiting_cost(y_true: Any, y_pred: Any, sample_weight: Any) -> float:
    return float(np.average(y_true != y_pred, weights=sample_weight))


def value(made: Outcome, asked: Asked) -> float | None:
    return judge(made, [asked], Resampling(replicates=0))[0].value


def refusal(made: Outcome, asked: Asked) -> str:
    with pytest.raises(BadInput) as refused:
        judge(made, [asked])
    return refused.value.text


def test_a_function_gets_the_values_as_the_target_spells_them() -> None:
    (figure,) = judge(LATE, [profit])
    assert (figure.metric, figure.value, figure.greater_is_better) == ("profit", 2.75, True)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 2.75 < figure.high
    assert from_function(profit).about == "What the calls earn."


def test_a_function_that_takes_weights_gets_them() -> None:
    assert value(LATE, waiting_cost) == 0.25
    assert value(replace(LATE, weights=np.arange(20.0) % 4 == 1), waiting_cost) == 1


def test_rows_are_repeated_for_a_function_that_takes_no_weights() -> None:
    counts = np.arange(20.0)
    repeated = LATE.take(np.repeat(np.arange(20), np.arange(20)))
    assert value(replace(LATE, weights=counts), profit) == value(repeated, profit)


def test_rows_cannot_count_in_part_for_a_function_that_takes_no_weights() -> None:
    assert refusal(replace(LATE, weights=np.full(20, 0.5)), profit) == (
        "profit has no value on these 20 rows: it takes no sample_weight, and rows count in part\n"
        "choose other rows, or another metric"
    )


def test_the_name_of_a_function_tells_which_way_is_better_unless_it_says_so_itself() -> None:
    def gain_loss(y_true: Any, y_pred: Any) -> float:
        return 0.0

    assert not from_function(gain_loss).greater_is_better
    gain_loss.greater_is_better = True  # type: ignore[attr-defined]
    assert from_function(gain_loss).greater_is_better
    assert not from_function(sk.zero_one_loss).greater_is_better
    assert not from_function(waiting_cost).greater_is_better


class Bonus:
    def __call__(self, y_true: Any, y_pred: Any) -> float:
        return 1.5


def test_any_callable_will_do() -> None:
    (figure,) = judge(LATE, [Bonus()])
    assert (figure.metric, figure.value, figure.low) == ("Bonus", 1.5, None)
    assert figure.reason == "all resamples agree, which rows this few or this alike can do by chance"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("much", "it gives 'much', which is no number"),
        (None, "it gives None, which is no number"),
        ("x" * 99, f"it gives '{'x' * 36}..., which is no number"),
        (float("nan"), "it gives nan"),
        (np.inf, "it gives inf"),
        (np.ones(3), "it gives array([1., 1., 1.]), which is no number"),
    ],
)
def test_a_function_that_gives_no_number_is_refused(given: object, reason: str) -> None:
    def mine(y_true: Any, y_pred: Any) -> object:
        return given

    assert refusal(LATE, mine) == (
        f"mine has no value on these 20 rows: {reason}\nchoose other rows, or another metric"
    )


def test_a_function_that_raises_is_refused_with_what_it_raised() -> None:
    def mine(y_true: Any, y_pred: Any) -> float:
        raise ZeroDivisionError("nothing was sold\nat all")

    assert refusal(LATE, mine) == (
        "mine has no value on these 20 rows: it raises ZeroDivisionError: nothing was sold\n"
        "choose other rows, or another metric"
    )


def test_a_number_of_any_kind_is_a_number() -> None:
    for given in (np.float32(0.5), np.array(0.5), 1, True):
        assert value(LATE, lambda y_true, y_pred, given=given: given) == float(np.asarray(given).item())


@pytest.mark.parametrize("name", ["roc_auc", "neg_log_loss", "f1", "neg_brier_score", "jaccard"])
@pytest.mark.parametrize("positive", ["no", "yes"])
def test_a_scorer_of_a_binary_task_counts_the_positive_class(name: str, positive: str) -> None:
    truth, chance = np.array(["no", "yes", "yes", "no", "yes"]), np.array([0.2, 0.9, 0.4, 0.6, 0.7])
    made = outcome(truth, probabilities=chance, positive=positive)
    is_positive, of_positive = truth == positive, chance if positive == "yes" else 1 - chance
    theirs = {
        "roc_auc": sk.roc_auc_score(is_positive, of_positive),
        "neg_log_loss": -sk.log_loss(is_positive, of_positive),
        "f1": sk.f1_score(is_positive, of_positive > 0.5),
        "neg_brier_score": -sk.brier_score_loss(is_positive, of_positive),
        "jaccard": sk.jaccard_score(is_positive, of_positive > 0.5),
    }
    assert value(made, name) == pytest.approx(theirs[name])


@pytest.mark.parametrize("name", ["roc_auc_ovo", "f1_micro", "neg_log_loss", "top_k_accuracy"])
def test_a_scorer_of_several_classes_has_an_interval(several: Outcome, name: str) -> None:
    (figure,) = judge(several, [name], Resampling(replicates=30))
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < figure.value < figure.high


def test_a_scorer_of_values_is_better_the_greater_it_is(values: Outcome) -> None:
    (figure,) = judge(values, ["neg_root_mean_squared_error"], Resampling(replicates=30))
    assert figure.value == pytest.approx(-sk.root_mean_squared_error(values.truth, values.predicted))
    assert figure.greater_is_better


def test_a_scorer_works_from_scores_and_counts_weights(binary: Outcome) -> None:
    assert binary.probabilities is not None
    weights = np.arange(400) % 7 / 2
    scored = replace(binary, probabilities=None, scores=binary.probabilities - 0.5, weights=weights)
    expected = sk.average_precision_score(binary.truth, binary.probabilities, sample_weight=weights)
    assert find("average_precision").name == "average_precision"
    assert value(scored, "average_precision") == pytest.approx(expected)
    expected = sk.jaccard_score(binary.truth, binary.predicted, sample_weight=weights)
    assert value(scored, "jaccard") == pytest.approx(expected)


def test_a_scorer_that_needs_what_the_model_did_not_say_is_refused() -> None:
    text = refusal(LATE, "neg_brier_score")
    assert text.startswith("neg_brier_score has no value on these 20 rows: it raises AttributeError: ")
    assert "predict_proba" in text


def test_what_make_scorer_gives_is_a_metric_that_sees_classes_as_they_are_spelled(several: Outcome) -> None:
    from sklearn.metrics import f1_score, make_scorer

    (figure,) = judge(several, [make_scorer(f1_score, labels=["JFK"], average="macro")], Resampling(replicates=0))
    truth, predicted = several.spelled(several.truth), several.spelled(several.predicted)
    assert (figure.metric, figure.greater_is_better) == ("f1_score", True)
    assert figure.value == f1_score(truth, predicted, labels=["JFK"], average="macro")


def test_a_made_scorer_may_want_probabilities_and_come_negative(binary: Outcome) -> None:
    from sklearn.metrics import log_loss, make_scorer

    scorer = make_scorer(log_loss, response_method="predict_proba", greater_is_better=False)
    (figure,) = judge(binary, [scorer], Resampling(replicates=0))
    assert figure.value == pytest.approx(-log_loss(binary.truth, binary.probabilities))


def test_a_made_scorer_of_values_is_a_metric(values: Outcome) -> None:
    from sklearn.metrics import make_scorer, max_error

    (figure,) = judge(values, [make_scorer(max_error)], Resampling(replicates=0))
    assert figure.value == abs(values.truth - values.predicted).max()
