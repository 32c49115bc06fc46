"""People and their keys."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.events.base import Event, event, text


@event
@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    person: str
    kind: str = "person"
    name: str = text()


@event
@dataclass(frozen=True, kw_only=True)
class KeyAdded(Event):
    """A key says whom it belongs to; nobody but the key itself vouches for it."""

    person: str
    public: str
    """the Ed25519 public key, 32 bytes in hex"""


@event
@dataclass(frozen=True, kw_only=True)
class KeyRotated(Event):
    """The old key names its follower, and is not trusted for anything later."""

    person: str
    old: str
    new: str
