"""Schedules: notebooks that are executed again and again, when they are due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.events import Event, event, text


@event
@dataclass(frozen=True, kw_only=True)
class ScheduleAdded(Event):
    """The store assigns the number."""

    name: str
    """what is executed, as a person calls it: a model, a version, or a job that was added"""
    model: str | None = None
    """the model, where it is one or a version of one"""
    every: str
    """an interval (1d, 30m), or the five fields of a cron expression"""
    timezone: str = "UTC"
    """in which a cron expression is read"""
    ask: str = text()
    """what else is asked of each execution, as a JSON object: the fields of a `retrain`"""


@event
@dataclass(frozen=True, kw_only=True)
class ScheduleRemoved(Event):
    """It is due no more."""

    schedule: int
    """the sequence number of its ScheduleAdded"""
    number: int
    model: str | None = None


@event
@dataclass(frozen=True, kw_only=True)
class ScheduleRan(Event):
    """A due time that was taken up; written with the beginning of its jobs, so that no other worker takes it up."""

    schedule: int
    """the sequence number of its ScheduleAdded"""
    number: int
    model: str | None = None
    due: Micros
    missed: int = 0
    """due times before this one that nobody took up"""
    jobs: tuple[int, ...] = ()
    """the sequence numbers of the JobStarted that it began; none where the record had the answer"""
    refused: str = text()
    """why nothing could begin"""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A due time that somebody is about to take up."""

    schedule: int
    """its number"""
    at: Micros
    since: Micros | None = None
    """the one that was taken up before, as far as whoever asks knows"""
    missed: int = 0


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule, as the registry holds it."""

    number: int
    id: int
    name: str
    model: str | None
    every: str
    timezone: str
    ask: Mapping[str, object]
    author: str
    created: Micros
    removed: Micros | None = None
    due: Micros | None = None
    """the last due time that was taken up"""
    ran: int | None = None
    """the sequence number of its last ScheduleRan"""

    @property
    def ref(self) -> str:
        return f"schedule/{self.number}"
