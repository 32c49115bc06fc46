"""A registry: opening it, writing events to it, and replaying them."""

from __future__ import annotations

import secrets
import uuid as uuids
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import Conflict, Damaged, Unavailable
from jupyter_mlc.domain.events import Event, KeyAdded, KeyRotated, PersonAdded, RegistryCreated
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store import log
from jupyter_mlc.store.database import Database
from jupyter_mlc.store.places import PlaceOfRegistry
from jupyter_mlc.store.projections import Recorded, assign, project
from jupyter_mlc.store.queries import Queries
from jupyter_mlc.store.rows import SqlRows
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS, minor_by_tables

if TYPE_CHECKING:
    from jupyter_mlc.store.identity import Identity

Clock = Callable[[], Micros]


@dataclass(kw_only=True)
class Head:
    """The end of the chain."""

    uuid: str
    seq: int
    hash: str
    recorded: Micros


class Registry(Queries):
    """One registry, open.

    Parameters
    ----------
    database : Database
        Where its tables are.
    place : PlaceOfRegistry
        Where a person says that it is.
    """

    def __init__(self, database: Database, place: PlaceOfRegistry) -> None:
        super().__init__(database)
        self.place = place

    @cached_property
    def uuid(self) -> str:
        """What names this registry, wherever it is moved; where the head is lost, its first event tells."""
        with suppress(Damaged):
            return self.head().uuid
        first = self.event(1).event
        if not isinstance(first, RegistryCreated):
            raise Damaged(f"{self.place.shown} does not begin with its making", hint="bring it back from a backup")
        return first.uuid

    def head(self) -> Head:
        """The end of the chain now."""
        row = self.database.one("SELECT uuid, seq, hash, recorded FROM head WHERE one = 1")
        if row is None:
            raise Damaged(
                f"{self.place.shown} does not say where its log ends: the row of the table head is missing",
                hint="see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild",
            )
        return Head(uuid=row["uuid"], seq=row["seq"], hash=row["hash"], recorded=row["recorded"])

    @contextmanager
    def write(self, identity: Identity, clock: Clock) -> Iterator[Writing]:
        """The one write transaction; everything slow comes before it, every check is repeated in it."""
        with self.database.writing():
            writing = Writing(self, identity, clock, self.head())
            writing.introduce()
            yield writing
            writing.finish()

    def sign(self, event: Event, identity: Identity, clock: Clock) -> Signed | None:
        """Sign what will probably be appended, while nobody waits; None for whoever is not known here yet."""
        actor = self.person_of_key(identity.public)
        return None if actor is None else _signed(event, actor, identity, clock())

    def events(self, since: int = 0, until: Micros | None = None) -> Iterator[Recorded]:
        """The events after sequence number `since`, recorded by `until`, oldest first."""
        sql = "SELECT stored FROM event WHERE seq > :since"
        sql += " AND recorded <= :until ORDER BY seq" if until is not None else " ORDER BY seq"
        bound = {"since": since} | ({"until": until} if until is not None else {})
        for (stored,) in list(self.database.stream(sql, bound)):
            yield log.read(stored, self.words)

    def note_activity(self, kind: str, subject: int, actor: str, at: Micros) -> None:
        """Remember an act that is no event (a load); where that is impossible, nobody is held up."""
        try:
            with self.database.writing():
                self.database.query(
                    "INSERT INTO activity (kind, subject, actor, at) VALUES (:kind, :subject, :actor, :at)",
                    {"kind": kind, "subject": subject, "actor": actor, "at": at},
                )
        except (Conflict, Unavailable):
            return


INSERT_EVENT = (
    "INSERT INTO event (seq, type, actor, model, recorded, hash, stored) "
    "VALUES (:seq, :type, :actor, :model, :recorded, :hash, :stored)"
)
INSERT_HEAD = (
    "INSERT INTO head (one, uuid, major, minor, seq, hash, recorded) "
    "VALUES (1, :uuid, :major, :minor, :seq, :hash, :recorded)"
)
INSERT_WORDS = "INSERT INTO words (id, salt, words) VALUES (:id, :salt, :words)"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """An event as its actor signed it; it has yet to find its place in the chain."""

    event: Event
    actor: str
    writer_time: Micros
    act: bytes
    words: list[log.Words]
    signature: str


def _signed(event: Event, actor: str, signer: Identity, writer_time: Micros) -> Signed:
    body, words = log.body_of(event)
    act = log.act_text(event, body, actor, writer_time)
    return Signed(event=event, actor=actor, writer_time=writer_time, act=act, words=words, signature=signer.sign(act))


class Writing:
    """What one transaction appends to the log."""

    def __init__(self, registry: Registry, identity: Identity, clock: Clock, head: Head) -> None:
        self._registry = registry
        self._identity = identity
        self._clock = clock
        self._head = head
        self._rows: SqlRows = registry.database.rows
        self.actor = ""

    def introduce(self) -> None:
        """Find the person whose key this is; a key that was never seen introduces itself first.

        Raises
        ------
        Conflict
            Where the key was replaced by another: it signs nothing any more.
        """
        known = self._rows.get("actor_key", self._identity.public)
        if known is not None and known["ended"] is not None:
            raise Conflict(
                "this key was replaced by another and signs nothing any more in this registry",
                hint="unset MLC_KEY, or point it at the new key",
            )
        self.actor = known["person"] if known is not None else self._newcomer()

    def _newcomer(self) -> str:
        for old in self._identity.olds():
            held = self._rows.get("actor_key", old.public)
            if held is not None and held["ended"] is None:
                rotated = KeyRotated(person=held["person"], old=old.public, new=self._identity.public)
                self._append(rotated, held["person"], old)
                return str(held["person"])
        person = self._identity.first_id
        self._append(PersonAdded(person=person, name=self._identity.name), person, self._identity)
        self._append(KeyAdded(person=person, public=self._identity.public), person, self._identity)
        return person

    def append(self, event: Event, signed: Signed | None = None) -> Recorded:
        """Sign, chain and record one event, and bring the projections up to date.

        What was signed before is taken where it turned out to be the same act of the same person.
        """
        if signed is not None and signed.actor == self.actor and signed.event == event:
            return self._chain(signed)
        return self._append(event, self.actor, self._identity)

    def _append(self, event: Event, actor: str, signer: Identity) -> Recorded:
        return self._chain(_signed(event, actor, signer, self._clock()))

    def _chain(self, signed: Signed) -> Recorded:
        head, event = self._head, signed.event
        seq, recorded_at = head.seq + 1, max(signed.writer_time, head.recorded)
        assigned = assign(self._rows, event)
        stored = log.wrapper_text(
            act=signed.act,
            assigned=assigned,
            prev=head.hash,
            recorded=recorded_at,
            seq=seq,
            signature=signed.signature,
        )
        recorded = Recorded(
            seq=seq,
            recorded=recorded_at,
            actor=signed.actor,
            writer_time=signed.writer_time,
            event=event,
            assigned=assigned,
        )
        self._store(recorded, stored, signed.words)
        project(self._rows, recorded)
        return recorded

    def _store(self, recorded: Recorded, stored: bytes, kept: list[log.Words]) -> None:
        hash_ = log.hash_of(stored)
        database = self._registry.database
        row = {"seq": recorded.seq, "type": type(recorded.event).__name__, "actor": recorded.actor, "hash": hash_}
        row |= {"model": model_of(recorded.event), "recorded": recorded.recorded, "stored": stored.decode()}
        database.query(INSERT_EVENT, row)
        if kept:
            words = [{"id": entry.id, "salt": entry.salt, "words": entry.words} for entry in kept]
            database.many(INSERT_WORDS, words)
        self._head = Head(uuid=self._head.uuid, seq=recorded.seq, hash=hash_, recorded=recorded.recorded)

    def finish(self) -> None:
        """Move the head row to the end of what was appended."""
        head = self._head
        self._registry.database.query(
            "UPDATE head SET seq = :seq, hash = :hash, recorded = :recorded WHERE one = 1",
            {"seq": head.seq, "hash": head.hash, "recorded": head.recorded},
        )


def model_of(event: Event) -> str | None:
    """The model that an event belongs to, for the index of the log."""
    model = getattr(event, "model", None)
    return folded(model) if isinstance(model, str) else None


def open_registry(place: PlaceOfRegistry, identity: Callable[[], Identity], clock: Clock) -> Registry:
    """Open the registry at `place`; a place without one gets one, whatever number of processes ask at once.

    Raises
    ------
    Unavailable
        Where it cannot be reached or made, or a newer major release made it.
    """
    registry = Registry(database_of(place), place)
    if not registry.database.has_schema():
        _create(registry, identity(), clock)
    _check_schema(registry)
    return registry


def database_of(place: PlaceOfRegistry) -> Database:
    """The database at `place`, whether or not a registry is in it."""
    if place.folder is None:
        from jupyter_mlc.store.postgres import PostgresDatabase

        return PostgresDatabase(place.dsn, place.schema)
    from jupyter_mlc.store.sqlite import SqliteDatabase

    _make_folder(place.folder)
    return SqliteDatabase(place.folder)


def exists(place: PlaceOfRegistry) -> bool:
    """Whether a registry is at `place`, without making one."""
    if place.folder is not None and not (place.folder / "registry.db").exists():
        return False
    with database_of(place).closing() as database:
        return database.has_schema()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists() or ignore.stat().st_size == 0:  # a disk that was full leaves an empty one
            ignore.write_text("*\n", encoding="utf-8")
    except FileExistsError:
        raise Unavailable(f"{folder} is not a folder", hint="choose another: %mlc use PATH") from None
    except OSError as error:
        if folder.is_dir():  # read-only: what is there can still be read
            return
        raise Unavailable(
            f"no registry can be made in {folder}: {error.strerror}", hint="choose another place: %mlc use PATH"
        ) from error


def _create(registry: Registry, identity: Identity, clock: Clock) -> None:
    database = registry.database
    _make_folder(registry.place.artifacts)
    with database.writing():
        if database.has_schema():  # another process was first
            return
        _warn_of_blobs(registry.place)
        for script in (*MIGRATIONS, f"{database.dialect}.sql"):
            database.migrate(script)
        uuid = str(uuids.UUID(bytes=secrets.token_bytes(16), version=4))
        start = {"uuid": uuid, "major": MAJOR, "minor": len(MIGRATIONS), "seq": 0, "hash": log.GENESIS, "recorded": 0}
        database.query(INSERT_HEAD, start)
        writing = Writing(registry, identity, clock, Head(uuid=uuid, seq=0, hash=log.GENESIS, recorded=0))
        writing.actor = identity.first_id
        writing.append(RegistryCreated(uuid=uuid))
        writing.introduce()
        writing.finish()


def _warn_of_blobs(place: PlaceOfRegistry) -> None:
    """A folder that has blobs had a registry; a database may share its folder of artifacts with others."""
    blobs = place.artifacts / "blobs" / "sha256"
    if place.folder is not None and blobs.is_dir() and any(blobs.iterdir()):
        warnings.warn(
            f"{place.shown} holds blobs of a registry that is gone; a new one was made, which knows nothing of them. "
            "To have the old one back, put a copy of its registry.db in the place of the new one.",
            stacklevel=2,
        )


def schema_of(registry: Registry) -> tuple[int, int]:
    """Major and minor version of the schema that is there; where the head is lost, the tables tell."""
    row = registry.database.one("SELECT major, minor FROM head WHERE one = 1")
    return (row["major"], row["minor"]) if row else (MAJOR, minor_by_tables(registry.database))


def _check_schema(registry: Registry) -> None:
    major, minor = schema_of(registry)
    if major > MAJOR:
        raise Unavailable(
            f"{registry.place.shown} was made by a newer release (schema {major}.{minor}; this one knows {MAJOR}.x)",
            hint="upgrade: pip install -U jupyter-mlc",
        )
    if minor < len(MIGRATIONS) and registry.database.migrates_itself:
        upgrade(registry)


def upgrade(registry: Registry) -> tuple[int, int]:
    """Run the migrations that are missing; returns the minor versions before and after.

    A folder's database is copied aside first, as ``registry.db.before-<major>.<minor>``.
    """
    database = registry.database
    with database.writing():
        major, minor = schema_of(registry)
        missing = MIGRATIONS[minor:]
        if missing:
            database.keep_copy(f"before-{major}.{minor}")
        for number, script in enumerate(missing, start=minor + 1):
            database.migrate(script)
            database.query("UPDATE head SET minor = :minor WHERE one = 1", {"minor": number})
    return minor, minor + len(missing)
