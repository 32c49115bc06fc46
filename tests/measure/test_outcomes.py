"""Every form in which models answer comes out as one; what does not fit is refused with a next step."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.tasks import Task

TRUTH = ["no", "yes", "yes", "no"]


def refusal(*args: object, **more: Any) -> str:
    with pytest.raises(BadInput) as refused:
        outcome(*args, **more)
    return refused.value.text


@pytest.mark.parametrize(
    "truth",
    [
        TRUTH,
        np.array(TRUTH),
        np.array(TRUTH, object),
        pd.Series(TRUTH, index=[9, 8, 7, 6]),
        pd.Series(TRUTH, dtype="category"),
        pd.Series(TRUTH, dtype="string"),
        pd.DataFrame({"late": TRUTH}),
        pa.array(TRUTH),
        pa.chunked_array([TRUTH[:2], TRUTH[2:]]),
    ],
    ids=lambda truth: type(truth).__name__,
)
def test_a_target_comes_in_any_container(truth: object) -> None:
    made = outcome(truth, ["no", "yes", "no", "no"])
    assert made.classes == ("no", "yes")
    assert made.truth.tolist() == [0, 1, 1, 0]
    assert made.predicted.tolist() == [0, 1, 0, 0]
    assert made.spelled(made.truth).tolist() == TRUTH
    assert (made.positive, made.rows) == ("yes", 4)


@pytest.mark.parametrize(
    ("truth", "predicted", "classes"),
    [
        ([True, False, True], [1, 0, 0], (False, True)),
        ([0.0, 1.0, 1.0], [0, 1, 0], (0, 1)),
        (pd.array([0, 1, 1], dtype="Int64"), [0, 1, 0], (0, 1)),
        (pd.array([True, False, True], dtype="boolean"), [True, False, False], (False, True)),
        (np.array([1, 0, 1], object), [0, 1, 0], (0, 1)),
    ],
)
def test_truth_values_and_whole_numbers_are_the_same_classes(
    truth: object, predicted: object, classes: tuple[Hashable, ...]
) -> None:
    made = outcome(truth, predicted)
    assert (made.task, made.classes) == (Task.BINARY, classes)


def test_numbers_of_any_exactness_are_values() -> None:
    made = outcome([Decimal("0.5"), Decimal(2)], np.array([1, 2], np.int8))
    assert made.task is Task.REGRESSION
    assert made.truth.tolist() == [0.5, 2.0]
    assert made.positive is None
    assert made.spelled(made.truth).tolist() == [0.5, 2.0]


def test_integers_too_large_for_64_bits_are_values() -> None:
    assert outcome(np.array([2**70, 1], object), [0.5, 1.5]).truth.tolist() == [2.0**70, 1.0]


@pytest.mark.parametrize("shape", ["(n,)", "(n, 1)", "(n, 2)"])
@pytest.mark.parametrize("positive", [None, "yes", "no"])
def test_probabilities_are_those_of_the_positive_class(shape: str, positive: str | None) -> None:
    of_yes = np.array([0.1, 0.7, 0.4, 0.2])
    given = {"(n,)": of_yes, "(n, 1)": of_yes[:, None], "(n, 2)": np.column_stack([1 - of_yes, of_yes])}[shape]
    made = outcome(TRUTH, probabilities=given, positive=positive)
    assert made.probabilities is not None
    expected = 1 - of_yes if positive == "no" else of_yes
    assert made.probabilities == pytest.approx(expected)
    assert made.positive == (positive or "yes")
    assert made.spelled(made.predicted).tolist() == ["no", "yes", "no", "no"]


@pytest.mark.parametrize("positive", ["yes", "no"])
def test_scores_are_turned_towards_the_positive_class(positive: str) -> None:
    towards_yes = np.array([-2.0, 3.0, -1.0, -0.5])
    made = outcome(TRUTH, scores=towards_yes, positive=positive)
    assert made.scores is not None
    assert made.scores.tolist() == (towards_yes if positive == "yes" else -towards_yes).tolist()
    assert made.probabilities is None
    assert made.spelled(made.predicted).tolist() == ["no", "yes", "no", "no"]
    both = outcome(TRUTH, scores=np.column_stack([-towards_yes, towards_yes]), positive=positive)
    assert both.scores is not None
    assert both.scores.tolist() == (2 * made.scores).tolist()


def test_the_columns_are_in_the_order_of_the_models_classes() -> None:
    given = [[0.9, 0.1], [0.2, 0.8]]
    made = outcome(["a", "b"], probabilities=given, classes=["a", "b"])
    turned = outcome(["a", "b"], probabilities=given, classes=["b", "a"])
    assert made.spelled(made.predicted).tolist() == ["a", "b"]
    assert turned.spelled(turned.predicted).tolist() == ["b", "a"]
    assert turned.positive == "a"


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()], ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("names", [("no", "yes"), ("a", "b", "c")], ids=len)
def test_what_scikit_learn_predicts_is_what_its_scores_say(model: Any, names: Sequence[str]) -> None:
    random = np.random.default_rng(0)
    y = np.array(names)[random.integers(0, len(names), 200)]
    X = random.normal(size=(200, 2)) + (y == names[0])[:, None]
    model.fit(X, y)
    given = {"probabilities": model.predict_proba(X)} if hasattr(model, "predict_proba") else {}
    made = outcome(y, **(given or {"scores": model.decision_function(X)}), classes=model.classes_)
    assert made.spelled(made.predicted).tolist() == model.predict(X).tolist()


def test_fractions_predicted_of_a_target_of_0_and_1_are_probabilities() -> None:
    made = outcome([0, 1, 1, 0], [0.2, 0.9, 0.4, 0.1])
    assert made.task is Task.BINARY
    assert made.probabilities is not None
    assert made.probabilities.tolist() == [0.2, 0.9, 0.4, 0.1]
    assert made.predicted.tolist() == [0, 1, 0, 0]


def test_the_named_task_is_taken_whatever_the_columns_look_like() -> None:
    assert outcome([0, 1, 1, 0], [0.2, 0.9, 0.4, 0.1], task=Task.REGRESSION).predicted.tolist() == [0.2, 0.9, 0.4, 0.1]
    assert outcome([5, 6, 7], [5, 6, 7], task=Task.MULTICLASS).classes == (5, 6, 7)


def test_classes_that_the_test_rows_lack_are_kept() -> None:
    made = outcome(["a", "a"], ["a", "a"], classes=["a", "b"])
    assert (made.task, made.classes) == (Task.BINARY, ("a", "b"))


def test_a_part_of_an_outcome_keeps_everything_else(binary: Outcome, values: Outcome) -> None:
    part = binary.take(np.array([5, 3]))
    assert part.rows == 2
    assert part.truth.tolist() == binary.truth[[5, 3]].tolist()
    assert part.probabilities is not None
    assert binary.probabilities is not None
    assert part.probabilities.tolist() == binary.probabilities[[5, 3]].tolist()
    assert part.classes == binary.classes
    assert values.take(np.zeros(values.rows, bool)).rows == 0


def test_one_class_of_several_is_taken_against_the_rest(several: Outcome, binary: Outcome) -> None:
    one = several.against_rest("LGA")
    assert (one.task, one.positive) == (Task.BINARY, "LGA")
    assert one.truth.tolist() == (several.spelled(several.truth) == "LGA").astype(int).tolist()
    assert one.probabilities is not None
    assert several.probabilities is not None
    assert one.probabilities.tolist() == several.probabilities[:, 1].tolist()
    assert binary.probabilities is not None
    turned = binary.against_rest(False)
    assert turned.probabilities is not None
    assert turned.probabilities.tolist() == (1 - binary.probabilities).tolist()
    with pytest.raises(BadInput) as refused:
        several.against_rest("SFO")
    assert refused.value.text == "there is no class 'SFO'\nthe classes are 'JFK', 'LGA', 'EWR'"


def test_rows_may_count_differently() -> None:
    made = outcome(TRUTH, TRUTH, weights=[1, 2, 0, 0.5])
    assert made.weights is not None
    assert made.weights.tolist() == [1, 2, 0, 0.5]
    assert made.take(np.array([1])).weights == pytest.approx([2])


NAN = float("nan")
COLUMNS = "pass the model's classes, in the order of its columns"
PREDICT = "pass what predict gives as predictions"
LEAVE = "leave out the rows not to count"
KNOWS = "it knows 'a', 'b'; drop those rows, or train with them"
DROP = "drop those rows, or fill them, before judging"
LOOK = "look at those rows of the input"
FLOATS = "numbers are needed here; convert them first, e.g. with astype(float)"
ROWS = "predict on exactly the rows whose target you pass, in the same order"


FAULTS: list[tuple[tuple[object, ...], dict[str, Any], str, str]] = [
    (([], []), {}, "target: there are no rows", "choose data that has rows"),
    ((TRUTH, TRUTH[:3]), {}, "predictions: 3 rows, and the target has 4", ROWS),
    ((TRUTH,), {"probabilities": [0.1, 0.2]}, "probabilities: 2 rows, and the target has 4", ROWS),
    (([1.5, NAN], [1, 2]), {}, "target: 1 of 2 rows is missing (counted from 0: 1)", DROP),
    (
        (["a", None, "b", pd.NA, NAN, None], list("abcdef")),
        {},
        "target: 4 of 6 rows are missing (counted from 0: 1, 3, 4, ...)",
        DROP,
    ),
    (([1.5, 2.5], [1, NAN]), {}, "predictions: 1 of 2 rows is missing (counted from 0: 1)", DROP),
    (([1.5, 2.5], [1, float("inf")]), {}, "predictions: 1 of 2 rows is NaN or infinite (counted from 0: 1)", LOOK),
    (
        (["a", "b"],),
        {"probabilities": [[0.5, 0.5], [NAN, NAN]]},
        "probabilities: 1 of 2 rows is NaN or infinite (counted from 0: 1)",
        LOOK,
    ),
    ((["a", "b"],), {"scores": [NAN, NAN]}, "scores: 2 of 2 rows are NaN or infinite (counted from 0: 0, 1)", LOOK),
    ((["x", "y"], [1.5, 2.5]), {"task": Task.REGRESSION}, "target: text such as 'x' is no number", FLOATS),
    ((np.array([1 + 2j, 2]), [1.5, 2.5]), {"task": Task.REGRESSION}, "target: complex128 is no number", FLOATS),
    (([[1], [2, 3]], [1.5, 2.5]), {}, "target: the rows are not all of the same length", "pass an array"),
    ((np.ones((3, 2)), [1, 2, 3]), {}, "target: one value a row is needed, and the shape is 3 x 2", "pass one column"),
    ((3, 3), {}, "target: one value a row is needed, and the shape is that of a single value", "pass one column"),
    (
        (np.array([[1], {}], object), TRUTH[:2]),
        {},
        "target: the values are neither classes nor numbers",
        "pass words or numbers",
    ),
    (([0.5, 1.5],), {}, "a regression is judged by predicted values", PREDICT),
    (
        ([1, 2], [1, 2]),
        {"task": Task.REGRESSION, "scores": [1, 2]},
        "a regression is judged by predicted values",
        PREDICT,
    ),
    ((TRUTH,), {}, "nothing was predicted", "pass predictions, probabilities or scores"),
    (
        (TRUTH,),
        {"probabilities": [0.5] * 4, "scores": [1] * 4},
        "probabilities and scores were both passed",
        "pass one of them; probabilities tell more",
    ),
    (
        (["a", "a"], ["a", "a"]),
        {},
        "target: all rows are of one class, 'a'",
        "choose data that has several classes, or pass the model's classes",
    ),
    (
        (["a", "b", "c"], ["a", "b", "c"]),
        {"task": Task.BINARY},
        "target: a binary task has two classes, and here are 3 ('a', 'b', 'c')",
        'pass task="multiclass", or the right classes',
    ),
    (
        (["a", "b", "z", "z"], ["a", "b", "a", "b"]),
        {"classes": ["a", "b"]},
        "target: 2 of 4 rows are of a class that the model does not know ('z')",
        KNOWS,
    ),
    (
        (["a", "b"], ["a", "z"]),
        {"classes": ["a", "b"]},
        "predictions: 1 of 2 rows is of a class that the model does not know ('z')",
        KNOWS,
    ),
    (
        (["1", "0"], [1, 0]),
        {},
        "the classes are of several types: int and str ('1', '0', 1, 0)",
        "give target and predictions the same type",
    ),
    (
        (["a", "b", "c"],),
        {"probabilities": np.full((3, 4), 0.25)},
        "the scores are of 4 classes, and there are 3 ('a', 'b', 'c')",
        COLUMNS,
    ),
    (
        (list("abcdefg"),),
        {"scores": np.ones((7, 9))},
        "the scores are of 9 classes, and there are 7 ('a', 'b', 'c', 'd', 'e', ...)",
        COLUMNS,
    ),
    ((TRUTH, TRUTH), {"positive": "maybe"}, "the positive class 'maybe' is not among 'no', 'yes'", "name one of them"),
    (
        (TRUTH,),
        {"probabilities": [0.1, -3.5, 0.5, 0.5]},
        "probabilities: row 1 (counted from 0) has -3.5, which is no probability",
        "pass what decision_function gives as scores, not as probabilities",
    ),
    (
        (TRUTH,),
        {"probabilities": [[0.5, 0.5], [0.5, 0.4], [0.2, 0.8], [0.9, 0.3]]},
        "probabilities: in 2 of 4 rows they do not sum to 1 (row 1, counted from 0, to 0.9)",
        "divide each row by its sum, or pass them as scores",
    ),
    (
        (TRUTH,),
        {"scores": np.ones((4, 2, 2))},
        "scores: the shape is 4 x 2 x 2, and there are 2 classes",
        "pass an array of 4 rows and 2 columns",
    ),
    (
        (TRUTH,),
        {"task": Task.MULTICLASS, "scores": [1, 2, 3, 4]},
        "scores: a multiclass task needs a column for each class",
        'or pass task="binary"',
    ),
    ((TRUTH, TRUTH), {"weights": [1, 1, 1]}, "weights: 3 rows, and the target has 4", ROWS),
    (
        (TRUTH, TRUTH),
        {"weights": [[1, 1, 1, 1]]},
        "weights: one number a row is needed",
        "pass an array of one dimension",
    ),
    ((TRUTH, TRUTH), {"weights": [1, 1, 1, -1]}, "weights: none may be negative, and not all may be 0", LEAVE),
    ((TRUTH, TRUTH), {"weights": [0, 0, 0, 0]}, "weights: none may be negative, and not all may be 0", LEAVE),
]


@pytest.mark.parametrize(("args", "more", "message", "hint"), FAULTS)
def test_what_does_not_fit_is_refused(args: tuple[object, ...], more: dict[str, Any], message: str, hint: str) -> None:
    assert refusal(*args, **more) == f"{message}\n{hint}"


def test_probabilities_of_half_precision_sum_to_1_nearly_enough() -> None:
    random = np.random.default_rng(0)
    given = random.dirichlet(np.ones(5), 500).astype(np.float16)
    assert outcome(random.integers(0, 5, 500), probabilities=given).task is Task.MULTICLASS
