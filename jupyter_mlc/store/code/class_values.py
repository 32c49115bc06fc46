"""The values of a class that its text would not make again, which are stored beside the text.

``made_at = time.time()`` would be another time in another process, and `fit` may have set ``Model.limit = 0.7``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from jupyter_mlc.store.code.at_definition import gives_the_same, is_mutable, names_in
from jupyter_mlc.store.code.class_body import ClassBody, inner_classes, mangled, plain_body
from jupyter_mlc.store.code.literals import as_literal

if TYPE_CHECKING:
    from collections.abc import Callable


def values_now(obj: object, definition: ast.stmt, now: Callable[[str], object]) -> dict[str, str]:
    """The values as text; of what is no constant nothing, nor of a class that its text alone does not make."""
    found: dict[str, str] = {}
    if isinstance(obj, type) and isinstance(definition, ast.ClassDef):
        for inner, owner, item in inner_classes(obj, definition):
            found |= {f"{inner}.{name}": text for name, text in values_now(owner, item, now).items()}
    body = plain_body(obj, definition)
    if body is None:
        return found
    for name, value in vars(body.owner).items():
        text = as_literal(value)
        if text is None or re.fullmatch("__.*__", name):
            continue
        if name not in body.bound:
            is_stored = _is_set_later(name, body)
        else:  # what is bound in a way that is not read here, as in ``a, b = 1, 2``, may be another by now
            is_stored = name not in body.written or _is_another(name, value, body, {*found}, now)
        if is_stored:
            found[name] = text
    return found


def _is_set_later(name: str, body: ClassBody) -> bool:
    """Whether somebody set what the text does not bind, and not a base from a library, which will again."""
    if not body.is_hooked or name in body.read or body.changes(name):
        return True
    return not name.startswith("_") and body.is_inherited(name)


def _is_another(name: str, value: object, body: ClassBody, others: set[str], now: Callable[[str], object]) -> bool:
    """Whether the text may make something else of the name the next time."""
    written = body.written[name]
    try:
        return as_literal(ast.literal_eval(written)) != as_literal(value)
    except (ValueError, TypeError):  # it is computed
        calls = [each.func for each in ast.walk(written) if isinstance(each, ast.Call)]
        uses_others = not others.isdisjoint(mangled(each, body.owner) for each in names_in(written))
        is_called = not all(gives_the_same(function, now) for function in calls)
        return uses_others or is_called or is_mutable(value) or body.changes(name)
