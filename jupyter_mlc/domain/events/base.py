"""What every event is: a type under its name, a body that is never rewritten, words that lie beside it.

Bodies are only upcast when read. A field made with `text()` holds personal words (a name, a note, a reason): the body
keeps a salted digest, the words lie in an erasable table beside the log. Numbers and sequence numbers are assigned by
the store, outside what the actor signed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

ERASED = "(erased)"


def text() -> Any:
    """A field for personal words, empty by default."""
    return field(default="", metadata={"personal": True})


@dataclass(frozen=True, kw_only=True)
class Event:
    """One act of one actor, with all its consequences."""

    version_of_type: ClassVar[int] = 1


EVENTS: dict[str, type[Event]] = {}
Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: dict[tuple[str, int], Upcast] = {}
"""(type, version of the body) -> the body one version on"""


def event(kind: type[Event]) -> type[Event]:
    """Enter an event type under its class's name."""
    EVENTS[kind.__name__] = kind
    return kind


def personal_fields(kind: type[Event]) -> tuple[str, ...]:
    """The names of the fields whose words lie beside the log."""
    return tuple(item.name for item in dataclasses.fields(kind) if item.metadata.get("personal"))


def upcast(type_: str, version: int, body: dict[str, Any]) -> dict[str, Any]:
    """Bring a body of an earlier version to the newest one."""
    while version < EVENTS[type_].version_of_type:
        body, version = UPCASTS[type_, version](body), version + 1
    return body


@dataclass(frozen=True, kw_only=True)
class VersionKey:
    """A version inside its model: the number that people say, and the sequence number of its registration."""

    number: int
    id: int
