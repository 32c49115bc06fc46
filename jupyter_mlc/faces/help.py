"""Help, drawn from the verbs themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from enum import StrEnum
from itertools import groupby
from textwrap import wrap

from jupyter_mlc.faces.fields import choices, is_flag, is_repeatable, offered, placeholder
from jupyter_mlc.verbs.base import Argument, Parse, Verb

TWELVE = (
    "run",
    "register",
    "list",
    "show",
    "evaluate",
    "compare",
    "promote",
    "rollback",
    "load",
    "retrain",
    "retire",
    "panel",
)
EVERYWHERE = {
    "--json": "answer with plain data",
    "--quiet": "say nothing; in a notebook a closing ; does the same",
    "--help": "this page",
}
_WIDTH = 110
_WIDEST = 48
"""of the first column; what is longer has a line of its own"""
_FOOT = "%mlc VERB --help explains a verb · %mlc help lists them all"


@dataclass(frozen=True, kw_only=True)
class HelpText:
    """A page of help: lines, and rows of two columns."""

    parts: tuple[str | tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The page as it is read in a notebook."""
        return self.spelled(str)

    def spelled(self, spell: Callable[[str], str]) -> str:
        """The page with its commands as they are typed elsewhere."""
        blocks = groupby(self.parts, lambda part: isinstance(part, tuple))
        return "\n".join(line for _, parts in blocks for line in _laid_out([*parts], spell))

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:  # noqa: FBT001, ARG002 (IPython's protocol)
        printer.text(self.text)  # type: ignore[attr-defined]


def _laid_out(parts: Sequence[str | tuple[str, str]], spell: Callable[[str], str]) -> list[str]:
    lines = [spell(part) for part in parts if isinstance(part, str)]
    return lines or _columns([(spell(part[0]), part[1]) for part in parts if isinstance(part, tuple)])


def overview(verbs: Mapping[str, Verb]) -> HelpText:
    """What ``%mlc`` alone shows: an example of each of the twelve, as far as they are there."""
    rows = [(example(verbs[name]), _briefly(verbs[name])) for name in TWELVE if name in verbs]
    return HelpText(parts=(*rows, "", _FOOT))


def everything(verbs: Mapping[str, Verb]) -> HelpText:
    """What ``%mlc help`` shows: how every verb is written, those of a group together."""
    blocks = [_list(group, verbs) for group in ["", *groups(verbs)]]
    lines: list[str | tuple[str, str]] = []
    for block in filter(None, blocks):
        lines += [*block, ""]
    return HelpText(parts=(*lines, "%mlc VERB --help explains a verb"))


def group_page(group: str, verbs: Mapping[str, Verb]) -> HelpText:
    """What ``%mlc dataset`` shows: the verbs of the group."""
    return HelpText(parts=(*_list(group, verbs), "", f"%mlc {group} VERB --help explains a verb"))


def groups(verbs: Mapping[str, Verb]) -> list[str]:
    """The groups that have verbs to offer, in the order of the list."""
    return list(dict.fromkeys(name.rpartition(" ")[0] for name in verbs if " " in name))


def _list(group: str, verbs: Mapping[str, Verb]) -> list[tuple[str, str]]:
    found = [verb for verb in verbs.values() if verb.group == group and not verb.plumbing]
    return [(usage(verb).removesuffix(" [options]"), _briefly(verb)) for verb in found]


def _briefly(verb: Verb) -> str:
    """The summary up to its first turn."""
    return re.split(r"[;:] ", verb.summary)[0].removesuffix(".")


def _columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns; the second is wrapped, and begins on a new line where the first is long."""
    fit = [len(left) for left, _ in rows if len(left) <= _WIDEST]
    indent = 2 + max(fit, default=0) + 2
    lines = []
    for left, right in rows:
        wrapped = wrap(right, _WIDTH - indent) or [""]
        if len(left) + 4 > indent:
            lines.append(f"  {left}")
        else:
            lines.append(f"  {left}".ljust(indent) + wrapped.pop(0))
        lines += [" " * indent + line for line in wrapped]
    return [line.rstrip() for line in lines]


def example(verb: Verb) -> str:
    """The verb's example as it is typed in a notebook."""
    return verb.example if re.search(r"%mlc\b", verb.example) else f"{_magic(verb)} {verb.example}"


def _magic(verb: Verb) -> str:
    return "%%mlc" if any(argument.described.body for argument in verb.arguments()) else "%mlc"


def usage(verb: Verb) -> str:
    """How the verb is written: ``%mlc schedule add REF --every TIME [options]``."""
    fields = typed_fields(verb)
    words = [_usage_word(argument) for argument in fields if argument.described.positional]
    needed = [f"{a.option} {placeholder(a)}" for a in fields if a.required and not a.described.positional]
    options = ["[options]"] if any(not (a.described.positional or a.required) for a in fields) else []
    return " ".join([_magic(verb), verb.name, *words, *needed, *options])


def _usage_word(argument: Argument) -> str:
    word = placeholder(argument) + ("..." if is_repeatable(argument) else "")
    return word if argument.required else f"[{word}]"


def verb_page(verb: Verb) -> HelpText:
    """What ``%mlc promote --help`` shows."""
    fields = typed_fields(verb)
    words = [(_usage_word(a), _described(a)) for a in fields if a.described.positional]
    options = [(_option(a), _described(a)) for a in fields if not a.described.positional]
    blocks: list[Sequence[str | tuple[str, str]]] = [
        [usage(verb)],
        [verb.summary],
        verb.details.splitlines(),
        words,
        ["options:", *options, *EVERYWHERE.items()],
        [f"example: {example(verb)}"],
    ]
    lines: list[str | tuple[str, str]] = []
    for block in filter(None, blocks):
        lines += ["", *block]
    return HelpText(parts=tuple(lines[1:]))


def typed_fields(verb: Verb) -> tuple[Argument, ...]:
    """The fields that people type: all but what faces fill in and the body of a cell."""
    return tuple(a for a in verb.arguments() if a.described.parse is not Parse.FILLED and not a.described.body)


def _option(argument: Argument) -> str:
    short = f"-{argument.described.short.lstrip('-')}, " if argument.described.short else ""
    value = "" if is_flag(argument) else f" {placeholder(argument)}"
    return f"{short}{argument.option}{value}"


def _described(argument: Argument) -> str:
    """The description, and whatever the reader must know beside it."""
    one_of = f"one of {', '.join(offered(argument))}" if choices(argument) else ""
    repeat = "repeatable" if is_repeatable(argument) and not argument.described.positional else ""
    return "; ".join(part for part in (argument.described.description, one_of, repeat, _default(argument)) if part)


def _default(argument: Argument) -> str:
    default = argument.default
    if default is MISSING or not default:
        return ""
    return f"default {default.value if isinstance(default, StrEnum) else default}"
