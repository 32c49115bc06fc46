from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

from jupyter_mlc.store.predicting import predict
from tests.store.formats.shelf import Shelf, refusal

WIDTH = 600
WEIGHTS = np.random.default_rng(0).random((WIDTH, WIDTH), dtype="f4")


def graph(weights: Any = WEIGHTS, name: str = "w") -> Any:
    """A graph that multiplies by a matrix of more than a mebibyte and adds 1."""
    one = numpy_helper.from_array(np.ones(1, "f4"), "one")
    made = helper.make_graph(
        [helper.make_node("MatMul", ["x", name], ["y"]), helper.make_node("Add", ["y", "one"], ["z"])],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, WIDTH])],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, [None, WIDTH])],
        [numpy_helper.from_array(weights, name), one],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def test_a_graph_comes_back_equal(shelf: Shelf) -> None:
    model = graph()
    made = shelf.put(model)
    assert (made.format, shelf.paths(made)) == ("onnx", ["model.onnx", "tensors/00000"])
    assert shelf.open(made) == model
    assert model == graph()
    rows = np.random.default_rng(1).random((3, WIDTH))
    assert np.array_equal(predict(shelf.open(made), rows), predict(model, rows))


def test_versions_share_the_tensors_that_did_not_change(shelf: Shelf) -> None:
    first = shelf.put(graph())
    other = graph()
    other.graph.initializer[1].CopyFrom(numpy_helper.from_array(np.zeros(1, "f4"), "one"))
    second = shelf.put(other)
    assert len(set(first.blobs) & set(second.blobs)) == 2  # the tensor, and the configuration of all artifacts


def test_tensors_in_constants_and_inner_graphs_are_taken_out_too(shelf: Shelf) -> None:
    constant = helper.make_node("Constant", [], ["w"], value=numpy_helper.from_array(WEIGHTS, "inner"))
    then = helper.make_graph(
        [constant], "then", [], [helper.make_tensor_value_info("w", TensorProto.FLOAT, [WIDTH, WIDTH])]
    )
    choose = helper.make_node("If", ["yes"], ["out"], then_branch=then, else_branch=then)
    outer = helper.make_graph(
        [choose],
        "outer",
        [helper.make_tensor_value_info("yes", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [WIDTH, WIDTH])],
    )
    model = helper.make_model(outer)
    made = shelf.put(model)
    assert shelf.paths(made) == ["model.onnx", "tensors/00000"]
    assert shelf.open(made) == model


def test_the_stored_files_are_an_onnx_model_with_external_data(shelf: Shelf, tmp_path: Path) -> None:
    made = shelf.put(graph())
    for path in shelf.paths(made):
        (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / path).write_bytes(shelf.read(made, path))
    loaded = onnx.load(tmp_path / "out" / "model.onnx")
    assert np.array_equal(numpy_helper.to_array(loaded.graph.initializer[0]), WEIGHTS)


def test_a_file_becomes_a_graph_for_whoever_asks_for_it(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    onnx.save(graph(), path, save_as_external_data=True, location="beside.bin")
    assert shelf.put(path).format == "files"
    assert shelf.open(shelf.put(path, "onnx")) == graph()
    assert refusal(lambda: shelf.put(tmp_path / "none.onnx", "onnx")).startswith(
        f"cannot read {tmp_path / 'none.onnx'} as ONNX: "
    )


def test_a_graph_whose_data_is_elsewhere_is_refused(shelf: Shelf) -> None:
    model = graph()
    set_external_data(model.graph.initializer[0], "weights.bin")
    assert refusal(lambda: shelf.put(model)) == (
        "the data of tensor w is not in the model\nload it whole: onnx.load(PATH)"
    )


@pytest.mark.parametrize("place", ["../../../etc/passwd", "/etc/passwd", "weights.bin"])
def test_a_graph_that_reaches_out_of_its_artifact_is_refused(place: str, shelf: Shelf) -> None:
    model = graph()
    set_external_data(model.graph.initializer[0], place)
    model.graph.initializer[0].ClearField("raw_data")
    forged = shelf.with_layer(shelf.put(graph()), "model.onnx", model.SerializeToString())
    assert refusal(lambda: shelf.open(forged)) == (
        f"the graph wants the data of tensor w from {place!r}, which is outside the artifact\n"
        "do not use this artifact; ask where it came from"
    )


def test_a_tensor_that_is_not_there_is_missed(shelf: Shelf) -> None:
    model = graph()
    set_external_data(model.graph.initializer[0], "tensors/../../x")
    forged = shelf.with_layer(shelf.put(graph()), "model.onnx", model.SerializeToString())
    assert refusal(lambda: shelf.open(forged)).startswith("the artifact holds no 'tensors/../../x'")


def test_bytes_that_are_no_graph_are_refused(shelf: Shelf) -> None:
    forged = shelf.with_layer(shelf.put(graph()), "model.onnx", b"nonsense")
    assert refusal(lambda: shelf.open(forged)).startswith("the stored object cannot be read: DecodeError: ")


def test_what_is_no_graph_is_refused(shelf: Shelf) -> None:
    assert refusal(lambda: shelf.put({"a": 1}, "onnx")) == (
        "a dict is no ModelProto, which the format onnx is for\n"
        "leave --format out: the format is then chosen by the object"
    )


@pytest.mark.slow
def test_an_estimator_as_onnx_passes_the_load_check_with_a_sample(shelf: Shelf) -> None:
    from skl2onnx import to_onnx
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    rows = pd.DataFrame(np.random.default_rng(0).random((40, 2), dtype="f4"), columns=["a", "b"])
    columns = make_column_transformer(("passthrough", ["a", "b"]))
    model = make_pipeline(columns, LogisticRegression()).fit(rows, rows.a > 0.5)
    table = to_onnx(model, rows.head(2))  # an input a column
    array = to_onnx(LogisticRegression().fit(rows.to_numpy(), rows.a > 0.5), rows.to_numpy("f4"))
    for made in (table, array):
        checked = shelf.check(made, rows)
        assert (checked.reason, checked.predicted) == ("", "same")
        assert np.mean(predict(made, rows) == model.predict(rows)) > 0.9
