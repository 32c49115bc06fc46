from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from onnx import TensorProto, helper
from sklearn.linear_model import LinearRegression

from jupyter_mlc.store.predicting import predict

ROWS = pd.DataFrame(np.random.default_rng(0).random((20, 2)), columns=["a", "b"])


def test_what_can_predict_is_asked_to() -> None:
    model = LinearRegression().fit(ROWS, ROWS.a)
    assert np.array_equal(predict(model, ROWS), model.predict(ROWS))


def test_a_function_of_rows_is_called_and_a_class_is_not() -> None:
    assert np.array_equal(predict(lambda rows: rows.a * 2, ROWS), ROWS.a * 2)
    assert np.array_equal(predict(SimpleNamespace(predict=len), ROWS), len(ROWS))
    with pytest.raises(TypeError):
        predict(LinearRegression, ROWS)


def test_what_cannot_predict_raises_what_it_raises() -> None:
    with pytest.raises(AttributeError):
        predict(SimpleNamespace(), ROWS)


def test_a_booster_of_xgboost_takes_tables_and_its_own_matrices() -> None:
    rows = ROWS.assign(kind=pd.Categorical(["u", "v"] * 10))
    data = xgboost.DMatrix(rows, ROWS.a, enable_categorical=True)
    booster = xgboost.train({"max_depth": 2}, data, 3)
    assert np.array_equal(predict(booster, rows), booster.predict(data))
    assert np.array_equal(predict(booster, data), booster.predict(data))


def adding(*kinds: int) -> Any:
    """A graph that adds two inputs, or an input to itself."""
    names = ["a", "b"][: len(kinds)]
    made = helper.make_graph(
        [helper.make_node("Add", [names[0], names[-1]], ["sum"])],
        "net",
        [helper.make_tensor_value_info(name, kind, [None, None]) for name, kind in zip(names, kinds, strict=True)],
        [helper.make_tensor_value_info("sum", kinds[0], [None, None])],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def test_a_graph_takes_its_inputs_by_their_names() -> None:
    model = adding(TensorProto.DOUBLE, TensorProto.DOUBLE)
    expected = (ROWS.a + ROWS.b).to_numpy().reshape(-1, 1)
    assert np.array_equal(predict(model, ROWS), expected)
    assert np.array_equal(predict(model, {"a": ROWS.a, "b": ROWS.b}), expected)


def test_a_graph_with_one_input_takes_the_whole_table_in_its_own_type() -> None:
    model = adding(TensorProto.FLOAT)
    found = predict(model, ROWS.rename(columns={"a": "x"}))
    assert found.dtype == np.float32
    assert np.allclose(found, 2 * ROWS.to_numpy())


def test_asking_imports_no_library_but_the_model_s() -> None:
    script = (
        "import sys\nfrom types import SimpleNamespace\nfrom jupyter_mlc.store.predicting import predict\n"
        "predict(SimpleNamespace(predict=len), [1])\n"
        "print(sorted({'keras', 'numpy', 'onnx', 'torch', 'transformers', 'xgboost'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
