"""Figures of parts of the rows."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.judging import judge
from jupyter_mlc.measure.metrics.catalogue import DEFAULTS
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.measure.slices import judge_slices
from jupyter_mlc.measure.slicing import Kind, Part, Slicing, slicing
from jupyter_mlc.measure.tasks import Task


def test_a_slices_figures_are_those_of_its_rows(binary: Outcome) -> None:
    origin = np.array(["JFK", "EWR", "LGA", "LGA"] * 100)
    found = judge_slices(binary, slicing("origin", origin), ["auc", "f1"])
    assert [(each.column, each.label, each.kind, each.rows) for each in found] == [
        ("origin", "LGA", Kind.VALUE, 200),
        ("origin", "EWR", Kind.VALUE, 100),
        ("origin", "JFK", Kind.VALUE, 100),
    ]
    for each in found:
        assert each.figures == judge(binary.take(origin == each.label), ["auc", "f1"])


def test_slices_are_judged_by_what_suits_the_task(binary: Outcome) -> None:
    (whole,) = judge_slices(binary, slicing("x", np.zeros(400)), resampling=Resampling(replicates=10))
    assert tuple(figure.metric for figure in whole.figures) == DEFAULTS[Task.BINARY]
    assert whole.rows == 400


def test_a_metric_without_a_value_in_a_slice_says_why() -> None:
    made = outcome([1, 0, 1, 0, 0, 0], probabilities=[0.9, 0.1, 0.8, 0.2, 0.3, 0.1])
    found = judge_slices(made, slicing("x", list("aaaabb")), ["auc", "accuracy"])
    (auc, accuracy), (no_auc, still) = (each.figures for each in found)
    assert (auc.value, auc.reason) == (1, "fewer than 10 rows")
    assert (no_auc.value, no_auc.reason) == (None, "no row is positive")
    assert (accuracy.value, still.value) == (1, 1)


def test_an_empty_slice_says_that_it_is_empty(binary: Outcome) -> None:
    parts = (Part(label="all", kind=Kind.VALUE), Part(label="none", kind=Kind.VALUE))
    _, empty = judge_slices(binary, Slicing(column="x", parts=parts, places=np.zeros(400, int)), ["auc", "accuracy"])
    assert empty.rows == 0
    assert [(figure.value, figure.reason) for figure in empty.figures] == [(None, "there are no rows")] * 2


def test_a_column_of_other_rows_is_refused(binary: Outcome) -> None:
    with pytest.raises(BadInput) as refused:
        judge_slices(binary, slicing("origin", ["JFK"]))
    assert refused.value.message == "column 'origin': 1 rows, and the target has 400"
