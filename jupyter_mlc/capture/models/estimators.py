"""What a model says of itself: its parameters and its class. Asking never raises and never changes the model."""

from __future__ import annotations

import inspect
import json
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jupyter_mlc.capture.models.frameworks import settings
from jupyter_mlc.capture.models.settings import scalar, short_text
from jupyter_mlc.capture.models.signatures import signature
from jupyter_mlc.domain.entities import Parameter, Standing

__all__ = ["describe", "is_unfitted", "parameters", "signature"]

NOTEBOOK = "notebook"


def describe(model: object) -> tuple[str, str]:
    """Return the model's class as a person says it, and the distribution that its class comes from.

    A class or function of the notebook comes from ``notebook``, one that no installed distribution provides from its
    own top-level module.
    """
    speaks = model if isinstance(model, type) or inspect.isroutine(model) else type(model)
    module = str(getattr(speaks, "__module__", None) or "")
    top = module.partition(".")[0]
    if top in {"__main__", "__mp_main__"}:
        return _name(speaks), NOTEBOOK
    return _name(speaks), _distribution(top, module)


def _name(speaks: object) -> str:
    return str(getattr(speaks, "__name__", type(speaks).__name__))


@cache
def _distribution(top: str, module: str) -> str:
    """Return the name under which a module was installed: scikit-learn for sklearn."""
    from importlib.metadata import packages_distributions

    if top in sys.stdlib_module_names:
        return "python"
    try:
        known = packages_distributions().get(top, [])
    except Exception:  # noqa: BLE001 (one broken package in the environment must not hide the class)
        return top
    # several distributions may share a namespace, as google-cloud-storage and google-auth do
    own = [name for name in known if module.replace(".", "-").startswith(name.lower())]
    return next(iter([*own, *known]), top)


def is_unfitted(model: object) -> bool:
    """Whether scikit-learn finds one of its estimators not fitted; False of anything else."""
    base, validation = sys.modules.get("sklearn.base"), sys.modules.get("sklearn.utils.validation")
    if base is None or validation is None or not isinstance(model, base.BaseEstimator):
        return False
    try:
        validation.check_is_fitted(model)
    except Exception as error:  # noqa: BLE001 (a model's own code may raise anything)
        return type(error).__name__ == "NotFittedError"
    return False


def parameters(model: object) -> tuple[tuple[Parameter, ...], tuple[str, ...]]:
    """Return the parameters that the model was made with, and a warning for what could not be read.

    They come from scikit-learn's ``get_params``, nested ones as ``clf__C``; else from what Boosters of LightGBM and
    XGBoost and modules of PyTorch keep. Beside them stands what the object can be counted by: layers, weights, the best
    round; and what a search found best, as ``best__C``. Values that are no scalars become a short text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _observed(_settings(model)), ()
    except Exception as error:  # noqa: BLE001 (a model's code can fail in any way; its registration must not)
        reason = short_text(str(error).partition("\n")[0]) if str(error) else "no reason was given"
        return (), (f"the parameters of {describe(model)[0]} could not be read: {type(error).__name__}: {reason}",)


def _observed(settings: Mapping[Any, Any]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(key=str(key), value=scalar(value), standing=Standing.OBSERVED)
        for key, value in settings.items()
        if not _is_nested(value)
    )


def _is_nested(value: object) -> bool:
    """Tell whether a value is an estimator, whose own parameters are listed beside it."""
    return hasattr(value, "get_params") and not isinstance(value, type)


def _settings(model: Any) -> Mapping[Any, Any]:
    if isinstance(model, type):
        return {}
    read = next((read for has, read in _READERS.items() if hasattr(model, has)), None)
    return {**(read(model) if read else {}), **settings(model)}


def _of_scikit_learn(model: Any) -> Mapping[Any, Any]:
    try:
        found = model.get_params(deep=True)
    except TypeError:
        found = model.get_params()  # not everybody who has it knows `deep`
    return _mapping(found, "get_params()")


def _of_xgboost(model: Any) -> Mapping[Any, Any]:
    return dict(_leaves("", _mapping(json.loads(model.save_config()), "save_config()")))


def _leaves(path: str, settings: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """Return the innermost settings of nested ones, each under its path with dots."""
    found: list[tuple[str, Any]] = []
    for key, value in settings.items():
        found += _leaves(f"{path}{key}.", value) if isinstance(value, Mapping) else [(f"{path}{key}", value)]
    return found


def _of_transformers(model: Any) -> Mapping[Any, Any]:
    config = model.config
    return config.to_dict() if hasattr(config, "to_dict") else _or_none(config)


def _or_none(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _mapping(value: object, source: str) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value
    raise TypeError(f"{source} gave an object of type {type(value).__name__}")


_READERS: Mapping[str, Callable[[Any], Mapping[Any, Any]]] = {
    "get_params": _of_scikit_learn,
    "save_config": _of_xgboost,
    "hparams": lambda model: _or_none(model.hparams),  # Lightning
    "config": _of_transformers,
    "params": lambda model: _or_none(model.params),  # LightGBM
}
"""how to read a model's settings, by the attribute that gives it away"""
