"""Which global names a definition needs: some when it is executed, others only when what it defines is used."""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlc.store.code.sources import Definition

_LAZY_ANNOTATIONS = sys.version_info >= (3, 14)
_OF_EVERY_MODULE = frozenset({"__name__", "__doc__", "__file__", "__spec__", "__builtins__", "__annotations__"})
_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The global names that a definition refers to."""

    early: frozenset[str]
    """decorators, bases, defaults, what a class body evaluates: needed when the definition is executed"""
    late: frozenset[str]
    """what functions look up when they are called"""
    maybe: frozenset[str]
    """annotations that nobody may ever evaluate"""
    again: frozenset[str]
    """what is needed early, and looked up once more by functions when they are called"""


def names_needed(definition: Definition) -> Needs:
    """Read the names from the definition's text."""
    early, late = _names(f"from __future__ import annotations\n{definition.text}")
    with_annotations = frozenset.union(*_names(definition.text))
    annotations = with_annotations - early - late
    again = early & late
    if definition.string_annotations or _LAZY_ANNOTATIONS:
        return Needs(early=early, late=late - early, maybe=annotations, again=again)
    return Needs(early=early | annotations, late=late - early, maybe=frozenset(), again=again)


def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    top = symtable.symtable(text, "<cell>", "exec")
    early, late = set(_tables(top, at_once=True)), set(_tables(top, at_once=False))
    return frozenset(early) - _OF_EVERY_MODULE, frozenset(late) - _OF_EVERY_MODULE


def _tables(table: symtable.SymbolTable, *, at_once: bool, now: bool = True) -> Iterator[str]:
    """The global names that are read at once, or those that are read later."""
    if now == at_once:
        for symbol in table.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                yield symbol.get_name()
    for child in table.get_children():
        is_now = child.get_type() == "class" or child.get_name() in _AT_ONCE
        yield from _tables(child, at_once=at_once, now=now and is_now)


def is_builtin(name: str) -> bool:
    """Whether Python itself knows the name; IPython adds some of its own, which come from modules."""
    value = getattr(builtins, name, None)
    return hasattr(builtins, name) and (getattr(value, "__module__", None) in {None, "builtins", "io"})


def is_pythons(name: str, value: object) -> bool:
    """Whether a value is what Python itself knows by the name, or what IPython puts in its place, as for ``open``."""
    if not is_builtin(name):
        return False
    own, home = getattr(builtins, name), getattr(value, "__globals__", {}).get("__name__", "")
    return value is own or (getattr(value, "__wrapped__", None) is own and home.startswith("IPython."))


def line_of(definition: Definition, name: str) -> int:
    """The line of the cell in which the definition first names it."""
    lines = [node.lineno for node in ast.walk(definition.statement) if isinstance(node, ast.Name) and node.id == name]
    return min(lines, default=definition.line)


def submodules(definition: Definition, name: str, module: str) -> list[str]:
    """The submodules that the definition reaches through a module's name: ``sk.linear_model.Ridge`` with ``sk``."""
    found = set()
    for node in ast.walk(definition.statement):
        chain = _chain(node)
        if chain[:1] == [name]:
            reached = [f"{module}.{'.'.join(chain[1:end])}" for end in range(2, len(chain) + 1)]
            found |= {dotted for dotted in reached if dotted in sys.modules}
    return sorted(found)


def _chain(node: ast.AST) -> list[str]:
    """``a.b.c`` as words; empty for anything else."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        before = _chain(node.value)
        return [*before, node.attr] if before else []
    return []
