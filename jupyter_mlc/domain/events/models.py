"""Models, and what is said of them and of their versions: aliases, tags, notes."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.events.base import Event, VersionKey, event, text


@event
@dataclass(frozen=True, kw_only=True)
class ModelCreated(Event):
    model: str
    tier: str
    owner: str


@event
@dataclass(frozen=True, kw_only=True)
class ModelEdited(Event):
    model: str
    owner_before: str
    owner: str
    tier_before: str
    tier: str
    description_before: str = text()
    description: str = text()
    undoes: int | None = None


@event
@dataclass(frozen=True, kw_only=True)
class VersionEdited(Event):
    model: str
    version: VersionKey
    note_before: str = text()
    note: str = text()
    undoes: int | None = None


@event
@dataclass(frozen=True, kw_only=True)
class Tagged(Event):
    """Tags of a model, or of one version of it; `before` and `after` are JSON objects, null where there is no tag."""

    model: str
    version: VersionKey | None = None
    before: str = text()
    after: str = text()
    undoes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """What a pointer pointed to, and points to now."""

    before: VersionKey | None = None
    after: VersionKey | None = None


@event
@dataclass(frozen=True, kw_only=True)
class AliasMoved(Event):
    model: str
    alias: str
    pointer: Pointer
    undoes: int | None = None
