"""What a model says of rows, whichever library it comes from, as an array.

Most models have a ``predict``, and some are functions of rows. The others are asked in the manner of their library, as
their users would. Asking changes no model: a module of PyTorch is back in its modes afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlc.store.formats.libraries import is_a
from jupyter_mlc.store.onnx_graphs import is_graph, outputs

if TYPE_CHECKING:
    from collections.abc import Sequence


def predict(model: Any, rows: Any) -> Any:
    """Ask the model what it predicts for the rows; whatever the model raises passes through."""
    return next((ask for fits, ask in _MANNERS if fits(model)), _plainly)(model, rows)


def can_predict(model: Any) -> bool:
    """Whether the model can be asked at all."""
    own = callable(getattr(model, "predict", None)) and not isinstance(model, type)
    return own or any(fits(model) for fits, _ in _MANNERS)


def _plainly(model: Any, rows: Any) -> Any:
    is_function = not hasattr(model, "predict") and callable(model) and not isinstance(model, type)
    return model(rows) if is_function else model.predict(rows)


def _xgboost(booster: Any, rows: Any) -> Any:
    import xgboost

    given = rows if isinstance(rows, xgboost.DMatrix) else xgboost.DMatrix(rows, enable_categorical=True)
    return booster.predict(given)


def _keras(model: Any, rows: Any) -> Any:
    return model.predict(_array(rows), verbose=0)


def _onnx(model: Any, rows: Any) -> Any:
    """The first output."""
    return outputs(model, rows)[0]


def _torch(module: Any, rows: Any) -> Any:
    """What a module gives in evaluation."""
    import torch

    modes = {one: one.training for one in module.modules()}
    module.eval()
    try:
        with torch.no_grad():
            return _answer(_called(module, _tensors(module, rows)))
    finally:
        for one, mode in modes.items():
            one.training = mode


def _called(module: Any, given: Any) -> Any:
    if isinstance(given, Mapping):
        return module(**given)
    return module(*given) if isinstance(given, tuple) else module(given)


def _tensors(module: Any, rows: Any) -> Any:
    """The rows as tensors where the module's numbers are; several inputs by name or by place."""
    import torch

    if isinstance(rows, Mapping):
        return {name: _tensors(module, part) for name, part in rows.items()}
    if isinstance(rows, tuple):
        return tuple(_tensors(module, part) for part in rows)
    first = next(module.parameters(), torch.empty(0))
    tensor = rows if isinstance(rows, torch.Tensor) else torch.as_tensor(_array(rows))
    # a table's numbers are of double precision, a module's are rarely
    same = tensor.is_floating_point() and first.is_floating_point()
    return tensor.to(device=first.device, dtype=first.dtype if same else tensor.dtype)


def _answer(found: Any) -> Any:
    """The first tensor of what a module gave, as an array."""
    import torch

    while not isinstance(found, torch.Tensor):
        found = next(iter(found.values() if isinstance(found, Mapping) else found))
    whole = found.detach().cpu()
    return (whole.float() if whole.dtype is torch.bfloat16 else whole).numpy()


def _pipeline(pipeline: Any, rows: Any) -> Any:
    """The answers of a pipeline of transformers: their scores, else their texts."""
    texts: Sequence[Any] = rows.tolist() if hasattr(rows, "tolist") else list(rows)
    return [_scores(answer) for answer in pipeline(texts)]


def _scores(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_scores(one) for one in answer]
    if isinstance(answer, Mapping):
        return answer.get("score", next(iter(answer.values()), None))
    return answer


def _array(rows: Any) -> Any:
    """A table as its numbers."""
    return rows.to_numpy() if hasattr(rows, "to_numpy") else rows


_MANNERS: tuple[tuple[Callable[[Any], bool], Callable[[Any, Any], Any]], ...] = (
    (lambda model: is_a(model, "xgboost", "Booster"), _xgboost),
    (lambda model: is_a(model, "keras", "Model"), _keras),
    (is_graph, _onnx),
    (lambda model: is_a(model, "transformers", "Pipeline"), _pipeline),
    (lambda model: is_a(model, "torch", "Module") and not hasattr(model, "predict"), _torch),
)
