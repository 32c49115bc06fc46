"""What a class was given after its definition, which is not stored: its definition is."""

from __future__ import annotations

import abc
import ast
import contextlib
import re
from collections.abc import Iterator
from types import FunctionType

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
    return [*_methods(owner, definition, is_hooked=bool(hooks)), *_values(owner, definition, is_hooked=bool(hooks))]


def _methods(owner: type, definition: ast.ClassDef, *, is_hooked: bool) -> Iterator[str]:
    typed = {item.name: item for item in definition.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    bound = _bound(definition)
    for name, value in vars(owner).items():
        if (
            isinstance(value, FunctionType)
            and value.__module__ == owner.__module__
            and not value.__code__.co_qualname.startswith(f"{owner.__qualname__}.")
            and not (is_hooked and value.__globals__["__name__"] != owner.__module__)
            and name not in bound
            and not (name in typed and typed[name].decorator_list)
        ):
            yield name


def _values(owner: type, definition: ast.ClassDef, *, is_hooked: bool) -> Iterator[str]:
    """Values that are not those of the definition.

    What a list or mapping held at first cannot be told from what came into it, nor what a library makes of a value.
    """
    written, bound = _written(definition), _bound(definition)
    own = {each.attr for each in ast.walk(definition) if isinstance(each, ast.Attribute) and not _is_read(each)}
    for name, value in vars(owner).items():
        is_plain = type(value) in _PLAIN
        if re.fullmatch("__.*__", name) or name in own or (not is_plain and (is_hooked or _may_be_made(name, value))):
            continue
        if name in written:
            if type(written[name]) in _PLAIN and (type(written[name]), written[name]) != (type(value), value):
                yield name
        elif name not in bound and not is_hooked:
            yield name


def _may_be_made(name: str, value: object) -> bool:
    """Whether the definition may have put this into the class: a class in it, or what Python makes for slots."""
    return name.startswith("_") or hasattr(value, "__get__") or isinstance(value, type)


def _written(definition: ast.ClassDef) -> dict[str, object]:
    """The names that the class's body binds once, to what is written there in full."""
    found: dict[str, object] = {}
    bound = _bound(definition)
    for item in definition.body:
        match item:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if bound.count(name) == 1:
                with contextlib.suppress(ValueError, TypeError):  # it is computed
                    found[name] = ast.literal_eval(value)
    return found


def _bound(definition: ast.ClassDef) -> list[str]:
    """The names that are bound anywhere in the class, as often as they are."""
    found = []
    for each in ast.walk(definition):
        match each:
            case ast.Name(id=name) if not _is_read(each):
                found.append(name)
            case ast.alias(name=name, asname=other):
                found.append(other or name)
    return found


def _is_read(each: ast.Name | ast.Attribute) -> bool:
    return isinstance(each.ctx, ast.Load)
