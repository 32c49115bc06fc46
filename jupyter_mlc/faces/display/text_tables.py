"""A table that fits a terminal: what may go over several lines does, then cells are cut and columns left out.

The least important go first, and what was left out is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from jupyter_mlc.faces.display.blocks import Align, Column, Line, Table
from jupyter_mlc.faces.display.words import clean, shorten, width, wrapped

_GAP = 2


def table_lines(table: Table, columns: int, flat: Callable[[Line], str]) -> list[str]:
    """The lines of a table in at most so many columns of a terminal, as far as that is possible.

    Parameters
    ----------
    table : Table
        The table.
    columns : int
        How wide a line may be.
    flat : callable
        Gives the text of a cell.
    """
    texts = [_cells(table, place, flat) for place in range(len(table.columns))]
    natural = [max(map(width, column)) for column in texts]
    kept = _kept(table.columns, natural, columns)
    widths = _squeezed(table.columns, natural, kept, columns)
    rows = [[column[at] for column in texts] for at in range(len(table.rows) + 1)]
    lines = [line for row in rows for line in _row(table.columns, row, kept, widths)]
    gone = [clean(column.name) for place, column in enumerate(table.columns) if place not in kept]
    return [*lines, f"(too wide to show here: {', '.join(gone)})"] if gone else lines


def _cells(table: Table, place: int, flat: Callable[[Line], str]) -> list[str]:
    """A column's texts, its name first."""
    column = table.columns[place]
    cells = [row[place] for row in table.rows]
    values = _by_the_point(cells, flat) if column.align is Align.DECIMAL else [flat(cell) for cell in cells]
    return [clean(column.name), *(" ".join(value.split("\n")) for value in values)]


def _by_the_point(cells: Sequence[Line], flat: Callable[[Line], str]) -> list[str]:
    """Numbers with the same count of places after the point, and their marks behind them."""
    numbers = [flat(cell[:1]) for cell in cells]
    marks = [flat(cell[1:]) for cell in cells]
    behind = [len(number) - _point(number) for number in numbers]
    most, widest = max(behind, default=0), max(map(width, marks), default=0)
    room = widest + 1 if widest else 0
    return [
        f"{number}{' ' * (most - after)}{mark:>{room}}"
        for number, after, mark in zip(numbers, behind, marks, strict=True)
    ]


def _point(number: str) -> int:
    return number.index(".") if "." in number and number[-1].isdigit() else len(number)


def _kept(columns: Sequence[Column], natural: Sequence[int], most: int) -> list[int]:
    """The places of the columns that find room when everything that may be cut is cut."""
    kept = list(range(len(columns)))
    while sum(_least(columns[place], natural[place]) + _GAP for place in kept) - _GAP > most:
        last = max(kept, key=lambda place: columns[place].rank)
        if columns[last].rank == 0:
            break
        kept.remove(last)
    return kept


def _least(column: Column, natural: int) -> int:
    return min(natural, max(column.least, width(clean(column.name)))) if column.least else natural


def _squeezed(columns: Sequence[Column], natural: Sequence[int], kept: Sequence[int], most: int) -> dict[int, int]:
    """How wide each column may be: text that wraps gives way first, the widest most; then the least important."""
    widths = {place: natural[place] for place in kept}
    over = sum(widths.values()) + _GAP * (len(kept) - 1) - most
    wraps = [place for place in kept if columns[place].wraps]
    least = {place: _least(columns[place], natural[place]) for place in kept}
    over -= _levelled(widths, wraps, least, over)
    for place in sorted(kept, key=lambda place: -columns[place].rank):
        cut = min(max(over, 0), widths[place] - least[place])
        widths[place] -= cut
        over -= cut
    return widths


def _levelled(widths: dict[int, int], places: Sequence[int], least: dict[int, int], over: int) -> int:
    """Take from the widest of these columns until enough is gone, or none may give more; how much was taken."""
    for taken in range(max(over, 0)):
        givers = [place for place in places if widths[place] > least[place]]
        if not givers:
            return taken
        widths[max(givers, key=lambda place: widths[place])] -= 1
    return max(over, 0)


def _row(columns: Sequence[Column], texts: Sequence[str], kept: Sequence[int], widths: dict[int, int]) -> Iterator[str]:
    """The lines of a row: one, but for text that wraps."""
    cells = [_fitting(columns[place], texts[place], widths[place]) for place in kept]
    for pieces in zip_longest(*cells, fillvalue=""):
        line = []
        for place, text in zip(kept, pieces, strict=True):
            pad = " " * (widths[place] - width(text))
            line.append(text + pad if columns[place].align is Align.LEFT else pad + text)
        yield (" " * _GAP).join(line).rstrip()


def _fitting(column: Column, text: str, most: int) -> list[str]:
    if column.wraps:
        return wrapped(text, most)
    return [shorten(text, most) if column.least else text]
