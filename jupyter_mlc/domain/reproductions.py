"""Reproductions: a version's notebook was executed once more, and what came of it was set against the version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jupyter_mlc.domain.entities import Digest, Micros, Scalar
from jupyter_mlc.domain.events import Event, VersionKey, event, text

REPRODUCE = "reproduce"
"""the purpose of a job in which nothing becomes a version"""
CURRENT = "current"
"""the environment in which whoever asked works"""
LOCK = "lock"
"""the environment that the version's lock tells"""


class Verdict(StrEnum):
    """What came of it."""

    IDENTICAL = "identical"
    """the same bytes, and every metric again"""
    EQUIVALENT = "equivalent"
    """other bytes that say the same, within the tolerance"""
    DIVERGED = "diverged"
    NOT_REPRODUCIBLE = "not reproducible"


class Topic(StrEnum):
    """What is set against each other, in the order in which one follows from the other."""

    DATA = "data"
    PARAMETER = "parameter"
    OBJECT = "object"
    """the class, and the features"""
    ARRAYS = "arrays"
    """every number inside the object"""
    PREDICTIONS = "predictions"
    METRIC = "metric"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One thing of the version, and the same of what came of it."""

    topic: Topic
    name: str
    before: str
    now: str
    agrees: bool
    gap: float | None = None
    """the difference in relation to the size of what differs; 0 where nothing does"""
    decides: bool = True
    """whether the verdict rests on it too; a difference elsewhere is only told"""


@dataclass(frozen=True, kw_only=True)
class PackageDifference:
    """A package of the environment, then and now; empty where there is none."""

    name: str
    before: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that a verdict rests on."""

    version: str
    verdict: Verdict
    reason: str
    """in one line: where it diverged, or why it is not reproducible"""
    artifact: Digest
    """of the version"""
    found: Digest | None = None
    """of what came of it"""
    compared: tuple[Compared, ...] = ()
    leaves: int = 0
    """arrays and plain values inside the object that were set against each other"""
    same: int = 0
    """those of them that are equal to the last bit"""
    rows: int = 0
    """that both were asked to predict"""
    unknown: tuple[str, ...] = ()
    """what could not be compared, and why"""
    environment: str = ""
    packages: tuple[PackageDifference, ...] = ()
    tolerance: float
    notes: tuple[str, ...] = ()
    notebook: Digest | None = None
    """a blob: the notebook as it was executed"""


@event
@dataclass(frozen=True, kw_only=True)
class ReproductionJudged(Event):
    """What came of executing a version's notebook once more."""

    model: str
    version: VersionKey
    job: int | None = None
    """the sequence number of its JobStarted; None where nothing was executed"""
    number: int | None = None
    """of the job"""
    verdict: str
    environment: str = ""
    tolerance: float
    evidence: Digest
    """a blob: Evidence"""
    found: Digest | None = None
    """the artifact that came of it, as the evidence names it; its bytes are not kept for this"""
    reason: str = text()


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """A verdict, as the record holds it."""

    id: int
    verdict: Verdict
    reason: str
    environment: str
    job: str = ""
    author: str
    judged: Micros
    evidence: Digest


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What a `register` in a reproduction would have recorded."""

    model: str
    artifact: Digest
    blobs: tuple[Digest, ...] = ()
    format: str
    class_name: str
    features: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, Scalar] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)
    """name to digest over its content"""
