"""What was typed, as a call of a verb: the same parser for the magic and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, nearest
from jupyter_mlc.faces.binding import bind, options_of
from jupyter_mlc.faces.help import HelpText, everything, group_page, groups, overview, verb_page
from jupyter_mlc.faces.line import Word, read
from jupyter_mlc.faces.rivals import answer
from jupyter_mlc.faces.slips import refuse_curled, refuse_dash, refuse_python
from jupyter_mlc.verbs.base import VERBS, Verb

if TYPE_CHECKING:
    from jupyter_mlc.faces.expressions import Namespace


@dataclass(frozen=True, kw_only=True)
class Call:
    """A verb with the values that were typed for it, by field; fields that nobody typed are not among them."""

    verb: Verb
    values: dict[str, object] = field(default_factory=dict)
    json: bool = False
    """answer with plain data"""
    quiet: bool = False
    """show nothing"""


def parse(
    line: str, cell: str | None = None, *, names: Namespace | None, verbs: Mapping[str, Verb] = VERBS
) -> Call | HelpText:
    """Read a line of the notebook, and the cell below it where it began with ``%%mlc``.

    Raises
    ------
    BadInput
        Where the line cannot be read, names no verb for the cell below it, or does not fit the verb.
    """
    found = read(line)
    refuse_python(found.words)
    refuse_curled(found.words)
    return _parsed(found.words, cell, names, verbs, quiet=found.quiet)


def parse_words(words: Sequence[str], *, verbs: Mapping[str, Verb] = VERBS) -> Call | HelpText:
    """Read the words of a command line; nothing is evaluated, and models and data are paths or names."""
    return _parsed([Word.plain(word) for word in words], None, None, verbs, quiet=False)


_GLOBAL = {"--json": "json", "--quiet": "quiet", "--help": "help", "-h": "help"}
SWITCHES = frozenset(_GLOBAL)
_ASKING = {"?", "??", "-?"}
"""what asks for help where it is the last word"""


def _parsed(
    words: Sequence[Word], cell: str | None, names: Namespace | None, verbs: Mapping[str, Verb], *, quiet: bool
) -> Call | HelpText:
    switches, rest = _without_switches(words)
    if rest and rest[-1].is_bare and rest[-1].text in _ASKING:
        switches, rest = {*switches, "help"}, rest[:-1]
    wants_help = "help" in switches
    if not rest:
        return everything(verbs) if wants_help else _alone(overview(verbs), cell)
    if rest[0].text == "help":
        return _help_page(rest[1:], verbs, names)
    if len(rest) > 1 and rest[0].text in groups(verbs) and rest[1].text == "help":
        return _help_page([rest[0], *rest[2:]], verbs, names)
    verb, after = find_verb(rest, verbs, names)
    if isinstance(verb, str):
        return _alone(group_page(verb, verbs), None if wants_help else cell)
    if wants_help:
        return verb_page(verb)
    refuse_dash(after, {*options_of(verb), *SWITCHES})
    values = bind(verb, after, names, cell)
    return Call(verb=verb, values=values, json="json" in switches, quiet=quiet or "quiet" in switches)


def _alone(page: HelpText, cell: str | None) -> HelpText:
    """The page that is shown where no verb is named, unless a cell waits for one."""
    if cell is not None and cell.strip():
        message = "no verb says what to do with this cell, so it was not executed"
        raise BadInput(message, hint="to execute it as a run, write %%mlc run NAME on its first line")
    return page


def is_quiet(line: str) -> bool:
    """Say whether the line wants nothing shown: it ends in ``;``, or says ``--quiet``.

    Raises
    ------
    BadInput
        Where the line cannot be read.
    """
    found = read(line)
    return found.quiet or "quiet" in _without_switches(found.words)[0]


def wants_json(words: Sequence[str]) -> bool:
    """Say whether the words of a command line want plain data, whether or not they can be read."""
    switches, _ = _without_switches([Word.plain(word) for word in words])
    return "json" in switches and "quiet" not in switches


def _without_switches(words: Sequence[Word]) -> tuple[set[str], list[Word]]:
    """The switches that every verb understands, and the other words; after ``--`` there are no switches."""
    end = next((index for index, word in enumerate(words) if word.option == "--"), len(words))
    before = [(word, _GLOBAL.get(word.text) if word.is_bare else None) for word in words[:end]]
    return {switch for _, switch in before if switch}, [word for word, switch in before if not switch] + [*words[end:]]


def _help_page(words: Sequence[Word], verbs: Mapping[str, Verb], names: Namespace | None) -> HelpText:
    if not words or words[0].text == "help":
        return everything(verbs)
    verb, _ = find_verb(words, verbs, names)
    return group_page(verb, verbs) if isinstance(verb, str) else verb_page(verb)


def find_verb(
    words: Sequence[Word], verbs: Mapping[str, Verb], names: Namespace | None = None
) -> tuple[Verb | str, list[Word]]:
    """The verb, or a group that stands alone, and the words after it.

    Raises
    ------
    BadInput
        Where there is no such verb; it names the nearest, or the line to type.
    """
    first, rest = words[0].text, list(words[1:])
    if first not in groups(verbs):
        if first in verbs:
            return verbs[first], rest
        raise _no_such_verb(words, verbs, names)
    if not rest or rest[0].option:
        return (verbs[first], rest) if first in verbs else (first, rest)
    if (name := f"{first} {rest[0].text}") in verbs:
        return verbs[name], rest[1:]
    known = [name.removeprefix(f"{first} ") for name in verbs if name.startswith(f"{first} ")]
    near = nearest(rest[0].text, known)
    raise BadInput(f"{first} has no verb {rest[0].text!r}", hint=near or f"it has: {', '.join(known)}")


def _no_such_verb(words: Sequence[Word], verbs: Mapping[str, Verb], names: Namespace | None) -> BadInput:
    first = words[0].text
    message = f"there is no verb {first[:_LONGEST_SHOWN]!r}"
    if line := answer(words, verbs, names):
        return BadInput(message, hint=line)
    known = [verb.name for verb in verbs.values() if not verb.plumbing and not verb.group] + groups(verbs)
    if near := nearest(first, known):
        return BadInput(message, hint=near)
    return BadInput(message, hint="%mlc help lists them all")


_LONGEST_SHOWN = 60
