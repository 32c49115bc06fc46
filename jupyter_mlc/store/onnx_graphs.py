"""What a graph of ONNX says of rows: its outputs, which of them are labels, and how sure it is of which class.

A classifier that was converted gives labels and, beside them, probabilities: as a matrix, or as a dict a row.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_mlc.store.formats.libraries import is_a

_PAIR = 2
_LABELS = "biuOUS"
"""kinds of arrays that name classes"""
_NAMED = ("classlabels_int64s", "classlabels_ints", "classlabels_strings")
"""attributes of ONNX's own classifiers; see the operators of ai.onnx.ml"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """What a graph said of rows."""

    predicted: Any
    """None where it gave scores alone"""
    scores: Any = None
    """a column a class"""
    classes: tuple[Hashable, ...] | None = None
    """in the order of the columns"""
    unclear: str = ""
    """why scores that it gave are of no use"""


def is_graph(model: object) -> bool:
    """Whether it is a graph of ONNX."""
    return is_a(model, "onnx", "ModelProto")


def outputs(model: Any, rows: Any) -> list[Any]:
    """Every output; inputs by name where the rows have columns of these names."""
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    wanted = session.get_inputs()
    columns = set(getattr(rows, "columns", ())) | (set(rows) if isinstance(rows, Mapping) else set())
    if {one.name for one in wanted} <= columns:
        given = {one.name: _column(rows[one.name], one) for one in wanted}
    else:
        whole = rows.to_numpy() if hasattr(rows, "to_numpy") else rows
        given = {wanted[0].name: np.asarray(whole, dtype=_TYPES.get(wanted[0].type))}
    found: list[Any] = session.run(None, given)
    return found


def _column(values: Any, wanted: Any) -> Any:
    import numpy as np

    array = np.asarray(values, dtype=_TYPES.get(wanted.type))
    # a column of a table is one number a row, where the graph wants a list of one
    return array.reshape(-1, 1) if array.ndim == 1 and len(wanted.shape) > 1 else array


_TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(bool)": "bool",
    "tensor(string)": "object",
}


def said(model: Any, rows: Any) -> Said:
    """Labels, and scores of the classes where it gives both; otherwise its first output."""
    given = outputs(model, rows)
    labels = next((one for one in given if _are_labels(one)), None)
    by_class = next((one for one in given if _is_by_class(one)), None)
    if by_class is not None:
        scores, classes = _told_apart(by_class)
        predicted = given[0] if labels is None else labels.reshape(-1)
        return Said(predicted=None if predicted is by_class else predicted, scores=scores, classes=classes)
    matrix = next((one for one in given if _is_matrix(one)), None)
    if labels is None or matrix is None or len(labels) != len(matrix):
        return Said(predicted=given[0])
    return _paired(model, labels.reshape(-1), matrix)


def _are_labels(values: Any) -> bool:
    shape, kind = _form(values)
    return kind in _LABELS and (len(shape) == 1 or (len(shape) == _PAIR and shape[1] == 1))


def _is_matrix(values: Any) -> bool:
    shape, kind = _form(values)
    return kind == "f" and len(shape) == _PAIR and shape[1] >= _PAIR


def _form(values: Any) -> tuple[tuple[int, ...], str]:
    """Shape and kind of an array; of anything else none."""
    return getattr(values, "shape", ()), getattr(getattr(values, "dtype", None), "kind", "")


def _is_by_class(values: Any) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(one, Mapping) and one for one in values)


def _told_apart(by_class: Sequence[Mapping[Hashable, float]]) -> tuple[Any, tuple[Hashable, ...]]:
    import numpy as np

    classes = tuple(by_class[0])
    return np.array([[row[name] for name in classes] for row in by_class]), classes


def _paired(model: Any, labels: Any, matrix: Any) -> Said:
    """Labels beside a matrix: its columns are those of the classes by which most rows agree."""
    winners = matrix.argmax(axis=1)
    for classes in _orders(model, labels, winners, matrix.shape[1]):
        agrees = sum(classes[column] == label for column, label in zip(winners.tolist(), labels.tolist(), strict=True))
        if 2 * agrees > len(labels):
            return Said(predicted=labels, scores=matrix, classes=classes)
    unclear = f"nothing tells which class each of its {matrix.shape[1]} columns of scores is of"
    return Said(predicted=labels, unclear=unclear)


def _orders(model: Any, labels: Any, winners: Any, width: int) -> Iterator[tuple[Hashable, ...]]:
    """The classes in the order of the columns, as the graph names them, else as its answers show."""
    for node in model.graph.node:
        for attribute in node.attribute:
            found = attribute.ints or attribute.strings if attribute.name in _NAMED else ()
            if len(found) == width:
                yield tuple(one.decode() if isinstance(one, bytes) else one for one in found)
    by_column = {column: _commonest(labels[winners == column].tolist()) for column in set(winners.tolist())}
    if len(set(by_column.values())) == width:
        yield tuple(by_column[column] for column in range(width))
    yield tuple(range(width))


def _commonest(values: Sequence[Hashable]) -> Hashable:
    return max(set(values), key=values.count)
