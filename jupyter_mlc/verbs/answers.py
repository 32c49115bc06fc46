"""What an object says of rows: its predictions, and probabilities or scores where it has them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.onnx_graphs import is_graph, said
from jupyter_mlc.store.predicting import can_predict, predict

_METHODS = (("predict_proba", "probabilities"), ("decision_function", "scores"))
_PAIR = 2
_TOLERANCE = 1e-3
"""how far from 1 the probabilities of a row may sum"""
_ROUNDING = 1e-6
"""how far below 0 a probability may be that was found as what is left of 1"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What was said of rows, as the object gave it."""

    predicted: object
    """None where probabilities alone were given"""
    probabilities: object = None
    scores: object = None
    classes: tuple[Hashable, ...] | None = None
    """in the order of the columns of probabilities or scores"""
    is_regression: bool = False
    """whether the object calls itself a regressor"""
    warnings: tuple[str, ...] = field(default=())
    """of the libraries that answered"""


def answered(model: Any, rows: Callable[[], object]) -> Answers:
    """Let an object speak of rows.

    Parameters
    ----------
    model : object
        Anything that has `predict`, or can be called with rows.
    rows : callable
        Gives the rows anew each time, since a model may change what it is given.

    Raises
    ------
    BadInput
        Where the object cannot predict at all. What its own code raises passes through.
    """
    if isinstance(model, Path):
        raise BadInput(
            "it is kept as files, which predict nothing by themselves",
            hint="open them in the notebook, and register what opens: %mlc register NAME OBJECT",
        )
    if not _speaks(model):
        raise BadInput(
            f"an object of type {type(model).__name__} cannot predict",
            hint="it needs a method predict(rows), or must be a function of rows",
        )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        answers = _of_graph(model, rows) if is_graph(model) else _of_object(model, rows)
    warned = dict.fromkeys(f"{one.category.__name__}: {_first_line(one.message)}" for one in told)
    return replace(answers, warnings=(*warned, *answers.warnings))


def _of_object(model: Any, rows: Callable[[], object]) -> Answers:
    classes = _classes(model)
    predicted = predict(model, rows())
    given = _given(model, rows, classes)
    if not given and _are_probabilities(predicted):
        predicted, given = None, {"probabilities": predicted}
    return Answers(predicted=predicted, classes=classes, is_regression=_is_regressor(model), warnings=(), **given)


def _of_graph(model: Any, rows: Callable[[], object]) -> Answers:
    """A graph gives everything at once."""
    found = said(model, rows())
    if found.scores is None and _are_probabilities(found.predicted):
        return Answers(predicted=None, probabilities=found.predicted)
    unclear = (found.unclear,) if found.unclear else ()
    answers = Answers(predicted=found.predicted, classes=found.classes, warnings=unclear)
    if _are_probabilities(found.scores):
        return replace(answers, probabilities=found.scores)
    return replace(answers, scores=found.scores)


def _speaks(model: object) -> bool:
    return can_predict(model) or (callable(model) and not isinstance(model, type))


def _are_probabilities(values: Any) -> bool:
    """Whether a model without classes, as boosters and networks are, gave the probabilities of several."""
    import numpy as np

    shape = np.shape(values)
    if len(shape) != _PAIR or shape[1] < _PAIR:
        return False
    array = np.asarray(values)
    if array.dtype.kind != "f" or not (array >= -_ROUNDING).all():
        return False
    return bool((abs(array.sum(axis=1) - 1) <= _TOLERANCE).all())


def _classes(model: Any) -> tuple[Hashable, ...] | None:
    import numpy as np

    found = getattr(model, "classes_", None)
    array = np.asarray(found) if found is not None and not isinstance(found, list) else None
    return tuple(array.tolist()) if array is not None and array.ndim == 1 and len(array) else None


def _given(model: Any, rows: Callable[[], object], classes: Sequence[Hashable] | None) -> dict[str, object]:
    """Probabilities, else scores, where their columns are those of the classes."""
    for method, kind in _METHODS:
        speak = getattr(model, method, None)
        if not callable(speak) or classes is None:
            continue
        values = speak(rows())
        if _fits(values, len(classes)):
            return {kind: values}
    return {}


def _fits(values: Any, classes: int) -> bool:
    """Whether there is a column for each class; of two classes, one column tells both."""
    import numpy as np

    shape = np.shape(values)
    width = shape[1] if len(shape) > 1 else 1
    return width == classes or (width == 1 and classes == _PAIR)


def _is_regressor(model: object) -> bool:
    import sys

    base = sys.modules.get("sklearn.base")
    if base is None:
        return False
    try:
        return bool(base.is_regressor(model))
    except Exception:  # noqa: BLE001 (not everything that predicts knows scikit-learn's tags)
        return False


def _first_line(message: object) -> str:
    return str(message).strip().partition("\n")[0]
