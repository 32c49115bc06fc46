"""A version's way through the stages."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.events.base import Event, VersionKey, event, text
from jupyter_mlc.domain.events.models import Pointer


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a version stands."""

    stage: str
    successor: str | None = None
    sunset: Micros | None = None


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """One version going from one place to another."""

    version: VersionKey
    before: Place
    after: Place


@dataclass(frozen=True, kw_only=True)
class ChampionEntry:
    """A former champion, at the sequence number of the promotion that displaced it."""

    position: int
    version: VersionKey


@event
@dataclass(frozen=True, kw_only=True)
class VersionMoved(Event):
    """A promotion, rollback, deprecation, retirement, discard, or the undoing of one."""

    kind: str
    model: str
    version: VersionKey | None
    """the version that was named; None where the whole model moves"""
    changes: tuple[VersionChange, ...]
    champion: Pointer | None = None
    previous: Pointer | None = None
    pushed: VersionKey | None = None
    """the champion displaced, to whom a rollback may return"""
    popped: tuple[ChampionEntry, ...] = ()
    """former champions to whom a rollback will no longer return"""
    undoes: int | None = None
    reason: str = text()
