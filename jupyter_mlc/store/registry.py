"""A registry: making and opening it, and what is asked of it."""

from __future__ import annotations

import secrets
import uuid as uuids
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import Conflict, Damaged, MlcError, Unavailable
from jupyter_mlc.domain.events import Event, RegistryCreated
from jupyter_mlc.store import log, sharing
from jupyter_mlc.store.database import Database
from jupyter_mlc.store.places import DATABASE, PlaceOfRegistry
from jupyter_mlc.store.projections import Recorded
from jupyter_mlc.store.queries import Queries
from jupyter_mlc.store.restoring import mark_at, refuse_unfinished
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS, minor_by_tables
from jupyter_mlc.store.writing import INSERT_HEAD, Clock, Head, Signed, Writing, signed

if TYPE_CHECKING:
    from jupyter_mlc.store.identity import Identity


_HEAD_AND_LAST = (
    "SELECT h.uuid, h.seq, h.hash, h.recorded, e.seq AS last_seq, e.hash AS last_hash FROM head h "
    "LEFT JOIN event e ON e.seq = (SELECT max(seq) FROM event) WHERE h.one = 1"
)


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

    @property
    def made(self) -> Micros:
        """When it was made; asked anew each time, since another file may have taken the place of what was opened."""
        row = self.database.one("SELECT recorded FROM event WHERE seq = 1")
        return int(row["recorded"]) if row else 0

    def head(self) -> Head:
        """The end of the chain now."""
        row = self.database.one("SELECT uuid, seq, hash, recorded FROM head WHERE one = 1")
        if row is None:
            raise Damaged(
                f"{self.place.shown} does not say where its log ends: the row of the table head is missing",
                hint="see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild",
            )
        return Head(uuid=row["uuid"], seq=row["seq"], hash=row["hash"], recorded=row["recorded"])

    def _agreed_head(self) -> Head:
        """The end of the chain, which must be the last event: whatever followed another one would be wrong for good."""
        row = self.database.one(_HEAD_AND_LAST)
        if row is None:
            return self.head()  # which says what is wrong
        if (row["seq"], row["hash"]) != (row["last_seq"], row["last_hash"]):
            raise Damaged(
                f"{self.place.shown} does not agree with itself: its table head names another event than the last",
                hint="see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild",
            )
        return Head(uuid=row["uuid"], seq=row["seq"], hash=row["hash"], recorded=row["recorded"])

    @contextmanager
    def write(self, identity: Identity, clock: Clock) -> Iterator[Writing]:
        """The one write transaction; everything slow comes before it, every check is repeated in it."""
        with self.database.writing():
            head = self._agreed_head()
            if head.uuid != self.uuid:
                raise Conflict(
                    f"{self.place.shown} holds another registry now than when it was opened",
                    hint="open that one: %mlc use PATH",
                )
            writing = Writing(self.database, identity, clock, head)
            writing.introduce()
            yield writing
            writing.finish()

    def person_of(self, identity: Identity) -> str | None:
        """The id of whoever acts, also where only a key before this one is known, which names it at the next act."""
        known = self.person_of_key(identity.public)
        return known or next((person for old in identity.olds() if (person := self._current(old))), None)

    def _current(self, old: Identity) -> str | None:
        """Whose key this is, where none came after it here."""
        sql = "SELECT person FROM actor_key WHERE public = :public AND ended IS NULL"
        row = self.database.one(sql, {"public": old.public})
        return str(row["person"]) if row else None

    def called_here(self, identity: Identity) -> str:
        """What whoever acts is called in this registry: the name of the first act stays."""
        person = self.person_of(identity)
        return identity.name if person is None else self.name_of(person)

    def sign(self, event: Event, identity: Identity, clock: Clock) -> Signed | None:
        """Sign what will probably be appended, while nobody waits; None for whoever is not known here yet."""
        actor = self.person_of_key(identity.public)
        return None if actor is None else signed(event, actor, identity, clock())

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
    # known from now on, so that another registry in its place is told from it; a mere reader may leave no mark
    with suppress(MlcError):
        sharing.mark(place, registry.uuid)
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
    if place.folder is not None and not (place.folder / DATABASE).exists():
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
        identity = identity.newest()
        refuse_unfinished(mark_at(registry.place), registry.place.shown)
        _refuse_others(registry)
        _warn_of_blobs(registry.place)
        for script in (*MIGRATIONS, f"{database.dialect}.sql"):
            database.migrate(script)
        uuid = str(uuids.UUID(bytes=secrets.token_bytes(16), version=4))
        start = {"uuid": uuid, "major": MAJOR, "minor": len(MIGRATIONS), "seq": 0, "hash": log.GENESIS, "recorded": 0}
        database.query(INSERT_HEAD, start)
        writing = Writing(database, identity, clock, Head(uuid=uuid, seq=0, hash=log.GENESIS, recorded=0))
        writing.actor = identity.first_id
        writing.append(RegistryCreated(uuid=uuid))
        writing.introduce()
        writing.finish()
        sharing.mark(registry.place, uuid)


def _refuse_others(registry: Registry) -> None:
    """A file with tables, of which none is ours, is not the place for a registry; a server's database may be shared."""
    if registry.place.folder is None:
        return
    tables = registry.database.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    if tables:
        if any(row["name"] == "event" for row in tables):
            raise Damaged(
                f"{registry.place.shown} has lost its table head", hint="bring the registry back from a backup"
            )
        names = ", ".join(row["name"] for row in tables[:3])
        raise Damaged(
            f"the database in {registry.place.shown} is no registry: it has tables ({names}), but not ours",
            hint="bring the registry's database back from a backup, or choose another place: %mlc use PATH",
        )


def _warn_of_blobs(place: PlaceOfRegistry) -> None:
    """A folder that has blobs had a registry; a database may share its folder of artifacts with others."""
    blobs = place.artifacts / "blobs" / "sha256"
    if place.folder is not None and blobs.is_dir() and any(blobs.iterdir()):
        warnings.warn(
            f"{place.shown} holds blobs of a registry that is gone; a new one was made, which knows nothing of them. "
            "To have the old one back, close the kernels and put its registry.db there, in the place of the new one "
            "and its -wal and -shm.",
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
        there = max(minor, minor_by_tables(database))  # a head that is wrong asks for tables that are there
        missing = MIGRATIONS[there:]
        if missing:
            database.keep_copy(f"before-{major}.{minor}")
        for script in missing:
            database.migrate(script)
        if minor < len(MIGRATIONS):
            database.query("UPDATE head SET minor = :minor WHERE one = 1", {"minor": len(MIGRATIONS)})
    return minor, max(minor, len(MIGRATIONS))
