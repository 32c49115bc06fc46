"""What goes into a model and what comes out of it. Asking never raises and never changes the model."""

from __future__ import annotations

import copy
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from operator import index
from typing import Any

from jupyter_mlc.capture.data.datasets import columns_of
from jupyter_mlc.capture.data.logical import LogicalType, logical_type
from jupyter_mlc.capture.data.memory import is_pandas
from jupyter_mlc.capture.models.frameworks import is_a, schema
from jupyter_mlc.domain.entities import Feature, Signature

Predict = Callable[[Any, Any], Any]
OUTPUT = "prediction"
INPUT = "input"
_NAMES = ("feature_names_in_", "feature_names_", "feature_names")
"""where scikit-learn, CatBoost and XGBoost keep the names of the columns that a model was fitted on"""
_TRIED = 5
"""rows of the sample that are predicted"""
_TABLE = 2
"""dimensions of an array that has rows and columns"""


def _by_method(model: Any, rows: Any) -> Any:
    return model.predict(rows)


def signature(model: object, sample: object = None, data: object = None, predict: Predict = _by_method) -> Signature:
    """Return the model's inputs and outputs, as far as they can be known.

    Parameters
    ----------
    model : object
        Anything; scikit-learn's conventions are understood.
    sample : object, optional
        Rows as the model takes them.
    data : object, optional
        What the model was trained on; it may have more columns than the model takes.
    predict : callable, optional
        How models are asked that have no ``predict``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        declared = _declared(model)
        return Signature(
            inputs=declared.inputs or _inputs(model, sample, data),
            outputs=declared.outputs or _outputs(model, sample, predict),
        )


def _declared(model: object) -> Signature:
    try:
        return schema(model)
    except Exception:  # noqa: BLE001 (a model's code can fail in any way)
        return Signature()


def _inputs(model: object, sample: object, data: object) -> tuple[Feature, ...]:
    known = [features for features in (_features(sample), _features(data)) if features]
    names = _names(model)
    if names:
        types = {feature.name: feature.type for features in reversed(known) for feature in features}
        return tuple(Feature(name=name, type=types.get(name, "")) for name in names)
    count = _count(model, "n_features_in_")
    if count is not None:
        fitting = next((features for features in known if len(features) == count and not features[0].shape), None)
        return fitting or tuple(Feature(name=f"x{place}") for place in range(count))
    return _features(sample)


def _names(model: object) -> list[str]:
    for attribute in _NAMES:
        found = _attribute(model, attribute)
        names = [] if found is None or callable(found) or isinstance(found, str) else _listed(found)
        if names:
            return [str(name) for name in names]
    return []


def _listed(found: Any) -> list[Any]:
    try:
        return list(found)
    except Exception:  # noqa: BLE001 (what is no list names nothing)
        return []


def _attribute(model: object, name: str) -> Any:
    """Return an attribute, None where the model has none or fails to compute it."""
    try:
        return getattr(model, name, None)
    except Exception:  # noqa: BLE001 (an attribute can be code, and code can fail in any way)
        return None


def _features(value: object) -> tuple[Feature, ...]:
    """Return the columns of a sample; an array of more dimensions is one input with a shape."""
    import numpy as np

    if value is None:
        return ()
    try:
        array = np.asarray(value) if isinstance(value, list | tuple) else value
        if is_a(array, "torch", "Tensor"):
            array = array.detach().cpu().numpy()  # type: ignore[attr-defined] # the line above says what it is
        shape = getattr(array, "shape", ())
        if len(shape) > _TABLE:
            return (Feature(name=INPUT, type=logical_type(getattr(array, "dtype", None)), shape=tuple(shape[1:])),)
        return columns_of(array)
    except Exception:  # noqa: BLE001 (a sample can be anything; what is no table has no columns)
        return ()


def _outputs(model: object, sample: object, predict: Predict) -> tuple[Feature, ...]:
    if not callable(_attribute(model, "predict")):
        return () if predict is _by_method else _predicted(model, sample, predict)
    count = _count(model, "n_outputs_")
    shape = (count,) if count is not None and count > 1 else ()
    classes = _attribute(model, "classes_")
    if classes is not None:
        return (Feature(name=OUTPUT, type=_type_of_classes(classes), shape=_several(classes) or shape),)
    if count is not None:
        return (Feature(name=OUTPUT, type=LogicalType.FLOAT.value, shape=shape),)
    return _predicted(model, sample, predict) or _of_regressor(model)


def _count(model: object, name: str) -> int | None:
    found = _attribute(model, name)
    return index(found) if hasattr(found, "__index__") else None


def _of_regressor(model: object) -> tuple[Feature, ...]:
    """Return one float for what scikit-learn calls a regressor, or as many as it has rows of coefficients."""
    base = sys.modules.get("sklearn.base")
    if base is None or not _is_regressor(base, model):
        return ()
    rows = getattr(_attribute(model, "coef_"), "shape", ())
    return (Feature(name=OUTPUT, type=LogicalType.FLOAT.value, shape=tuple(rows[:1]) if len(rows) == _TABLE else ()),)


def _is_regressor(base: Any, model: object) -> bool:
    try:
        return bool(base.is_regressor(model))
    except Exception:  # noqa: BLE001 (not everything that predicts knows scikit-learn's tags)
        return False


def _type_of_classes(classes: Any) -> str:
    one = classes[0] if _several(classes) else classes
    return _type_of(one)


def _several(classes: Any) -> tuple[int, ...]:
    """Return the shape of predictions where a model with several outputs has classes for each."""
    listed = isinstance(classes, Sequence) and not isinstance(classes, str)
    return (len(classes),) if listed and classes and hasattr(classes[0], "dtype") else ()


def _type_of(values: Any) -> str:
    import numpy as np

    try:
        return logical_type(np.asarray(values).dtype)
    except Exception:  # noqa: BLE001 (a model's class can keep anything here)
        return ""


def _predicted(model: Any, sample: object, predict: Predict) -> tuple[Feature, ...]:
    """Return what a copy of the model predicts for a few rows: predicting may change a model."""
    if sample is None:
        return ()
    try:
        predicted = predict(copy.deepcopy(model), copy.deepcopy(_few(model, sample)))
        return _described(predicted)
    except Exception:  # noqa: BLE001 (a model's code can fail in any way)
        return ()


def _few(model: object, sample: Any) -> object:
    if is_pandas(sample, "DataFrame"):
        names = _names(model)
        return (sample[names] if names else sample).iloc[:_TRIED]
    return sample.iloc[:_TRIED] if is_pandas(sample, "Series") else sample[:_TRIED]


def _described(predicted: Any) -> tuple[Feature, ...]:
    import numpy as np

    if is_pandas(predicted, "DataFrame"):
        return columns_of(predicted)
    if isinstance(predicted, Mapping):
        return tuple(_shaped(str(name), np.asarray(values)) for name, values in predicted.items())
    dtype = getattr(predicted, "dtype", None)
    array = np.asarray(predicted)
    return (Feature(name=OUTPUT, type=logical_type(dtype) or logical_type(array.dtype), shape=array.shape[1:]),)


def _shaped(name: str, array: Any) -> Feature:
    return Feature(name=name, type=logical_type(array.dtype), shape=tuple(array.shape[1:]))
