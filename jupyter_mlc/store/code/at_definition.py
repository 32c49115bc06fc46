"""What a definition took from the notebook when it was executed: its defaults, and the values of a class.

``def scale(x, by=RATE)`` goes on with the RATE of that moment, whatever RATE is by now.
"""

from __future__ import annotations

import ast
import enum
import inspect
import sys
from collections import deque
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.code.class_body import body_of, mangled
from jupyter_mlc.store.code.literals import as_literal
from jupyter_mlc.store.code.names_needed import is_pythons
from jupyter_mlc.store.code.sources import first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_mlc.store.code.sources import Definition

_BINDS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MUTABLE = (list, dict, set, deque)
_CONVERTED = (int, float, str, bytes)
# what can be computed again without running anybody's code
_PLAIN = (
    *(ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Dict),
    *(ast.Call, ast.keyword, ast.expr_context, ast.operator, ast.unaryop),
)
_PYTHONS = {each.__name__: each for each in (abs, bool, divmod, float, int, len, max, min, pow, round, sorted)}
"""what Python itself makes of values, and of the same always the same"""
_Taken = tuple[ast.expr, object]
ABSENT = object()
"""what a name stands for that the notebook does not bind, whether or not Python does"""


def taken(obj: object, definition: Definition, now: Callable[[str], object]) -> dict[str, object]:
    """The names that stood for something else than now when `obj` was defined, and for what.

    Raises
    ------
    BadInput
        Where it was computed from what is another thing now, so that nothing tells what that was.
    """
    found: dict[str, object] = {}
    for written, value in _evaluated(obj, definition.statement):
        if isinstance(written, ast.Name):
            if is_pythons(written.id, value):
                continue
            if not _is_same(found.setdefault(written.id, value), value):
                raise _computed_then(definition, written)
        elif not _is_mutable(value) and (again := _again(written, now)) is not None and not _is_same(again, value):
            raise _computed_then(definition, written)
    return {name: value for name, value in found.items() if not _is_same(value, now(name))}


def _is_same(one: object, other: object) -> bool:
    """Whether they are one thing, are written alike, or are functions whose cell was only executed again."""
    if isinstance(one, FunctionType) and isinstance(other, FunctionType):
        return one is other or (
            (one.__code__, one.__defaults__, one.__kwdefaults__)
            == (other.__code__, other.__defaults__, other.__kwdefaults__)
            and one.__closure__ is other.__closure__ is None
        )
    return one is other or ((text := as_literal(one)) is not None and text == as_literal(other))


def _computed_then(definition: Definition, written: ast.expr) -> BadInput:
    return BadInput(
        f"{definition.name} has a value of {ast.unparse(written)} (line {written.lineno} of its cell), "
        "which is another by now",
        hint="run its cell again and make the object anew",
    )


def _evaluated(obj: object, statement: ast.stmt) -> Iterator[_Taken]:
    """Each default, and each value of a class, as it is written and what it is."""
    if not isinstance(statement, ast.ClassDef):
        yield from _defaults(obj, statement)
        return
    if not isinstance(obj, type):
        return
    body = body_of(obj, statement)
    methods = [item for item in statement.body if isinstance(item, _BINDS)]
    found = [each for item in methods for each in _defaults(vars(obj).get(mangled(item.name, obj)), item)]
    for name, written in body.written.items():
        # anything else may have been made into another thing
        if as_literal(value := _member(obj, name, written)) is not None and not body.changes(name):
            found.append((written, value))
    # what the class binds itself is not looked up in the notebook
    yield from ((written, value) for written, value in found if body.bound.isdisjoint(_names_in(written)))


def _member(owner: type, name: str, written: ast.expr) -> object:
    """What a name of a class was given, whatever a dataclass, a named tuple or an enum has made of it since."""
    fields, defaults = vars(owner).get("__dataclass_fields__", {}), vars(owner).get("_field_defaults", {})
    if name in fields:
        return fields[name].default
    found = defaults.get(name, vars(owner).get(name, owner))
    if not isinstance(found, enum.Enum):
        return found
    # an enum with a __new__ of its own, or of another type, may make any value of what is written
    is_made = hasattr(owner, "__new_member__") or (isinstance(found, _CONVERTED) and isinstance(written, ast.Tuple))
    return found if is_made else found.value


def _defaults(member: object, statement: ast.stmt) -> Iterator[_Taken]:
    """The defaults of a function, of a method or behind a decorator that says what it wraps."""
    plain = getattr(member, "__func__", member)
    plain = inspect.unwrap(plain) if callable(plain) else plain
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) or not isinstance(plain, FunctionType):
        return
    if plain.__code__.co_firstlineno != first_line(statement):
        return
    values, named = plain.__defaults__ or (), plain.__kwdefaults__ or {}
    if len(values) == len(statement.args.defaults):
        yield from zip(statement.args.defaults, values, strict=True)
    for argument, written in zip(statement.args.kwonlyargs, statement.args.kw_defaults, strict=True):
        if written is not None and argument.arg in named:
            yield written, named[argument.arg]


def _again(written: ast.expr, now: Callable[[str], object]) -> object:
    """What is computed of constants of the notebook, computed once more; None where it is computed of anything else."""
    nodes = list(ast.walk(written))
    functions = [each.func for each in nodes if isinstance(each, ast.Call)]
    in_functions = {each for function in functions for each in ast.walk(function)}
    constants = {each.id: now(each.id) for each in nodes if isinstance(each, ast.Name) and each not in in_functions}
    is_plain = all(isinstance(each, _PLAIN) for each in nodes if each not in in_functions)
    if not constants or not is_plain or any(as_literal(value) is None for value in constants.values()):
        return None
    if not all(_gives_the_same(function, now) for function in functions):
        return None
    names = {name: now(name) for name in _names_in(written) if now(name) is not ABSENT}
    code = compile(ast.Expression(written), "<default>", "eval")
    try:
        return eval(code, {"__builtins__": _PYTHONS}, names)  # noqa: S307 (constants, operators and known functions)
    except Exception:  # noqa: BLE001 (the constants are others now, and may not fit)
        return NotImplemented


def _gives_the_same(function: ast.expr, now: Callable[[str], object]) -> bool:
    """Whether it is a function of Python, of `math` or of NumPy that makes the same of the same: round, np.log."""
    match function:
        case ast.Name(id=name) if now(name) is ABSENT:
            return name in _PYTHONS
        case ast.Name(id=name):
            found = now(name)
        case ast.Attribute(value=ast.Name(id=name), attr=own) if isinstance(now(name), ModuleType):
            found = getattr(now(name), own, None)
        case _:
            return False
    numpy = sys.modules.get("numpy")
    return getattr(found, "__module__", None) == "math" or (numpy is not None and isinstance(found, numpy.ufunc))


def _is_mutable(value: object) -> bool:
    """Whether it can be filled and changed: what it held at first nobody knows."""
    numpy = sys.modules.get("numpy")
    return isinstance(value, _MUTABLE) or (numpy is not None and isinstance(value, numpy.ndarray))


def _names_in(written: ast.expr) -> set[str]:
    """The names that an expression reads."""
    return {each.id for each in ast.walk(written) if isinstance(each, ast.Name)}
