"""Replaying the log: every projection anew, or the registry as it was at an earlier time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import Damaged, NotFound
from jupyter_mlc.domain.events import RegistryCreated
from jupyter_mlc.store import log
from jupyter_mlc.store.projections import project
from jupyter_mlc.store.registry import Registry, schema_of
from jupyter_mlc.store.rows import tables_of
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS, likely_minor, make_table
from jupyter_mlc.store.sqlite import SqliteDatabase
from jupyter_mlc.store.verify_guards import restore_guards
from jupyter_mlc.store.writing import INSERT_EVENT, INSERT_HEAD, INSERT_WORDS

_EVENT = ("seq", "type", "actor", "model", "recorded", "hash", "stored")
_WORDS = ("id", "salt", "words")
_BESIDE = ("checkpoint", "activity")
"""tables that no event tells of: where one is lost, it begins anew without rows"""
_SOMETIMES = 1000


def rebuild(registry: Registry, progress: Callable[[int, int, str], None]) -> int:
    """Write all that follows from the events anew, in one transaction; returns how many events were read."""
    with registry.database.writing():
        _restore_head(registry)
        restore_guards(registry.database)
        total = registry.head().seq
        for table in _BESIDE:
            make_table(registry.database, table)
        for table in tables_of(schema_of(registry)[1]):
            make_table(registry.database, table)
            registry.database.query(f"DELETE FROM {table}")  # noqa: S608 (our own table names)
        rows = registry.database.rows
        for done, recorded in enumerate(registry.events(), start=1):
            project(rows, recorded)
            if done % _SOMETIMES == 0:
                progress(done, total, "events")
    progress(total, total, "events")
    return total


def _restore_head(registry: Registry) -> None:
    """Write the head anew: it is what the first event says, and the last."""
    database = registry.database
    row = database.one("SELECT seq, stored FROM event ORDER BY seq DESC LIMIT 1")
    if row is None or database.one("SELECT seq FROM event WHERE seq = 1") is None:
        raise Damaged(f"{registry.place.shown} has lost events", hint="bring it back from a backup")
    first, last = registry.event(1).event, registry.event(row["seq"])
    uuid = first.uuid if isinstance(first, RegistryCreated) else registry.uuid
    head = {"uuid": uuid, "major": MAJOR, "minor": likely_minor(database), "seq": last.seq, "recorded": last.recorded}
    database.query("DELETE FROM head")
    database.query(INSERT_HEAD, head | {"hash": log.hash_of(row["stored"].encode())})
    registry.uuid = uuid  # what was read when it was opened may have been wrong


def as_of(registry: Registry, time: Micros) -> Registry:
    """The registry as it had recorded things by `time`, in memory.

    Raises
    ------
    NotFound
        Where it did not exist yet.
    """
    events = [dict(zip(_EVENT, row, strict=True)) for row in registry.database.stream(_UNTIL, {"until": time})]
    if not events:
        begin = datetime.fromtimestamp(registry.made / 1_000_000, UTC)
        raise NotFound("the registry did not exist at that time", hint=f"it begins on {begin:%Y-%m-%d %H:%M} UTC")
    memory = SqliteDatabase(None)
    for script in MIGRATIONS:
        memory.migrate(script)
    words = registry.database.stream(f"SELECT {', '.join(_WORDS)} FROM words")  # noqa: S608 (our own columns)
    memory.many(INSERT_WORDS, [dict(zip(_WORDS, row, strict=True)) for row in words])
    memory.many(INSERT_EVENT, events)
    last = events[-1]
    head = {"uuid": registry.uuid, "major": MAJOR, "minor": len(MIGRATIONS)}
    memory.query(INSERT_HEAD, head | {name: last[name] for name in ("seq", "hash", "recorded")})
    past, rows = Registry(memory, registry.place), memory.rows
    for event in events:
        project(rows, log.read(event["stored"], past.words))
    return past


_UNTIL = f"SELECT {', '.join(_EVENT)} FROM event WHERE recorded <= :until ORDER BY seq"  # noqa: S608 (our own columns)
