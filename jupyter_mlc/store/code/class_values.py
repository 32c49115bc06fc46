"""The values of a class that its text would not make again, which are stored beside the text.

``made_at = time.time()`` would be another time in another process, and `fit` may have set ``Model.limit = 0.7``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from jupyter_mlc.store.code.at_definition import MUTABLE, gives_the_same, names_in
from jupyter_mlc.store.code.class_body import ClassBody, mangled, plain_body
from jupyter_mlc.store.code.literals import as_literal

if TYPE_CHECKING:
    from collections.abc import Callable


def values_now(obj: object, definition: ast.stmt, now: Callable[[str], object]) -> dict[str, str]:
    """The values as text; of what is no constant nothing, nor of a class that its text alone does not make."""
    body = plain_body(obj, definition)
    if body is None:
        return {}
    found: dict[str, str] = {}
    for name, value in vars(body.owner).items():
        text = as_literal(value)
        if text is None or re.fullmatch("__.*__", name):
            continue
        if _is_set_later(name, body) or (name in body.written and _is_another(name, value, body, {*found}, now)):
            found[name] = text
    return found


def _is_set_later(name: str, body: ClassBody) -> bool:
    return name not in body.bound and (not body.is_hooked or body.changes(name))


def _is_another(name: str, value: object, body: ClassBody, others: set[str], now: Callable[[str], object]) -> bool:
    """Whether the text may make something else of the name the next time."""
    written = body.written[name]
    try:
        return as_literal(ast.literal_eval(written)) != as_literal(value)
    except (ValueError, TypeError):  # it is computed
        calls = [each.func for each in ast.walk(written) if isinstance(each, ast.Call)]
        uses_others = not others.isdisjoint(mangled(each, body.owner) for each in names_in(written))
        is_called = not all(gives_the_same(function, now) for function in calls)
        return uses_others or is_called or isinstance(value, MUTABLE) or body.changes(name)
