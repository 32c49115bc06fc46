"""What an evaluation tells: how well a version did on a dataset, part by part, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mlc.domain.entities import Digest, Micros, Standing


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A metric's value on some rows, and the interval around it."""

    metric: str
    value: float | None
    """None where it is undefined"""
    low: float | None = None
    """of the interval; None where there is none"""
    high: float | None = None
    greater_is_better: bool = True
    reason: str = ""
    """why there is no value, or no interval"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Estimates of one slice of the rows."""

    column: str
    label: str
    kind: str
    """value, range, others or missing"""
    rows: int
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Rows of the test data that a version was trained on."""

    dataset: str
    """that it was trained on"""
    rows: int | None
    """how many rows of the test data occur there; None where the columns differ, so that nobody can tell"""
    share: float = 0.0
    """of the rows of the test data"""
    is_same: bool = False
    """whether it is the very same content"""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an evaluation was asked for."""

    metrics: tuple[str, ...] = ()
    """none: those that suit the task"""
    by: tuple[str, ...] = ()
    """columns whose values part the rows"""
    replicates: int = 1000
    """of the bootstrap"""
    seed: int = 0
    level: float = 0.95
    """of the intervals"""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that an evaluation found, as it is kept in a blob of its own."""

    version: str
    artifact: Digest
    """of the version: what was opened"""
    dataset: str
    digest: str
    """over the dataset's content"""
    rows: int
    target: str
    task: str
    data: Digest = ""
    """a blob: the rows in the types in which the version saw them; empty where a file was read"""
    positive: str = ""
    """the class that a binary task is about"""
    settings: Settings = field(default_factory=Settings)
    estimates: tuple[Estimate, ...] = ()
    parts: tuple[Part, ...] = ()
    shared: tuple[Shared, ...] = ()
    scorers: Mapping[str, Digest] = field(default_factory=dict)
    """metrics that came as objects, and what was opened of each"""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """what predicted and measured, and of which release"""
    warnings: tuple[str, ...] = ()
    predictions: Digest = ""
    """a blob: what the version said of every row"""


@dataclass(frozen=True, kw_only=True)
class Whence:
    """Where an evaluation was made that came with a copy."""

    registry: str
    """the UUID of the registry that it was copied from"""
    ref: str
    """what it is called there"""
    registration: str
    """the hash of the event that recorded it first, wherever that was: what it is recognised by"""
    event: int
    """the sequence number of that event"""
    made: Micros
    author: str
    """the id of the person who signed that event"""
    signer: str
    """the public key whose signature over it held; empty where no key can be held responsible for it"""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One version's estimates on one dataset, as the registry holds them."""

    number: int
    id: int
    version: str
    dataset: str
    revision: int
    digest: str
    """over the dataset's content"""
    target: str
    task: str
    rows: int
    stage: str
    """for which a sealed dataset was opened; empty where it is none"""
    author: str
    created: Micros
    estimates: tuple[Estimate, ...]
    evidence: Digest
    predictions: Digest
    standing: Standing = Standing.COMPUTED
    """claimed where it came with a copy, and no key of one's own signed it"""
    whence: Whence | None = None
    """None where it was made here"""

    @property
    def ref(self) -> str:
        return f"evaluation/{self.number}"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How often a dataset's rows were used to judge by; the more often, the less a good result tells."""

    evaluations: int = 0
    versions: int = 0
    people: int = 0
