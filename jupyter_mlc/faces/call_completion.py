"""Where the cursor stands in a text that is given to a function: ``mlc.load("chur``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from jupyter_mlc.faces.fields import is_repeatable
from jupyter_mlc.faces.help import typed_fields
from jupyter_mlc.verbs.base import Argument, Verb

_FAR = 2000
"""characters before the cursor in which the call begins"""
_BEGIN = re.compile(r"\b\w+\.\w+(?:\.\w+)?\(")
_CALL = re.compile(
    r"""(?P<module>\w+)\.(?P<function>\w+(?:\.\w+)?)\((?P<before>[^()]*)(?P<quote>["'])(?P<fragment>[^"'\n]*)""",
    re.DOTALL,
)
_TEXT = re.compile(r""""[^"\n]*"|'[^'\n]*'""")
_HELD = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}")
"""a list, an index or a mapping that is closed"""
_DATA = re.compile(r"""\bdata\s*=\s*["']?(?P<name>[\w./:-]+)""")


@dataclass(frozen=True, kw_only=True)
class InCall:
    """The argument that is being typed."""

    argument: Argument
    fragment: str
    data: str
    """the data that the call names before it"""


def in_call(before_cursor: str, module: Callable[[str], object], verbs: Mapping[str, Verb]) -> InCall | None:
    """The argument of a function of ours whose text the cursor stands in; None where it does not.

    Parameters
    ----------
    before_cursor : str
        All that is typed before the cursor.
    module : callable
        What a name stands for in the notebook.
    verbs : mapping of str to Verb
        What can be called.
    """
    text = before_cursor[-_FAR:]
    calls = [_CALL.fullmatch(text, begin.start()) for begin in _BEGIN.finditer(text)]
    found = next((call for call in reversed(calls) if call is not None), None)
    if found is None or not _is_ours(module(found["module"])):
        return None
    verb = next((verb for verb in verbs.values() if verb.python_name == found["function"] and not verb.plumbing), None)
    given = _without_closed(_TEXT.sub("_", found["before"]))
    if verb is None or re.search(r"""["'#{]""", given):
        return None
    outside, _, within = given.partition("[")
    if within.rpartition(",")[2].strip():
        return None
    *earlier, last = outside.split(",")
    argument = _argument(verb, sum("=" not in one for one in earlier), last)
    if argument is None:
        return None
    named = _DATA.search(found["before"])
    return InCall(argument=argument, fragment=found["fragment"], data=named["name"] if named else "")


def _without_closed(given: str) -> str:
    """Each list and mapping that is closed as one word, so that no comma in it parts arguments."""
    while (shorter := _HELD.sub("_", given)) != given:
        given = shorter
    return given


def _is_ours(value: object) -> bool:
    return isinstance(value, ModuleType) and value.__name__ == __package__.partition(".")[0]


def _argument(verb: Verb, place: int, last: str) -> Argument | None:
    """The argument that a text after `last` is for, after so many by position."""
    fields = typed_fields(verb)
    if keyword := re.fullmatch(r"\s*(\w+)\s*=\s*", last):
        return next((field for field in fields if field.name == keyword[1]), None)
    by_place = [field for field in fields if field.described.positional]
    if last.strip():
        return None
    if place < len(by_place):
        return by_place[place]
    return by_place[-1] if by_place and is_repeatable(by_place[-1]) else None
