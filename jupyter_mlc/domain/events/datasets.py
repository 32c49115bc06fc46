"""Datasets."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.domain.entities import Digest, Feature, Micros
from jupyter_mlc.domain.events.base import Event, event, text


@event
@dataclass(frozen=True, kw_only=True)
class DatasetAdded(Event):
    name: str
    digest: str
    rows: int
    columns: tuple[Feature, ...]
    """names and logical types"""
    time_column: str | None = None
    start: Micros | None = None
    end: Micros | None = None
    blob: Digest | None = None
    file_digest: Digest | None = None
    row_digests: Digest | None = None
    sealed: bool = False
    """whether it is opened for one evaluation a version only, with the stage that it is for"""
    source: str = text()
    profile: str = text()
    """what is in the columns (entities.Column), as a JSON list: frequent values may name people"""
    description: str = text()
