"""What a class was given after its definition, which is not stored: its definition is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FunctionType

from jupyter_mlc.store.code.class_body import ClassBody, plain_body
from jupyter_mlc.store.code.literals import as_literal


def given_later(owner: type, definition: ast.stmt) -> list[str]:
    """The methods and objects of a class that are not those of its definition, as after ``K.predict = better``.

    Constants are stored as they are by now, see `values_now`. A base from a library may wrap methods when the class
    is made, as scikit-learn's do, and does so again wherever that happens.
    """
    body = plain_body(owner, definition)
    if body is None or not isinstance(definition, ast.ClassDef):
        return []
    return [*_methods(body, definition), *([] if body.is_hooked else _objects(body))]


def _methods(body: ClassBody, definition: ast.ClassDef) -> Iterator[str]:
    owner = body.owner
    typed = {item.name: item for item in definition.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    for name, value in vars(owner).items():
        if (
            isinstance(value, FunctionType)
            and value.__module__ == owner.__module__
            and not value.__code__.co_qualname.startswith(f"{owner.__qualname__}.")
            and not (body.is_hooked and value.__globals__["__name__"] != owner.__module__)
            and (name not in body.bound or (name in typed and not typed[name].decorator_list))
        ):
            yield name


def _objects(body: ClassBody) -> Iterator[str]:
    """What is no constant, and is read, and stands where the text has nothing or a constant.

    A class in it, or what Python makes for slots, may be of the definition. What the class itself sets is its own
    affair.
    """
    for name, value in vars(body.owner).items():
        is_made = name.startswith("_") or hasattr(value, "__get__") or isinstance(value, type)
        if is_made or as_literal(value) is not None:
            continue
        is_other = _is_constant(body.written[name]) if name in body.written else name not in body.bound
        if is_other and name in body.read and not body.changes(name):
            yield name


def _is_constant(written: ast.expr) -> bool:
    try:
        ast.literal_eval(written)
    except (ValueError, TypeError):  # it is computed
        return False
    return True
