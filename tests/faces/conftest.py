"""Small verbs that have every shape a request may have; the real ones are tested with their own files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jupyter_mlc.domain.entities import Scalar
from jupyter_mlc.domain.lifecycle import Stage, Tier
from jupyter_mlc.faces.expressions import Namespace
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Parse, Reading, Reply, Runs, Verb, Where, Writing
from jupyter_mlc.verbs.context import Context

Params = Annotated[Mapping[str, Scalar], Field(description="a parameter", parse=Parse.VALUES, short="p")]
Tags = Annotated[Mapping[str, str], Field(description="a tag", parse=Parse.VALUES)]
Reason = Annotated[str, Field(description="why, in quotes", positional=True, metavar='"reason"')]
Ref = Annotated[str, Field(description="the version", positional=True, complete=Complete.VERSION)]
Model = Annotated[str, Field(description="the model", positional=True, complete=Complete.MODEL)]


@dataclass(frozen=True, kw_only=True)
class Register(Writing):
    name: Model
    object: Annotated[str, Field(description="the model to keep", positional=True, parse=Parse.OBJECT)]
    note: Annotated[str, Field(description="a note, in quotes", positional=True, metavar='"note"')] = ""
    data: Annotated[tuple[str, ...], Field(description="what it was trained on", parse=Parse.DATA)] = ()
    metric: Annotated[Mapping[str, float], Field(description="a metric", parse=Parse.VALUES)] = field(
        default_factory=dict
    )
    param: Params = field(default_factory=dict)
    tag: Tags = field(default_factory=dict)
    sample: Annotated[str | None, Field(description="rows to try it with", parse=Parse.DATA)] = None
    no_load_check: Annotated[bool, Field(description="do not load it in a fresh process")] = False
    snapshot: Annotated[str, Field(description="captured", parse=Parse.FILLED)] = ""


@dataclass(frozen=True, kw_only=True)
class Run(Writing):
    name: Model
    note: Annotated[str, Field(description="a note, in quotes", positional=True)] = ""
    param: Params = field(default_factory=dict)
    cell: Annotated[str, Field(description="the cell", body=True)]


@dataclass(frozen=True, kw_only=True)
class List(Reading):
    what: Annotated[str, Field(description="a model or a query", positional=True, complete=Complete.MODEL)] = ""
    order: Annotated[str, Field(description="a key, and desc")] = ""
    limit: Annotated[int, Field(description="how many at most")] = 100
    threshold: Annotated[float, Field(description="how sure")] = 0.5
    runs: Annotated[bool, Field(description="runs instead of versions")] = False


@dataclass(frozen=True, kw_only=True)
class Promote(Writing):
    ref: Ref
    to: Annotated[Stage | None, Field(description="the stage", positional=True, complete=Complete.STAGE)] = None
    reason: Reason = ""


@dataclass(frozen=True, kw_only=True)
class Retire(Writing):
    ref: Ref
    reason: Reason = ""
    sunset: Annotated[int | None, Field(description="served until", parse=Parse.TIME)] = None


@dataclass(frozen=True, kw_only=True)
class Discard(Writing):
    refs: Annotated[tuple[str, ...], Field(description="candidates", positional=True, metavar="REF")]


@dataclass(frozen=True, kw_only=True)
class Tag(Writing):
    ref: Ref
    tags: Annotated[Mapping[str, str], Field(description="tags", positional=True, parse=Parse.VALUES)] = field(
        default_factory=dict
    )
    remove: Annotated[tuple[str, ...], Field(description="a key to take off")] = ()


@dataclass(frozen=True, kw_only=True)
class Edit(Writing):
    ref: Ref
    tier: Annotated[Tier | None, Field(description="how much harm it could do")] = None
    owner: Annotated[str | None, Field(description="a person")] = None


@dataclass(frozen=True, kw_only=True)
class Show(Reading):
    ref: Ref


@dataclass(frozen=True, kw_only=True)
class DatasetAdd(Writing):
    name: Annotated[str, Field(description="its name", positional=True, complete=Complete.DATASET)]
    data: Annotated[str, Field(description="what to keep", positional=True, parse=Parse.DATA)]
    time: Annotated[str | None, Field(description="the column that tells the time")] = None


@dataclass(frozen=True, kw_only=True)
class Retrain(Writing):
    grid: Annotated[Mapping[str, Any], Field(description="values to try", parse=Parse.VALUES)] = field(
        default_factory=dict
    )


@dataclass(frozen=True, kw_only=True)
class Plain(Reply):
    said: str = ""


def _verb(name: str, ask: type[Ask], example: str, does: Does = Does.DECIDE, *, plumbing: bool = False) -> Verb:
    def function(ask: Any, context: Context) -> Plain:
        return Plain()

    function.__doc__ = f"Do what {name!r} says.\n\n    And say more about it.\n    "
    return Verb(
        name=name,
        ask=ask,
        reply=Plain,
        function=function,
        does=does,
        runs=Runs.RECORD,
        runs_with="",
        where=Where.ANYWHERE,
        plumbing=plumbing,
        example=example,
    )


@pytest.fixture
def verbs() -> dict[str, Verb]:
    found = [
        _verb("run", Run, "run churn"),
        _verb("register", Register, "register churn clf --data train"),
        _verb("list", List, "list churn", Does.READ),
        _verb("show", Show, "show churn:3", Does.READ),
        _verb("edit", Edit, "edit churn --tier high"),
        _verb("tag", Tag, "tag churn:3 team=ops"),
        _verb("alias", Show, "alias churn:3 challenger"),
        _verb("promote", Promote, 'promote churn:3 production "best on June"'),
        _verb("rollback", Show, "rollback churn"),
        _verb("load", Show, "m = %mlc load churn@champion", Does.READ),
        _verb("retire", Retire, 'retire churn:2 "superseded"'),
        _verb("discard", Discard, "discard churn:2 churn:4"),
        _verb("retrain", Retrain, "retrain nb.ipynb"),
        _verb("dataset add", DatasetAdd, "dataset add spring df"),
        _verb("dataset list", List, "dataset list", Does.READ),
        _verb("compare", Discard, "compare churn:1 churn:3", Does.READ),
        _verb("blobs", List, "blobs", plumbing=True),
    ]
    return {verb.name: verb for verb in found}


class Classifier:
    """Something that looks like a model."""

    def predict(self, rows: object) -> object:
        return rows


@pytest.fixture
def notebook() -> dict[str, object]:
    return {"clf": Classifier(), "train": [1, 2, 3], "auc": 0.75, "depth": 4, "title": "from the notebook"}


@pytest.fixture
def names(notebook: dict[str, object]) -> Namespace:
    return Namespace(outer=notebook)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[InteractiveShell]:
    """A shell of its own, which leaves the process as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    made = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
    yield made
    if made.history_manager is not None:
        made.history_manager.end_session()
    made.restore_sys_module_state()  # type: ignore[no-untyped-call]
