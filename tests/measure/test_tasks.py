"""Which task it is, from target and predictions alone."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mlc.measure.tasks import Task, infer_task

MANY = list(range(60))


@pytest.mark.parametrize(
    ("truth", "predicted", "task"),
    [
        ([True, False, True], None, Task.BINARY),
        ([True, False, True], [False, False, True], Task.BINARY),
        (["yes", "no", "yes"], None, Task.BINARY),
        (["a", "b", "c"], None, Task.MULTICLASS),
        (["a", "b", "a"], ["a", "c", "a"], Task.MULTICLASS),
        ([0, 1, 1, 0], [0, 1, 0, 0], Task.BINARY),
        ([0, 1, 1, 0], [0.2, 0.9, 1.0, 0.0], Task.BINARY),
        ([0.0, 1.0, 1.0, 0.0], [0.2, 0.9, 1.0, 0.0], Task.BINARY),
        ([0, 1, 1, 0], [0.2, 1.1, 1.0, 0.0], Task.REGRESSION),
        ([0, 1, 2, 0, 1, 2], [0, 1, 1, 0, 1, 2], Task.MULTICLASS),
        ([0, 1, 2, 0, 1, 2], [0.5, 1.0, 1.0, 0.0, 1.0, 2.0], Task.REGRESSION),
        ([1.0, 2.0, 1.0, 2.0, 3.0, 3.0], [1.0, 2.0, 1.0, 2.0, 3.0, 3.0], Task.MULTICLASS),
        ([0.5, 1.0, 2.0], [1, 2, 3], Task.REGRESSION),
        ([7, 9, 12, 15], [7, 9, 12, 15], Task.REGRESSION),
        (MANY * 3, MANY * 3, Task.REGRESSION),
        ([1, 1, 1], [1, 1, 1], Task.BINARY),
    ],
)
def test_the_task_is_told_from_what_the_columns_hold(truth: list[object], predicted: object, task: Task) -> None:
    assert infer_task(np.asarray(truth), None if predicted is None else np.asarray(predicted)) is task


@pytest.mark.parametrize(("classes", "task"), [(1, Task.BINARY), (2, Task.BINARY), (60, Task.MULTICLASS)])
def test_a_model_that_knows_classes_classifies_even_many_numbers(classes: int, task: Task) -> None:
    assert infer_task(np.arange(60), None, classes) is task
