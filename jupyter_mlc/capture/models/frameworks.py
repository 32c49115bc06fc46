"""What the objects of the frameworks tell beyond scikit-learn's conventions; no framework is imported for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlc.capture.data.logical import logical_type
from jupyter_mlc.domain.entities import Feature, Signature

UNKNOWN = -1
"""a length that differs from call to call"""


def is_a(model: object, library: str, *names: str) -> bool:
    """Whether the model's class is, or descends from, a class of that library."""
    return any(cls.__module__.partition(".")[0] == library and cls.__name__ in names for cls in type(model).__mro__)


def settings(model: Any) -> Mapping[str, Any]:
    """What a framework's object says of itself besides the parameters that it was made with."""
    found: dict[str, Any] = {}
    for library, name, read in _SETTINGS:
        if is_a(model, library, name):
            found |= read(model)
    return found


def schema(model: Any) -> Signature:
    """The inputs and outputs that the object itself declares, as far as it does."""
    read = next((read for library, name, read in _SCHEMAS if is_a(model, library, name)), None)
    return read(model) if read else Signature()


def final(model: Any) -> Any:
    """The model that was fitted last inside of a pipeline or a search, else the model itself."""
    if is_a(model, "sklearn", "Pipeline") and model.steps:
        return final(model.steps[-1][1])
    return final(model.best_estimator_) if is_a(model, "sklearn", "BaseSearchCV") and _fitted(model) else model


def _fitted(search: Any) -> bool:
    return hasattr(search, "best_estimator_")


def best_iteration(model: Any) -> int | None:
    """The round that a boosted model predicts with, counted from 0, where it stopped early; else None."""
    if is_a(model, "lightgbm", "LGBMModel", "Booster"):
        found = getattr(model, "_best_iteration", None) or getattr(model, "best_iteration", None) or 0
        return found - 1 if found > 0 else None
    if is_a(model, "xgboost", "XGBModel", "Booster"):
        # it raises AttributeError where there is none
        found = getattr(model, "best_iteration", None)
        return int(found) if found is not None else None
    return None


def _of_search(model: Any) -> dict[str, Any]:
    """What a search found best: ``best__C``, parted as scikit-learn parts what lies inside of another."""
    return {f"best__{name}": value for name, value in (getattr(model, "best_params_", None) or {}).items()}


def best_score(model: Any) -> float | None:
    """The score of what a search found best, a mean over its folds; None of anything else, and where there is none."""
    found = getattr(model, "best_score_", None) if is_a(model, "sklearn", "BaseSearchCV") else None
    return None if found is None or not math.isfinite(found) else float(found)


def _of_boosted(model: Any) -> dict[str, Any]:
    best = best_iteration(model)
    return {} if best is None else {"best_iteration": best}


def _of_torch(module: Any) -> dict[str, Any]:
    weights = list(module.parameters())
    return {
        "modules": sum(1 for _ in module.modules()),
        "weights": sum(weight.numel() for weight in weights),
        "trainable_weights": sum(weight.numel() for weight in weights if weight.requires_grad),
        "weights_dtype": ", ".join(sorted({str(weight.dtype).removeprefix("torch.") for weight in weights})),
    }


def _of_keras(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"layers": len(model.layers), "weights": model.count_params() if model.built else None}
    optimizer, loss = getattr(model, "optimizer", None), getattr(model, "loss", None)
    if optimizer is not None:
        found |= {f"optimizer.{key}": value for key, value in optimizer.get_config().items()}
    return found if loss is None else found | {"loss": loss}


def _of_onnx(model: Any) -> dict[str, Any]:
    found = {f"opset.{one.domain or 'ai.onnx'}": one.version for one in model.opset_import}
    producer = f"{model.producer_name} {model.producer_version}".strip()
    return (
        found
        | {"ir_version": model.ir_version, "producer": producer, "nodes": len(model.graph.node)}
        | {one.key: one.value for one in model.metadata_props}
    )


def _schema_of_onnx(model: Any) -> Signature:
    given = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in given]
    return Signature(
        inputs=tuple(_of_value(value) for value in inputs),
        outputs=tuple(_of_value(value) for value in model.graph.output),
    )


def _of_value(value: Any) -> Feature:
    from onnx.helper import tensor_dtype_to_np_dtype

    tensor = value.type.tensor_type
    lengths = [one.dim_value if one.HasField("dim_value") else UNKNOWN for one in tensor.shape.dim]
    kind = logical_type(tensor_dtype_to_np_dtype(tensor.elem_type)) if tensor.elem_type else ""
    return Feature(name=value.name, type=kind, shape=tuple(lengths[1:]))


def _schema_of_keras(model: Any) -> Signature:
    inputs, outputs = getattr(model, "inputs", None) or (), getattr(model, "outputs", None) or ()
    return Signature(inputs=tuple(map(_of_tensor, inputs)), outputs=tuple(map(_of_tensor, outputs)))


def _of_tensor(tensor: Any) -> Feature:
    import numpy as np

    name = str(tensor.dtype)
    kind = "float" if "float" in name else logical_type(np.dtype(name))
    shape = tuple(UNKNOWN if length is None else int(length) for length in tensor.shape[1:])
    return Feature(name=str(tensor.name), type=kind, shape=shape)


def _schema_of_lightgbm(booster: Any) -> Signature:
    return Signature(inputs=tuple(Feature(name=str(name)) for name in booster.feature_name()))


_SETTINGS: tuple[tuple[str, str, Callable[[Any], dict[str, Any]]], ...] = (
    ("sklearn", "BaseSearchCV", _of_search),
    ("xgboost", "XGBModel", _of_boosted),
    ("xgboost", "Booster", _of_boosted),
    ("lightgbm", "LGBMModel", _of_boosted),
    ("lightgbm", "Booster", _of_boosted),
    ("keras", "Model", _of_keras),
    ("torch", "Module", lambda module: {} if is_a(module, "keras", "Model") else _of_torch(module)),
    ("onnx", "ModelProto", _of_onnx),
)
_SCHEMAS: tuple[tuple[str, str, Callable[[Any], Signature]], ...] = (
    ("onnx", "ModelProto", _schema_of_onnx),
    ("keras", "Model", _schema_of_keras),
    ("lightgbm", "Booster", _schema_of_lightgbm),
)
