"""Runs, and what they were trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mlc.domain.entities import Digest, Measured, Micros, RunFile, Standing
from jupyter_mlc.domain.events.base import Event, event, text


@event
@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    name: str
    note: str = text()
    tags: str = text()
    """a JSON object"""
    params: Mapping[str, bool | int | float | None] = field(default_factory=dict)
    param_words: str = text()
    """parameters whose values are words, as a JSON object"""
    process: str = text()
    """where it runs, as capture.process names it"""


@dataclass(frozen=True, kw_only=True)
class DatasetLink:
    """A dataset that something was trained on, and how that is known."""

    dataset: int
    """the sequence number of its DatasetAdded"""
    standing: Standing = Standing.CLAIMED


@event
@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    run: int
    """the sequence number of its RunStarted"""
    status: str
    """finished or failed"""
    duration: Micros | None = None
    metrics: tuple[Measured, ...] = ()
    params: Mapping[str, bool | int | float | None] = field(default_factory=dict)
    standings: Mapping[str, str] = field(default_factory=dict)
    """of the parameters, by name; the words among them too"""
    param_words: str = text()
    """parameters whose values are words, as a JSON object"""
    files: tuple[RunFile, ...] = ()
    snapshot: str = text()
    """what surrounded the run (entities.Snapshot), as JSON"""
    blobs: tuple[Digest, ...] = ()
    """blobs that the snapshot needs"""
    datasets: tuple[DatasetLink, ...] = ()
