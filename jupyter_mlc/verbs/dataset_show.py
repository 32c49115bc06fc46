"""`dataset show`: one dataset with the profile of its columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from jupyter_mlc.domain.entities import Column, Dataset, Micros
from jupyter_mlc.domain.evaluations import Seen
from jupyter_mlc.domain.events import ERASED, DatasetAdded
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import Complete, Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context

_MOST_REVISIONS = 20
_MOST_USERS = 10


@dataclass(frozen=True, kw_only=True)
class DatasetShow(Reading):
    """Show a dataset."""

    name: Annotated[
        str,
        Field(description="the dataset, or one revision of it: train:2", positional=True, complete=Complete.DATASET),
    ]


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A revision of a dataset, and the versions that were trained on it, at most ten."""

    dataset: Dataset
    used_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DatasetShowReply(Reply):
    """A dataset, the profile of its columns, and what was trained on it and judged by it."""

    dataset: Dataset
    columns: tuple[Column, ...]
    time_column: str | None
    start: Micros | None
    end: Micros | None
    stored: bool
    """whether its bytes are kept"""
    used_by: tuple[str, ...]
    """versions that were trained on this revision, newest first, at most a hundred"""
    revisions: tuple[Revision, ...] = ()
    """the newest twenty, where there are several"""
    seen: Seen = field(default_factory=Seen)
    """how often it was used to judge by"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a column."""
        return [
            {"column": c.name, "type": c.type, "nulls": c.nulls, "distinct": c.distinct, "low": c.low, "high": c.high}
            | {"mean": c.mean, "std": c.std}
            for c in self.columns
        ]


@verb(does=Does.READ, name="dataset show", example="dataset show flights-spring")
def dataset_show(ask: DatasetShow, context: Context) -> DatasetShowReply:
    """Show a dataset: rows, digest, time span, each column's profile, and what was trained on it and judged by it."""
    return shown_dataset(context.registry, context.registry.dataset(ask.name))


def _profile(event: DatasetAdded) -> tuple[Column, ...]:
    """What is in the columns; names and types alone where the profile was erased."""
    if event.profile == ERASED:
        return tuple(Column(name=each.name, type=each.type) for each in event.columns)
    return msgspec.json.decode(event.profile, type=tuple[Column, ...])


def _revisions(registry: Registry, dataset: Dataset) -> tuple[Revision, ...]:
    found = registry.revisions(dataset.name, _MOST_REVISIONS)
    several = [Revision(dataset=each, used_by=tuple(registry.trained_on(each.id, _MOST_USERS))) for each in found]
    return tuple(several) if len(several) > 1 else ()


def shown_dataset(registry: Registry, dataset: Dataset) -> DatasetShowReply:
    """A dataset with everything that its event tells."""
    event = registry.event(dataset.id).event
    if not isinstance(event, DatasetAdded):
        raise TypeError(type(event))
    return DatasetShowReply(
        dataset=dataset,
        columns=_profile(event),
        time_column=event.time_column,
        start=event.start,
        end=event.end,
        stored=event.blob is not None,
        used_by=tuple(registry.trained_on(dataset.id, 100)),
        revisions=_revisions(registry, dataset),
        seen=registry.seen(dataset.digest),
    )
