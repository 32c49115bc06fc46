"""The log: how an event becomes bytes, is signed, chained and read again.

The actor signs the act {type, version, actor, writer_time, nonce, body}; the store wraps it as {act, assigned, prev,
recorded, seq, signature}. Both are RFC 8785 text; the wrapper's bytes are hashed as they are stored, and each names the
hash of the one before.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from jupyter_mlc.domain.errors import BadInput, Damaged, Unavailable
from jupyter_mlc.domain.events import ERASED, EVENTS, Event, personal_fields, upcast
from jupyter_mlc.store.projections import Recorded

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros

GENESIS = "0" * 64
_LARGEST_SAFE = 2**53 - 1
_SALT_BYTES = 16
_NO_EXPONENT = 1e-4, 1e16
"""between these Python writes a number as RFC 8785 does"""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Personal words beside the log: the body holds the id only."""

    id: str
    salt: str
    words: str


def words_id(salt: str, words: str) -> str:
    """The salted digest that stands for the words in an event's body."""
    return hashlib.sha256(bytes.fromhex(salt) + words.encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: object) -> bytes:
    """RFC 8785 text of plain data in which every number is one that JSON carries.

    Most of what is written has one spelling only, and the standard library writes it many times as quickly.
    """
    try:
        return json.dumps(_unequivocal(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except ValueError:
        import rfc8785

        return rfc8785.dumps(value)  # type: ignore[arg-type]


def _unequivocal(value: Any) -> Any:
    """The same data, every whole number an integer; raises ValueError where RFC 8785 spells it in a way of its own.

    That is so of numbers with an exponent, and of the order of keys beyond ASCII.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict and all(map(str.isascii, value)):
        return {key: _unequivocal(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [_unequivocal(item) for item in value]
    if kind is int and -_LARGEST_SAFE <= value <= _LARGEST_SAFE:
        return value
    if kind is float and value.is_integer() and -_LARGEST_SAFE <= value <= _LARGEST_SAFE:
        return int(value)
    if kind is float and _NO_EXPONENT[0] <= abs(value) < _NO_EXPONENT[1]:
        return value
    raise ValueError(value)


def carried(value: Any) -> Any:
    """Plain data with ``{"$number": "nan"}`` for each number that JSON cannot carry exactly.

    A key that begins with ``$`` gets a second one, so that what people name so is not taken for ours.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:  # most of it, and cheaper to tell than to ask for classes
        return value
    if isinstance(value, float):
        is_safe = math.isfinite(value) and (abs(value) <= _LARGEST_SAFE or not value.is_integer())
        return value if is_safe else {"$number": repr(value)}
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_SAFE else {"$number": str(value)}
    if kind is dict or isinstance(value, Mapping):
        return {f"${key}" if str(key).startswith("$") else key: carried(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [carried(item) for item in value]
    return value


def uncarried(value: object) -> Any:
    """The inverse of `carried`."""
    if isinstance(value, dict):
        if value.keys() == {"$number"}:
            spelled = value["$number"]
            return int(spelled) if spelled.lstrip("-").isdigit() else float(spelled)
        return {key[1:] if key.startswith("$$") else key: uncarried(item) for key, item in value.items()}
    if isinstance(value, list):
        return [uncarried(item) for item in value]
    return value


def body_of(event: Event) -> tuple[dict[str, object], list[Words]]:
    """The body as it is signed, and the personal words that it leaves out."""
    body: dict[str, object] = carried(msgspec.to_builtins(event))
    kept: list[Words] = []
    for name in personal_fields(type(event)):
        text = body[name]
        if text:
            salt = secrets.token_hex(_SALT_BYTES)
            entry = Words(id=words_id(salt, str(text)), salt=salt, words=_writable(str(text)))
            kept.append(entry)
            body[name] = {"$words": entry.id}
    return body, kept


def _writable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _unwritable(error) from None
    return text


def act_text(event: Event, body: Mapping[str, object], actor: str, writer_time: Micros) -> bytes:
    """The bytes that the actor signs."""
    try:
        return canonical(
            {
                "type": type(event).__name__,
                "version": event.version_of_type,
                "actor": actor,
                "writer_time": writer_time,
                "nonce": secrets.token_hex(8),
                "body": body,
            }
        )
    except ValueError as error:
        raise _unwritable(error) from None


def _unwritable(error: ValueError) -> BadInput:
    """Text with half a character in it, as odd file names have; the library gives the reason as the error's cause."""
    encoding = error if isinstance(error, UnicodeEncodeError) else error.__cause__
    what = repr(encoding.object) if isinstance(encoding, UnicodeEncodeError) else str(error)
    return BadInput(f"{what} cannot be written as UTF-8", hint="remove the odd characters")


def wrapper_text(  # noqa: PLR0913 (the six fields of a wrapper)
    *, act: bytes, assigned: Mapping[str, int], prev: str, recorded: Micros, seq: int, signature: str
) -> bytes:
    """The bytes that are stored and hashed: the act inside is already canonical, and the keys are in order."""
    return b'{"act":%b,"assigned":%b,"prev":"%b","recorded":%d,"seq":%d,"signature":"%b"}' % (
        *(act, canonical(dict(assigned)), prev.encode()),
        *(recorded, seq, signature.encode()),
    )


def hash_of(stored: bytes) -> str:
    """The hash of a wrapper, in hex."""
    return hashlib.sha256(stored).hexdigest()


class Act(msgspec.Struct, frozen=True):
    """What the actor signed, its body still as text."""

    type: str
    version: int
    actor: str
    writer_time: int
    nonce: str
    body: msgspec.Raw


class Wrapper(msgspec.Struct, frozen=True):
    """A stored event, its act left as the bytes that were signed."""

    act: msgspec.Raw
    assigned: dict[str, int]
    prev: str
    recorded: int
    seq: int
    signature: str


@lru_cache(maxsize=128)
def _decoder(kind: type) -> Callable[[Any], Any]:
    return msgspec.json.Decoder(kind).decode


def unwrap(stored: str | bytes) -> Wrapper:
    """Take a stored event apart; raises Damaged where it is none."""
    try:
        wrapper: Wrapper = _decoder(Wrapper)(stored)
    except (msgspec.MsgspecError, UnicodeError, TypeError, RecursionError) as error:
        raise Damaged(f"an event cannot be read: {error}", hint="find out where: %mlc verify") from None
    return wrapper


def act_of(wrapper: Wrapper) -> Act:
    """The act in a wrapper; raises Damaged where it is none."""
    try:
        act: Act = _decoder(Act)(wrapper.act)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Damaged(f"event {wrapper.seq} cannot be read: {error}", hint="find out where: %mlc verify") from None
    return act


def signed_part(stored: str) -> tuple[bytes, str]:
    """The bytes that the actor signed, and the signature."""
    wrapper = unwrap(stored)
    return bytes(wrapper.act), wrapper.signature


_WORDS = re.compile(rb'\{"\$words":"([0-9a-f]{64})"\}')
"""where a body leaves words out; inside a JSON string the quotes would be escaped"""


def words_in(body: bytes) -> list[str]:
    """The ids of the words that a body leaves out."""
    return [found.decode() for found in _WORDS.findall(body)]


def read(stored: str, find_words: Callable[[str], str | None]) -> Recorded:
    """The event in stored text, its personal words put back in (or ``(erased)``), its body in the newest form.

    Raises
    ------
    Unavailable
        Where the type is unknown: a newer release wrote it.
    Damaged
        Where the text is no event.
    """
    wrapper = unwrap(stored)
    return recorded_of(wrapper, act_of(wrapper), find_words)


def recorded_as(wrapper: Wrapper, act: bytes, type_: str) -> Recorded | None:
    """The event in a wrapper that was taken apart, in one step; None where it is of another type or form than expected.

    That goes for what refers to words too; `recorded_of` reads all of them, and says what is wrong.
    """
    read_whole = _whole(type_)
    if read_whole is None or b'"$' in act:
        return None
    try:
        read = read_whole(act)
    except (msgspec.MsgspecError, UnicodeError, ValueError, TypeError, RecursionError):
        return None
    return _recorded(wrapper, read, read.body)


@lru_cache(maxsize=128)
def _whole(type_: str) -> Callable[[bytes], Any] | None:
    """What reads acts of a type in its newest form, body and all, and raises for any other."""
    kind = EVENTS.get(type_)
    if kind is None:
        return None
    exactly: Any = Literal
    fields = [("type", exactly[type_]), ("version", exactly[kind.version_of_type]), ("actor", str)]
    fields += [("writer_time", int), ("nonce", str), ("body", kind)]
    return msgspec.json.Decoder(msgspec.defstruct("WholeAct", fields, frozen=True)).decode


def recorded_of(wrapper: Wrapper, act: Act, find_words: Callable[[str], str | None]) -> Recorded:
    """The event in a wrapper that was taken apart; raises as `read` does."""
    kind = EVENTS.get(act.type)
    if kind is None or act.version > kind.version_of_type:
        raise Unavailable(
            f"event {wrapper.seq} is of a type that this release does not know: {act.type} {act.version}",
            hint="a newer release wrote it; upgrade: pip install -U jupyter-mlc",
        )
    try:
        event = _event(kind, act, find_words)
    except (msgspec.MsgspecError, UnicodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged(f"event {wrapper.seq} ({act.type}) has an odd body: {error}", hint="%mlc verify") from None
    return _recorded(wrapper, act, event)


def _recorded(wrapper: Wrapper, act: Act, event: Event) -> Recorded:
    return Recorded(
        seq=wrapper.seq,
        recorded=wrapper.recorded,
        actor=act.actor,
        writer_time=act.writer_time,
        event=event,
        assigned=wrapper.assigned,
    )


def _event(kind: type[Event], act: Act, find_words: Callable[[str], str | None]) -> Event:
    """The words go back into the text, which then becomes the event in one step, unless its form must change first."""
    body = bytes(act.body)
    if b'{"$words"' in body:
        body = _WORDS.sub(lambda found: _spelled(find_words(found[1].decode())), body)
    if act.version == kind.version_of_type and b'"$' not in body:
        event: Event = _decoder(kind)(body)  # type: ignore[arg-type]  # classes are hashable, whatever their objects are
        return event
    newest = upcast(act.type, act.version, uncarried(msgspec.json.decode(body)))
    return msgspec.convert(newest, kind, strict=False)


def _spelled(words: str | None) -> bytes:
    return msgspec.json.encode(ERASED if words is None else words)
