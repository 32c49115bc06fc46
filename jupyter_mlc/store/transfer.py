"""All that a registry holds, from one place to another: blobs by their digest, the log as it is stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import Damaged, MlcError
from jupyter_mlc.store import log
from jupyter_mlc.store.projections import project
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS
from jupyter_mlc.store.writing import INSERT_EVENT, INSERT_HEAD, INSERT_WORDS

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.database import Database

Progress = Callable[[int, int, str], None]
_BATCH = 1000
_TOLD = 100
_EVENT = ("seq", "type", "actor", "model", "recorded", "hash", "stored")
_WORDS = ("id", "salt", "words")
_BESIDE = {
    "checkpoint": ("seq", "hash", "root", "peaks", "verified", "key", "signature"),
    "activity": ("kind", "subject", "actor", "at", "key", "step", "value"),
}


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Blobs that a place has now: each with its size."""

    copied: Mapping[Digest, int] = field(default_factory=dict)
    there: Mapping[Digest, int] = field(default_factory=dict)
    """whole, before anything was copied"""
    lost: tuple[Digest, ...] = ()
    """those that are missing or damaged where they should come from"""

    @property
    def size(self) -> int:
        """Bytes that were copied."""
        return sum(self.copied.values())

    @property
    def there_size(self) -> int:
        """Bytes that were there."""
        return sum(self.there.values())

    def then(self, later: Carried) -> Carried:
        """Both as one: of what came later that was there which had not just been copied."""
        there = {digest: size for digest, size in later.there.items() if digest not in self.copied}
        return Carried(copied={**self.copied, **later.copied}, there=there, lost=later.lost)


def carry_blobs(source: Artifacts, target: Artifacts, digests: Collection[Digest], progress: Progress) -> Carried:
    """Copy the blobs that the target has not, sharing blocks where the disk can; a damaged one is not copied.

    What lies there already is hashed once: what was found whole is believed until its file changes, and what is not
    is copied again.
    """
    there = _whole(source, target, sorted(digests), progress)
    copied: dict[Digest, int] = {}
    lost = []
    absent = sorted(set(digests) - there.keys())
    for done, digest in enumerate(absent, start=1):
        count = _carried(source, target, digest, digests)
        if count is None:
            lost.append(digest)
        else:
            copied[digest] = count
        progress(done, len(absent), "blobs")
    return Carried(copied=copied, there=there, lost=tuple(lost))


def _whole(source: Artifacts, target: Artifacts, digests: Sequence[Digest], progress: Progress) -> dict[Digest, int]:
    """Those that the target has, with their sizes; a thread a core looks at what was not hashed before."""
    found: dict[Digest, int] = {}
    sizes = target.sizes_of_all()
    here = [digest for digest in digests if digest in sizes]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        looks = pool.map(lambda digest: _is_whole(source, target, digest), here)
        for done, (digest, is_whole) in enumerate(zip(here, looks, strict=True), start=1):
            if is_whole:
                found[digest] = sizes[digest]
            if done % _TOLD == 0 or done == len(here):
                progress(done, len(here), "blobs that are there")
    return found


def _is_whole(source: Artifacts, target: Artifacts, digest: Digest) -> bool:
    """Whether nothing better could be copied: bytes that nobody has any more are kept as they are."""
    try:
        if not target.was_hashed(digest):
            target.check(digest)
    except Damaged:
        return not source.has(digest)
    return True


def _carried(source: Artifacts, target: Artifacts, digest: Digest, needed: Collection[Digest]) -> int | None:
    if not source.has(digest):
        return None
    try:
        found, size = target.put_file(source.at_hand(digest), is_new=True)
    except MlcError:
        if source.has(digest):  # it is the target's fault, or the disk's
            raise
        return None
    if found == digest:
        return size
    if found not in needed:
        target.delete(found)
    return None


def needed_blobs(registry: Registry) -> set[Digest]:
    """Every blob that something needs, manifests among them."""
    manifests = registry.database.stream("SELECT DISTINCT artifact FROM version WHERE stage <> 'purged'")
    return registry.held_blobs() | {digest for (digest,) in manifests}


def carry_record(source: Registry, database: Database, progress: Progress) -> None:
    """Copy the log, its words and what lies beside it into an empty database; the tables follow from the events.

    All of it belongs to one moment of the source, and appears in the target in one.
    """
    with source.database.reading(), database.writing():
        head = source.head()
        for script in (*MIGRATIONS, f"{database.dialect}.sql"):
            database.migrate(script)
        row = {"uuid": head.uuid, "seq": head.seq, "hash": head.hash, "recorded": head.recorded}
        database.query(INSERT_HEAD, row | {"major": MAJOR, "minor": len(MIGRATIONS)})
        for batch in _rows(source.database, "words", _WORDS):
            database.many(INSERT_WORDS, batch)
        for table, columns in _BESIDE.items():
            for batch in _rows(source.database, table, columns):
                database.many(_insert(table, columns), batch)
        _carry_events(source, Registry(database, source.place), progress, head.seq)


def _carry_events(source: Registry, target: Registry, progress: Progress, total: int) -> None:
    rows = target.database.rows
    for batch in _rows(source.database, "event", _EVENT, " ORDER BY seq"):
        target.database.many(INSERT_EVENT, batch)
        for row in batch:
            project(rows, log.read(row["stored"], target.words))
        progress(batch[-1]["seq"], total, "events")


def _insert(table: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 (our own names)


def _rows(database: Database, table: str, columns: tuple[str, ...], order: str = "") -> Iterator[list[dict[str, Any]]]:
    """The rows of a table, some at a time."""
    batch: list[dict[str, Any]] = []
    for row in database.stream(f"SELECT {', '.join(columns)} FROM {table}{order}"):  # noqa: S608 (our own names)
        batch.append(dict(zip(columns, row, strict=True)))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
