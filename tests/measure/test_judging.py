"""Figures: a value with an interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.intervals import wilson
from jupyter_mlc.measure.judging import judge
from jupyter_mlc.measure.metrics.catalogue import DEFAULTS, METRICS
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.measure.tasks import Task


@pytest.mark.parametrize("task", Task)
def test_a_model_is_judged_by_what_suits_its_task(
    task: Task, binary: Outcome, several: Outcome, values: Outcome
) -> None:
    made = {Task.BINARY: binary, Task.MULTICLASS: several, Task.REGRESSION: values}[task]
    found = judge(made, resampling=Resampling(replicates=100))
    assert tuple(figure.metric for figure in found) == DEFAULTS[task]
    for figure in found:
        assert figure.value is not None
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.value < figure.high
        assert (figure.rows, figure.reason) == (made.rows, "")
        assert figure.greater_is_better is METRICS[figure.metric].greater_is_better
        assert {type(number) for number in (figure.value, figure.low, figure.high)} == {float}


def test_the_same_rows_give_the_same_figures(binary: Outcome) -> None:
    assert judge(binary) == judge(binary)
    assert judge(binary, ["auc"]) == judge(binary)[:1]
    assert judge(binary, ["auc"]) != judge(binary, ["auc"], Resampling(seed=1))


def test_a_share_of_rows_has_wilsons_interval_even_where_all_are_right() -> None:
    (figure,) = judge(outcome(list("ababbbab"), list("ababbbab")), ["accuracy"])
    assert figure.value == 1
    assert (figure.low, figure.high) == wilson(8, 8, 0.95)


def test_a_share_of_rows_that_count_differently_is_resampled(binary: Outcome) -> None:
    doubled = replace(binary, weights=np.full(400, 2.0))
    (once,), (twice,) = judge(binary, ["accuracy"]), judge(doubled, ["accuracy"])
    assert once.value == twice.value
    assert once.low == pytest.approx(twice.low, abs=0.01)
    assert once.low != twice.low


def test_a_wider_level_gives_a_wider_interval(binary: Outcome) -> None:
    (usual,), (wide,) = judge(binary, ["auc"]), judge(binary, ["auc"], Resampling(level=0.99))
    assert usual.low is not None
    assert wide.low is not None
    assert wide.low < usual.low


def test_what_was_not_asked_for_and_has_no_value_says_why() -> None:
    one_class = outcome(["no"] * 12, probabilities=np.linspace(0, 1, 12), classes=["no", "yes"])
    by_name = {figure.metric: figure for figure in judge(one_class)}
    assert (by_name["auc"].value, by_name["auc"].reason) == (None, "no row is positive")
    assert by_name["accuracy"].value == 0.5


def test_what_was_asked_for_and_has_no_value_is_refused() -> None:
    one_class = outcome(["no"] * 12, probabilities=np.linspace(0, 1, 12), classes=["no", "yes"])
    with pytest.raises(BadInput) as refused:
        judge(one_class, ["accuracy", "auc"])
    assert refused.value.text == (
        "auc has no value on these 12 rows: no row is positive\nchoose other rows, or another metric"
    )


def test_no_rows_at_all_are_refused(binary: Outcome) -> None:
    with pytest.raises(BadInput) as refused:
        judge(binary.take(np.zeros(400, bool)))
    assert refused.value.text == (
        "auc has no value on these 0 rows: there are no rows\nchoose other rows, or another metric"
    )


def test_few_rows_have_values_but_no_intervals_from_resamples() -> None:
    found = judge(outcome([0, 1, 1, 0], probabilities=[0.1, 0.7, 0.3, 0.6]), ["auc", "accuracy"])
    assert (found[0].value, found[0].low, found[0].reason) == (0.75, None, "fewer than 10 rows")
    assert (found[1].low, found[1].reason) == (wilson(2, 4, 0.95)[0], "")


def test_without_resamples_there_are_values_alone(binary: Outcome) -> None:
    (figure,) = judge(binary, ["auc"], Resampling(replicates=0))
    assert figure.value is not None
    assert (figure.low, figure.reason) == (None, "no resamples were asked for")
