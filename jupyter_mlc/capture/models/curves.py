"""How a model became what it is: the numbers that its library noted at each step of the training, if it did."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_mlc.capture.models.frameworks import best_iteration, best_score, final, is_a
from jupyter_mlc.capture.models.settings import short_text


@dataclass(frozen=True, kw_only=True)
class Training:
    """What a model tells of its training."""

    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """a number a step, by metric"""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """what counts of each curve: its value at the step that the model predicts with, else its last; ``best_score``"""
    warnings: tuple[str, ...] = ()


def training(model: Any) -> Training:
    """Return the curves that the model keeps; nothing is computed, and asking never raises.

    XGBoost and LightGBM keep those of the evaluation sets that they were given, Keras those of its last ``fit``.
    A search of scikit-learn keeps no curve, but the score of what it found best.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            inner = final(model)
            curves = {name: tuple(map(float, values)) for name, values in _kept(inner) if len(values)}
            best, score = best_iteration(inner), best_score(model)
    except Exception as error:  # noqa: BLE001 (a model's code can fail in any way; its registration must not)
        reason = short_text(f"{type(error).__name__}: {error}".partition("\n")[0])
        return Training(warnings=(f"the curves of {type(model).__name__} could not be read: {reason}",))
    metrics = {
        name: values[best] if best is not None and best < len(values) else values[-1] for name, values in curves.items()
    }
    return Training(curves=curves, metrics=metrics if score is None else {"best_score": score, **metrics})


def _kept(model: Any) -> Iterator[tuple[str, Any]]:
    if is_a(model, "xgboost", "XGBModel"):
        yield from _by_set(vars(model).get("evals_result_"))
    elif is_a(model, "lightgbm", "LGBMModel"):
        yield from _by_set(vars(model).get("_evals_result"))
    elif is_a(model, "keras", "Model"):
        history = getattr(getattr(model, "history", None), "history", None)
        yield from (history or {}).items()


def _by_set(results: Mapping[str, Mapping[str, Any]] | None) -> Iterator[tuple[str, Any]]:
    """Return the curves of each evaluation set: ``validation_0-logloss``."""
    for name, metrics in (results or {}).items():
        for metric, values in metrics.items():
            yield f"{name}-{metric}", values
