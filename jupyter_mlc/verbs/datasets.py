"""How datasets come into the registry: by content; a name whose content changed gets a new revision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlc.capture.data.tables import MEMORY
from jupyter_mlc.domain.entities import Dataset, DatasetFacts, Feature
from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.events import DatasetAdded, DatasetLink
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.verbs.context import Context

if TYPE_CHECKING:
    from jupyter_mlc.store.writing import Writing as Log


_SHORT = 8
"""as much of a registry's UUID as tells one from another"""


@dataclass(frozen=True, kw_only=True)
class Added:
    """A dataset that is in the registry now."""

    id: int
    name: str
    revision: int
    is_new: bool

    @property
    def line(self) -> str:
        """The dataset as replies name it."""
        later = f" revision {self.revision}" if self.revision > 1 else ""
        return f"{self.name}{later}{' (new)' if self.is_new else ''}"


def is_sealed(name: str, context: Context) -> bool:
    """Whether the name is that of a sealed dataset."""
    newest = context.registry.dataset_row(name)
    return bool(newest and newest["sealed"])


def links(datasets: Iterable[Added]) -> tuple[DatasetLink, ...]:
    """What somebody said that something was trained on."""
    return tuple(DatasetLink(dataset=added.id) for added in datasets)


def known(dataset: Dataset) -> Added:
    """A dataset that was in the registry already."""
    return Added(id=dataset.id, name=dataset.name, revision=dataset.revision, is_new=False)


def find_dataset(data: DatasetFacts | str, context: Context) -> Added | None:
    """The dataset that is meant, by name or by equal content; None for content that is new."""
    if isinstance(data, str):
        return known(context.registry.dataset(data))
    same = context.registry.dataset_by_digest(data.digest)
    return known(same) if same is not None else None


def resolve_dataset(data: DatasetFacts | str, context: Context, log: Log) -> Added:
    """The dataset that is meant; new content is added under the name that it was given."""
    if isinstance(data, str):
        return known(context.registry.dataset(data))
    return find_dataset(data, context) or add_dataset(data, "", context, log)


def would_be(data: DatasetFacts | str, context: Context) -> str:
    """What `resolve_dataset` would give, as replies name it; what it would refuse is refused."""
    found = find_dataset(data, context)
    if found is None and not isinstance(data, str):
        newest = context.registry.dataset_row(check_name(data.name, "dataset"))
        found = Added(id=0, name=data.name, revision=newest["revision"] + 1 if newest else 1, is_new=True)
    return found.line if found is not None else ""


def displaced(data: DatasetFacts | str, context: Context, *, recorded: bool = True) -> tuple[str, ...]:
    """A word where data becomes a new revision of a dataset that holds something else: perhaps that one was meant."""
    if isinstance(data, str) or find_dataset(data, context) is not None:
        return ()
    newest = context.registry.dataset_row(data.name)
    if newest is None:
        return ()
    name, number = newest["name"], newest["revision"]
    what = f"what the notebook holds under that name ({data.rows:,} rows)"
    if data.source != MEMORY:
        what = f"the file {data.source} ({data.rows:,} rows)"
    now = f", now revision {number + 1}" if recorded else ""
    other = f"the registered revision {number} has {newest['rows']:,}: --data dataset/{name}:{number}"
    return (f"{name} is {what}{now}; {other}",)


def arrived_dataset(event: DatasetAdded, registry: str, context: Context, log: Log) -> Added:
    """A dataset of another registry: the one with equal content, else its facts without bytes.

    A name that is somebody's data here keeps its meaning: what comes under the same one is named after its registry.
    """
    same = context.registry.dataset_by_digest(event.digest)
    if same is not None:
        return known(same)
    check_name(event.name, "dataset")
    is_taken = context.registry.dataset_row(event.name) is not None
    name = f"{event.name}-{registry[:_SHORT]}" if is_taken else event.name
    recorded = log.append(replace(event, name=name, blob=None, row_digests=None))
    return Added(id=recorded.seq, name=name, revision=recorded.assigned["number"], is_new=True)


def add_dataset(facts: DatasetFacts, description: str, context: Context, log: Log, *, sealed: bool = False) -> Added:
    """Add a dataset, or a new revision of one, which is sealed where the name is."""
    check_name(facts.name, "dataset")
    if context.artifacts.missing([digest for digest in (facts.blob, facts.row_digests) if digest]):
        raise Conflict(
            f"the bytes of {facts.name} are not in the registry's artifacts",
            hint="they may have been collected meanwhile; do it again",
        )
    recorded = log.append(
        DatasetAdded(
            name=facts.name,
            digest=facts.digest,
            rows=facts.rows,
            columns=tuple(Feature(name=column.name, type=column.type) for column in facts.columns),
            profile=msgspec.json.encode(facts.columns).decode(),
            time_column=facts.time_column,
            start=facts.start,
            end=facts.end,
            blob=facts.blob,
            file_digest=facts.file_digest,
            row_digests=facts.row_digests,
            sealed=sealed or is_sealed(facts.name, context),
            source=facts.source,
            description=description,
        )
    )
    return Added(id=recorded.seq, name=facts.name, revision=recorded.assigned["number"], is_new=True)
