"""What the next word of a line may be: verbs, options, models, versions, stages, datasets, variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, get_args

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.faces.arguments import SWITCHES, find_verb
from jupyter_mlc.faces.binding import options_of
from jupyter_mlc.faces.call_completion import in_call
from jupyter_mlc.faces.fields import choices, is_flag, is_repeatable, offered
from jupyter_mlc.faces.help import groups, typed_fields
from jupyter_mlc.faces.line import Word, read
from jupyter_mlc.verbs.base import VERBS, Argument, Complete, Parse, Verb

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext

_MOST = 200
_MAGIC = re.compile(r"\s*(?:%%mlc|(?:[^#'\"%]*=\s*)?%mlc)(?:\s+(?P<words>.*))?", re.DOTALL)


class Names(Protocol):
    """Knows the names in the registry."""

    def names(self, kind: Complete, prefix: str) -> list[str]:
        """Names that begin with `prefix`; never raises."""
        ...

    def columns(self, dataset: str) -> list[str]:
        """The columns of a dataset; never raises."""
        ...


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """Words that would replace `fragment`, the best first."""

    fragment: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Completer:
    """Completes lines of one notebook, or of a command line, which has no variables."""

    desk: Names
    variables: Callable[[], Mapping[str, object]] = dict
    verbs: Mapping[str, Verb] = field(default_factory=lambda: VERBS)

    @cached_property
    def matcher(self) -> Callable[[CompletionContext], Any]:
        """The hook for IPython's completer."""
        from IPython.core.completer import SimpleCompletion, context_matcher

        @context_matcher(identifier="jupyter_mlc")  # type: ignore[untyped-decorator]
        def match(context: CompletionContext) -> dict[str, Any]:
            place = context.full_text, context.cursor_line, context.cursor_position
            typed = typed_words(*place)
            found = self.suggest_in_call(_before(*place)) if typed is None else self.suggest(typed)
            return {
                "completions": [SimpleCompletion(text=word, type="mlc") for word in found.words],
                "matched_fragment": found.fragment,
                "ordered": True,
                "suppress": bool(found.words),
            }

        return match  # type: ignore[no-any-return]

    def suggest(self, typed: str) -> Suggestions:
        """What may stand at the end of the words that follow ``%mlc``."""
        try:
            words = list(read(typed).words)
        except BadInput:
            return Suggestions()
        fragment = words.pop().typed if words and not typed[-1:].isspace() else ""
        if not re.fullmatch(r"[^\s'\"{}#;]*", fragment):
            return Suggestions()
        fragment, offered = self._offered(words, fragment)
        return _fitting(fragment, offered)

    def suggest_in_call(self, before_cursor: str) -> Suggestions:
        """What a text may be that is typed for a function of ours, as in ``mlc.load("chur``."""
        here = in_call(before_cursor, self.variables().get, self.verbs)
        if here is None:
            return Suggestions()
        described = here.argument.described
        if described.complete is Complete.COLUMN:
            offered = self._columns(here.data)
        elif described.parse is Parse.DATA:
            offered = self.desk.names(Complete.DATASET, here.fragment)
        elif described.parse is Parse.METRIC:
            offered = _metric_names()
        elif described.parse in {Parse.OBJECT, Parse.VALUES}:
            offered = []
        else:
            offered = list(self._words_for(here.argument, here.fragment))
        return _fitting(here.fragment, offered)

    def _offered(self, words: Sequence[Word], fragment: str) -> tuple[str, Iterable[str]]:
        """The part of the fragment that is replaced, and everything that may stand there."""
        words = [word for word in words if word.text not in SWITCHES]
        if words and words[0].text == "help":
            words = words[1:]
        if not words:
            return fragment, self._verbs("")
        if len(words) == 1 and words[0].text in groups(self.verbs):
            return fragment, self._verbs(words[0].text)
        try:
            verb, after = find_verb(words, self.verbs)
        except BadInput:
            return fragment, []
        return (fragment, []) if isinstance(verb, str) else self._of_verb(verb, after, fragment)

    def _verbs(self, group: str) -> list[str]:
        offered = [verb for verb in self.verbs.values() if not verb.plumbing and verb.group == group]
        own = [verb.name.rpartition(" ")[2] for verb in offered]
        return own if group else sorted([*own, *groups(self.verbs), "help"])

    def _of_verb(self, verb: Verb, words: Sequence[Word], fragment: str) -> tuple[str, Iterable[str]]:
        options = options_of(verb)
        before = options.get(words[-1].text) if words else None
        if before is not None and not is_flag(before):
            return self._value(before, fragment, words)
        name, equals, value = fragment.partition("=")
        if equals and name in options:
            return self._value(options[name], value, words)
        if fragment.startswith("-"):
            return fragment, _open_options(verb, words)
        argument = _next_positional(verb, words)
        if argument is None:
            return fragment, _open_options(verb, words)
        return self._value(argument, fragment, words)

    def _value(self, argument: Argument, fragment: str, words: Sequence[Word]) -> tuple[str, Iterable[str]]:
        if argument.described.complete is Complete.COLUMN:
            return fragment, self._columns(_data_of(words))
        if argument.described.parse is not Parse.VALUES:
            return fragment, self._words_for(argument, fragment)
        _, equals, value = fragment.partition("=")
        if not equals:
            return fragment, [f"{key}=" for key in self._keys(argument, fragment)]
        is_looked_up = get_args(argument.plain_type)[1:] != (str,)
        return value, self._variables(_is_plain) if is_looked_up else []

    def _keys(self, argument: Argument, fragment: str) -> list[str]:
        """The keys that are in use; of metrics also those that have a name everywhere."""
        kind = argument.described.complete
        used = [] if kind is Complete.NOTHING else self.desk.names(kind, fragment)
        return [key for key in used if _is_one_word(key)] + (_metric_names() if kind is Complete.METRIC else [])

    def _words_for(self, argument: Argument, fragment: str) -> Iterable[str]:
        described = argument.described
        if choices(argument):
            return offered(argument)
        if described.parse is Parse.OBJECT:
            return [*self._variables(_is_model), *self._functions()]
        if described.parse is Parse.METRIC:
            return [*self._functions(), *_metric_names()]
        if described.complete in _OF_OURS:
            return _OF_OURS[described.complete]()
        known = [] if described.complete is Complete.VARIABLE else self.desk.names(described.complete, fragment)
        if described.parse is Parse.DATA:
            return [*self._variables(_is_data), *self.desk.names(Complete.DATASET, fragment)]
        return filter(_is_one_word, known)

    def _columns(self, data: str) -> list[str]:
        """The columns of data, be it in the notebook or in the registry."""
        if not data:
            return []
        value = self.variables().get(data)
        columns = value if isinstance(value, Mapping) else getattr(value, "columns", None)
        found = self.desk.columns(data) if columns is None else [str(name) for name in columns]
        return [name for name in found if _is_one_word(name)]

    def _functions(self) -> list[str]:
        """What the notebook defines and can be called: a metric, or a model that is a rule."""
        own = self.variables().items()
        return sorted(
            name
            for name, value in own
            if type(value).__name__ == "function" and not name.startswith("_") and name not in _OF_THE_SHELL
        )

    def _variables(self, fits: Callable[[object], bool]) -> list[str]:
        """The notebook's variables, those that fit first."""
        known = self.variables().items()
        own = {name: value for name, value in known if not name.startswith("_") and name not in _OF_THE_SHELL}
        kept = [name for name, value in own.items() if not isinstance(value, type) and not callable_only(value)]
        return sorted(kept, key=lambda name: (not fits(own[name]), name.lower()))


_DATA_OPTION = "--data"


def _data_of(words: Sequence[Word]) -> str:
    """The data that a line names."""
    place = next((place for place, word in enumerate(words) if word.option == _DATA_OPTION), None)
    if place is None:
        return ""
    _, attached = words[place].split()
    after = words[place + 1 : place + 2]
    return attached.text if attached is not None else after[0].text if after else ""


def _fitting(fragment: str, offered: Iterable[str]) -> Suggestions:
    fit = (word for word in offered if word.lower().startswith(fragment.lower()))
    return Suggestions(fragment=fragment, words=tuple(dict.fromkeys(fit))[:_MOST])


def _before(text: str, line: int, column: int) -> str:
    """All that stands before the cursor."""
    lines = text.split("\n")[: line + 1]
    return "\n".join([*lines[:-1], lines[-1][:column]])


def _is_one_word(name: str) -> bool:
    """Whether it can be typed as it is."""
    return not re.search(r"[\s'\"{}#;]", name)


def _metric_names() -> list[str]:
    from jupyter_mlc.measure.metrics.catalogue import METRICS

    return sorted(METRICS)


def _format_names() -> list[str]:
    from jupyter_mlc.domain.imports import ELSEWHERE
    from jupyter_mlc.store.formats import formats

    return sorted(formats().keys() - {ELSEWHERE})


_OF_OURS: Mapping[Complete, Callable[[], list[str]]] = {
    Complete.METRIC: _metric_names,
    Complete.FORMAT: _format_names,
}
"""what is the same in every registry"""


def typed_words(text: str, line: int, column: int) -> str | None:
    """The words between ``%mlc`` and the cursor; None where the cursor is in no such line."""
    lines = text.split("\n")[: line + 1]
    current = lines[-1][:column]
    for earlier in reversed(lines[:-1]):
        if not earlier.endswith("\\"):
            break
        current = f"{earlier[:-1]} {current}"
    found = _MAGIC.fullmatch(current)
    is_cell = current.lstrip().startswith("%%")
    if found is None or found["words"] is None or (is_cell and any(before.strip() for before in lines[:-1])):
        return None
    return found["words"]


def _open_options(verb: Verb, words: Sequence[Word]) -> list[str]:
    """The options that may still be given."""
    given = {argument.name for word in words if (argument := options_of(verb).get(word.option))}
    fields = [a for a in typed_fields(verb) if not a.described.positional]
    return [a.option for a in fields if is_repeatable(a) or a.name not in given] + sorted(SWITCHES - {"-h"})


def _next_positional(verb: Verb, words: Sequence[Word]) -> Argument | None:
    """The field to which the next word goes by position."""
    fields = [a for a in typed_fields(verb) if a.described.positional]
    used = _positional_count(verb, words)
    if used < len(fields):
        return fields[used]
    return fields[-1] if fields and is_repeatable(fields[-1]) else None


def _positional_count(verb: Verb, words: Sequence[Word]) -> int:
    options, count, is_value = options_of(verb), 0, False
    for word in words:
        argument = options.get(word.option)
        count += not (word.option or is_value)
        is_value = argument is not None and not is_flag(argument) and "=" not in word.text
    return count


_OF_THE_SHELL = {"In", "Out", "exit", "quit", "open"}
_DATA = {"DataFrame", "Series", "ndarray", "Table", "LazyFrame", "RecordBatch", "csr_matrix", "csr_array"}


def callable_only(value: object) -> bool:
    """Whether the value is a function or a module."""
    return type(value).__name__ in {"function", "builtin_function_or_method", "module", "method"}


def _is_model(value: object) -> bool:
    return hasattr(type(value), "predict") or hasattr(type(value), "fit")


def _is_data(value: object) -> bool:
    return type(value).__name__ in _DATA


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str) or hasattr(type(value), "__float__")
