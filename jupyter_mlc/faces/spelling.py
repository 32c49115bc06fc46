"""Lines to type, as they are typed where they are read: ``%mlc`` in a notebook, ``jupyter mlc`` everywhere else."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from jupyter_mlc.domain.errors import MlcError

Spell: TypeAlias = Callable[[str], str]


def shell() -> Any:
    """IPython's shell; where IPython was never imported there is none."""
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get() if get is not None else None


def as_typed_here(text: str) -> str:
    """A next step as it is typed in this process."""
    return text if shell() is not None else as_next_step(text)


def as_next_step(text: str) -> str:
    """A next step as it is typed in a terminal, where `use` would end with its process."""
    return as_command(re.sub(r"%mlc use ", "export MLC_REGISTRY=", text))


def as_command(text: str) -> str:
    """Lines to type as they are typed in a terminal; what only a notebook can do stays as it is."""
    return re.sub(r"(?<!%)(?<!= )%mlc\b", "jupyter mlc", text)


_LINE = re.compile(r"(%|jupyter )mlc\b")


def as_python(text: str, flags: Mapping[str, str]) -> str:
    """A next step as a function follows it: ``--trust`` is ``trust=True``; a line to type stays as it is.

    Parameters
    ----------
    text : str
        What to do next.
    flags : mapping of str
        The options that the verb has for yes or no, and their names in Python.
    """
    line = _LINE.search(text)
    said, typed = (text[: line.start()], text[line.start() :]) if line else (text, "")
    for option, name in flags.items():
        said = re.sub(rf"(?<!\S){option}(?![\w-])", f"{name}=True", said)
    return said.replace("={str(...)}", "=str(...)") + typed


def told(error: MlcError, spell: Spell) -> str:
    """A refusal as a person reads it; the message may repeat a person's words, the lines to type are in the hint."""
    return "\n".join(filter(None, (error.message, spell(error.hint))))
