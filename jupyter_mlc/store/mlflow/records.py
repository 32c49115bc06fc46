"""What MLflow records of models, versions and runs, whichever way it was read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import msgspec

from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store.log import canonical, carried, uncarried

if TYPE_CHECKING:
    from jupyter_mlc.store.mlflow.histories import History

FORM = 1
"""the version of the form in which a record is kept"""
MILLI = 1000
"""microseconds of the unit in which MLflow counts time"""
DELETED = "Deleted_Internal"
"""the stage of a version that MLflow deleted and whose row it keeps"""
ReadYaml: TypeAlias = Callable[[str], object]


class TheirModel(msgspec.Struct, frozen=True, kw_only=True):
    """A registered model."""

    name: str
    created: int
    """milliseconds since 1970"""
    description: str = ""
    tags: Mapping[str, str] = {}
    aliases: Mapping[str, int] = {}


class TheirVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a registered model."""

    model: str
    number: int
    created: int
    user: str = ""
    stage: str = ""
    description: str = ""
    source: str = ""
    """where its files lie, as whoever registered it said: ``models:/m-...``, ``runs:/...`` or a place"""
    location: str = ""
    """the place that MLflow found the source to be, where it says so"""
    run: str = ""
    tags: Mapping[str, str] = {}

    @property
    def registration(self) -> str:
        """What the version is recognised by: what MLflow cannot change about it, whichever way it is read."""
        fixed = ["mlflow", self.model, self.number, self.created, self.source, self.run]
        return "mlflow:" + hashlib.sha256(canonical(fixed)).hexdigest()


class TheirRun(msgspec.Struct, frozen=True, kw_only=True):
    """The run that a version came of."""

    id: str
    name: str = ""
    user: str = ""
    status: str = ""
    started: int | None = None
    ended: int | None = None
    artifacts: str = ""
    """where its files lie"""
    metrics: Mapping[str, float] = {}
    """the last value of each"""
    steps: Mapping[str, int] = {}
    """at which each was logged last"""
    params: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One version with all that was read of it: kept as it was told."""

    form: int = FORM
    registry: str
    """the address that it was read from"""
    version: TheirVersion
    run: TheirRun | None
    """None where MLflow has it no more, or it came of none"""


class Theirs(Protocol):
    """A registry of MLflow's, open for reading."""

    @property
    def address(self) -> str:
        """What a person would type again."""

    def models(self) -> list[TheirModel]:
        """Every registered model, the oldest first."""

    def versions(self, model: str) -> list[TheirVersion]:
        """The versions of a model, by number."""

    def runs(self, ids: Iterable[str]) -> dict[str, TheirRun]:
        """Those of these runs that there are."""

    def histories(self, runs: Iterable[TheirRun]) -> dict[str, History]:
        """How the metrics of these runs went, where they were logged step by step."""

    def location(self, version: TheirVersion) -> str:
        """Where the files of a version lie."""

    def laid_out(self, location: str, folder: Path) -> Path:
        """The files at a location, on this machine: where they are, or laid out in `folder`."""


def encoded(record: Record) -> bytes:
    """A record as canonical JSON."""
    return canonical(carried(msgspec.to_builtins(record)))


def decoded(text: bytes) -> Record:
    """Read a record, which may have come from anywhere; raises Damaged where it is none."""
    try:
        found: Record = msgspec.convert(uncarried(msgspec.json.decode(text)), Record)
    except (msgspec.MsgspecError, ValueError, AttributeError, RecursionError) as error:
        raise Damaged(f"what is recorded of the version there cannot be read: {error}") from None
    return found


def text_of(value: Any) -> str:
    """What MLflow leaves out is an empty text."""
    return "" if value is None else str(value)
