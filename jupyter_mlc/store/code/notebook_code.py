"""Code that lives in the notebook, made into a module that travels with the model.

A class or function of ``__main__`` is written to a pickle by name only. This collects the definition behind the name
and what it needs of the notebook: imports, other definitions, constants. What cannot be taken along is refused, by
object and line, while the person who can change it is still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store.code import private_modules
from jupyter_mlc.store.code.module_text import ModuleText
from jupyter_mlc.store.code.sources import MAIN, home_of, own_codes
from jupyter_mlc.store.code.whereabouts import where_is

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOTEBOOK = "notebook"
"""the name of the module that stands for ``__main__``"""
_Result = TypeVar("_Result")


class _Mixed(Exception):
    """Definitions of this notebook meet those of a loaded version: each must keep its own module name."""


@dataclass(frozen=True, kw_only=True)
class CodeModule:
    """One module of an artifact: ``code/<name>.py``."""

    name: str
    text: str


class NotebookCode:
    """What the globals of one pickle need of the notebook.

    In the stream, definitions of the notebook are written as ``__main__``, so that plain ``joblib.load`` works where
    they are defined. So are those of a loaded version, unless both occur together.
    """

    def __init__(self, root: object, cells: Sequence[str] = (), *, mixed: bool = False) -> None:
        self._root = root
        self._cells = cells
        self._mixed = mixed
        self._roots: dict[str, dict[str, object]] = {}

    def written_as(self, obj: object, name: str) -> str | None:
        """The module under which a pickle writes this global; None where it is an ordinary one.

        Raises
        ------
        BadInput
            Where the global has no name that could be found again.
        """
        home = home_of(obj, name)
        if home != MAIN and not home.startswith(private_modules.PREFIX):
            return None
        if "<" in name:
            raise _nameless(obj, name, where_is(self._root, obj))
        roots = self._roots.setdefault(home, {})
        if roots.setdefault(name, obj) is not obj:
            raise BadInput(
                f"the object holds things made from two different definitions of {name}",
                hint="make the object again, all of it, after the last change of that cell",
            )
        if len(self._roots) > 1 and not self._mixed:
            raise _Mixed
        return home if self._mixed else MAIN

    def modules(self) -> list[CodeModule]:
        """The modules that the pickle needs, each after those that it imports."""
        texts = {home: self._text(home) for home in self._roots}
        named = {}
        for home, text in texts.items():
            for name in private_modules.used_by(text):
                named[name] = private_modules.text_of(name)
            named[home if self._mixed and home != MAIN else NOTEBOOK] = text
        return [CodeModule(name=name, text=text) for name, text in named.items()]

    def _text(self, home: str) -> str:
        if home != MAIN:
            return private_modules.text_of(home)
        module = ModuleText(self._cells)
        for name, obj in self._roots[home].items():
            module.define(name.partition(".")[0], obj, name)
        return module.text()


def collecting(
    root: object, work: Callable[[NotebookCode], _Result], cells: Sequence[str] = ()
) -> tuple[_Result, list[CodeModule]]:
    """Do the pickling of `root` in `work`, twice if it must be; what it gives, and the modules that it needs."""
    try:
        code = NotebookCode(root, cells)
        return work(code), code.modules()
    except _Mixed:
        code = NotebookCode(root, cells, mixed=True)
        return work(code), code.modules()


def _nameless(obj: object, name: str, place: str) -> BadInput:
    codes = own_codes(obj)
    where = (f" at {place}" if place else "") + (f" (line {codes[0].co_firstlineno} of its cell)" if codes else "")
    if "<lambda>" in name:
        return BadInput(
            f"the lambda{where} has no name to be stored under",
            hint="give it a name with def at the top level of a cell, or put it in a module",
        )
    return BadInput(
        f"{name.replace('.<locals>', '()')}{where} is defined inside a function",
        hint="define it at the top level of a cell, or put it in a module",
    )
