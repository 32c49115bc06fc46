"""Verification: everything that is stored compared with everything else, and what is wrong told by place.

Nothing raises for damage: it is what verification looks for. The record is tamper-evident, not tamper-proof: whoever
can write the files can write the files, and the answer names who that is.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.checkpoints import Checkpoint, checkpoints, newest_own, record_checkpoint
from jupyter_mlc.store.rows import DictRows
from jupyter_mlc.store.verify_blobs import Reading, compare_blobs
from jupyter_mlc.store.verify_events import Events, Walk, peaks_text
from jupyter_mlc.store.verify_findings import Finding, Findings
from jupyter_mlc.store.verify_guards import compare_guards
from jupyter_mlc.store.verify_keys import Keyring
from jupyter_mlc.store.verify_tables import compare_head, compare_tables, compare_words

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.registry import Registry
    from jupyter_mlc.store.remembered import Remembered
    from jupyter_mlc.store.verify_events import Progress

__all__ = ["Finding", "Verified", "record_checkpoint", "verify"]

_READ = {
    Reading.ALL: "blobs by their hash",
    Reading.NEW: "new blobs by their hash, others by their file, which has not changed since they were found whole",
    Reading.NONE: "blobs by presence and size, not by their bytes",
}
_KEYS_SAY = "Keys are self-asserted: they prove that the same key acted, not who held it."


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a verification looked at, and what it found."""

    findings: tuple[Finding, ...]
    consistent_to: int
    """up to this event nothing is wrong with the log"""
    anchored_to: int
    """up to this event a witness outside holds a checkpoint; 0 while there are no witnesses"""
    events: int
    """how many were read"""
    signatures: int
    """how many were checked"""
    blobs: int
    versions: int
    writers: str
    """who can write the record directly"""
    checked: str
    """what was looked at, and what not"""
    uuid: str = ""
    hash: str = ""
    """of the last event"""
    root: str = ""
    """of the Merkle tree over all events; empty after a quick verification"""
    peaks: str = ""


def verify(  # noqa: PLR0913 (what is verified, and keywords about how)
    registry: Registry,
    artifacts: Artifacts,
    *,
    identity: Identity | None,
    progress: Progress,
    quick: bool = False,
    remembered: Remembered | None = None,
    reading: Reading | None = None,
) -> Verified:
    """Compare the record with itself.

    Parameters
    ----------
    registry : Registry
        The log and the tables.
    artifacts : Artifacts
        The blobs.
    identity : Identity or None
        Who verifies; only checkpoints signed with one of this holder's keys are believed, and none without a key.
    progress : callable
        Told (done, total, what).
    quick : bool
        Begin at the newest checkpoint that we believe; look at blobs without hashing them.
    remembered : Remembered, optional
        The checkpoint that must be there.
    reading : Reading, optional
        Which blobs are hashed; by default all, and none where it is to be quick.

    Returns
    -------
    Verified
        With every finding; damage of any kind is a finding and never raised.
    """
    read = reading or (Reading.NONE if quick else Reading.ALL)
    verification = _Verification(registry, artifacts, progress, read)
    own_keys = identity.own_keys if identity is not None else ()
    start = verification.attempt("checkpoints", lambda: newest_own(registry, own_keys)) if quick else None
    # before the tables are read: a checkpoint that is made meanwhile is in no table yet
    known = verification.attempt("checkpoints", remembered.newest) if remembered is not None else None
    try:
        with registry.database.reading():
            if known is not None and remembered is not None:
                verification.expect(known, remembered.path)
            return verification.run(start)
    except MlcError as error:
        verification.findings.add("database", error.message)
        return verification.result(start)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look again and again through millions of rows that all stay."""
    was_on = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if was_on:
            gc.enable()


class _Verification:
    """One verification, step by step; a step that cannot be taken is a finding."""

    def __init__(self, registry: Registry, artifacts: Artifacts, progress: Progress, reading: Reading) -> None:
        self._registry = registry
        self._artifacts = artifacts
        self._reading = reading
        self._progress = progress
        self.findings = Findings()
        self._events: Events | None = None
        self._blobs = self._references = 0
        self._compared = False
        self._expected: list[Checkpoint] = []

    def expect(self, known: Checkpoint, where: Path) -> None:
        """A checkpoint that was made must be there, or another at the same event, and the log must agree with it."""
        self._expected = [known]
        found = self.attempt("checkpoints", lambda: checkpoints(self._registry)) or []
        if all(each.seq != known.seq for each in found):
            self.findings.add(
                f"checkpoint {known.seq}",
                f"it is missing, but remembered in {where}; if an older copy was brought back, delete that file",
            )

    def attempt(self, where: str, step: Callable[[], Any]) -> Any:
        try:
            with self._registry.database.apart():
                return step()
        except MlcError as error:
            self.findings.add(where, error.message)
            return None

    def run(self, start: Checkpoint | None) -> Verified:
        database = self._registry.database
        walk, keyring = (
            (self._begin(start), self._keys_at(start)) if start else (Walk(), Keyring(findings=self.findings))
        )
        self._events = Events(database, self.findings, keyring, walk)
        marks = self.attempt("checkpoints", lambda: checkpoints(self._registry)) or []
        marks += [known for known in self._expected if known not in marks]
        events = self._events
        with _uncollected():
            self.attempt("event", lambda: events.read(marks, self._progress))
            self.attempt("head", lambda: compare_head(database, walk, self.findings))
            self.attempt("triggers", lambda: compare_guards(database, self.findings))
            if start is None:
                self.attempt("words", lambda: compare_words(database, walk.words, self.findings))
                self._compare_tables(walk)
        self.attempt("blobs", self._compare_blobs)
        return self.result(start)

    def _begin(self, start: Checkpoint) -> Walk:
        """Where a believed checkpoint left off."""
        row = self._registry.database.one("SELECT hash, recorded FROM event WHERE seq = :seq", {"seq": start.seq})
        if row is None:
            self.findings.add(f"checkpoint {start.seq}", f"event {start.seq}, which was verified, is missing")
        elif row["hash"] != start.hash:
            what = f"event {start.seq} had another hash when it was verified"
            self.findings.add(f"checkpoint {start.seq}", what)
        recorded = row["recorded"] if row else 0
        uuid = self._registry.uuid
        return Walk(seq=start.seq, hash=start.hash, recorded=recorded, uuid=uuid, tree=None, fold=None)

    def _keys_at(self, start: Checkpoint) -> Keyring:
        """The keys of that moment, as the tables tell; a full verification compares those with the events."""
        rows = self._registry.database.query(
            "SELECT public, person, ended FROM actor_key WHERE added <= :seq ORDER BY added", {"seq": start.seq}
        )
        keyring = Keyring(findings=self.findings)
        for row in rows:
            if row["ended"] is None or row["ended"] > start.seq:
                keyring.current[row["person"]] = row["public"]
            else:
                keyring.ended[row["public"]] = row["ended"]
        return keyring

    def _compare_tables(self, walk: Walk) -> None:
        """A fold that lacks events would call every later row wrong."""
        if walk.fold is None or walk.lost:
            return
        fold: DictRows = walk.fold
        self._compared = True
        self.attempt("tables", lambda: compare_tables(self._registry.database, fold, self.findings, self._progress))

    def _compare_blobs(self) -> None:
        self._blobs, self._references = compare_blobs(
            self._registry.database, self._artifacts, self.findings, self._progress, self._reading
        )

    def result(self, start: Checkpoint | None) -> Verified:
        walk = self._events.walk if self._events else Walk()
        first = self.findings.first_event
        tree = walk.tree if walk.tree is not None and walk.tree.size else None
        return Verified(
            findings=self.findings.all(),
            consistent_to=walk.seq if first is None else max(first - 1, 0),
            anchored_to=0,
            events=walk.count,
            signatures=self._events.signatures if self._events else 0,
            blobs=self._blobs,
            versions=self.attempt("version", lambda: self._registry.count("version")) or 0,
            writers=self.attempt("database", self._registry.database.writers) or "unknown",
            checked=self._checked(start),
            uuid=walk.uuid,
            hash=str(walk.hash),
            root=tree.root().hex() if tree else "",
            peaks=peaks_text(tree) if tree else "",
        )

    def _checked(self, start: Checkpoint | None) -> str:
        blobs = _READ[self._reading]
        if self._references:
            files = "file" if self._references == 1 else "files"
            blobs += f"; {self._references:,} {files} by reference likewise, where others keep them"
        if start is not None:
            return (
                f"events after {start.seq}, up to which you verified before; the head; {blobs}. "
                f"Not looked at: earlier events, and the tables. {_KEYS_SAY}"
            )
        tables = "every row of every table" if self._compared else "not the tables, since not every event could be read"
        return (
            f"every event with hash, chain and signature; words; the head; checkpoints; {tables}; {blobs}. {_KEYS_SAY}"
        )
