"""Slips that a line may hold without being wrong: each would be taken for something else, and is refused instead."""

from __future__ import annotations

import contextlib
import re
import types
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import RESERVED_FIRST_PARTS, can_name, model_in, quoted
from jupyter_mlc.faces.help import typed_fields
from jupyter_mlc.faces.line import Kind, Word
from jupyter_mlc.verbs.base import Argument, Complete, Parse, Verb

if TYPE_CHECKING:
    from jupyter_mlc.faces.expressions import Namespace


def refuse_unpaired(argument: Argument, key: Word, after: Sequence[Word], ref: Sequence[Word] = ()) -> None:
    """Refuse ``--metric auc = .7``, ``auc .7`` and ``auc: .7``, which are several words, with the one to type.

    After a `ref` that is no version, or another one of the same model, ``churn:3`` is a version in the wrong place.
    """
    if "=" in key.text or key.has_expression or not key.is_bare:
        return
    where = "" if argument.described.positional else f"{argument.option} "
    if after and after[0].text.startswith("="):
        value = after[0].text[1:] or (after[1].typed if len(after) > 1 else "VALUE")
        raise BadInput(
            f"{where}{key.typed} {after[0].typed}: no space goes before or after '='",
            hint=f"write {where}{key.typed}={value}",
        )
    name, _, value = key.typed.partition(":")
    if value.isdecimal() and ref and model_in(ref[0].text) in {"", name}:
        return
    if not value and after and after[0].is_bare and not after[0].option and "=" not in after[0].text:
        value = after[0].typed
    if value:
        raise BadInput(f"{key.typed!r} is no KEY=VALUE", hint=f"write {where}{name}={value}")


def refuse_two_words(argument: Argument, day: Word, after: Sequence[Word]) -> None:
    """Refuse ``--at 2026-06-30 9:05``, with the one word to type."""
    time = re.fullmatch(r"(\d{1,2})(:\d{2}\S*)", after[0].text) if after else None
    if time is None or not re.fullmatch(r"[\d-]+", day.text):
        return
    raise BadInput(
        f"{argument.option} {day.typed} {after[0].typed}: a date with its time is one word",
        hint=f"write {argument.option} {day.text}T{time[1]:0>2}{time[2]}",
    )


_PAIR = re.compile(r"[^\W\d][\w.]*=[^=\s]\S*")


def refuse_pair_as_text(verb: Verb, argument: Argument, word: Word) -> None:
    """Refuse ``--metric auc=.7 f1=.6``, where the second one would be the note."""
    is_text = not argument.required and argument.plain_type is str
    if is_text and word.is_bare and (options := for_pairs(verb, word) or _for_value(verb, word)):
        name = argument.name
        raise BadInput(
            f"{word.typed} stands where the {name} does",
            hint=f'{options}; if it is the {name}, write {argument.option} "{word.typed}"',
        )


def refuse_path_as_text(verb: Verb, argument: Argument, word: Word, each: str) -> None:
    """Refuse ``register churn *.joblib`` where that is two files: the second one would be the note."""
    is_text = not argument.required and argument.plain_type is str
    takes_files = any(a.described.parse is Parse.OBJECT for a in typed_fields(verb))
    if is_text and takes_files and word.is_bare and re.search("[./]", word.text) and _lies_there(word.text):
        hint = f"name each by itself: {each}" if each else "put files of one model into a folder, and name that"
        raise BadInput(
            f"{word.typed} stands where the {argument.name} does, and is a file or folder",
            hint=f"{hint}; if it is the {argument.name}, write {argument.option} {quoted(word.text)}",
        )


def _lies_there(path: str) -> bool:
    with contextlib.suppress(OSError, ValueError):  # a long note is no name of a file
        return Path(path).exists()
    return False


_VALUES: Mapping[str, Callable[[str], object]] = {
    "successor": model_in,
    "sunset": re.compile(r"\d{4}-\d{2}-\d{2}\S*").fullmatch,
}
"""options for something that nobody gives as a reason, and what reads like one"""


def _for_value(verb: Verb, word: Word) -> str:
    """The option for a version or a day that stands alone; empty where the word is none, or the verb takes none."""
    names = {argument.name: argument for argument in typed_fields(verb)}
    found = next((name for name, reads in _VALUES.items() if name in names and reads(word.text)), None)
    return f"write {names[found].option} {word.typed}" if found else ""


def for_pairs(verb: Verb, word: Word) -> str:
    """The options to which a pair may belong; empty where it is no pair, or the verb takes none."""
    key, rest = word.split() if _PAIR.fullmatch(word.text) else ("", None)
    own = next((a.option for a in typed_fields(verb) if a.option == f"--{key}"), "")
    if own and rest is not None:
        return f"write {own} {rest.typed}"
    options = [a.option for a in typed_fields(verb) if a.described.parse is Parse.VALUES and not a.described.positional]
    if not options or not _PAIR.fullmatch(word.text):
        return ""
    written = [f"{option} {word.typed}" for option in options]
    return f"each pair has an option of its own: {' or '.join(written)}"


def refuse_apart(argument: Argument, model: Word, loose: Sequence[Word]) -> None:
    """Refuse ``promote churn 4``, where a version is written as two words."""
    is_version = argument.described.complete in {Complete.VERSION, Complete.ANYTHING}
    number = loose[0] if loose else None
    if not is_version or number is None or re.search("[:@]", model.text):
        return
    if model.text in RESERVED_FIRST_PARTS and number.is_bare:
        raise BadInput(f"{model.text} {number.text}: an id is one word", hint=f"write {model.text}/{number.text}")
    if model.is_bare and number.is_bare and re.fullmatch(r"[vV]?\d+", number.text):
        version = f"{model.text}:{number.text.lstrip('vV')}"
        raise BadInput(f"{model.text} {number.text}: a version is one word", hint=f"write {version}")


def refuse_dollar(words: Sequence[Word], names: Namespace) -> None:
    """Refuse ``$ref``, as a shell and other magics write the value of a variable; a model is written by its name."""
    for word in words:
        name = word.text[1:] if word.is_bare and word.text.startswith("$") else ""
        if name in names and isinstance(names[name], str | int | float):
            raise BadInput(f"{word.typed}: a dollar means nothing in this line", hint=f"write {{{name}}}")


def refuse_swapped(verb: Verb, words: Sequence[Word], of_field: Mapping[str, Sequence[Word]], names: Namespace) -> None:
    """Refuse ``register model churn``, where the model is the first word, with the line to type."""
    for before, after in _name_and_object(verb):
        name, thing = (next(iter(of_field.get(a.name, [])), None) for a in (before, after))
        if name is None or thing is None or not _looks_swapped(name, thing, names):
            continue
        swap = {id(name): thing, id(thing): name}
        line = " ".join(swap.get(id(word), word).typed for word in words)
        raise BadInput(
            f"{name.text!r} is in the notebook and {thing.text!r} is not: the name comes first",
            hint=f"write %mlc {verb.name} {line}",
        )


def _name_and_object(verb: Verb) -> Iterator[tuple[Argument, Argument]]:
    fields = [a for a in typed_fields(verb) if a.described.positional]
    for before, after in pairwise(fields):
        if after.described.parse in {Parse.OBJECT, Parse.DATA} and before.plain_type is str:
            yield before, after


_NO_OBJECTS = (str, int, float, type(None), type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)


def _looks_swapped(name: Word, thing: Word, names: Namespace) -> bool:
    if not (name.is_bare and thing.is_bare) or name.text not in names or thing.text in names:
        return False
    if not can_name(thing.text):
        return False
    return not isinstance(names[name.text], _NO_OBJECTS) and not Path(thing.text).exists()


_DOUBLE, _SINGLE, _DASHES = "\u201c\u201d\u201e\u201f\u00ab\u00bb", "\u2018\u2019\u201a\u201b", "\u2013\u2014\u2212"
_PLAIN = str.maketrans(dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'"))
_CURLED = re.compile(rf"(?:^|=)[{_DOUBLE}{_SINGLE}]|^[{_DASHES}]+(?=[^\W\d])")


def refuse_curled(words: Sequence[Word]) -> None:
    """Refuse quotes and dashes that a word processor or a web page has made of plain ones, with the plain ones.

    Within a word they are letters like any others, and so they are in quotes: ``"Ana\u2019s model"``. Of a command line
    nobody can tell what was in quotes: the shell took them off.
    """
    for index, word in enumerate(words):
        found = _CURLED.search(word.text) if word.is_bare else None
        if found is None:
            continue
        if found[0][0] in _DASHES:
            raise _no_option(word)
        rest = [each.typed for each in words[index:]]
        closed = next((at for at, typed in enumerate(rest) if typed[-1:] in _DOUBLE + _SINGLE), 0)
        plain = " ".join(rest[: closed + 1]).translate(_PLAIN)
        raise BadInput(f"{found[0].lstrip('=')} is no quote here", hint=f"write {plain}")


def refuse_dash(words: Iterable[Word], options: Container[str]) -> None:
    """Refuse an option with such a dash on a command line too, where ``\u2013dry-run`` would be the reason."""
    for word in words:
        if word.is_bare and word.text.startswith(tuple(_DASHES)) and _plain_option(word).partition("=")[0] in options:
            raise _no_option(word)


def _plain_option(word: Word) -> str:
    return f"--{word.text.lstrip(_DASHES)}"


def _no_option(word: Word) -> BadInput:
    return BadInput(f"{word.text} begins with a dash that is no option's", hint=f"write {_plain_option(word)}")


_PREFIXED = re.compile(r"(?P<key>[\w.-]*=)?(?P<prefix>[fFrRbBuU]{1,2})(?P<quotes>[\"'].*)", re.DOTALL)


def refuse_python(words: Sequence[Word]) -> None:
    """Refuse what would be right in Python: ``f"churn:{n}"``, and a statement after ``;``."""
    for word in words:
        found = _PREFIXED.match(word.typed) if word.is_quoted else None
        if found is not None:
            key, prefix, plain = found["key"] or "", found["prefix"], found["quotes"]
            if prefix.lower() == "f":
                plain = re.sub(r"'([^'\"]*)'", r'"\1"', plain)
            raise BadInput(
                f"{prefix} stands before the quotes of {word.typed}",
                hint=f"{{...}} is evaluated in double quotes, and nothing in single ones: write {key}{plain}",
            )
    for word in words[:-1]:
        if word.pieces[-1].kind is Kind.BARE and word.pieces[-1].text.endswith(";"):
            hint = "write what follows on a line of its own; at the end of a line ; hides the answer"
            raise BadInput(f"{word.typed} ends no command in this line", hint=hint)
