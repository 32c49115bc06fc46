"""The log, event by event: bytes, hash, chain, columns, words, numbers, signatures; and the fold of all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.events import RegistryCreated
from jupyter_mlc.store import log
from jupyter_mlc.store.merkle import Tree
from jupyter_mlc.store.projections import Recorded, assign, project
from jupyter_mlc.store.rows import DictRows
from jupyter_mlc.store.signature_checks import SignatureChecks
from jupyter_mlc.store.verify_findings import Findings, shown
from jupyter_mlc.store.verify_keys import Keyring, Signed
from jupyter_mlc.store.writing import model_of

if TYPE_CHECKING:
    from jupyter_mlc.store.checkpoints import Checkpoint
    from jupyter_mlc.store.database import Database

_PAGE = 2000
_BEFORE_ALL = -(2**62)
_COLUMNS = "seq, type, actor, model, recorded, hash, stored"
Progress = Callable[[int, int, str], None]


@dataclass(kw_only=True)
class Walk:
    """Where the reading of the log has come to."""

    seq: int = 0
    hash: Any = log.GENESIS
    """what the last event's row says, which the next one must name"""
    recorded: int = 0
    uuid: str = ""
    count: int = 0
    lost: bool = False
    """whether events could not be read, or are missing"""
    tree: Tree | None = field(default_factory=Tree)
    fold: DictRows | None = field(default_factory=DictRows)
    words: set[str] = field(default_factory=set)
    """the ids of all words that were referred to"""


class Events:
    """Reads the log and compares it with itself.

    Parameters
    ----------
    database : Database
        Where the log is.
    findings : Findings
        Where to tell what is wrong.
    keyring : Keyring
        The keys that are trusted where the walk begins.
    walk : Walk
        Where to begin.
    """

    def __init__(self, database: Database, findings: Findings, keyring: Keyring, walk: Walk) -> None:
        self._database = database
        self._findings = findings
        self._keyring = keyring
        self._words: dict[str, str | None] = {}
        self.walk = walk
        self.signatures = 0

    def read(self, checkpoints: list[Checkpoint], progress: Progress) -> None:
        """Read to the end of the log."""
        marks: dict[int, list[Checkpoint]] = {}
        for checkpoint in checkpoints:
            marks.setdefault(checkpoint.seq, []).append(checkpoint)
        total = self._last()
        with SignatureChecks(self._keyring, total - self.walk.seq) as checks:
            for page in self._pages():
                self._fetch_words(page)
                for row in page:
                    checks.add(self._one(row))
                    for checkpoint in marks.pop(row[0], ()):
                        self._compare(checkpoint, row)
                progress(self.walk.seq, total, "events")
            self._keyring.finish()
            checks.finish()
            self.signatures = checks.checked
        for seq in marks:
            if seq > self.walk.seq:
                what = f"the log was verified up to event {seq}, but ends with {self.walk.seq}"
                self._findings.add(f"checkpoint {seq}", what)

    # Reading

    def _last(self) -> int:
        row = self._database.one("SELECT max(seq) AS last FROM event")
        return int(row["last"] or 0) if row else 0

    def _pages(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows after where we are, some thousands at a time; one by one where they cannot be read together."""
        after = self.walk.seq or _BEFORE_ALL
        while True:
            try:
                page = self._rows("seq > :seq", after)
                last = page[-1][0] if page else None
                yield page
            except MlcError:
                seqs = self._seqs(after)
                last = seqs[-1] if seqs else None
                for seq in seqs:
                    yield self._row(seq)
            if last is None:
                return
            after = last

    def _rows(self, where: str, seq: int) -> list[tuple[Any, ...]]:
        sql = f"SELECT {_COLUMNS} FROM event WHERE {where} ORDER BY seq LIMIT {_PAGE}"  # noqa: S608 (our words)
        with self._database.apart():
            return list(self._database.stream(sql, {"seq": seq}))

    def _seqs(self, after: int) -> list[int]:
        sql = f"SELECT seq FROM event WHERE seq > :seq ORDER BY seq LIMIT {_PAGE}"  # noqa: S608 (our words)
        try:
            with self._database.apart():
                return [seq for (seq,) in self._database.stream(sql, {"seq": after})]
        except MlcError as error:
            self._findings.event(self.walk.seq + 1, f"the log cannot be read from here on: {error.message}")
            self._lose()
            return []

    def _row(self, seq: int) -> list[tuple[Any, ...]]:
        try:
            return self._rows("seq = :seq", seq)
        except MlcError as error:
            self._findings.event(seq, f"the database cannot read it: {error.message}")
            self._lose()
            self.walk.seq, self.walk.hash = seq, self._hash_of(seq)
            return []

    def _hash_of(self, seq: int) -> str | None:
        """What the next event must name, where at least that can be read."""
        try:
            with self._database.apart():
                row = self._database.one("SELECT hash FROM event WHERE seq = :seq", {"seq": seq})
        except MlcError:
            return None
        return row["hash"] if row else None

    def _fetch_words(self, page: list[tuple[Any, ...]]) -> None:
        """The words that a page of events refers to, each compared with the digest that stands for it."""
        wanted = {id_ for row in page if _has_words(row[-1]) for id_ in log.words_in(row[-1].encode())}
        self.walk.words |= wanted
        self._words = {}
        listed = sorted(wanted)
        for start in range(0, len(listed), 500):
            part = {f"w{n}": id_ for n, id_ in enumerate(listed[start : start + 500])}
            names = ", ".join(f":{name}" for name in part)
            rows = self._database.query(f"SELECT id, salt, words FROM words WHERE id IN ({names})", part)  # noqa: S608
            for row in rows:
                self._words[row["id"]] = row["words"]
                if row["words"] is not None and not _words_hold(row):
                    self._findings.add(f"words {row['id']}", "they are not the words that the event was signed with")
        for id_ in listed:
            if id_ not in self._words:
                self._findings.add(f"words {id_}", "they are missing; what is erased leaves its row behind")

    # Comparing

    def _one(self, row: tuple[Any, ...]) -> list[Signed]:
        """Compare one row with itself and with the one before; the acts whose signatures can be checked now."""
        seq, hash_, stored = row[0], row[-2], row[-1]
        walk = self.walk
        if seq < 1:
            self._findings.event(seq, "it stands before the first event")
            return []
        if seq > walk.seq + 1:
            self._gap(seq)
        text = stored.encode() if isinstance(stored, str) else b""
        if walk.tree is not None:
            walk.tree.add(text)
        try:
            return self._entered(row, text)
        except MlcError as error:
            self._lose()
            self._findings.event(seq, error.message)
            return []
        finally:
            walk.seq, walk.hash, walk.count = seq, hash_, walk.count + 1

    def _lose(self) -> None:
        """Without an event, nothing that builds on it can be told right from wrong."""
        self.walk.lost = self._keyring.incomplete = True

    def _gap(self, seq: int) -> None:
        first, last = self.walk.seq + 1, seq - 1
        self._findings.event(first, "it is missing" if first == last else f"it is missing, and all up to {last}")
        self._lose()

    def _entered(self, row: tuple[Any, ...], text: bytes) -> list[Signed]:
        seq, type_, *_, hash_, _ = row
        if hashlib.sha256(text).hexdigest() != hash_:
            self._findings.event(seq, "its bytes are not those that its hash was made of")
        wrapper = log.unwrap(text)
        act = bytes(wrapper.act)
        recorded = log.recorded_as(wrapper, act, type_)
        if recorded is None:
            recorded = log.recorded_of(wrapper, log.act_of(wrapper), self._words.get)
        if wrapper.prev != self.walk.hash is not None:
            self._findings.event(seq, "it does not follow the event before: the hash that it names is another")
        self._compare_columns(recorded, row)
        if recorded.recorded < self.walk.recorded:
            self._findings.event(seq, "it is recorded earlier than the event before")
        self.walk.recorded = recorded.recorded
        self._fold(recorded)
        return self._keyring.signer(recorded, seq, act, wrapper.signature)

    def _compare_columns(self, recorded: Recorded, row: tuple[Any, ...]) -> None:
        """The columns beside the bytes, which indexes are made of."""
        event = recorded.event
        said = recorded.seq, type(event).__name__, recorded.actor, model_of(event), recorded.recorded
        columns = row[: len(said)]
        if said == columns:
            return
        seq = row[0]
        if recorded.seq != seq:
            self._findings.event(seq, f"its bytes say that it is event {recorded.seq}")
        for name, is_, should in zip(("type", "actor", "model", "recorded"), columns[1:], said[1:], strict=True):
            if is_ != should:
                self._findings.event(seq, f"its column {name} is {shown(is_)}, its bytes say {shown(should)}")

    def _fold(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, RegistryCreated):
            self.walk.uuid = recorded.event.uuid
        rows = self.walk.fold
        if rows is None:
            return
        try:
            numbers = assign(rows, recorded.event)
            if numbers != recorded.assigned:
                self._findings.event(
                    recorded.seq, f"it was given {shown(dict(recorded.assigned))}, but {shown(numbers)} was next"
                )
            project(rows, recorded)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._lose()
            self._findings.event(recorded.seq, f"it makes no sense after the events before: {error!r}")

    def _compare(self, checkpoint: Checkpoint, row: tuple[Any, ...]) -> None:
        """What a verification saw here, against what is here now."""
        where, tree = f"checkpoint {checkpoint.seq}", self.walk.tree
        if not checkpoint.holds(self.walk.uuid):
            self._findings.add(where, "its signature does not hold")
        if checkpoint.hash != row[-2]:
            self._findings.add(where, f"event {checkpoint.seq} had another hash when it was verified")
        if tree is None:
            return
        if checkpoint.root != tree.root().hex():
            self._findings.add(where, f"the events up to {checkpoint.seq} were others when they were verified")
        if checkpoint.peaks != peaks_text(tree):
            self._findings.add(where, "its peaks are not those of the events up to there")


def peaks_text(tree: Tree) -> str:
    """The peaks of a tree as a checkpoint keeps them."""
    return ",".join(peak.hex() for peak in tree.peaks)


def _has_words(stored: object) -> bool:
    return isinstance(stored, str) and '{"$words"' in stored


def _words_hold(row: dict[str, Any]) -> bool:
    try:
        return bool(log.words_id(row["salt"], row["words"]) == row["id"])
    except (ValueError, TypeError, AttributeError):
        return False
