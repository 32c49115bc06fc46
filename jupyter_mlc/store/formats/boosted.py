"""What the formats of XGBoost and LightGBM have in common: a booster in its own words, an estimator around it.

An estimator of theirs is a class of the library, parameters, and what fitting left beside the booster. All of that is
plain data, unless a person gave it a function or an object of their own; then a pickle is the better place for it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store.formats import plain
from jupyter_mlc.store.formats.base import Outgrown, Storing, only_layer

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

CLASS = "class"
ESTIMATOR = "estimator.json"
JSON = "application/json"
_BOOSTER = "_Booster"
_LABELS = "_le"
"""where LightGBM keeps a LabelEncoder"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one of the two libraries calls things."""

    format: str
    estimators: str
    """the module of its estimators"""
    base: str
    """the class that all of them descend from"""


def is_estimator(obj: object, kind: Kind) -> bool:
    """Whether the object is an estimator of the library itself, not of a class that somebody derived from one."""
    return type(obj).__module__ == kind.estimators and any(cls.__name__ == kind.base for cls in type(obj).__mro__)


def estimator_layer(model: Any, kind: Kind, artifacts: Artifacts, storing: Storing) -> Layer:
    """Store all of a fitted estimator but its booster.

    Raises
    ------
    Outgrown
        Where something in it is more than plain data and the person has not chosen the format.
    BadInput
        Where it is and they have, or where the estimator was not fitted.
    """
    if getattr(model, _BOOSTER, None) is None:
        raise BadInput(f"this {type(model).__name__} is not fitted", hint="fit it first, then register it")
    params = model.get_params(deep=False)
    left = {key: value for key, value in vars(model).items() if key not in params and key != _BOOSTER}
    if _LABELS in left:
        left[_LABELS] = left[_LABELS].classes_
    parts = {"params": params, "fitted": left}
    for group in parts.values():
        for key, value in group.items():
            _refuse_code(key, value, model, kind, storing)
    return plain_layer(ESTIMATOR, parts, artifacts)


def _refuse_code(key: str, value: object, model: object, kind: Kind, storing: Storing) -> None:
    try:
        plain.encoded(value)
    except (plain.NotPlain, ValueError) as error:
        if not storing.chosen:
            raise Outgrown("joblib") from None
        raise BadInput(
            f"{type(model).__name__}.{key} holds a {error}, which the format {kind.format} cannot store",
            hint="store it with --format joblib, or make the model without it",
        ) from None


def estimator_from(manifest: Manifest, artifacts: Artifacts, kind: Kind, booster: Any) -> Any:
    """Put the estimator together again: a class of the library, its parameters, what fitting left, its booster."""
    parts = plain_of(manifest, ESTIMATOR, artifacts)
    model = _class(manifest.details.get(CLASS, ""), kind)(**parts["params"])
    left = dict(parts["fitted"])
    if _LABELS in left:
        left[_LABELS] = _labels(left[_LABELS])
    vars(model).update(left | {_BOOSTER: booster})
    return model


def _class(name: str, kind: Kind) -> Any:
    """The estimator of this name; what comes with an artifact can name nothing else."""
    module = importlib.import_module(kind.estimators)
    found, base = getattr(module, name, None), getattr(module, kind.base)
    if isinstance(found, type) and issubclass(found, base) and found.__module__ == kind.estimators:
        return found
    raise Damaged(f"{kind.estimators} has no estimator {name!r}", hint="verify the registry: %mlc verify")


def _labels(classes: Any) -> Any:
    from sklearn.preprocessing import LabelEncoder

    encoder = LabelEncoder()
    encoder.classes_ = classes
    return encoder


def plain_layer(path: str, value: object, artifacts: Artifacts) -> Layer:
    """Store plain data."""
    data = plain.encoded(value)
    return Layer(path=path, digest=artifacts.put_bytes(data), size=len(data), media_type=JSON)


def plain_of(manifest: Manifest, path: str, artifacts: Artifacts) -> Any:
    """The plain data under this path."""
    return plain.decoded(artifacts.read(only_layer(manifest, path).digest))


def refuse_derived(obj: object, expected: str, form: str) -> BadInput:
    """The refusal of an object that the format is not for."""
    return BadInput(
        f"a {type(obj).__name__} is no {expected}, which the format {form} is for",
        hint="leave --format out: the format is then chosen by the object",
    )
