"""Jobs: tracked notebooks that were executed again, what was asked of them and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mlc.domain.entities import Digest, Micros
from jupyter_mlc.domain.events import Event, VersionKey, event, text

BEGUN = "begun"
"""the status of a job of which the record does not say yet how it ended"""
SUCCEEDED = "succeeded"


@dataclass(frozen=True, kw_only=True)
class JobParameter:
    """A parameter of a notebook, as its cell tagged ``parameters`` declares it."""

    name: str
    type: str = ""
    """bool, int, float, str, list, dict, or empty where nothing tells"""
    default: str = ""
    """as it is written in the cell"""
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class JobData:
    """A dataset that was given as the value of a parameter."""

    parameter: str
    dataset: int
    """the sequence number of its DatasetAdded"""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an execution may take, and where."""

    engine: str = "auto"
    timeout: float | None = None
    """seconds"""
    memory: int | None = None
    """bytes"""
    retries: int = 0


@event
@dataclass(frozen=True, kw_only=True)
class JobAdded(Event):
    """A notebook that can be executed by name; a later one of the same name takes its place."""

    name: str
    notebook: Digest
    """a blob: the notebook without outputs"""
    parameters: str = text()
    """what its cell declares (JobParameter), as a JSON list"""
    source: str = text()
    """the path of the file that it came from"""


@event
@dataclass(frozen=True, kw_only=True)
class JobStarted(Event):
    """The store assigns the number."""

    name: str
    """what is executed, as a person calls it: a version, a definition or a notebook"""
    notebook: Digest
    """a blob: the notebook without outputs"""
    last: int | None = None
    """its last cell that is executed, counted from 0"""
    skip: tuple[int, ...] = ()
    """cells that are kept and not executed"""
    model: str | None = None
    version: VersionKey | None = None
    """whose notebook it is: the parent of what comes of it"""
    definition: int | None = None
    """the sequence number of the JobAdded whose notebook it is"""
    params: str = text()
    """what was given, as a JSON object"""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """parameter -> environment variable in which its value was found"""
    datasets: tuple[JobData, ...] = ()
    key: Digest
    """of everything that the result depends on, as far as we know it"""
    limits: Limits = field(default_factory=Limits)
    sweep: int | None = None
    """the first job of the batch that it belongs to; None for that one itself"""
    again: int | None = None
    """the job that it does once more"""
    purpose: str = ""
    """`reproduce`: what it registers becomes no version; empty: to train"""
    python: str = text()
    """the interpreter of another environment; empty: the one of whoever sees to it"""
    source: str = text()
    """the path of the notebook"""
    folder: str = text()
    """where its cells work"""
    out: str = text()
    """where a copy of the executed notebook goes; empty: nowhere"""


@event
@dataclass(frozen=True, kw_only=True)
class JobEnded(Event):
    """What a supervisor found out of an execution."""

    job: int
    """the sequence number of its JobStarted"""
    number: int
    model: str | None = None
    exit: str
    cells: int = 0
    """that were to be executed"""
    done: int = 0
    cell: int | None = None
    """where it ended, counted from 0 in the notebook as it was saved"""
    exception: str = ""
    message: str = text()
    traceback: str = text()
    signal: str = ""
    exit_code: int | None = None
    notebook: Digest | None = None
    """a blob: the notebook as it was executed, with its outputs; None where there is none"""
    began: Micros
    """when the first cell could begin, by the clock of the machine that executed it"""
    ended: Micros
    engine: str = ""
    """the one that was used"""
    notes: str = text()
    """as a JSON list"""
    peak_memory: int | None = None
    retries: int = 0
    """how often it was tried again"""


@dataclass(frozen=True, kw_only=True)
class JobDefinition:
    """A notebook that can be executed by name."""

    name: str
    id: int
    revision: int
    notebook: Digest
    parameters: tuple[JobParameter, ...]
    source: str
    author: str
    created: Micros


@dataclass(frozen=True, kw_only=True)
class Job:
    """One execution of a notebook, as the registry holds it."""

    number: int
    id: int
    name: str
    status: str
    """queued or running, else how it ended"""
    author: str
    started: Micros
    """when it was asked for"""
    duration: Micros | None = None
    """of the execution"""
    params: Mapping[str, object] = field(default_factory=dict)
    parent: str | None = None
    """the version whose notebook it is"""
    versions: tuple[str, ...] = ()
    """that came of it"""
    notebook: Digest
    output: Digest | None = None
    key: Digest
    sweep: int
    """the id of the first job of its batch"""
    ended: int | None = None
    """the sequence number of its JobEnded"""

    @property
    def ref(self) -> str:
        return f"job/{self.number}"
