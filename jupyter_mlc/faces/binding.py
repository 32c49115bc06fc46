"""Which word belongs to which field of a request."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.faces.expressions import refuse_torn
from jupyter_mlc.faces.fields import choices, is_flag, is_repeatable, label, near_choice, offered, placeholder, value_of
from jupyter_mlc.faces.help import EVERYWHERE, typed_fields, usage
from jupyter_mlc.faces.line import Word
from jupyter_mlc.faces.rivals import meant_by
from jupyter_mlc.faces.slips import (
    for_pairs,
    refuse_apart,
    refuse_dollar,
    refuse_pair_as_text,
    refuse_path_as_text,
    refuse_swapped,
    refuse_two_words,
    refuse_unpaired,
)
from jupyter_mlc.verbs.base import Argument, Complete, Parse, Verb

if TYPE_CHECKING:
    from jupyter_mlc.faces.expressions import Namespace


def bind(verb: Verb, words: Sequence[Word], names: Namespace | None, cell: str | None) -> dict[str, object]:
    """The values that were typed, by the name of their field.

    Raises
    ------
    BadInput
        Where a word fits no field, a value does not fit its field, or a field is wanting.
    """
    if names is not None:
        refuse_torn(words, names)
        refuse_dollar(words, names)
    sorted_words = _Sorted.of(verb, words)
    if names is not None:
        refuse_swapped(verb, words, sorted_words.of_field, names)
        _refuse_second_value(verb, words, sorted_words, names)
    found = {
        argument.name: value_of(argument, sorted_words.of_field[argument.name], names)
        for argument in verb.arguments()
        if argument.name in sorted_words.of_field
    }
    return {**found, **_body(verb, cell)}


def options_of(verb: Verb) -> dict[str, Argument]:
    """Every option, by its long and its short form; positional words may be given as options as well."""
    fields = typed_fields(verb)
    short = {f"-{a.described.short.lstrip('-')}": a for a in fields if a.described.short}
    return {a.option: a for a in fields} | short


@dataclass(frozen=True, kw_only=True)
class _Sorted:
    """The words of each field."""

    of_field: dict[str, list[Word]] = field(default_factory=dict)

    @classmethod
    def of(cls, verb: Verb, words: Sequence[Word]) -> _Sorted:
        found = cls()
        loose = found.take_options(verb, deque(words))
        found.take_positional(verb, loose, words)
        found.refuse_wanting(verb)
        return found

    def take_options(self, verb: Verb, words: deque[Word]) -> deque[Word]:
        """Take every option with its value; what is left over goes by position."""
        loose: deque[Word] = deque()
        while words:
            word = words.popleft()
            if word.option == "--":
                loose.extend(words)
                break
            if not word.option:
                loose.append(word)
                continue
            argument = _option(verb, word)
            value = _option_value(verb, argument, word, words)
            if argument.described.parse is Parse.VALUES:
                refuse_unpaired(argument, value, words)
            if argument.described.parse is Parse.TIME:
                refuse_two_words(argument, value, words)
            self._give(argument, value)
        return loose

    def _give(self, argument: Argument, word: Word) -> None:
        if argument.name in self.of_field and not is_repeatable(argument):
            raise BadInput(f"{argument.option} is given twice", hint="give it once")
        self.of_field.setdefault(argument.name, []).append(word)

    def take_positional(self, verb: Verb, loose: deque[Word], words: Sequence[Word]) -> None:
        """Give each word to the next field that takes words by position."""
        fields = [a for a in typed_fields(verb) if a.described.positional and a.name not in self.of_field]
        for argument in fields:
            if is_repeatable(argument):
                if argument.described.parse is Parse.VALUES and loose:
                    if "=" not in loose[0].text and (refusal := _after_option(verb, loose[0], words)):
                        raise refusal
                    refuse_unpaired(argument, loose[0], [*loose][1:], self.of_field.get("ref", ()))
                self.of_field.update({argument.name: list(loose)} if loose else {})
                loose.clear()
            elif loose and not _is_for_a_later_field(argument, loose[0], fields):
                refuse_pair_as_text(verb, argument, loose[0])
                refuse_path_as_text(verb, argument, loose[0], _both(verb, loose[0], words))
                self._give(argument, loose.popleft())
                refuse_apart(argument, self.of_field[argument.name][0], loose)
        if loose:
            raise _after_option(verb, loose[0], words) or _too_many(verb, list(loose), fields, self.of_field)

    def refuse_wanting(self, verb: Verb) -> None:
        wanting = [label(a) for a in typed_fields(verb) if a.required and a.name not in self.of_field]
        if wanting:
            raise BadInput(f"{verb.name} wants {' and '.join(wanting)}", hint=f"write {usage(verb)}")


def _option(verb: Verb, word: Word) -> Argument:
    known = options_of(verb)
    if word.option in known:
        return known[word.option]
    offered = [*known, *EVERYWHERE]
    near = meant_by(verb, word.option, offered) or did_you_mean(word.option.replace("_", "-"), offered)
    raise BadInput(f"{verb.name} has no option {word.option}", hint=near or f"see %mlc {verb.name} --help")


_ALONE = Word(pieces=(), typed="")
"""what a flag has for a value when none was typed"""


def _option_value(verb: Verb, argument: Argument, word: Word, words: deque[Word]) -> Word:
    _, attached = word.split()
    if is_flag(argument):
        return attached or _ALONE
    if attached is not None:
        return attached
    follows = words[0] if words else None
    if follows is None or follows.option in options_of(verb):
        raise BadInput(f"{word.option} wants a value", hint=f"write {word.option} {placeholder(argument)}")
    if follows.option or (follows.text.startswith("-") and follows.is_quoted):
        written = f"{word.option}={follows.typed}"
        if argument.name == "order":
            written = f'{word.option} "{follows.text.lstrip("-")} desc"'
        raise BadInput(f"{word.option} wants a value, and {follows.typed} begins with '-'", hint=f"write {written}")
    return words.popleft()


def _is_for_a_later_field(argument: Argument, word: Word, fields: Sequence[Argument]) -> bool:
    """Whether a word skips an optional choice because it is quoted text, as in ``promote churn:3 "best on June"``."""
    if not choices(argument) or argument.required or word.text.lower() in choices(argument):
        return False
    is_text = (word.is_quoted or " " in word.text) and not word.expression
    if is_text and fields[-1] is not argument:
        return True
    return _refuse_unknown_choice(argument, word, fields) if word.is_bare else False


def _refuse_unknown_choice(argument: Argument, word: Word, fields: Sequence[Argument]) -> bool:
    near = near_choice(word.text, argument)
    later = fields[fields.index(argument) + 1 :]
    text = [f'if it is the {a.name}, write {a.option} "{word.text}"' for a in later[:1]]
    one_of = f"one of: {', '.join(offered(argument))}"
    kind = argument.plain_type.__name__.lower()
    raise BadInput(f"{word.text!r} is no {kind}", hint="; ".join([near or one_of, *text]))


def _after_option(verb: Verb, word: Word, words: Sequence[Word]) -> BadInput | None:
    """The refusal of ``--metric auc f1``, where each wants the option before it; None where it is no such word."""
    both = _both(verb, word, words)
    return BadInput(f"{verb.name}: too many words: {word.typed}", hint=f"name each by itself: {both}") if both else None


def _both(verb: Verb, word: Word, words: Sequence[Word]) -> str:
    """How a word is written that follows the value of an option which may be repeated; empty where it follows none."""
    place = next(place for place, each in enumerate(words) if each is word)
    option = options_of(verb).get(words[place - 2].option) if place > 1 else None
    if option is None or not is_repeatable(option) or option.described.parse is Parse.VALUES:
        return ""
    return " ".join(f"{option.option} {each.typed}" for each in words[place - 1 : place + 1])


def _refuse_second_value(verb: Verb, words: Sequence[Word], found: _Sorted, names: Namespace) -> None:
    """Refuse ``--data train test``, where the name of something in the notebook would be the note."""
    for argument in typed_fields(verb):
        for word in found.of_field.get(argument.name, []):
            is_text = argument.described.positional and not argument.required and argument.plain_type is str
            if is_text and word.is_bare and word.text in names and (both := _both(verb, word, words)):
                raise BadInput(
                    f"{word.typed} stands where the {argument.name} does",
                    hint=f'name each by itself: {both}; if it is the {argument.name}, write "{word.typed}"',
                )


def _too_many(
    verb: Verb, loose: Sequence[Word], fields: Sequence[Argument], given: Mapping[str, Sequence[Word]]
) -> BadInput:
    surplus = ", ".join(word.typed for word in loose)
    message = f"{verb.name}: too many words: {surplus}"
    if options := for_pairs(verb, loose[0]):
        return BadInput(message, hint=options)
    typed = [a for a in fields if a.name in given]
    words, last = list(loose), typed[-1:]
    while typed and _takes_bare_text(typed[-1], given):
        words = [*given[typed.pop().name], *words]
        if re.search(r"\w", words[0].text):  # an operator begins nothing: the word before it belongs to it
            return BadInput(message, hint=f"a {last[0].name} of several words goes in quotes: {_in_quotes(words)}")
    return BadInput(message, hint=f"write {usage(verb)}")


def _takes_bare_text(argument: Argument, given: Mapping[str, Sequence[Word]]) -> bool:
    is_text = not argument.required and argument.plain_type is str
    is_ref = argument.described.complete in {Complete.VERSION, Complete.ANYTHING}
    return is_text and not is_ref and not any(word.is_quoted for word in given[argument.name])


def _in_quotes(words: Sequence[Word]) -> str:
    """Words as one, the quotes in them kept where that can be."""
    text = " ".join(word.typed for word in words)
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + " ".join(word.text for word in words) + '"'


def _body(verb: Verb, cell: str | None) -> dict[str, object]:
    body = next((a for a in verb.arguments() if a.described.body), None)
    if cell is None and body is not None and body.required:
        raise BadInput(f"{verb.name} wants a cell", hint=f"write {usage(verb)} on the first line of the cell")
    if cell is not None and body is None:
        raise BadInput(f"{verb.name} takes no cell", hint=f"write %mlc {verb.name} on a line, with one % before it")
    return {body.name: cell} if body is not None and cell is not None else {}
