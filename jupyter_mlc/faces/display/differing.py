"""How what differs between versions looks: facts side by side, and cells with the lines that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.differences.cells import CellChange, Change
from jupyter_mlc.domain.differences.facts import Difference, Topic
from jupyter_mlc.domain.entities import Parameter, Scalar
from jupyter_mlc.faces.display.blocks import (
    Align,
    Column,
    Fact,
    Fold,
    Kind,
    Line,
    Span,
    Table,
    fact,
    joined,
    line,
    quiet,
    span,
    table,
)
from jupyter_mlc.faces.display.figures import marked_param, size
from jupyter_mlc.faces.display.words import counted, shorten
from jupyter_mlc.verbs.verdict import short

if TYPE_CHECKING:
    from jupyter_mlc.verbs.differing import CellsOf, Differences

_LABELS: Mapping[Topic, str] = {
    Topic.PARAMETER: "parameters",
    Topic.DATASET: "data",
    Topic.FEATURE: "signature",
    Topic.OBJECT: "model",
    Topic.TAG: "tags",
    Topic.CODE: "code",
    Topic.PACKAGE: "environment",
}
_MANY = 8
"""differences of one topic; more are folded"""
_NAMED = 6
"""of those that are folded, how many are named"""
_MOST_CELLS, _MOST_LINES = 6, 14
"""that are shown; the rest is counted"""
_DIGEST = 24
"""characters of a digest, or of a commit"""
_MARKS: Mapping[str, Kind] = {"+": Kind.ADDED, "-": Kind.REMOVED}


def different(versions: Sequence[str], found: Differences) -> list[Fact]:
    """Everything that differs, topic by topic; then what nobody can tell."""
    told = [_topic(topic, versions, [one for one in found.facts if one.topic is topic]) for topic in Topic]
    cells = [part for each in found.cells for part in _cells(each, versions)]
    unknown = line(quiet(f"{', '.join(found.unknown)}: not captured of all")) if found.unknown else ""
    return [*told, *cells, fact("not known", unknown)]


def _topic(topic: Topic, versions: Sequence[str], found: Sequence[Difference]) -> Fact:
    if not found:
        return fact(_LABELS[topic])
    names = [short(ref, versions[0]) for ref in versions]
    align = Align.DECIMAL if topic is Topic.PARAMETER else Align.LEFT
    columns = (Column(name="name"), *(Column(name=name, align=align, least=12) for name in names))
    rows = [[line(one.name), *(_value(one, place) for place in range(len(versions)))] for one in found]
    whole = table(columns, rows)
    return fact(_LABELS[topic], whole if len(found) <= _MANY else _folded(found, whole))


def _folded(found: Sequence[Difference], whole: Table) -> Fold:
    names = ", ".join(one.name for one in found[:_NAMED])
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return Fold(summary=f"{len(found):,} differ", whole=whole, short=(line(f"{names}{more}"),))


def _value(one: Difference, place: int) -> Line:
    if not one.there[place]:
        return line(quiet("none"))
    value = one.values[place]
    standing = one.standings[place] if one.standings else None
    if one.topic is Topic.PARAMETER and standing is not None:
        return marked_param(Parameter(key=one.name, value=value, standing=standing))
    return line(_plain(one, value))


def _plain(one: Difference, value: Scalar) -> Span:
    if one.topic is Topic.OBJECT and isinstance(value, int):
        return span(size(value), title=f"{value:,} bytes")
    text = str(value)
    return span(text if one.topic not in {Topic.CODE, Topic.DATASET} else shorten(text, _DIGEST), title=text)


def _cells(found: CellsOf, versions: Sequence[str]) -> list[Fact]:
    """What became of each cell; those that are only added, removed or moved in a line each."""
    name = short(found.version, versions[0])
    rest = len(found.changes) - _MOST_CELLS
    told = [fact(f"cells of {name}" if not place else "", *_cell(one)) for place, one in enumerate(found.changes)]
    more = [fact("", quiet(f"and {counted(rest, 'cell')} more"))] if rest > 0 else []
    return [*told[:_MOST_CELLS], *more]


def _cell(one: CellChange) -> list[Line]:
    if one.change is not Change.CHANGED and one.copy_of is None:
        return [joined([quiet(f"{one.change} "), span(one.title)], "")]
    marks = {"moved": one.moved, "the same code": one.same_code, "a changed copy": one.copy_of is not None}
    told = ", ".join(word for word, is_so in marks.items() if is_so)
    first = line(quiet(f"{one.change}{f' ({told})' if told else ''}"))
    lines = [line(Span(text=text, kind=_MARKS.get(text[:1], Kind.SOURCE))) for text in one.lines[:_MOST_LINES]]
    rest = len(one.lines) - _MOST_LINES
    return [first, *lines, *([line(quiet(f"and {counted(rest, 'line')} more"))] if rest > 0 else [])]
