"""Writing to the log: events are signed, chained and stored, and the projections brought up to date, all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import Conflict, Damaged
from jupyter_mlc.domain.events import Event, KeyAdded, KeyRotated, PersonAdded
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store import log
from jupyter_mlc.store.projections import Recorded, assign, project

if TYPE_CHECKING:
    from jupyter_mlc.store.database import Database
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.rows import SqlRows

Clock = Callable[[], Micros]


@dataclass(kw_only=True)
class Head:
    """The end of the chain."""

    uuid: str
    seq: int
    hash: str
    recorded: Micros


INSERT_EVENT = (
    "INSERT INTO event (seq, type, actor, model, recorded, hash, stored) "
    "VALUES (:seq, :type, :actor, :model, :recorded, :hash, :stored)"
)
INSERT_HEAD = (
    "INSERT INTO head (one, uuid, major, minor, seq, hash, recorded) "
    "VALUES (1, :uuid, :major, :minor, :seq, :hash, :recorded)"
)
_INTRODUCED = "SELECT seq FROM event WHERE type IN ('KeyAdded', 'KeyRotated') AND stored LIKE :key LIMIT 1"
INSERT_WORDS = "INSERT INTO words (id, salt, words) VALUES (:id, :salt, :words)"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """An event as its actor signed it; it has yet to find its place in the chain."""

    event: Event
    actor: str
    writer_time: Micros
    act: bytes
    words: list[log.Words]
    signer: str
    """the public key"""
    signature: str


def signed(event: Event, actor: str, signer: Identity, writer_time: Micros) -> Signed:
    """Sign an event; its personal words stay beside it."""
    body, words = log.body_of(event)
    act = log.act_text(event, body, actor, writer_time)
    return Signed(
        event=event,
        actor=actor,
        writer_time=writer_time,
        act=act,
        words=words,
        signer=signer.public,
        signature=signer.sign(act),
    )


class Writing:
    """What one transaction appends to the log."""

    def __init__(self, database: Database, identity: Identity, clock: Clock, head: Head) -> None:
        self._database = database
        self._identity = identity
        self._clock = clock
        self._head = head
        self._rows: SqlRows = database.rows
        self.actor = ""

    def introduce(self) -> None:
        """Find the person whose key this is; a key that was never seen introduces itself first.

        Raises
        ------
        Conflict
            Where the key was replaced by another: it signs nothing any more.
        """
        self._identity = self._identity.newest()
        known = self._rows.get("actor_key", self._identity.public)
        if known is not None and known["ended"] is not None:
            raise Conflict(
                "this key was replaced by another and signs nothing any more in this registry",
                hint=self._identity.way_out,
            )
        self.actor = known["person"] if known is not None else self._newcomer()

    def _newcomer(self) -> str:
        self._refuse_introduced()
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

    def _refuse_introduced(self) -> None:
        """A key that introduced itself twice would be wrong for good: what a table has lost the log still has."""
        if self._database.one(_INTRODUCED, {"key": f'%"{self._identity.public}"%'}) is not None:
            raise Damaged(
                "the table actor_key has lost your key, which the log knows",
                hint="see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild",
            )

    def append(self, event: Event, signed: Signed | None = None) -> Recorded:
        """Sign, chain and record one event, and bring the projections up to date.

        What was signed before is taken where it turned out to be the same act of the same person, by the same key.
        """
        signer = self._identity.public
        if signed is not None and (signed.actor, signed.signer, signed.event) == (self.actor, signer, event):
            return self._chain(signed)
        return self._append(event, self.actor, self._identity)

    def _append(self, event: Event, actor: str, signer: Identity) -> Recorded:
        return self._chain(signed(event, actor, signer, self._clock()))

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
        row = {"seq": recorded.seq, "type": type(recorded.event).__name__, "actor": recorded.actor, "hash": hash_}
        row |= {"model": model_of(recorded.event), "recorded": recorded.recorded, "stored": stored.decode()}
        self._database.query(INSERT_EVENT, row)
        if kept:
            words = [{"id": entry.id, "salt": entry.salt, "words": entry.words} for entry in kept]
            self._database.many(INSERT_WORDS, words)
        self._head = Head(uuid=self._head.uuid, seq=recorded.seq, hash=hash_, recorded=recorded.recorded)

    def finish(self) -> None:
        """Move the head row to the end of what was appended."""
        head = self._head
        self._database.query(
            "UPDATE head SET seq = :seq, hash = :hash, recorded = :recorded WHERE one = 1",
            {"seq": head.seq, "hash": head.hash, "recorded": head.recorded},
        )


def model_of(event: Event) -> str | None:
    """The model that an event belongs to, for the index of the log."""
    model = getattr(event, "model", None)
    return folded(model) if isinstance(model, str) else None
