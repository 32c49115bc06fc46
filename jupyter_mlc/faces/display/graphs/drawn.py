"""A graph in a notebook: nested lists, whose things a style sheet puts in their places, and the lines between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from jupyter_mlc.faces.display.blocks import Card, Graph, Line, Node
from jupyter_mlc.faces.display.graphs.layers import Layered, layered

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
    cards = [node.card for tree in graph.trees for node in _nodes(tree) if node.card is not None]
    keys = list(dict.fromkeys(card.key for card in cards))
    edges = [(edge.above, edge.below) for edge in graph.edges if {edge.above, edge.below} <= set(keys)]
    laid = layered(keys, edges, graph.middle)
    lists = _Lists(laid, graph.middle, render, escape)
    inside = "".join(lists.item(tree) for tree in graph.trees)
    wide = len(laid.layers) * (_WIDE + _ACROSS) - _ACROSS
    high = laid.tallest * (_HIGH + _BETWEEN) - _BETWEEN
    size = f"--w:{wide:g};--h:{high:g}"
    weak = {(edge.above, edge.below) for edge in graph.edges if edge.weak}
    return (
        f'<div class="mlc-wide" role="region" tabindex="0" aria-label="{escape(graph.title)}">'
        f'<div class="mlc-graph" style="{size}">{_lines(laid, weak, wide, high)}<ul>{inside}</ul></div></div>'
    )


def _nodes(node: Node) -> list[Node]:
    return [node, *(one for child in node.below for one in _nodes(child))]


class _Lists:
    """The things in nested lists, each drawn where it is named first."""

    def __init__(self, laid: Layered, middle: str, render: Callable[[Line], str], escape: Callable[[str], str]) -> None:
        self._laid, self._middle, self._render, self._escape = laid, middle, render, escape
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
        x, y = _corner(self._laid, card.key)
        middle = " mlc-middle" if card.key == self._middle else ""
        title = self._escape(card.title)
        rows = "".join(f'<span class="mlc-row">{self._render(line)}</span> ' for line in card.lines)
        place = f"--x:{x:g};--y:{y:g}"
        return f'<div class="mlc-node{middle}" style="{place}" title="{title}">{rows}</div>'


def _corner(laid: Layered, key: str) -> tuple[float, float]:
    """The upper left corner: each layer stands in the middle of the height."""
    layer, row = laid.place(key)
    free = (laid.tallest - len(laid.layers[layer])) * (_HIGH + _BETWEEN) / 2
    return round(layer * (_WIDE + _ACROSS), 2), round(free + row * (_HIGH + _BETWEEN), 2)


def _lines(laid: Layered, weak: set[tuple[str, str]], wide: float, high: float) -> str:
    """The lines, without a word: a front end that takes the picture away would leave its words."""
    drawn = "".join(_line(laid, way, is_weak=(way[0], way[-1]) in weak) for way in laid.ways)
    box = f"0 0 {wide * _UNIT:g} {high * _UNIT:g}"
    return f'<svg viewBox="{box}" aria-hidden="true" focusable="false">{drawn}</svg>'


def _line(laid: Layered, way: Sequence[str], *, is_weak: bool) -> str:
    steps = "".join(_step(laid, start, end) for start, end in pairwise(way))
    x, y = _corner(laid, way[-1])
    tip, middle = x * _UNIT, (y + _HIGH / 2) * _UNIT
    head = f"M{tip - _TIP - 2:g} {middle - _TIP:g}L{tip - 1:g} {middle:g}L{tip - _TIP - 2:g} {middle + _TIP:g}"
    dashed = ' class="mlc-weak"' if is_weak else ""
    return f'<path{dashed} d="{steps}"/><path d="{head}"/>'


def _step(laid: Layered, start: str, end: str) -> str:
    """A curve from layer to layer; a stand-in is passed straight."""
    (x1, y1), (x2, y2) = _corner(laid, start), _corner(laid, end)
    left, right = (x1 + _WIDE) * _UNIT, x2 * _UNIT
    top, bottom, half = (y1 + _HIGH / 2) * _UNIT, (y2 + _HIGH / 2) * _UNIT, (left + right) / 2
    across = f"M{x1 * _UNIT:g} {top:g}L{left:g} {top:g}" if start.startswith("\0") else f"M{left:g} {top:g}"
    return f"{across}C{half:g} {top:g} {half:g} {bottom:g} {right:g} {bottom:g}"
