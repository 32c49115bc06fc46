"""The figures as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.figures import Figure

HEADINGS = ("what", "ours", "other", "", "ratio", "must be", "met")


def lines(figures: Iterable[Figure]) -> list[str]:
    """The table, a line a figure, columns aligned."""
    rows = [HEADINGS, *(cells(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [shown[0], "-" * len(shown[0]), *shown[1:]]


def markdown(figures: Iterable[Figure]) -> list[str]:
    """The same for documents."""
    rows: Sequence[Sequence[str]] = [cells(figure) for figure in figures]
    return [_marked(HEADINGS), _marked(["---"] * len(HEADINGS)), *(_marked(row) for row in rows)]


def notes(figures: Iterable[Figure]) -> list[str]:
    """What is worth knowing of some figures."""
    return [f"{figure.what}: {figure.note}" for figure in figures if figure.note]


def cells(figure: Figure) -> tuple[str, ...]:
    """What stands in the columns of one figure."""
    other = figure.other.shown(figure.unit) if figure.other else ""
    ratio = f"{figure.ratio:.3g}" if figure.ratio is not None else ""
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    return (
        figure.what,
        figure.ours.shown(figure.unit),
        other,
        figure.other_name if other else "",
        ratio,
        figure.must,
        met,
    )


def _marked(row: Sequence[str]) -> str:
    return f"| {' | '.join(row)} |"
