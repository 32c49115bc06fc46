"""What the body of a class binds, and whether the class goes on to change that by itself."""

from __future__ import annotations

import ast
import dis
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from jupyter_mlc.store.code.sources import own_codes

_BEHIND = frozenset({"setattr", "delattr", "exec", "locals", "vars", "__dict__"})
"""by which names are bound that no text tells"""
_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_STORES = frozenset({"STORE_ATTR", "DELETE_ATTR"})


@dataclass(frozen=True, kw_only=True)
class ClassBody:
    """The names in a class's body, as they stand in the class: ``__limit`` of ``Model`` is ``_Model__limit``."""

    owner: type
    bound: frozenset[str]
    written: dict[str, ast.expr]
    """the names that are bound once, by an assignment, and to what"""
    read: frozenset[str]
    """the attributes that the text reads"""
    is_told: bool
    """whether the text tells every name"""

    def changes(self, name: str) -> bool:
        """Whether code of the class or of its bases sets an attribute of this name, as ``cls.made += 1`` does."""
        if not self.is_told:
            return True
        for base in self.owner.__mro__[:-1]:
            for code in _all_codes(own_codes(base)):
                is_ours = base.__module__ == self.owner.__module__
                if (is_ours and _BEHIND & {*code.co_names}) or (name in code.co_names and _stores(code, name)):
                    return True
        return False


def mangled(name: str, owner: type) -> str:
    """What a name in the body of a class is called in the class."""
    is_private = name.startswith("__") and not name.endswith("__")
    return f"_{owner.__name__.lstrip('_')}{name}" if is_private else name


def body_of(owner: type, definition: ast.ClassDef) -> ClassBody:
    """Read the body from its text."""
    nodes = list(ast.walk(definition))
    own = (node for item in definition.body for node in _in_this_scope(item))
    bound = Counter(mangled(name, owner) for node in own for name in _names_bound(node))
    written = {mangled(name, owner): value for item in definition.body for name, value in _assigned(item)}
    return ClassBody(
        owner=owner,
        bound=frozenset(bound),
        written={name: value for name, value in written.items() if bound[name] == 1},
        read=frozenset(
            mangled(node.attr, owner) for node in nodes if isinstance(node, ast.Attribute) and _is_read(node)
        ),
        is_told=not any(isinstance(node, ast.Name) and node.id in _BEHIND for node in nodes),
    )


def _in_this_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The node, and what is below it but for what functions, classes and comprehensions keep to themselves."""
    yield node
    if not isinstance(node, _SCOPES):
        for below in ast.iter_child_nodes(node):
            yield from _in_this_scope(below)


def _names_bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) if not _is_read(node):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name


def _assigned(item: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    match item:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            yield name, value


def _is_read(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


def _all_codes(codes: list[CodeType]) -> Iterator[CodeType]:
    for code in codes:
        yield code
        yield from _all_codes([each for each in code.co_consts if isinstance(each, CodeType)])


def _stores(code: CodeType, name: str) -> bool:
    return any(each.opname in _STORES and each.argval == name for each in dis.get_instructions(code))
