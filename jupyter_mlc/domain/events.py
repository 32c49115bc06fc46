"""What can happen: each class is one type of event, in its newest version.

Bodies are never rewritten, only upcast when read. A field made with `text()` holds personal words (a name, a note, a
reason): the body keeps a salted digest, the words lie in an erasable table beside the log. Numbers and sequence numbers
are assigned by the store, outside what the actor signed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from jupyter_mlc.domain.entities import Digest, Feature, Measured, Micros, Signature, Standing
from jupyter_mlc.domain.evaluations import Estimate, Settings

ERASED = "(erased)"


def text() -> Any:
    """A field for personal words, empty by default."""
    return field(default="", metadata={"personal": True})


@dataclass(frozen=True, kw_only=True)
class Event:
    """One act of one actor, with all its consequences."""

    version_of_type: ClassVar[int] = 1


EVENTS: dict[str, type[Event]] = {}
Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: dict[tuple[str, int], Upcast] = {}
"""(type, version of the body) -> the body one version on"""


def event(kind: type[Event]) -> type[Event]:
    """Enter an event type under its class's name."""
    EVENTS[kind.__name__] = kind
    return kind


def personal_fields(kind: type[Event]) -> tuple[str, ...]:
    """The names of the fields whose words lie beside the log."""
    return tuple(item.name for item in dataclasses.fields(kind) if item.metadata.get("personal"))


def upcast(type_: str, version: int, body: dict[str, Any]) -> dict[str, Any]:
    """Bring a body of an earlier version to the newest one."""
    while version < EVENTS[type_].version_of_type:
        body, version = UPCASTS[type_, version](body), version + 1
    return body


@dataclass(frozen=True, kw_only=True)
class VersionKey:
    """A version inside its model: the number that people say, and the sequence number of its registration."""

    number: int
    id: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a version stands."""

    stage: str
    successor: str | None = None
    sunset: Micros | None = None


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """One version going from one place to another."""

    version: VersionKey
    before: Place
    after: Place


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """What a pointer pointed to, and points to now."""

    before: VersionKey | None = None
    after: VersionKey | None = None


@dataclass(frozen=True, kw_only=True)
class ChampionEntry:
    """A former champion, at the sequence number of the promotion that displaced it."""

    position: int
    version: VersionKey


@event
@dataclass(frozen=True, kw_only=True)
class RegistryCreated(Event):
    uuid: str


@event
@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    person: str
    kind: str = "person"
    name: str = text()


@event
@dataclass(frozen=True, kw_only=True)
class KeyAdded(Event):
    """A key says whom it belongs to; nobody but the key itself vouches for it."""

    person: str
    public: str
    """the Ed25519 public key, 32 bytes in hex"""


@event
@dataclass(frozen=True, kw_only=True)
class KeyRotated(Event):
    """The old key names its follower, and is not trusted for anything later."""

    person: str
    old: str
    new: str


@event
@dataclass(frozen=True, kw_only=True)
class ModelCreated(Event):
    model: str
    tier: str
    owner: str


@event
@dataclass(frozen=True, kw_only=True)
class ModelEdited(Event):
    model: str
    owner_before: str
    owner: str
    tier_before: str
    tier: str
    description_before: str = text()
    description: str = text()
    undoes: int | None = None


@event
@dataclass(frozen=True, kw_only=True)
class VersionEdited(Event):
    model: str
    version: VersionKey
    note_before: str = text()
    note: str = text()
    undoes: int | None = None


@event
@dataclass(frozen=True, kw_only=True)
class Tagged(Event):
    """Tags of a model, or of one version of it; `before` and `after` are JSON objects, null where there is no tag."""

    model: str
    version: VersionKey | None = None
    before: str = text()
    after: str = text()
    undoes: int | None = None


@event
@dataclass(frozen=True, kw_only=True)
class AliasMoved(Event):
    model: str
    alias: str
    pointer: Pointer
    undoes: int | None = None


@event
@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    name: str
    note: str = text()
    tags: str = text()
    """a JSON object"""
    params: Mapping[str, bool | int | float | None] = field(default_factory=dict)
    param_words: str = text()
    """parameters whose values are words, as a JSON object"""
    process: str = text()
    """where it runs, as capture.process names it"""


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """A file kept with a run."""

    name: str
    digest: Digest
    size: int


@dataclass(frozen=True, kw_only=True)
class DatasetLink:
    """A dataset that something was trained on, and how that is known."""

    dataset: int
    """the sequence number of its DatasetAdded"""
    standing: Standing = Standing.CLAIMED


@event
@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    run: int
    """the sequence number of its RunStarted"""
    status: str
    """finished or failed"""
    duration: Micros | None = None
    metrics: tuple[Measured, ...] = ()
    params: Mapping[str, bool | int | float | None] = field(default_factory=dict)
    standings: Mapping[str, str] = field(default_factory=dict)
    """of the parameters, by name; the words among them too"""
    param_words: str = text()
    """parameters whose values are words, as a JSON object"""
    files: tuple[RunFile, ...] = ()
    snapshot: str = text()
    """what surrounded the run (entities.Snapshot), as JSON"""
    blobs: tuple[Digest, ...] = ()
    """blobs that the snapshot needs"""
    datasets: tuple[DatasetLink, ...] = ()


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


@event
@dataclass(frozen=True, kw_only=True)
class VersionRegistered(Event):
    """The store assigns the number, and one for its run where it came of no other."""

    model: str
    run: int | None
    """the sequence number of its RunStarted; None where the registration was the whole run"""
    duration: Micros | None = None
    """of a run of its own"""
    format: str
    artifact: Digest
    size: int
    blobs: tuple[Digest, ...]
    class_name: str
    library: str
    signature: Signature
    load_check: str
    """passed, or skipped with the reason"""
    snapshot: str = text()
    """what surrounded the registration (entities.Snapshot), as JSON"""
    parent: int | None = None
    """the sequence number of the version that it was retrained from"""
    job: int | None = None
    """the sequence number of the JobStarted of the job in which it was made"""
    metrics: tuple[Measured, ...] = ()
    """what was said at registration, besides what the run recorded"""
    datasets: tuple[DatasetLink, ...] = ()
    params: Mapping[str, bool | int | float | None] = field(default_factory=dict)
    standings: Mapping[str, str] = field(default_factory=dict)
    param_words: str = text()
    note: str = text()
    tags: str = text()
    """a JSON object"""


@event
@dataclass(frozen=True, kw_only=True)
class Evaluated(Event):
    """A version was judged by us, from its stored bytes; the store assigns the number."""

    model: str
    version: VersionKey
    dataset: int
    """the sequence number of its DatasetAdded"""
    dataset_name: str
    target: str
    task: str
    rows: int
    estimates: tuple[Estimate, ...]
    """without reasons"""
    reasons: str = text()
    """why an estimate or its interval is missing, by metric, as a JSON object: an own metric may say anything"""
    positive: str = text()
    """the class that a binary task is about"""
    settings: Settings = field(default_factory=Settings)
    stage: str = ""
    """for which a sealed dataset was opened"""
    evidence: Digest
    """a blob: everything that was found (evaluations.Evidence), as canonical JSON"""
    predictions: Digest
    blobs: tuple[Digest, ...] = ()
    """of metrics that came as objects"""


@event
@dataclass(frozen=True, kw_only=True)
class VersionMoved(Event):
    """A promotion, rollback, deprecation, retirement, discard, or the undoing of one."""

    kind: str
    model: str
    version: VersionKey | None
    """the version that was named; None where the whole model moves"""
    changes: tuple[VersionChange, ...]
    champion: Pointer | None = None
    previous: Pointer | None = None
    pushed: VersionKey | None = None
    """the champion displaced, to whom a rollback may return"""
    popped: tuple[ChampionEntry, ...] = ()
    """former champions to whom a rollback will no longer return"""
    undoes: int | None = None
    reason: str = text()


@event
@dataclass(frozen=True, kw_only=True)
class ActRefused(Event):
    """Somebody asked for what was not allowed."""

    verb: str
    subject: str
    code: str
    message: str = text()


@event
@dataclass(frozen=True, kw_only=True)
class VerificationFailed(Event):
    findings: int
    """how many"""
    first: str = text()


REVERSIBLE = (VersionMoved, AliasMoved, Tagged, ModelEdited, VersionEdited)
