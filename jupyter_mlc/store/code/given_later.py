"""What a class was given after its definition, which is not stored: its definition is."""

from __future__ import annotations

import abc
import ast
import re
from collections.abc import Iterator
from types import FunctionType

from jupyter_mlc.store.code.class_body import ClassBody, body_of

_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def given_later(owner: type, definition: ast.stmt) -> list[str]:
    """The methods and plain values of a class that are not those of its definition, as after ``K.predict = better``.

    A decorator, a metaclass or a base may put such into a class, so classes that have one are not looked at. A base
    from a library may wrap methods when the class is made, as scikit-learn's do, and does so again wherever that
    happens. A value that the class itself changes, as in ``K.made += 1``, is its own affair.
    """
    if not isinstance(definition, ast.ClassDef) or definition.decorator_list or type(owner) not in {type, abc.ABCMeta}:
        return []
    hooks = {base.__module__ for base in owner.__mro__[1:-1] if "__init_subclass__" in vars(base)}
    if owner.__module__ in hooks:
        return []
    body = body_of(owner, definition)
    return [*_methods(body, definition, is_hooked=bool(hooks)), *_values(body, is_hooked=bool(hooks))]


def _methods(body: ClassBody, definition: ast.ClassDef, *, is_hooked: bool) -> Iterator[str]:
    owner = body.owner
    typed = {item.name: item for item in definition.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    for name, value in vars(owner).items():
        if (
            isinstance(value, FunctionType)
            and value.__module__ == owner.__module__
            and not value.__code__.co_qualname.startswith(f"{owner.__qualname__}.")
            and not (is_hooked and value.__globals__["__name__"] != owner.__module__)
            and (name not in body.bound or (name in typed and not typed[name].decorator_list))
        ):
            yield name


def _values(body: ClassBody, *, is_hooked: bool) -> Iterator[str]:
    """Values that are not those of the definition, and those that it reads and does not have.

    What a list or mapping held at first cannot be told from what came into it, nor what a library makes of a value.
    """
    for name, value in vars(body.owner).items():
        is_made = type(value) not in _PLAIN and (is_hooked or _may_be_made(name, value))
        if re.fullmatch("__.*__", name) or is_made:
            continue
        if name in body.written:
            is_other = _is_another(value, body.written[name])
        else:
            is_other = name in body.read and name not in body.bound and not is_hooked
        if is_other and not body.changes(name):
            yield name


def _is_another(value: object, written: ast.expr) -> bool:
    """Whether a value is not the plain one that is written in full."""
    try:
        before = ast.literal_eval(written)
    except (ValueError, TypeError):  # it is computed
        return False
    return type(before) in _PLAIN and (type(before), before) != (type(value), value)


def _may_be_made(name: str, value: object) -> bool:
    """Whether the definition may have put this into the class: a class in it, or what Python makes for slots."""
    return name.startswith("_") or hasattr(value, "__get__") or isinstance(value, type)
