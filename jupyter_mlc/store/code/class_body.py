"""What the body of a class binds, and whether the class goes on to change that by itself."""

from __future__ import annotations

import abc
import ast
import dis
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from jupyter_mlc.store.code.sources import own_codes

_BEHIND = frozenset({"setattr", "delattr", "exec", "locals", "vars", "__dict__"})
"""by which names are bound that no text tells"""
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
    is_hooked: bool
    """whether a base from a library may have put more into it, as scikit-learn's do"""

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


def plain_body(owner: object, definition: ast.stmt) -> ClassBody | None:
    """Read the body of a class, where nothing of the notebook may have put more into it than its text says.

    A decorator, a metaclass and a base may do that, so for classes that have such this is None.
    """
    if not isinstance(owner, type) or not isinstance(definition, ast.ClassDef):
        return None
    if definition.decorator_list or type(owner) not in {type, abc.ABCMeta} or owner.__module__ in _hooks(owner):
        return None
    return body_of(owner, definition)


def _hooks(owner: type) -> set[str]:
    """The modules of bases that do something with every class made of them."""
    return {base.__module__ for base in owner.__mro__[1:-1] if "__init_subclass__" in vars(base)}


def mangled(name: str, owner: type) -> str:
    """What a name in the body of a class is called in the class."""
    is_private = name.startswith("__") and not name.endswith("__")
    return f"_{owner.__name__.lstrip('_')}{name}" if is_private else name


def body_of(owner: type, definition: ast.ClassDef) -> ClassBody:
    """Read the body from its text."""
    nodes = list(ast.walk(definition))
    bound = Counter(mangled(name, owner) for node in _outside_of_methods(definition) for name in _names_bound(node))
    written = {mangled(name, owner): value for item in definition.body for name, value in _assigned(item)}
    return ClassBody(
        owner=owner,
        bound=frozenset(bound),
        written={name: value for name, value in written.items() if bound[name] == 1},
        read=frozenset(
            mangled(node.attr, owner) for node in nodes if isinstance(node, ast.Attribute) and _is_read(node)
        ),
        is_told=not any(isinstance(node, ast.Name) and node.id in _BEHIND for node in nodes),
        is_hooked=bool(_hooks(owner)),
    )


def _outside_of_methods(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _outside_of_methods(child)


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
