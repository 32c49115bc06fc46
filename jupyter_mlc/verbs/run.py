"""`run`: one execution that trains something, whether or not a version comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from jupyter_mlc.domain.entities import Scalar
from jupyter_mlc.domain.events import RunStarted
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import as_json, check_keys, split_params


@dataclass(frozen=True, kw_only=True)
class Run(Writing):
    """Start a run."""

    name: Annotated[str, Field(description="the model that is trained", positional=True, complete=Complete.MODEL)]
    note: Annotated[
        str, Field(description="what is tried, in quotes", positional=True, metavar='"note"', words="note")
    ] = ""
    param: Annotated[
        Mapping[str, Scalar],
        Field(description="a parameter, e.g. C=1", short="p", parse=Parse.VALUES, words="parameter"),
    ] = field(default_factory=dict)
    tag: Annotated[Mapping[str, str], Field(description="e.g. team=ops", parse=Parse.VALUES, words="tag")] = field(
        default_factory=dict
    )
    cell: Annotated[str, Field(description="the cell that is the run", body=True)] = ""
    process: Annotated[str, Field(description="where it runs", parse=Parse.FILLED)] = ""


@dataclass(frozen=True, kw_only=True)
class RunReply(Reply):
    """The run that is open now."""

    run: str
    id: int
    name: str
    params: Mapping[str, Scalar]


@verb(does=Does.WRITE, where=Where.KERNEL, example="run churn -p C=1")
def run(ask: Run, context: Context) -> RunReply:
    """Start a run: as `%%mlc run churn` the cell is the run; in Python `with mlc.run("churn", C=1) as run:`.

    What is logged in it (`run.log(auc=.7)`) is kept whether or not a version comes of it. The next `register` of that
    model belongs to the run. As a line, `%mlc run churn` leaves the run open until then.
    """
    name = check_name(ask.name)
    check_keys(ask.param, "parameter")
    check_keys(ask.tag, "tag")
    row = context.registry.model_row(name)
    name = row["name"] if row else name
    if ask.dry_run:
        instead = "nothing was executed; without --dry-run it will be" if ask.cell else ""
        return RunReply(done=False, run="run", id=0, name=name, params=ask.param, next=instead)
    with context.write() as log:
        started = log.append(_event(ask, name))
    return RunReply(
        run=f"run/{started.assigned['number']}",
        id=started.seq,
        name=name,
        params=ask.param,
        next=f"%mlc register {name} OBJECT",
    )


def _event(ask: Run, name: str) -> RunStarted:
    numbers, texts = split_params(ask.param)
    tags = as_json(ask.tag)
    return RunStarted(name=name, note=ask.note, tags=tags, params=numbers, param_words=texts, process=ask.process)
