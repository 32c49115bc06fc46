"""The source of one class or function that was typed into a notebook, a console or a script that ran as ``__main__``.

`inspect.getsource` cannot find a class of ``__main__`` without a file, and finds the newest of two definitions instead
of the one that an object was made from. Here the text is found through the code of the functions, and believed only if
compiling it gives that very code again.
"""

from __future__ import annotations
import __future__

import ast
import functools
import inspect
import linecache
import pickle
import re
import sys
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FUTURES = functools.reduce(
    lambda flags, name: flags | getattr(__future__, name).compiler_flag, __future__.all_feature_names, 0
)
_GENERATED = ("<string>", "<attrs ")
MAIN = "__main__"
MAINS = frozenset({MAIN, "__mp_main__"})
"""what a script is called in the process that it is run in, and in those that `multiprocessing` begins anew"""
OWN = "<notebook code "
"""how the file names of code begin that came out of an artifact"""
_ELSEWHERE = "put it in a module beside the notebook and import it"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One statement of a notebook: a class, a function, or an assignment that makes one: ``P = namedtuple(...)``."""

    name: str
    text: str
    line: int
    """of its cell"""
    statement: ast.stmt
    string_annotations: bool
    """whether its cell was compiled with ``from __future__ import annotations``"""


def home_of(obj: object, name: str) -> str:
    """The module of a global, as pickle sees it; where it does not say, the module that has it under this name."""
    home = getattr(obj, "__module__", None)
    found = home if isinstance(home, str) else str(pickle.whichmodule(obj, name))  # type: ignore[attr-defined]
    return MAIN if found in MAINS else found


def definition_of(obj: object, name: str, cells: Sequence[str] = ()) -> Definition:
    """Find the statement that defined `obj` under `name`.

    Raises
    ------
    BadInput
        Where no text is known, or none that certainly is this object's.
    """
    codes = own_codes(obj)
    flags = functools.reduce(lambda all_flags, code: all_flags | code.co_flags, codes, 0) & _FUTURES
    texts = list(_texts(codes, cells))
    found = {ast.dump(item.statement): item for text in texts for item in _definitions(text, name, codes, flags)}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise BadInput(
            f"the notebook defined {name} {len(found)} times, and nothing tells which one this object was made from",
            hint=f"make the object again under another class name, or {_ELSEWHERE}",
        )
    if any(_definitions(text, name, [], flags) for text in texts):
        raise BadInput(
            f"the source of {name} has changed since it was run",
            hint="run its cell again and make the object anew",
        )
    raise BadInput(f"the source of {name} is not known", hint=f"define it at the top level of a cell, or {_ELSEWHERE}")


def own_codes(obj: object) -> list[CodeType]:
    """The code of a function as it was typed, or of all functions in the body of a class."""
    if not isinstance(obj, type):
        plain = inspect.unwrap(obj) if callable(obj) else obj
        return [plain.__code__] if isinstance(plain, FunctionType) else []
    found: list[CodeType] = []
    for value in vars(obj).values():
        if isinstance(value, type):
            inside = value.__qualname__.startswith(f"{obj.__qualname__}.") and value.__module__ == obj.__module__
            found += own_codes(value) if inside else []
        else:
            found += [code for function in _functions(value) if (code := _code_within(function, obj)) is not None]
    return found


def _functions(value: object) -> Iterator[object]:
    """The functions behind methods, properties and the like."""
    for attribute in ("fget", "fset", "fdel", "func", "__func__"):
        inner = getattr(value, attribute, None)
        if inner is not None:
            yield inner
    yield value


def _code_within(value: object, owner: type) -> CodeType | None:
    plain = inspect.unwrap(value) if callable(value) else value
    if not isinstance(plain, FunctionType) or plain.__code__.co_filename.startswith(_GENERATED):
        return None
    inside = plain.__module__ == owner.__module__ and plain.__qualname__.startswith(f"{owner.__qualname__}.")
    return plain.__code__ if inside else None


def _texts(codes: Sequence[CodeType], cells: Sequence[str]) -> Iterator[str]:
    """Texts that may hold the definition: the file that the code names, else everything that was executed."""
    named = {text for code in codes if (text := "".join(linecache.getlines(code.co_filename)))}
    if named:
        yield from named
        return
    # a class without functions names no file, and may stand in the script that runs
    yield "".join(linecache.getlines(getattr(sys.modules.get(MAIN), "__file__", None) or ""))
    # an entry without a time is no file: so do IPython's cells stand in the cache
    entries = [entry for name, entry in linecache.cache.items() if not name.startswith(OWN)]
    entered = ["".join(entry[2]) for entry in entries if len(entry) > 1 and entry[1] is None]
    for text in [*entered, *cells]:
        yield text
        yield from _under_magic(text)


def _under_magic(text: str) -> Iterator[str]:
    """The body of a cell that begins with ``%%``, as typed or as IPython translates it."""
    if text.startswith("%%"):
        yield text.partition("\n")[2]
    elif "run_cell_magic(" in text:
        for node in ast.walk(_parsed(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "run_cell_magic" and node.args:
                last = node.args[-1]
                yield last.value if isinstance(last, ast.Constant) and isinstance(last.value, str) else ""
    elif re.search(r"(?m)^\s*[%!]", text):
        yield re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", text)


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])


def _definitions(text: str, name: str, codes: Sequence[CodeType], flags: int) -> list[Definition]:
    """The statements in `text` that define `name` and give these very codes."""
    statements = [item for item in _parsed(text).body if _defines(item, name) and _surrounds(item, codes)]
    if not statements or not gives(text, codes, flags):
        return []
    lines = text.split("\n")
    strings = bool(flags & __future__.annotations.compiler_flag) or _has_future(text)
    return [
        Definition(
            name=name,
            text="\n".join(lines[first_line(item) - 1 : item.end_lineno]).rstrip() + "\n",
            line=first_line(item),
            statement=item,
            string_annotations=strings,
        )
        for item in statements
    ]


def _defines(item: ast.stmt, name: str) -> bool:
    if isinstance(item, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return item.name == name
    if isinstance(item, ast.Assign) and isinstance(item.value, ast.Call):
        return len(item.targets) == 1 and isinstance(item.targets[0], ast.Name) and item.targets[0].id == name
    return False


def _surrounds(item: ast.stmt, codes: Sequence[CodeType]) -> bool:
    return all(first_line(item) <= code.co_firstlineno <= (item.end_lineno or 0) for code in codes)


def first_line(item: ast.stmt) -> int:
    """The line with which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(item, "decorator_list", [])
    return min([item.lineno, *(decorator.lineno for decorator in decorators)])


def gives(text: str, codes: Sequence[CodeType], flags: int) -> bool:
    """Whether compiling the text gives all these codes."""
    if not codes:
        return True
    try:
        made = {code for whole in _compiled(text, flags) for code in _nested(whole)}
    except (SyntaxError, ValueError):
        return False
    return all(code in made for code in codes)


def _compiled(text: str, flags: int) -> Iterator[CodeType]:
    """The text as a script is compiled, and as IPython compiles a cell: each statement alone.

    The code differs: a call of a method is another instruction where Python sees that its object is imported.
    """
    # a cell may await at its top level
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    yield compile(text, "<cell>", "exec", flags, dont_inherit=True)
    for item in _parsed(text).body:
        yield compile(ast.Module(body=[item], type_ignores=[]), "<cell>", "exec", flags, dont_inherit=True)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _has_future(text: str) -> bool:
    return re.search(r"(?m)^from __future__ import .*\bannotations\b", text) is not None
