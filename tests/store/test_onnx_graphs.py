"""What a graph says of rows: its labels, and the probabilities of its classes, however its converter wrote them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier

from jupyter_mlc.store.onnx_graphs import said

ROWS, TRUTH = (np.asarray(part) for part in load_iris(return_X_y=True))
ROWS = ROWS.astype("f4")
WORDS = np.array(["c", "a", "b"])[TRUTH]


@cache
def forest(words: bool = False) -> RandomForestClassifier:  # noqa: FBT001, FBT002 (a cache takes places)
    return RandomForestClassifier(5, random_state=0).fit(ROWS, WORDS if words else TRUTH)


def converted(model: Any, **options: Any) -> Any:
    return to_onnx(model, ROWS[:1], options=options or None)


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("options", [{}, {"zipmap": False}, {"zipmap": "columns"}])
def test_probabilities_come_with_their_classes(words: bool, options: dict[str, Any]) -> None:  # noqa: FBT001
    model = forest(words)
    found = said(converted(model, **options), ROWS)
    assert found.predicted.tolist() == model.predict(ROWS).tolist()
    if options.get("zipmap") == "columns":  # an output a class: nothing says that they belong together
        assert found.scores is None
        return
    assert list(found.classes or ()) == model.classes_.tolist()
    np.testing.assert_allclose(found.scores, model.predict_proba(ROWS), atol=1e-5)


def test_of_two_classes_both_have_a_column() -> None:
    model = LogisticRegression().fit(ROWS, TRUTH == 1)
    found = said(converted(model, zipmap=False), ROWS)
    np.testing.assert_allclose(found.scores, model.predict_proba(ROWS), atol=1e-5)
    assert tuple(found.classes or ()) == (0, 1)


def test_classes_that_no_operator_names_are_those_of_the_answers() -> None:
    model = MLPClassifier((4,), max_iter=400, random_state=0, learning_rate_init=0.05).fit(ROWS, WORDS)
    found = said(converted(model, zipmap=False), ROWS)
    assert list(found.classes or ()) == ["a", "b", "c"]
    np.testing.assert_allclose(found.scores, model.predict_proba(ROWS), atol=1e-4)


def beside(labels: list[Any], scores: Any) -> Any:
    """A graph that gives these, whatever it is asked."""
    values = [np.array(labels), np.array(scores, "f4")]
    kinds = [TensorProto.STRING if values[0].dtype.kind == "U" else TensorProto.INT64, TensorProto.FLOAT]
    names = ["label", "scores"]
    values[0] = values[0].astype(object) if kinds[0] == TensorProto.STRING else values[0]
    made = helper.make_graph(
        [
            helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name))
            for name, value in zip(names, values, strict=True)
        ],
        "fixed",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 4])],
        [
            helper.make_tensor_value_info(name, kind, value.shape)
            for name, kind, value in zip(names, kinds, values, strict=True)
        ],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def test_scores_that_are_no_probabilities_are_given_as_they_are() -> None:
    found = said(beside([0, 1], [[2.0, -2.0], [-3.0, 3.0]]), ROWS[:2])
    assert (found.classes, found.scores.tolist()) == ((0, 1), [[2.0, -2.0], [-3.0, 3.0]])


def test_columns_of_nobody_knows_what_are_not_used() -> None:
    found = said(beside(["u", "v"], [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]]), ROWS[:2])
    assert (found.predicted.tolist(), found.scores, found.classes) == (["u", "v"], None, None)
    assert found.unclear == "nothing tells which class each of its 3 columns of scores is of"


def test_a_regression_gives_its_values() -> None:
    model = LinearRegression().fit(ROWS, ROWS[:, 0])
    found = said(to_onnx(model, ROWS[:1]), ROWS)
    assert (found.scores, found.classes, found.unclear) == (None, None, "")
    np.testing.assert_allclose(found.predicted.reshape(-1), model.predict(ROWS), atol=1e-4)


def test_dicts_alone_are_scores_without_labels() -> None:
    graph = converted(forest())
    del graph.graph.output[0]
    onnx.checker.check_model(graph)
    found = said(graph, ROWS)
    assert found.predicted is None
    assert tuple(found.classes or ()) == (0, 1, 2)
    np.testing.assert_allclose(found.scores, forest().predict_proba(ROWS), atol=1e-5)
