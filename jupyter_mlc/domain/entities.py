"""The facts that travel between capture, store, verbs and faces: frozen, plain, ready for the wire.

Digests are written ``sha256:<64 hex digits>``; times are integers, microseconds since 1970 in UTC; sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Digest: TypeAlias = str
Micros: TypeAlias = int
Scalar: TypeAlias = bool | int | float | str | None


class Standing(StrEnum):
    """How a fact is known, best first."""

    COMPUTED = "computed"
    """by us, from stored bytes"""
    OBSERVED = "observed"
    """read from the process: cells, packages, duration"""
    ATTESTED = "attested"
    """signed by a named person"""
    CLAIMED = "claimed"
    """typed or imported"""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One input or output of a model: a column's name and logical type, and its shape where it is not a scalar."""

    name: str
    type: str = ""
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A model's input and output schema."""

    inputs: tuple[Feature, ...] = ()
    outputs: tuple[Feature, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A model's bytes, stored: the manifest names every blob."""

    format: str
    digest: Digest
    """of the manifest"""
    size: int
    """bytes of all blobs together, and of what is named by reference"""
    blobs: tuple[Digest, ...]
    """every blob the version needs, the manifest among them"""
    class_name: str = ""
    """of the object as a person calls it, e.g. ``HistGradientBoostingClassifier``"""
    library: str = ""
    """the package that the class comes from, e.g. ``scikit-learn``"""
    place: str = ""
    """the URL of the file or folder, of an artifact by reference"""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a dataset: logical type and profile."""

    name: str
    type: str
    """bool, int, float, string or time"""
    nulls: int = 0
    distinct: int | None = None
    low: float | str | None = None
    """least value (a time in ISO 8601)"""
    high: float | str | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[float, ...] = ()
    """at 0.05, 0.25, 0.5, 0.75, 0.95"""
    top: tuple[tuple[str, int], ...] = ()
    """the most frequent values with their counts, at most ten"""


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """A dataset as it was seen: content digest, schema, profile, and where its bytes are."""

    name: str
    digest: str
    """``<algorithm id>:<hex>``, over logical types"""
    rows: int
    columns: tuple[Column, ...]
    source: str
    """memory, or the path of a file"""
    time_column: str | None = None
    start: Micros | None = None
    end: Micros | None = None
    blob: Digest | None = None
    """the bytes as Parquet, where they are kept"""
    file_digest: Digest | None = None
    """of the file, where the source is one"""
    row_digests: Digest | None = None
    """a blob of little-endian unsigned 64-bit integers, one a row, in row order"""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What surrounded a model when it was made, as far as it was captured."""

    notebook: Digest | None = None
    """a blob: the notebook as JSON without outputs, the cells as executed under ``metadata.jupyter_mlc.executed``"""
    notebook_path: str = ""
    cells: int = 0
    """how many cells were executed"""
    lock: Digest | None = None
    """a blob: the environment lock, one requirement a line"""
    packages: int = 0
    python: str = ""
    platform: str = ""
    wheels: Mapping[str, Digest] = field(default_factory=dict)
    """package to a blob: what was installed from a folder, as a wheel"""
    git_commit: str = ""
    git_branch: str = ""
    """empty where HEAD is detached"""
    git_remote: str = ""
    """the address, without credentials"""
    git_dirty: bool = False
    """whether files that git tracks differed from the commit"""
    git_diff: Digest | None = None
    """a blob: the uncommitted change against the commit, without the notebook's own"""
    user: str = ""
    host: str = ""
    secrets: tuple[str, ...] = ()
    """what was replaced by ``***`` and where, never the secret itself"""
    findings: tuple[str, ...] = ()
    """cells edited, deleted, out of order, failed or never run, on which the model may depend"""
    notes: tuple[str, ...] = ()
    """what is worth knowing and no reason for doubt, e.g. a notebook that git does not track"""
    warnings: tuple[str, ...] = ()
    """captures that failed"""
    off: tuple[str, ...] = ()
    """captures that were switched off"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A number under a name, and how it is known."""

    key: str
    value: float
    standing: Standing = Standing.CLAIMED


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter under a name, and how it is known."""

    key: str
    value: Scalar
    standing: Standing = Standing.CLAIMED


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an artifact is made of: stored as an OCI image manifest, whose digest names the artifact."""

    format: str
    layers: tuple[Layer, ...]
    details: Mapping[str, str] = field(default_factory=dict)
    """small facts that the format needs for reading, kept as annotations"""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One file of an artifact under the path that it has inside."""

    path: str
    digest: Digest
    size: int
    media_type: str = "application/octet-stream"
    url: str = ""
    """where the bytes lie, of a layer by reference: it has no blob, and others keep what it names"""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A registered model: a named line of versions."""

    name: str
    id: int
    owner: str
    """what a person calls the owner"""
    tier: str
    description: str
    created: Micros
    versions: int
    last_number: int
    champion: int | None = None
    """where ``@champion`` points, also after the model was retired as a whole"""
    retired: bool = False
    """whether it is out of service: its champion went with the whole model, or no version that serves is left"""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One version of a model, as the registry holds it."""

    model: str
    number: int
    id: int
    stage: str
    successor: str | None
    sunset: Micros | None
    reason: str
    """of its last move"""
    since: Micros
    """when it came to its stage"""
    promoted: bool
    """whether it was ever promoted"""
    run: int
    """the id of its run"""
    parent: int | None
    job: int | None
    """the id of the job in which it was made"""
    format: str
    artifact: Digest
    size: int
    class_name: str
    library: str
    author: str
    created: Micros
    note: str
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[Measured, ...] = ()
    params: tuple[Parameter, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.model}:{self.number}"


FILE = "file"
"""the format of a file that is read as it is, where artifacts are opened"""


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """A file kept with a run."""

    name: str
    digest: Digest
    size: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution that trained something, or tried to."""

    number: int
    id: int
    name: str
    """the model that it was meant for"""
    status: str
    """running, finished, failed, or lost: its process is gone and never said how it ended"""
    author: str
    started: Micros
    duration: Micros | None
    note: str
    versions: tuple[str, ...] = ()
    """those that came of it, the oldest first"""
    metrics: tuple[Measured, ...] = ()
    params: tuple[Parameter, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    files: tuple[RunFile, ...] = ()

    @property
    def ref(self) -> str:
        return f"run/{self.number}"


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A named dataset, in one of its revisions."""

    name: str
    revision: int
    id: int
    digest: str
    rows: int
    author: str
    created: Micros
    source: str
    description: str
    sealed: bool = False
    """whether it is opened for one evaluation a version only"""
