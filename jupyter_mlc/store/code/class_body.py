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
    tested: frozenset[str]
    """the attributes on which it depends what the text does next, as in ``if cls.model is None``"""
    is_told: bool
    """whether the text tells every name"""
    is_hooked: bool
    """whether a base from a library may have put more into it, as scikit-learn's do"""

    def is_inherited(self, name: str) -> bool:
        """Whether a base that was defined beside the class has an attribute of this name."""
        bases = self.owner.__mro__[1:-1]
        return any(base.__module__ == self.owner.__module__ and name in vars(base) for base in bases)

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

    A decorator, a metaclass and a base may do that, so for classes that have such this is None. What a dataclass is
    given is known.
    """
    if not isinstance(owner, type) or not isinstance(definition, ast.ClassDef):
        return None
    if not all(_makes_a_dataclass(each, owner) for each in definition.decorator_list):
        return None
    if type(owner) not in {type, abc.ABCMeta} or owner.__module__ in _hooks(owner):
        return None
    return body_of(owner, definition)


def _makes_a_dataclass(decorator: ast.expr, owner: type) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    is_called_so = isinstance(named, ast.Name | ast.Attribute) and ast.unparse(named).endswith("dataclass")
    return is_called_so and "__dataclass_fields__" in vars(owner)


def inner_classes(owner: type, definition: ast.ClassDef) -> Iterator[tuple[str, type, ast.ClassDef]]:
    """The classes that stand in the body of a class, by name, as long as the class holds those of its text."""
    for item in definition.body:
        if isinstance(item, ast.ClassDef):
            name = mangled(item.name, owner)
            found = vars(owner).get(name)
            if isinstance(found, type) and found.__qualname__ == f"{owner.__qualname__}.{item.name}":
                yield name, found, item


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
        tested=frozenset(
            mangled(node.attr if isinstance(node, ast.Attribute) else str(node.value), owner)
            for test in _tests(nodes)
            for node in ast.walk(test)
            if isinstance(node, ast.Attribute | ast.Constant)  # hasattr(cls, "model")
        ),
        is_told=not any(isinstance(node, ast.Name) and node.id in _BEHIND for node in nodes),
        is_hooked=bool(_hooks(owner)),
    )


def _tests(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """What is tried, or asked before something else is done."""
    for node in nodes:
        match node:
            case ast.If(test=test) | ast.IfExp(test=test):
                yield test
            case ast.BoolOp():
                yield node
            case ast.Try(body=tried):
                yield from tried


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
