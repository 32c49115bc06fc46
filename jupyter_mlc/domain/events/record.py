"""The record itself: its beginning, what was refused, what did not hold."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.events.base import Event, event, text


@event
@dataclass(frozen=True, kw_only=True)
class RegistryCreated(Event):
    uuid: str


@event
@dataclass(frozen=True, kw_only=True)
class ActRefused(Event):
    """Somebody asked for what was not allowed."""

    verb: str
    subject: str
    code: str
    message: str = text()


@event
@dataclass(frozen=True, kw_only=True)
class VerificationFailed(Event):
    findings: int
    """how many"""
    first: str = text()
