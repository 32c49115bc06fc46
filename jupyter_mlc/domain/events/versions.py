"""Versions, as they are made and as they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mlc.domain.entities import Digest, Measured, Micros, Signature
from jupyter_mlc.domain.evaluations import Estimate, Settings
from jupyter_mlc.domain.events.base import Event, VersionKey, event, text
from jupyter_mlc.domain.events.runs import DatasetLink


@event
@dataclass(frozen=True, kw_only=True)
class VersionRegistered(Event):
    """The store assigns the number, and one for its run where it came of no other."""

    model: str
    run: int | None
    """the sequence number of its RunStarted; None where the registration was the whole run"""
    duration: Micros | None = None
    """of a run of its own"""
    format: str
    artifact: Digest
    size: int
    blobs: tuple[Digest, ...]
    class_name: str
    library: str
    signature: Signature
    load_check: str
    """passed, or skipped with the reason"""
    snapshot: str = text()
    """what surrounded the registration (entities.Snapshot), as JSON"""
    parent: int | None = None
    """the sequence number of the version that it was retrained from"""
    job: int | None = None
    """the sequence number of the JobStarted of the job in which it was made"""
    metrics: tuple[Measured, ...] = ()
    """what was said at registration, besides what the run recorded"""
    datasets: tuple[DatasetLink, ...] = ()
    params: Mapping[str, bool | int | float | None] = field(default_factory=dict)
    standings: Mapping[str, str] = field(default_factory=dict)
    param_words: str = text()
    note: str = text()
    tags: str = text()
    """a JSON object"""


@event
@dataclass(frozen=True, kw_only=True)
class Evaluated(Event):
    """A version was judged by us, from its stored bytes; the store assigns the number."""

    model: str
    version: VersionKey
    dataset: int
    """the sequence number of its DatasetAdded"""
    dataset_name: str
    target: str
    task: str
    rows: int
    estimates: tuple[Estimate, ...]
    """without reasons"""
    reasons: str = text()
    """why an estimate or its interval is missing, by metric, as a JSON object: an own metric may say anything"""
    positive: str = text()
    """the class that a binary task is about"""
    settings: Settings = field(default_factory=Settings)
    stage: str = ""
    """for which a sealed dataset was opened"""
    evidence: Digest
    """a blob: everything that was found (evaluations.Evidence), as canonical JSON"""
    predictions: Digest
    blobs: tuple[Digest, ...] = ()
    """of metrics that came as objects"""
