"""A graph in a notebook: nested lists, whose things a style sheet puts in their places, and the lines between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.faces.display.blocks import Card, Graph, Line, Node

if TYPE_CHECKING:
    from jupyter_mlc.verbs.drawing import Drawing, Way

_WIDE, _HIGH, _ACROSS, _BETWEEN = 14, 4.5, 2.6, 0.8
"""the size of a thing, and how far apart they stand; everything in the size of the letters"""
_UNIT = 10
"""of the picture's own coordinates in a letter's size"""
_TIP = 4


def graph_html(graph: Graph, render: Callable[[Line], str], escape: Callable[[str], str]) -> str:
    """Return a graph as HTML.

    Parameters
    ----------
    graph : Graph
        What is drawn.
    render, escape : callable
        Give a line, and captured text, as HTML.
    """
    drawing = graph.drawing
    lists = _Lists(graph, render, escape)
    inside = "".join(lists.item(tree) for tree in graph.trees)
    wide = drawing.layers * (_WIDE + _ACROSS) - _ACROSS
    high = drawing.rows * (_HIGH + _BETWEEN) - _BETWEEN
    size = f"--w:{wide:g};--h:{high:g}"
    return (
        f'<div class="mlc-wide" role="region" tabindex="0" aria-label="{escape(graph.title)}">'
        f'<div class="mlc-graph" style="{size}">{_lines(drawing, wide, high)}<ul>{inside}</ul></div></div>'
    )


class _Lists:
    """The things in nested lists, each drawn where it is named first."""

    def __init__(self, graph: Graph, render: Callable[[Line], str], escape: Callable[[str], str]) -> None:
        self._middle, self._render, self._escape = graph.middle, render, escape
        self._spots = {spot.key: _corner(spot.layer, spot.row) for spot in graph.drawing.spots}
        self._drawn: set[str] = set()

    def item(self, node: Node) -> str:
        """A thing, and what hangs on it."""
        below = "".join(map(self.item, node.below))
        inside = f"<ul>{below}</ul>" if below else ""
        if node.card is None or node.card.key in self._drawn:
            return f'<li><span class="mlc-plain">{self._render(node.line)}</span>{inside}</li>'
        self._drawn.add(node.card.key)
        return f"<li>{self._card(node.card)}{inside}</li>"

    def _card(self, card: Card) -> str:
        x, y = self._spots[card.key]
        middle = " mlc-middle" if card.key == self._middle else ""
        title = self._escape(card.title)
        rows = "".join(f'<span class="mlc-row">{self._render(line)}</span> ' for line in card.lines)
        place = f"--x:{x:g};--y:{y:g}"
        return f'<div class="mlc-node{middle}" style="{place}" title="{title}">{rows}</div>'


def _corner(layer: int, row: float) -> tuple[float, float]:
    """The upper left corner of a thing."""
    return round(layer * (_WIDE + _ACROSS), 2), round(row * (_HIGH + _BETWEEN), 2)


def _lines(drawing: Drawing, wide: float, high: float) -> str:
    """The lines, without a word: a front end that takes the picture away would leave its words."""
    spots = {spot.key: (spot.layer, spot.row) for spot in drawing.spots}
    drawn = "".join(_line(way, spots) for way in drawing.ways)
    box = f"0 0 {wide * _UNIT:g} {high * _UNIT:g}"
    return f'<svg viewBox="{box}" aria-hidden="true" focusable="false">{drawn}</svg>'


def _line(way: Way, spots: Mapping[str, tuple[int, float]]) -> str:
    first, start = spots[way.above]
    rows = [start, *way.rows, spots[way.below][1]]
    corners = [_corner(first + place, row) for place, row in enumerate(rows)]
    steps = "".join(_step(*pair, is_first=place == 0) for place, pair in enumerate(pairwise(corners)))
    x, y = corners[-1]
    tip, middle = x * _UNIT, (y + _HIGH / 2) * _UNIT
    head = f"M{tip - _TIP - 2:g} {middle - _TIP:g}L{tip - 1:g} {middle:g}L{tip - _TIP - 2:g} {middle + _TIP:g}"
    dashed = ' class="mlc-weak"' if way.standing is Standing.CLAIMED else ""
    return f'<path{dashed} d="{steps}"/><path d="{head}"/>'


def _step(start: tuple[float, float], end: tuple[float, float], *, is_first: bool) -> str:
    """A curve from layer to layer; a layer between is passed straight."""
    (x1, y1), (x2, y2) = start, end
    left, right = (x1 + _WIDE) * _UNIT, x2 * _UNIT
    top, bottom, half = (y1 + _HIGH / 2) * _UNIT, (y2 + _HIGH / 2) * _UNIT, (left + right) / 2
    across = f"M{left:g} {top:g}" if is_first else f"M{x1 * _UNIT:g} {top:g}L{left:g} {top:g}"
    return f"{across}C{half:g} {top:g} {half:g} {bottom:g} {right:g} {bottom:g}"
