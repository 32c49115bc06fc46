"""What methods have set on their class, and what is stored of neither the object nor the class: ``Churn.scaler``."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from jupyter_mlc.store.code.class_body import mangled, plain_body
from jupyter_mlc.store.code.literals import as_literal
from jupyter_mlc.store.code.sources import MAIN, MAINS

if TYPE_CHECKING:
    from collections.abc import Iterator

_Method = ast.FunctionDef | ast.AsyncFunctionDef


def left_behind(code: str) -> list[str]:
    """Name what classes of the notebook, whose text this is, read in one method and have from another.

    Constants are stored. What is made anew where it is not there, as in ``if not hasattr(cls, "cache")``, is not
    needed.
    """
    return [f"{owner.__name__}.{name}" for owner, text in _classes(code) for name in _left_behind(owner, text)]


def _classes(code: str) -> Iterator[tuple[type, ast.ClassDef]]:
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.ClassDef):
            found = vars(sys.modules[MAIN]).get(statement.name)
            if isinstance(found, type) and found.__module__ in MAINS:
                yield found, statement


def _left_behind(owner: type, text: ast.ClassDef) -> Iterator[str]:
    body = plain_body(owner, text)
    if body is None:
        return
    methods = [item for item in text.body if isinstance(item, _Method)]
    for name, value in vars(owner).items():
        if as_literal(value) is not None or hasattr(value, "__get__"):
            continue
        setters = [each for each in methods if _has(each, name, owner, ast.Store)]
        readers = [each for each in methods if each not in setters and _has(each, name, owner, ast.Load)]
        if setters and readers and not any(_looks_first(each, name, owner) for each in setters):
            yield name


def _has(node: ast.AST, name: str, owner: type, how: type[ast.expr_context]) -> bool:
    return any(
        isinstance(each, ast.Attribute) and isinstance(each.ctx, how) and mangled(each.attr, owner) == name
        for each in ast.walk(node)
    )


def _looks_first(method: _Method, name: str, owner: type) -> bool:
    """Whether it sets the name only where that is not there yet."""
    if any(isinstance(each, ast.Try) for each in ast.walk(method)):
        return True
    tests = [each.test for each in ast.walk(method) if isinstance(each, ast.If | ast.IfExp)]
    words = {each.value for test in tests for each in ast.walk(test) if isinstance(each, ast.Constant)}
    return name in words or any(_has(test, name, owner, ast.Load) for test in tests)
