"""How an event becomes rows: each projector is entered under the type of event that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

import msgspec

from jupyter_mlc.domain.entities import Digest, Micros
from jupyter_mlc.domain.events import Event
from jupyter_mlc.store.rows import Rows


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the store recorded it."""

    seq: int
    recorded: Micros
    actor: str
    writer_time: Micros
    event: Event
    assigned: Mapping[str, int]


E = TypeVar("E", bound=Event)
Projector: TypeAlias = Callable[[Rows, Recorded, Any], None]
PROJECTORS: dict[type[Event], Projector] = {}


def projects(kind: type[E]) -> Callable[[Callable[[Rows, Recorded, E], None]], Callable[[Rows, Recorded, E], None]]:
    """Enter a projector under the type of event that it reads."""

    def enter(function: Callable[[Rows, Recorded, E], None]) -> Callable[[Rows, Recorded, E], None]:
        PROJECTORS[kind] = function
        return function

    return enter


def hold(rows: Rows, holder: int, digests: Iterable[Digest]) -> None:
    """Say that the bytes are needed by whoever came with this event."""
    rows.put("blob_use", *[{"holder": holder, "digest": digest} for digest in dict.fromkeys(digests)])
