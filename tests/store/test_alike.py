from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from jupyter_mlc.store.alike import compared


@pytest.mark.parametrize(
    ("expected", "found", "verdict"),
    [
        ([1, 2], np.array([1, 2]), "same"),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), "same"),
        (np.array([1.0]), np.array([1.0 + 1e-12]), "close"),
        (np.array([1.0]), np.array([1.1]), "different"),
        (np.array([1.0]), np.array([[1.0]]), "different"),
        (np.array(["a", "b"]), np.array(["a", "b"]), "same"),
        (np.array(["a", "b"]), np.array(["a", "c"]), "different"),
        (np.array(["a", None], dtype=object), np.array(["a", None], dtype=object), "same"),
        (pd.Series([1, 2]), pd.Series([1, 2]), "same"),
    ],
)
def test_predictions_are_compared_exactly_first(expected: Any, found: Any, verdict: str) -> None:
    assert compared(expected, found) == verdict


@pytest.mark.parametrize(
    ("expected", "found", "verdict"),
    [
        ({"a": np.ones(2), "b": ["x"]}, {"a": np.ones(2), "b": ["x"]}, "same"),
        ({"a": np.ones(2)}, {"a": np.ones(2) + 1e-12}, "close"),
        ({"a": 1.0}, {"b": 1.0}, "different"),
        ((np.ones(2), np.eye(2)), (np.ones(2), np.eye(2)), "same"),
        ((np.ones(2), np.eye(2)), (np.ones(2), np.zeros((2, 2))), "different"),
        ([[1], [1, 2]], [[1], [1, 2]], "same"),
        ([[1], [1, 2]], [[1], [1, 3]], "different"),
        ([[1], [1, 2]], [[1], [1, 2], []], "different"),
        ([{"score": 0.5, "label": "a"}], [{"score": 0.5 + 1e-12, "label": "a"}], "close"),
        ([{1, 2}], [{1, 2}], "same"),
        ([{1, 2}], [{1, 3}], "different"),
        (scipy.sparse.eye(3, format="csr"), scipy.sparse.eye(3, format="coo"), "same"),
        (scipy.sparse.eye(3), 2 * scipy.sparse.eye(3), "different"),
        (scipy.sparse.eye(3), scipy.sparse.eye(4), "different"),
    ],
)
def test_predictions_of_any_shape_are_compared_part_by_part(expected: Any, found: Any, verdict: str) -> None:
    assert compared(expected, found) == verdict


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pd.Series(["a", None, np.nan]), pd.Series(["a", np.nan, None])),
        (pd.Series([1, None], dtype="Int64"), pd.Series([1, None], dtype="Int64")),
        (pd.DataFrame({"a": ["x", None], "b": [np.nan, 1.0]}), pd.DataFrame({"a": ["x", None], "b": [np.nan, 1.0]})),
        (np.array(["NaT", "2026-06-29"], dtype="M8[s]"), np.array(["NaT", "2026-06-29"], dtype="M8[s]")),
        ([{"a": float("nan")}, {}], [{"a": float("nan")}, {}]),
    ],
)
def test_what_is_missing_is_like_what_is_missing(first: Any, second: Any) -> None:
    assert compared(first, second) == "same"
    assert compared(first, second[:1]) == "different"


def test_what_nothing_tells_apart_is_not_tried() -> None:
    assert compared(object(), object()) == "not tried"
    assert compared([[io.StringIO()]], [[io.StringIO()]]) == "not tried"
