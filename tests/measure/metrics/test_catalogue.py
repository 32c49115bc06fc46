"""Metrics by name, alias, scorer and function."""

from __future__ import annotations

import sys

import pytest
from sklearn.metrics import get_scorer_names

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.metrics.catalogue import ALIASES, DEFAULTS, METRICS, find, metrics_for
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.tasks import Task


def refusal(made: Outcome, *asked: object) -> str:
    with pytest.raises(BadInput) as refused:
        metrics_for(made, asked)  # type: ignore[arg-type]
    return refused.value.text


def names(made: Outcome, *asked: str) -> list[str]:
    return [metric.name for metric in metrics_for(made, asked)]


def test_every_alias_leads_to_one_metric() -> None:
    given = [alias for metric in METRICS.values() for alias in metric.aliases]
    assert sorted(given) == sorted(ALIASES)
    assert not set(ALIASES) & set(METRICS)
    assert all(find(alias) is METRICS[name] for alias, name in ALIASES.items())


@pytest.mark.parametrize("task", Task)
def test_what_a_task_is_judged_by_fits_it(task: Task) -> None:
    assert all(task in METRICS[name].tasks for name in DEFAULTS[task])


def test_none_named_all_that_the_model_can_be_judged_by_come(binary: Outcome) -> None:
    assert names(binary) == list(DEFAULTS[Task.BINARY])
    scored = outcome([0, 1, 1], scores=[-1, 2, 1])
    assert set(DEFAULTS[Task.BINARY]) - set(names(scored)) == {"log_loss", "brier"}
    labelled = outcome([0, 1, 1], [0, 1, 0])
    assert names(labelled)[0] == "accuracy"
    assert not {"auc", "average_precision", "log_loss", "brier"} & set(names(labelled))


def test_a_metric_named_twice_comes_once_and_in_the_order_asked(binary: Outcome) -> None:
    assert names(binary, "f1", "AUC", "roc_auc", "f1_score") == ["f1", "auc"]


def test_scikit_learns_scorers_are_found_by_their_names() -> None:
    for name in get_scorer_names():
        metric = find(name)
        assert metric.name == ALIASES.get(name, name)


def test_a_name_that_nobody_knows_is_answered_with_those_near_it(binary: Outcome) -> None:
    assert refusal(binary, "acuracy") == "no metric is called 'acuracy'\ndid you mean accuracy or auc?"
    assert refusal(binary, "auc, f1") == (
        "no metric is called 'auc, f1'\nname each by itself: --metric auc --metric f1"
    )
    assert refusal(binary, "neg_logloss") == "no metric is called 'neg_logloss'\ndid you mean log_loss?"
    assert refusal(binary, "xyz") == f"no metric is called 'xyz'\nthere are {', '.join(METRICS)}"


def test_without_scikit_learn_a_scorers_name_says_how_to_install_it(
    binary: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sklearn", "sklearn.metrics"):
        monkeypatch.setitem(sys.modules, name, None)
    assert names(binary) == list(DEFAULTS[Task.BINARY])
    assert refusal(binary, "neg_log_loss") == (
        "no metric is called 'neg_log_loss'\n"
        'if a scorer of scikit-learn is meant, install it: %pip install "jupyter-mlc[evaluate]"; did you mean log_loss?'
    )


def test_a_metric_of_another_task_is_refused(binary: Outcome, several: Outcome, values: Outcome) -> None:
    assert refusal(values, "auc") == (
        "auc does not fit a regression task\nthese do: rmse, mae, r2, medae, mape, mse, explained_variance"
    )
    assert refusal(several, "f1") == (
        "f1 does not fit a multiclass task\n"
        "these do: auc_ovr, log_loss, brier, accuracy, balanced_accuracy, mcc, kappa, precision_macro, "
        "precision_weighted, recall_macro, recall_weighted, f1_macro, f1_weighted"
    )
    assert refusal(binary, "rmse").startswith("rmse does not fit a binary task\nthese do: auc, average_precision, ")


def test_a_metric_that_needs_more_than_the_model_said_is_refused() -> None:
    labelled = outcome([0, 1, 1], [0, 1, 0])
    scored = outcome([0, 1, 1], scores=[-1, 2, 1])
    assert refusal(labelled, "auc") == (
        "auc needs scores, and the model gave predictions alone\n"
        "pass what predict_proba or decision_function gives, or ask for another metric"
    )
    assert refusal(scored, "log_loss") == (
        "log_loss needs probabilities, and the model gave scores alone\n"
        "pass what predict_proba gives, or ask for another metric"
    )


def test_what_is_no_metric_at_all_is_refused(binary: Outcome) -> None:
    assert refusal(binary, 3) == "3 is no metric\npass a name such as 'auc', or a function (y_true, y_pred) -> number"
