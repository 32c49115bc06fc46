"""What a class was given after its definition, which is not stored: its definition is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from types import FunctionType

from jupyter_mlc.store.code.class_body import ClassBody, inner_classes, plain_body
from jupyter_mlc.store.code.literals import as_literal


def given_later(owner: type, definition: ast.stmt) -> list[str]:
    """The methods and objects of a class that are not those of its definition, as after ``K.predict = better``.

    Constants are stored as they are by now, see `values_now`. A base from a library may wrap methods when the class
    is made, as scikit-learn's do, and does so again wherever that happens.
    """
    if not isinstance(definition, ast.ClassDef):
        return []
    inner = [
        f"{name}.{each}" for name, found, item in inner_classes(owner, definition) for each in given_later(found, item)
    ]
    body = plain_body(owner, definition)
    return inner if body is None else [*inner, *_methods(body, definition), *_objects(body)]


def _methods(body: ClassBody, definition: ast.ClassDef) -> Iterator[str]:
    owner = body.owner
    typed = {item.name: item for item in definition.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    for name, value in vars(owner).items():
        if (
            isinstance(value, FunctionType)
            and value.__module__ == owner.__module__
            and not value.__code__.co_qualname.startswith(f"{owner.__qualname__}.")
            and not (body.is_hooked and value.__globals__["__name__"] != owner.__module__)
            and not (definition.decorator_list and re.fullmatch("__.*__", name))  # a dataclass is given such
            and (name not in body.bound or (name in typed and not typed[name].decorator_list))
        ):
            yield name


def _objects(body: ClassBody) -> Iterator[str]:
    """What is no constant, and is read, and stands where the text has nothing or a constant, or was fitted since.

    A class in it, or what Python makes for slots, may be of the definition, and what the class makes when it is first
    asked for it, it makes again. What a base from a library puts there, it puts there again.
    """
    for name, value in vars(body.owner).items():
        is_made = re.fullmatch("__.*__", name) or hasattr(value, "__get__") or _is_of_classes(value)
        if is_made or as_literal(value) is not None or name not in body.read:
            continue
        written = body.written.get(name)
        if written is None:
            is_other = name not in body.bound and (not body.is_hooked or body.changes(name))
        else:
            is_other = _is_constant(written) or _is_fitted_since(written, value)
        if is_other and not (name in body.tested and body.changes(name)):
            yield name


def _is_of_classes(value: object) -> bool:
    """Whether it is a class, or a register of classes and functions, which fills itself as they are defined."""
    held = list(value.values()) if isinstance(value, dict) else value
    if isinstance(held, list | set | tuple) and held:
        return all(isinstance(each, type | FunctionType) for each in held)
    return isinstance(value, type)


def _is_fitted_since(written: ast.expr, value: object) -> bool:
    """Whether the text makes a new estimator, ``inner = Ridge()``, and what is there was fitted."""
    if not isinstance(written, ast.Call) or not hasattr(value, "fit") or not hasattr(value, "__dict__"):
        return False
    made = ast.unparse(written.func).rpartition(".")[2]
    learnt = [name for name in vars(value) if name.endswith("_") and not name.startswith("_")]
    return made == type(value).__name__ and bool(learnt)


def _is_constant(written: ast.expr) -> bool:
    try:
        ast.literal_eval(written)
    except (ValueError, TypeError):  # it is computed
        return False
    return True
