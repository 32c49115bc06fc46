"""How datasets look: one that was added, all of them, and one with the profile of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import (
    Align,
    Column,
    Fact,
    Kind,
    Line,
    Page,
    Para,
    Role,
    Span,
    Table,
    fact,
    facts,
    head,
    line,
    para,
    prose,
    span,
    table,
)
from jupyter_mlc.faces.display.figures import days, digest, figure, number, percent, share, when
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Column as Profile
    from jupyter_mlc.domain.entities import Dataset
    from jupyter_mlc.domain.evaluations import Seen
    from jupyter_mlc.verbs.dataset_add import DatasetAddReply
    from jupyter_mlc.verbs.dataset_list import DatasetListReply
    from jupyter_mlc.verbs.dataset_show import DatasetShowReply, Revision

_MOST_USED = 10
_SEALED = "a version is judged by it once, with the stage that it is for"
_QUANTILES = 5
_TO_THE_MINUTE = len("2013-03-01T10:00")
_COLUMNS = (
    Column(name="column", least=12),
    Column(name="type", rank=1),
    Column(name="nulls", rank=2),
    Column(name="distinct", align=Align.RIGHT, rank=5, title="how many different values"),
    Column(name="least", rank=3, least=16),
    Column(name="greatest", rank=3, least=16),
    Column(name="mean", align=Align.DECIMAL, rank=4),
    Column(name="std", align=Align.DECIMAL, rank=6, title="standard deviation"),
    Column(name="spread", rank=7, title="quantiles 5, 25, 50, 75 and 95 % between the least and the greatest value"),
    Column(name="most frequent", rank=8, least=16),
)
_LIST = (
    Column(name="dataset"),
    Column(name="rev", align=Align.RIGHT, rank=5, title="revision"),
    Column(name="rows", align=Align.RIGHT, rank=1),
    Column(name="digest", rank=4),
    Column(name="sealed", rank=3),
    Column(name="added", rank=3),
    Column(name="by", rank=6, least=8),
    Column(name="source", rank=7, least=12),
    Column(name="description", rank=2, least=12),
)
_REVISIONS = (
    Column(name="revision"),
    Column(name="rows", align=Align.RIGHT),
    Column(name="digest", rank=2),
    Column(name="added", rank=1),
    Column(name="used by", least=12),
)


def dataset_add_page(reply: DatasetAddReply) -> Page:
    """The dataset as it is known now."""
    state = _state(reply)
    first = (_extent(reply.rows, reply.columns), days(reply.start, reply.end))
    blocks = [_spaced_head(reply.name, *first, line(digest(reply.digest)), state)]
    if reply.news:
        blocks.append(para(f"the rows of {reply.same_as}; new: {', '.join(reply.news)}", role=Role.NOTE))
    elif reply.same_as:
        blocks.append(para(f"exactly this content is known as {reply.same_as} too", role=Role.NOTE))
    return Page(blocks=tuple(blocks))


def _state(reply: DatasetAddReply) -> str:
    if not reply.is_new:
        return "known already"
    later = f"revision {reply.revision}" if reply.revision > 1 else "new"
    later += ", sealed" if reply.sealed else ""
    return later if reply.done else f"would be {later}"


def _extent(rows: int, columns: int) -> str:
    return f"{rows:,} {'row' if rows == 1 else 'rows'} x {columns:,}"


def _spaced_head(name: str, *parts: Line | str) -> Para:
    """A first line whose parts stand apart without marks between them."""
    full = [line(part) if isinstance(part, str) else part for part in parts if part]
    first = head(name)
    return Para(line=(*first.line, *(piece for part in full for piece in (span("  "), *part))))


def dataset_list_page(reply: DatasetListReply) -> Page:
    """The datasets that are known."""
    if not reply.datasets:
        return Page(blocks=(head("datasets", "none yet"),))
    rows = [_row(dataset) for dataset in reply.datasets]
    return Page(blocks=(head("datasets", f"{len(rows):,}, newest first"), table(_LIST, rows)))


def _row(dataset: Dataset) -> list[Line | Span | str]:
    return [
        span(dataset.name),
        str(dataset.revision),
        f"{dataset.rows:,}",
        digest(dataset.digest),
        "sealed" if dataset.sealed else "",
        when(dataset.created),
        dataset.author,
        dataset.source,
        dataset.description,
    ]


def dataset_page(reply: DatasetShowReply) -> Page:
    """A dataset, the profile of its columns, and what was trained on it."""
    dataset = reply.dataset
    first = head(
        dataset.name,
        f"revision {dataset.revision}",
        _extent(dataset.rows, len(reply.columns)),
        days(reply.start, reply.end),
        line(digest(dataset.digest)),
    )
    rows = [_profile(column, dataset.rows) for column in reply.columns]
    return Page(blocks=(first, facts(*_known(reply)), table(_COLUMNS, rows)))


def _known(reply: DatasetShowReply) -> list[Fact]:
    dataset = reply.dataset
    return [
        fact("sealed", _SEALED if dataset.sealed else ""),
        fact("description", prose(dataset.description) if dataset.description else ""),
        fact("source", f"{dataset.source}; its bytes are {'kept as Parquet' if reply.stored else 'not kept'}"),
        fact("time", f"by {reply.time_column}" if reply.time_column else ""),
        fact("added", line(when(dataset.created), f" by {dataset.author}")),
        fact("used by", _users(reply.used_by)),
        fact("judged by it", _seen(reply.seen)),
        fact("revisions", _revisions(reply) if reply.revisions else ""),
    ]


def _revisions(reply: DatasetShowReply) -> Table:
    """Each revision by the name that shows it."""
    return table(_REVISIONS, map(_revision, reply.revisions))


def _revision(revision: Revision) -> list[Line | Span | str]:
    known = revision.dataset
    name = f"{known.name}:{known.revision}"
    return [name, f"{known.rows:,}", digest(known.digest), when(known.created), _users(revision.used_by)]


def _seen(seen: Seen) -> str:
    if not seen.evaluations:
        return ""
    many = f"{counted(seen.versions, 'version')} by {counted(seen.people, 'person')}"
    return f"{many}, in {counted(seen.evaluations, 'evaluation')}"


def _users(versions: tuple[str, ...]) -> str:
    rest = len(versions) - _MOST_USED
    more = f" and {counted(rest, 'version')} more" if rest > 0 else ""
    return ", ".join(versions[:_MOST_USED]) + more if versions else "no version yet"


def _profile(column: Profile, rows: int) -> list[Line | Span | str]:
    return [
        span(column.name),
        column.type,
        _nulls(column, rows),
        "" if column.distinct is None else f"{column.distinct:,}",
        _bound(column.low, column.type),
        _bound(column.high, column.type),
        "" if column.mean is None else figure(column.mean),
        "" if column.std is None else figure(column.std),
        _spread(column),
        ", ".join(f"{value} ({count:,})" for value, count in column.top[:3]),
    ]


def _nulls(column: Profile, rows: int) -> Span:
    part = share(column.nulls, rows)
    return Span(text=percent(part), kind=Kind.BAR, title=counted(column.nulls, "null"), figure=(part,))


def _bound(value: float | str | None, kind: str) -> Line | Span | str:
    if value is None:
        return ""
    if isinstance(value, str):
        return span(value[:_TO_THE_MINUTE].replace("T", " "), title=value) if kind == "time" else value
    return figure(value)


def _spread(column: Profile) -> Line | Span | str:
    """The quantiles as they lie between least and greatest."""
    low, high = column.low, column.high
    if len(column.quantiles) != _QUANTILES or isinstance(low, str | None) or isinstance(high, str | None):
        return ""
    if not low < high:
        return ""
    places = tuple(min(max((value - low) / (high - low), 0.0), 1.0) for value in column.quantiles)
    text = f"{number(column.quantiles[0])}..{number(column.quantiles[-1])}"
    told = ", ".join(number(value) for value in column.quantiles)
    return Span(text=text, kind=Kind.RANGE, title=f"quantiles 5, 25, 50, 75, 95 %: {told}", figure=places)
