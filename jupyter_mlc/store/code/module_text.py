"""The text of one module, put together from definitions of a notebook and what they refer to."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.code.at_definition import ABSENT, taken
from jupyter_mlc.store.code.given_later import given_later
from jupyter_mlc.store.code.literals import as_import, as_literal, kind_of
from jupyter_mlc.store.code.names_needed import Needs, is_builtin, is_pythons, line_of, names_needed, submodules
from jupyter_mlc.store.code.sources import MAIN, MAINS, Definition, definition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADER = '"""Definitions of a notebook, as far as the model needs them."""\n\n'


class ModuleText:
    """The module while it is put together."""

    def __init__(self, cells: Sequence[str]) -> None:
        self._cells = cells
        self._bound: dict[str, object] = {}
        self._imports: dict[str, str] = {}
        self._constants: dict[str, str] = {}
        self._definitions: dict[str, tuple[Definition, Needs]] = {}
        self._aliases: dict[str, str] = {}

    def define(self, name: str, obj: object, qualname: str = "") -> None:
        """Add the definition of `obj`, or of the class that it is nested in, with all that it needs."""
        top = _outermost(obj, name, qualname)
        self._bind(name, top)
        if name in self._definitions:
            return
        definition = definition_of(top, name, self._cells)
        if isinstance(top, type) and (later := given_later(top, definition.statement)):
            raise BadInput(
                f"{name} was given {', '.join(later)} after its definition, and what is stored is the definition",
                hint="write that into the class, run its cell again and make the object anew; what goes on changing, "
                "such as a counter, is kept outside of the class",
            )
        needs = names_needed(definition)
        self._definitions[name] = _with_attributes(top, definition), needs
        space = _Names(top)
        then = taken(top, definition, space.value)
        if again := sorted(needs.again & set(then)):
            raise BadInput(
                f"{name} was defined (line {definition.line} of its cell) with another {again[0]} than it uses now",
                hint="run its cell again and make the object anew",
            )
        if name in needs.early:
            raise BadInput(
                f"{name} (line {definition.line} of its cell) builds on an earlier thing of the same name",
                hint="give the new one another name",
            )
        for need in sorted((needs.early | needs.late | needs.maybe) - {name}):
            self._add(need, then[need] if need in then else space.value(need), definition, needs)

    def _add(self, name: str, value: object, definition: Definition, needs: Needs) -> None:
        if value is ABSENT:
            self._refuse_absent(name, definition, needs)
        elif not self._added(name, value, definition) and name not in needs.maybe:
            line = line_of(definition, name)
            raise BadInput(
                f"{definition.name} uses {name} (line {line} of its cell), {kind_of(value)} that cannot be stored "
                "with it",
                hint=f"keep {name} in an attribute, or give it as an argument, or put both in a module",
            )

    def _added(self, name: str, value: object, definition: Definition) -> bool:
        """Make the module bind `name` to this value; False where there is no way to write it."""
        if isinstance(value, ModuleType):
            return value.__name__ not in MAINS and self._import_module(name, value, definition)
        home = getattr(value, "__module__", None)
        qualname = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
        if home in MAINS and isinstance(qualname, str) and "<" not in qualname and "." not in qualname:
            self.define(qualname, value)
            if qualname != name:
                self._bind(name, value)
                self._aliases[name] = f"{name} = {qualname}\n"
            return True
        line = as_import(name, value)
        if line is not None:
            return self._line(self._imports, name, value, line)
        text = as_literal(value)
        return text is not None and self._line(self._constants, name, text, f"{name} = {text}\n")

    def _import_module(self, name: str, value: ModuleType, definition: Definition) -> bool:
        for dotted in submodules(definition, name, value.__name__):
            self._imports[dotted] = f"import {dotted} as _{dotted.replace('.', '_')}\n"
        line = f"import {value.__name__}" + ("" if value.__name__ == name else f" as {name}") + "\n"
        return self._line(self._imports, name, value, line)

    def _line(self, lines: dict[str, str], name: str, value: object, line: str) -> bool:
        self._bind(name, value)
        lines[name] = line
        return True

    def _bind(self, name: str, value: object) -> None:
        bound = self._bound.setdefault(name, value)
        if bound is not value and not (isinstance(value, str) and bound == value):
            raise BadInput(
                f"the object needs two different things that are both called {name}",
                hint="run the cells again in order and make the object anew",
            )

    def _refuse_absent(self, name: str, definition: Definition, needs: Needs) -> None:
        if name in needs.early and not is_builtin(name):
            raise BadInput(
                f"{definition.name} needs {name} (line {line_of(definition, name)} of its cell), which the notebook "
                "no longer has",
                hint=f"run the cell that makes {name} again",
            )

    def text(self) -> str:
        """The module: imports, constants, then definitions, each after what it needs at once."""
        strings = any(definition.string_annotations for definition, _ in self._definitions.values())
        future = "from __future__ import annotations\n" if strings else ""
        parts = [
            "".join(sorted({future, *self._imports.values()} - {""}, key=lambda line: (line != future, line))),
            "".join(self._constants[name] for name in sorted(self._constants)),
            *self._ordered(),
        ]
        return _HEADER + "\n\n".join(part for part in parts if part)

    def _ordered(self) -> list[str]:
        order: dict[str, None] = {}
        for name in self._definitions:
            self._place(name, order)
        texts = {name: definition.text for name, (definition, _) in self._definitions.items()}
        return [texts[name] if name in texts else self._aliases[name] for name in order]

    def _place(self, name: str, order: dict[str, None]) -> None:
        """Put a definition behind all that runs when it is executed: decorators, bases and what those call."""
        if name in order or (name not in self._definitions and name not in self._aliases):
            return
        if name in self._aliases:
            target = self._aliases[name].partition("= ")[2].strip()
            self._place(target, order)
            order[name] = None
            return
        for need in sorted(self._definitions[name][1].early):
            self._place_whole(need, order, set())
        order[name] = None
        for need in sorted(self._definitions[name][1].late & set(self._aliases)):
            self._place(need, order)

    def _place_whole(self, name: str, order: dict[str, None], seen: set[str]) -> None:
        if name in seen:
            return
        seen.add(name)
        self._place(name, order)
        for need in sorted(self._definitions[name][1].late) if name in self._definitions else []:
            self._place_whole(need, order, seen)


def _with_attributes(obj: object, definition: Definition) -> Definition:
    """The definition of a function with what was set on it since, as in ``f.limit = 0.7``; any other as it is.

    What a decorator sets it sets again, and what its code does not read it can do without.
    """
    lines = []
    for name, value in vars(obj).items() if isinstance(obj, FunctionType) else []:
        text = as_literal(value)
        if text is not None and name.isidentifier():
            lines.append(f"{definition.name}.{name} = {text}\n")
        elif not getattr(definition.statement, "decorator_list", []) and _reads(definition, name):
            raise BadInput(
                f"{definition.name} has the attribute {name}, {kind_of(value)} that cannot be stored with it",
                hint=f"give {name} as an argument, or make a class that keeps it in an attribute of its objects",
            )
    return replace(definition, text=definition.text + "".join(lines))


def _reads(definition: Definition, attribute: str) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == attribute for each in ast.walk(definition.statement))


class _Names:
    """What the global names of a definition stand for."""

    def __init__(self, obj: object) -> None:
        self._bases = {base.__name__: base for base in getattr(obj, "__mro__", ())[1:] if base.__module__ in MAINS}
        self._globals = _globals_of(obj)

    def value(self, name: str) -> object:
        """The value now, but a base class as it was when the class was made."""
        if name in self._bases:
            return self._bases[name]
        if name in self._globals and not is_pythons(name, self._globals[name]):
            return self._globals[name]
        return ABSENT if is_builtin(name) else getattr(builtins, name, ABSENT)


def _globals_of(obj: object) -> Mapping[str, Any]:
    """The namespace that the functions of `obj` look names up in."""
    members = list(vars(obj).values()) if isinstance(obj, type) else [obj]
    for member in members:
        plain = inspect.unwrap(member) if callable(member) else getattr(member, "__func__", None)
        space = getattr(plain, "__globals__", None)
        if isinstance(space, dict) and space.get("__name__") in MAINS:
            return space
    return vars(sys.modules[MAIN])


def _outermost(obj: object, name: str, qualname: str) -> object:
    """The top-level class around a nested one."""
    if "." not in qualname:
        return obj
    outer = vars(sys.modules[MAIN]).get(name)
    found: object = outer
    for part in qualname.split(".")[1:]:
        found = getattr(found, part, None)
    if found is not obj:
        raise BadInput(
            f"{qualname} is not the {qualname} that the notebook has now",
            hint="run its cell again and make the object anew",
        )
    return outer
