"""`dataset add`: data under a name, known by its content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from jupyter_mlc.domain.entities import DatasetFacts, Micros
from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound
from jupyter_mlc.domain.events import ERASED, DatasetAdded
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import add_dataset, is_sealed, known
from jupyter_mlc.verbs.exam import facts_of


@dataclass(frozen=True, kw_only=True)
class DatasetAdd(Writing):
    """Add a dataset."""

    name: Annotated[
        str, Field(description="what to call it, e.g. flights-spring", positional=True, complete=Complete.DATASET)
    ]
    data: Annotated[
        DatasetFacts | str,
        Field(
            description="a DataFrame, an array, or the path of a Parquet or CSV file",
            positional=True,
            parse=Parse.DATA,
            complete=Complete.VARIABLE,
        ),
    ]
    time: Annotated[str, Field(description="the column that says when a row was observed")] = ""
    no_store: Annotated[bool, Field(description="keep digest and profile only, not the bytes")] = False
    sealed: Annotated[
        bool, Field(description="open it only once a version, with the stage that it is for; the name stays sealed")
    ] = False
    description: Annotated[str, Field(description="where it comes from, in quotes", words="description")] = ""


@dataclass(frozen=True, kw_only=True)
class DatasetAddReply(Reply):
    """The dataset as it is known now."""

    name: str
    revision: int
    digest: str
    rows: int
    columns: int
    start: Micros | None
    end: Micros | None
    is_new: bool
    sealed: bool
    same_as: str | None
    """another name, or the revision before, under which exactly this content is known"""
    news: tuple[str, ...] = ()
    """what is new of a revision with the content of the one before"""


@verb(
    does=Does.WRITE,
    where=Where.KERNEL,
    name="dataset add",
    example="dataset add flights-spring spring --time time_hour",
)
def dataset_add(ask: DatasetAdd, context: Context) -> DatasetAddReply:
    """Give data a name; its digest is over the content, so that the same data is recognised wherever it turns up.

    The same name with other content becomes a new revision, and so does the same content with another time column,
    description or types of columns. Bytes from memory are kept as Parquet unless `--no-store`;
    of a file path and digest are kept. A sealed dataset is for the last look: `evaluate REF --data NAME --for STAGE`,
    once a version.
    """
    check_name(ask.name, "dataset")
    facts = ask.data
    if isinstance(facts, str):
        raise NotFound(
            f"{facts!r} is neither in the notebook nor the path of a file", hint="name a DataFrame, an array or a file"
        )
    if not facts.columns:
        raise BadInput(f"{ask.name} would have no column", hint="give data with at least one column")
    newest = context.registry.dataset_row(ask.name)
    if newest is not None and ask.sealed and not newest["sealed"]:
        raise Conflict(
            f"{newest['name']} was seen unsealed before; it cannot be sealed any more",
            hint="give the rows that nobody has seen another name",
        )
    sealed = ask.sealed or is_sealed(ask.name, context)
    description, same_as = ask.description, _other_name(ask.name, facts, context)
    news: tuple[str, ...] = ()
    if newest is not None and newest["digest"] == facts.digest:
        before = facts_of(newest["id"], context)
        facts, description = _with_what_was_said(facts, description, before)
        news = tuple(_news(facts, description, before))
        if not news:
            return _reply(ask, newest["revision"], facts, sealed=sealed, is_new=False)
        same_as = f"{newest['name']}:{newest['revision']}"
    revision = newest["revision"] + 1 if newest else 1
    if not ask.dry_run:
        with context.write() as log:
            added = add_dataset(replace(facts, name=ask.name), description, context, log, sealed=ask.sealed)
            revision = added.revision
    reply = _reply(ask, revision, facts, sealed=sealed, is_new=True)
    return replace(reply, same_as=same_as, news=news)


def _other_name(name: str, facts: DatasetFacts, context: Context) -> str | None:
    """Another name under which exactly this content is known."""
    same = context.registry.dataset_by_digest(facts.digest)
    return known(same).name if same is not None and same.name.lower() != name.lower() else None


def _with_what_was_said(facts: DatasetFacts, description: str, before: DatasetAdded) -> tuple[DatasetFacts, str]:
    """What is left out now holds as it was said before."""
    if facts.time_column is None:
        facts = replace(facts, time_column=before.time_column, start=before.start, end=before.end)
    described = "" if before.description == ERASED else before.description
    return replace(facts, blob=facts.blob or before.blob), description or described


def _news(facts: DatasetFacts, description: str, before: DatasetAdded) -> Iterator[str]:
    """What is new of known content; of the bytes that they are kept, or hold it in other types."""
    if facts.time_column != before.time_column:
        yield "its time column"
    if description != ("" if before.description == ERASED else before.description):
        yield "its description"
    if facts.blob != before.blob:
        yield "types of columns" if before.blob else "its bytes, which are kept now"


def _reply(ask: DatasetAdd, revision: int, facts: DatasetFacts, *, sealed: bool, is_new: bool) -> DatasetAddReply:
    return DatasetAddReply(
        done=not ask.dry_run,
        name=ask.name,
        revision=revision,
        digest=facts.digest,
        rows=facts.rows,
        columns=len(facts.columns),
        start=facts.start,
        end=facts.end,
        is_new=is_new,
        sealed=sealed,
        same_as=None,
        next="" if ask.dry_run else f"%mlc dataset show {ask.name}",
    )
