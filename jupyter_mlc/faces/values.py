"""From what was typed to the values of a request: models and data, numbers, parameters, text, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.faces.expressions import Namespace, evaluable, reaches, whole
from jupyter_mlc.store.search.times import span

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros, Scalar
    from jupyter_mlc.faces.line import Word


@dataclass(frozen=True, kw_only=True)
class Named:
    """What was typed for a model or for data, and the live object; for a path or a dataset's name, the text itself."""

    name: str
    value: object
    near: str = ""
    """``did you mean train?`` where the notebook knows a name like the text, or the braces that an expression wants"""


def named_object(word: Word, names: Namespace | None) -> Named:
    """A model: an expression, a name of the notebook, or the path of a file.

    Raises
    ------
    BadInput
        Where the word is none of these.
    """
    found = named_data(word, names)
    if found.value is not found.name or names is None or _is_path(word, names):
        return found
    what = f"{word.text!r} is not in the notebook, and no file of that name is here"
    raise BadInput(what, hint=_other_way(word, names, found.near))


def named_data(word: Word, names: Namespace | None) -> Named:
    """Data: an expression, a name of the notebook or a part of it, else text that is a dataset's name or a path."""
    if names is not None and word.expression is not None:
        return Named(name=word.expression.strip(), value=whole(word, names))
    if names is not None and word.is_bare and word.text in names:
        return Named(name=word.text, value=names[word.text])
    if names is not None and (part := _part(word, names)) is not None:
        return part
    written = text("a path or name", whole(word, names))
    return Named(name=written, value=written, near=_near(word, names))


def _near(word: Word, names: Namespace | None) -> str:
    """What may have been meant: an expression without its braces, or a name that is spelled like it."""
    if names is None or not word.is_bare:
        return ""
    if _begins_with_a_name(word, names) and "(" in word.text:
        return _braces(word)
    return did_you_mean(word.text, names.names())


def _braces(word: Word) -> str:
    return f"to have it evaluated, write {{{word.typed}}}"


def _part(word: Word, names: Namespace) -> Named | None:
    """What ``autumn[:100]`` is; None for a path, and for a name with dots that only begins like one of the notebook."""
    if not reaches(word, names) or Path(word.text).exists():
        return None
    try:
        return Named(name=word.typed, value=names.evaluate(word.typed))
    except BadInput as error:
        if isinstance(error.__cause__, AttributeError):
            return None
        raise


def named_metric(word: Word, names: Namespace | None) -> Named:
    """A metric: an expression, a function or scorer of the notebook, else text; a number named ``auc`` is not meant."""
    if names is not None and word.expression is not None:
        return Named(name=word.expression.strip(), value=whole(word, names))
    if names is not None and word.is_bare and word.text in names and callable(names[word.text]):
        return Named(name=word.text, value=names[word.text])
    written = text("a metric", whole(word, names))
    return Named(name=written, value=written)


def _is_path(word: Word, names: Namespace) -> bool:
    """Whether the word is meant as a path: ``model.joblib`` is, ``search.best_estimator_`` is not."""
    has_suffix = Path(word.text).suffix != "" and not _begins_with_a_name(word, names)
    return "/" in word.text or has_suffix or Path(word.text).exists()


def _begins_with_a_name(word: Word, names: Namespace) -> bool:
    first = re.match(r"\w+", word.text)
    return first is not None and first[0] in names and evaluable(word.typed)


def _other_way(word: Word, names: Namespace, near: str) -> str:
    if word.text.startswith("$"):
        return f"write {word.text[1:]}"
    if word.is_quoted and word.text in names:
        return f"what is in quotes is the path of a file; write {word.text}"
    if _begins_with_a_name(word, names) or (word.text[:1] in {"[", "("} and evaluable(word.typed)):
        return _braces(word)
    if word.text[:1] in {"[", "("}:
        return "an expression stands in braces, all of it: {[first, second]}"
    return near or "name a variable, an {expression}, or the path of a file"


def plain(value: object) -> object:
    """A numpy scalar as the Python number that it is; anything else as it stands."""
    item = getattr(type(value), "item", None)
    is_scalar = item is not None and getattr(value, "shape", None) == ()
    return value.item() if is_scalar else value  # type: ignore[attr-defined]


def number(key: str, value: object) -> float:
    """A metric's value.

    Raises
    ------
    BadInput
        Where it is no number.
    """
    found = plain(value)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return _as_float(key, found)
    raise BadInput(f"{key}={_shown(value)} is {_a(value)}; a number is wanted here")


def _as_float(key: str, value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise BadInput(f"{key}: the number is too large", hint="a metric is a 64-bit floating point number") from None


def scalar(key: str, value: object) -> Scalar:
    """A parameter's value; lists and mappings are kept as their text.

    Raises
    ------
    BadInput
        Where it is an object that no text would tell.
    """
    found = plain(value)
    if isinstance(found, str):
        return _writable(key, found)
    if found is None or isinstance(found, bool | int | float):
        return found
    if isinstance(found, list | tuple | dict | range | set):
        return _writable(key, repr(found))
    raise BadInput(
        f"{key}={_shown(value)} is {_a(value)}; a parameter is a number, text, True, False, None, a list or a mapping",
        hint=f"to keep its text, write {key}={{str(...)}}",
    )


def _writable(key: str, found: str) -> str:
    try:
        found.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{key}={_shown(found)} cannot be written as UTF-8", hint="remove the odd characters") from None
    return found


def keyed(what: str, pairs: Mapping[Any, object]) -> dict[str, object]:
    """Values by names that are text; a number says itself, as in ``dict(zip(np.unique(y), accuracies))``.

    Raises
    ------
    BadInput
        Where a key is neither, or two are the same text.
    """
    found: dict[str, object] = {}
    for given, value in pairs.items():
        key = key_of(what, given)
        if key in found:
            raise BadInput(f"{key!r} is given twice", hint="give each key once")
        found[key] = value
    return found


def key_of(what: str, given: object) -> str:
    """What a key is as text.

    Raises
    ------
    BadInput
        Where it is neither text nor a number.
    """
    found = plain(given)
    if isinstance(found, str):
        return str.__str__(found)  # of a member of an enumeration the value, as in a mapping
    if isinstance(found, bool | int | float):
        return str(found)
    hint = f"name it with text or a number; str({_shown(found)}) is text"
    raise BadInput(f"{_shown(found)} is {_a(found)}, and cannot be the name of a {what}", hint=hint)


def text(name: str, value: object) -> str:
    """Text for a field; numbers and paths say themselves, other objects are refused."""
    found = plain(value)
    if isinstance(found, str):
        return str(found)
    if (isinstance(found, int | float) and not isinstance(found, bool)) or hasattr(type(found), "__fspath__"):
        return str(found)
    raise BadInput(f"{name} wants text, not {_a(value)}: {_shown(value)}", hint=_told_by(value))


def _told_by(value: object) -> str:
    """Which attribute of a reply, run or row is the text that names it; empty for what is not ours."""
    if type(value).__module__.startswith("jupyter_mlc."):
        for name in ("ref", "version", "name"):
            if isinstance(found := getattr(value, name, None), str) and found:
                return f"write its .{name}, which is {found!r}"
    return ""


def number_typed(name: str, value: object) -> float:
    """A number for a field."""
    if not isinstance(value, str):
        return number(name, value)
    try:
        return float(value)
    except ValueError:
        raise BadInput(f"{name} wants a number, not {value!r}") from None


def flag(name: str, value: object) -> bool:
    """True or False for a field."""
    found = plain(value)
    if isinstance(found, bool):
        return found
    raise BadInput(f"{name} takes no value", hint=f"write {name} alone, or {name}={{expression}}")


def integer(name: str, value: object) -> int:
    """A whole number for a field."""
    found = plain(value)
    if isinstance(found, str):
        try:
            return int(found)
        except ValueError:
            raise BadInput(f"{name} wants a whole number, not {found!r}") from None
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    raise BadInput(f"{name} wants a whole number, not {_a(value)}: {_shown(value)}")


_TIME_HINT = "write 2026-06-30, 2026-06-30T12:00 or 2026-06-30T12:00+02:00"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(name: str, value: object) -> Micros:
    """A time in microseconds since 1970, UTC.

    A date alone means the end of that day, so that ``--at 2026-06-30`` holds all that was recorded on it, and a text
    that tells a minute or a second means its end: tables tell minutes. A time without a zone is UTC, on every machine
    the same.

    Raises
    ------
    BadInput
        Where it is no time.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _end_of(name, value.strip())
    moment = _parsed_time(name, value)
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(microseconds=1)
    end = datetime.combine(moment, time.max, tzinfo=UTC)
    return (end - _EPOCH) // timedelta(microseconds=1)


_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}")


def _end_of(name: str, written: str) -> Micros:
    """The last microsecond of what was written."""
    try:
        return span(written)[1] - 1
    except ValueError:
        raise _no_time(name, written) from None


def _parsed_time(name: str, value: object) -> datetime | date:
    if isinstance(value, date):
        return value
    written = str(value)
    try:
        return date.fromisoformat(written) if _DATE.fullmatch(written) else datetime.fromisoformat(written)
    except ValueError:
        raise _no_time(name, written) from None


def _no_time(name: str, written: str) -> BadInput:
    return BadInput(f"{name}: {written[:_LONGEST_SHOWN]!r} is no date or time", hint=_TIME_HINT)


_LONGEST_SHOWN = 60


def _shown(value: object) -> str:
    try:
        described = repr(value)
    except Exception:  # noqa: BLE001 (a repr of the person's own class may raise anything)
        described = f"<{type(value).__name__}>"
    first = described.partition("\n")[0]
    return first if len(first) <= _LONGEST_SHOWN else f"{first[:_LONGEST_SHOWN]}..."


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
