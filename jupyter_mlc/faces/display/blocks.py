"""What a reply is made of when it is shown: a page of blocks, the same for a terminal and for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias

from jupyter_mlc.verbs.drawing import Drawing


class Kind(StrEnum):
    """How a piece of text is set."""

    PLAIN = "plain"
    THING = "thing"
    """what the reply is about"""
    STAGE = "stage"
    """a stage, or the status of a run"""
    CHIP = "chip"
    """a word that stands for itself, set apart"""
    QUIET = "quiet"
    CODE = "code"
    MARK = "mark"
    """one character that says how a fact is known"""
    PROSE = "prose"
    """words that may go over several lines"""
    SOURCE = "source"
    """a line of a program, as it is indented"""
    ADDED = "added"
    """one that is new"""
    REMOVED = "removed"
    """one that is gone"""
    BAR = "bar"
    """a share, drawn where drawing is possible"""
    RANGE = "range"
    """quantiles on the way from least to greatest, drawn where drawing is possible"""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of text. Whatever is captured may be in it: those who render clean and escape it."""

    text: str
    kind: Kind = Kind.PLAIN
    title: str = ""
    """what a notebook tells when one points at it"""
    figure: tuple[float, ...] = ()
    """what is drawn, as shares between 0 and 1: one for a bar, five quantiles for a range"""


Line: TypeAlias = tuple[Span, ...]


class Role(StrEnum):
    """What a line is for; the last three are said by a word at its beginning."""

    PLAIN = ""
    QUIET = "quiet"
    WARNING = "warning"
    FINDING = "finding"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Para:
    """One line of its own."""

    line: Line
    role: Role = Role.PLAIN


class Align(Enum):
    """How the cells of a column stand."""

    LEFT = "left"
    RIGHT = "right"
    DECIMAL = "decimal"
    """by the decimal points; what follows the first span (a mark) stands in a column of its own"""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column, and what may happen to it where the line is short."""

    name: str
    align: Align = Align.LEFT
    rank: int = 0
    """the column with the highest rank is left out first; one of rank 0 never"""
    least: int = 0
    """how short its text may be cut; 0 where it may not"""
    wraps: bool = False
    """whether text that is too long goes on in further lines, instead of being cut"""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Card:
    """A thing as it is drawn."""

    key: str
    lines: tuple[Line, ...]
    title: str = ""
    """the whole of it, for whoever points at it"""


@dataclass(frozen=True, kw_only=True)
class Node:
    """One line of a tree, and what hangs on it."""

    line: Line = ()
    """none: it is drawn only"""
    below: tuple[Node, ...] = ()
    card: Card | None = None
    """none: it is told in words only"""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Things that came of each other: trees in words, drawn as one picture where drawing is possible."""

    title: str
    middle: str
    """what it is about"""
    trees: tuple[Node, ...]
    drawing: Drawing


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """How something was for a time, as shares of the time that is drawn."""

    start: float
    end: float
    text: str
    look: str
    title: str
    since: str = ""
    """told where nothing can be drawn"""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """What became of one thing."""

    name: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Lanes under each other over one time; in a terminal nothing is drawn."""

    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]
    more: str = ""
    """what found no room"""


@dataclass(frozen=True, kw_only=True)
class Fold:
    """Something long under its summary: closed at first in a notebook, in a terminal the shorter form of it."""

    summary: str
    whole: Table
    short: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something known, under a label."""

    label: str
    body: tuple[Line | Table | Fold, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts, one under the other."""

    facts: tuple[Fact, ...]


Block: TypeAlias = Para | Table | Graph | Timeline | Facts


@dataclass(frozen=True, kw_only=True)
class Page:
    """A reply, ready to be shown. The first block is the line that names what it is about."""

    blocks: tuple[Block, ...]
    remarks: tuple[Para, ...] = ()
    """findings and notes; the reply's warnings are put before them"""
    last: Line = ()
    """stands before the next step"""


def span(text: str, *, title: str = "") -> Span:
    """Plain text."""
    return Span(text=text, title=title)


def thing(text: str, *, title: str = "") -> Span:
    """What the reply is about."""
    return Span(text=text, kind=Kind.THING, title=title)


def stage(text: str) -> Span:
    """A stage, or the status of a run."""
    return Span(text=text, kind=Kind.STAGE)


def chip(text: str) -> Span:
    """A word that stands for itself."""
    return Span(text=text, kind=Kind.CHIP)


def quiet(text: str, *, title: str = "") -> Span:
    """Text that stands back."""
    return Span(text=text, kind=Kind.QUIET, title=title)


def code(text: str) -> Span:
    """Something to type."""
    return Span(text=text, kind=Kind.CODE)


def prose(text: str) -> Span:
    """Words that may go over several lines."""
    return Span(text=text, kind=Kind.PROSE)


def line(*pieces: Span | str) -> Line:
    """A line of pieces, one after the other."""
    return tuple(span(piece) if isinstance(piece, str) else piece for piece in pieces if piece)


def joined(pieces: Iterable[Line | Span | str], mark: str = " · ") -> Line:
    """The pieces that are not empty, with a mark between them."""
    lines = [piece if isinstance(piece, tuple) else line(piece) for piece in pieces]
    full = [piece for piece in lines if any(part.text for part in piece)]
    found: list[Span] = []
    for piece in full:
        found += [span(mark), *piece] if found else piece
    return tuple(found)


def para(*pieces: Span | str, role: Role = Role.PLAIN) -> Para:
    """A line of its own."""
    return Para(line=line(*pieces), role=role)


def head(about: Span | str, *rest: Line | Span | str) -> Para:
    """The first line: what the reply is about, and what is to say of it."""
    said = joined(rest)
    first = thing(about) if isinstance(about, str) else about
    return Para(line=(first, span("  "), *said) if said else (first,))


def fact(label: str, *body: Line | Span | str | Table | Fold) -> Fact:
    """A fact; empty parts of its body are dropped."""
    parts = [line(part) if isinstance(part, str | Span) else part for part in body]
    return Fact(label=label, body=tuple(part for part in parts if part))


def facts(*found: Fact) -> Facts:
    """The facts of which something is known."""
    return Facts(facts=tuple(one for one in found if one.body))


def table(columns: Sequence[Column], rows: Iterable[Sequence[Line | Span | str]]) -> Table:
    """A table, without the columns that are empty in every row."""
    full = [tuple(cell if isinstance(cell, tuple) else line(cell) for cell in row) for row in rows]
    told = [any(part.text for row in full for part in row[place]) for place in range(len(columns))]
    kept = [place for place, column in enumerate(columns) if column.rank == 0 or told[place]]
    return Table(
        columns=tuple(columns[place] for place in kept), rows=tuple(tuple(row[place] for place in kept) for row in full)
    )
