"""From the words that were typed for one field of a request to its value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args, get_origin

from jupyter_mlc.domain.errors import BadInput, nearest
from jupyter_mlc.domain.lifecycle import PROMOTABLE
from jupyter_mlc.domain.names import CHAMPION
from jupyter_mlc.faces import values
from jupyter_mlc.faces.expressions import Namespace, looked_up, whole
from jupyter_mlc.verbs.base import Argument, Complete, Parse

if TYPE_CHECKING:
    from jupyter_mlc.faces.line import Word


def label(argument: Argument) -> str:
    """How the field is called where people read it: ``REF``, ``--limit``."""
    return placeholder(argument) if argument.described.positional else argument.option


def placeholder(argument: Argument) -> str:
    """What stands for the field's value in a usage line."""
    metavar = argument.described.metavar or argument.name.rstrip("_").replace("_", "-").upper()
    is_mapping = argument.described.parse is Parse.VALUES
    return metavar if argument.described.metavar or not is_mapping else "KEY=VALUE"


def is_flag(argument: Argument) -> bool:
    """Whether the option stands alone."""
    return argument.plain_type is bool


def is_repeatable(argument: Argument) -> bool:
    """Whether the field takes any number of words."""
    return argument.described.parse is Parse.VALUES or get_origin(argument.plain_type) is tuple


def choices(argument: Argument) -> tuple[str, ...]:
    """The words of which the field takes one; empty where it takes any."""
    kind = _one(argument)
    is_choice = isinstance(kind, type) and issubclass(kind, StrEnum)
    return tuple(str(member) for member in kind) if is_choice else ()


def offered(argument: Argument) -> tuple[str, ...]:
    """The choices that lead somewhere: a promotion never leads to the stages that have verbs of their own."""
    known = choices(argument)
    return tuple(each for each in known if argument.described.complete is not Complete.STAGE or each in PROMOTABLE)


def _one(argument: Argument) -> Any:
    """The type of one word's value."""
    kind = argument.plain_type
    return get_args(kind)[0] if get_origin(kind) is tuple else kind


def value_of(argument: Argument, words: Sequence[Word], names: Namespace | None) -> object:
    """The field's value.

    Raises
    ------
    BadInput
        Where a word does not fit the field.
    """
    if is_flag(argument) and not words[0].pieces:
        return True
    if argument.described.parse is Parse.VALUES:
        return _mapping(argument, words, names)
    if not is_repeatable(argument):
        return _single(argument, words[0], names)
    found = [_several(argument, word, names) for word in words]
    return tuple(item for items in found for item in items)


def _several(argument: Argument, word: Word, names: Namespace | None) -> Iterable[object]:
    """What one word of a repeatable field stands for: usually one value, with ``{a_list}`` any number."""
    is_plain = argument.described.parse is Parse.BY_TYPE
    if names is None or word.expression is None or not is_plain:
        return [_single(argument, word, names)]
    value = whole(word, names)
    items = value if isinstance(value, list | tuple | set) else [value]
    return [converted(argument, item) for item in items]


def _single(argument: Argument, word: Word, names: Namespace | None) -> object:
    if argument.described.parse is Parse.OBJECT:
        return values.named_object(word, names)
    if argument.described.parse is Parse.DATA:
        return values.named_data(word, names)
    if argument.described.parse is Parse.METRIC:
        return values.named_metric(word, names)
    return converted(argument, whole(word, names))


def converted(argument: Argument, value: object) -> object:
    """A value of any origin, as the field's type wants it."""
    if argument.described.parse is Parse.TIME:
        return values.micros(label(argument), value)
    if choices(argument):
        return _choice(argument, value)
    by_type: dict[Any, Callable[[str, object], object]] = {
        str: values.text,
        int: values.integer,
        float: values.number_typed,
        bool: values.flag,
    }
    convert = by_type.get(_one(argument))
    return convert(label(argument), value) if convert else value


def near_choice(word: str, argument: Argument) -> str:
    """What may have been meant by a word that is none of the choices."""
    if word.lower() == CHAMPION and "production" in choices(argument):
        return "production makes a version the champion"
    return nearest(word, offered(argument))


def _choice(argument: Argument, value: object) -> object:
    kind, word = _one(argument), values.text(label(argument), value)
    if word.lower() in choices(argument):
        return kind(word.lower())
    one_of = f"one of: {', '.join(offered(argument))}"
    raise BadInput(
        f"{word!r} is no {kind.__name__.lower()}",
        hint=near_choice(word, argument) or one_of,
    )


def _mapping(argument: Argument, words: Sequence[Word], names: Namespace | None) -> dict[str, object]:
    found: dict[str, object] = {}
    for word in words:
        for key, value in _pairs(argument, word, names).items():
            if key in found:
                raise BadInput(f"{key!r} is given twice", hint="give each key once")
            found[key] = value
    return found


def _pairs(argument: Argument, word: Word, names: Namespace | None) -> Mapping[str, object]:
    """The keys and values of one word: ``C=1``, or all those of ``{a_mapping}``."""
    if names is not None and word.expression is not None:
        return _all_pairs(argument, whole(word, names))
    key, rest = word.split()
    if rest is None or not key:
        where = "" if argument.described.positional else f"{argument.option} "
        pairs = _as_mapping(word, names) or f"{key or 'KEY'}=VALUE"
        raise BadInput(f"{word.typed!r} is no KEY=VALUE", hint=f"write {where}{pairs}")
    is_number = _value_type(argument) is float
    if is_number and not rest.pieces[0].text:
        raise BadInput(f"{key}= has no value", hint=f"write {key}=NUMBER")
    is_text = _value_type(argument) is str
    may_be_a_word = _value_type(argument) is object
    value = whole(rest, names) if is_text else looked_up(key, rest, names, or_text=may_be_a_word, is_number=is_number)
    return {key: pair_value(argument, key, value)}


def _as_mapping(word: Word, names: Namespace | None) -> str:
    """How a mapping is written that stands there by its bare name, or in quotes; empty where the word is none."""
    if names is None:
        return ""
    if word.is_bare and word.text in names and isinstance(names[word.text], Mapping):
        return f"{{{word.text}}}"
    return word.text if word.is_quoted and word.text.startswith("{") and word.text.endswith("}") else ""


def _all_pairs(argument: Argument, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise BadInput(f"{label(argument)} wants KEY=VALUE or a mapping, not a {type(value).__name__}")
    return all_pairs(argument, value)


def all_pairs(argument: Argument, pairs: Mapping[Any, object]) -> dict[str, object]:
    """A mapping, as the field's type wants it."""
    found = values.keyed(argument.described.words or argument.name, pairs)
    return {key: pair_value(argument, key, item) for key, item in found.items()}


def _value_type(argument: Argument) -> Any:
    arguments = get_args(argument.plain_type)
    return arguments[1] if len(arguments) > 1 else Any


def pair_value(argument: Argument, key: str, value: object) -> object:
    """A value under a key, as the field's type wants it."""
    kind = _value_type(argument)
    if kind is str:
        return values.text(key, value)
    if kind is float:
        return values.number(key, value)
    return value if kind in {object, Any} else values.scalar(key, value)
