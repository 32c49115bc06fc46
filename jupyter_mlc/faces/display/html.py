"""A page for a notebook: HTML without scripts, every captured word escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence

from jupyter_mlc.faces.display.blocks import (
    Align,
    Block,
    Column,
    Fact,
    Fold,
    Graph,
    Kind,
    Line,
    Page,
    Para,
    Role,
    Span,
    Table,
    Timeline,
)
from jupyter_mlc.faces.display.graphs.drawn import graph_html
from jupyter_mlc.faces.display.graphs.timeline import timeline_html
from jupyter_mlc.faces.display.style import is_known, style
from jupyter_mlc.faces.display.text import AS_IT_STANDS, flat
from jupyter_mlc.faces.display.words import clean, clean_lines, width

_LONG = 30
"""columns of text from which on a cell may go over several lines"""
_WIDE_SPACE = "\u2002"
_LEFT = ' style="text-align:left"'
"""what JupyterLab would set right where the style sheet is taken away"""
_HIDDEN = '<span class="mlc-pad" style="visibility:hidden" aria-hidden="true">'
"""takes room and is not seen, also where the style sheet is taken away"""


def page_html(page: Page) -> str:
    """The page as one element."""
    inside = "".join(_block(block) for block in (*page.blocks, *page.remarks))
    last = f"<p>{_line(page.last)}</p>" if page.last else ""
    return f'<div class="mlc"><style>{style()}</style>{inside}{last}</div>'


def _block(block: Block) -> str:
    if isinstance(block, Para):
        return _para(block)
    if isinstance(block, Table):
        return f'<div class="mlc-scroll" tabindex="0">{_table(block)}</div>'
    if isinstance(block, Graph):
        return graph_html(block, _line, lambda text: _escaped(clean(text)))
    if isinstance(block, Timeline):
        return timeline_html(block, lambda text: _escaped(clean(text)))
    return f'<table class="mlc-facts"><tbody>{"".join(map(_fact, block.facts))}</tbody></table>'


def _para(para: Para) -> str:
    if para.role is Role.PLAIN:
        return f"<p>{_line(para.line)}</p>"
    if para.role is Role.QUIET:
        return f'<p class="mlc-quiet">{_line(para.line)}</p>'
    return f'<p class="mlc-{para.role}"><span class="mlc-lead">{para.role}:</span> {_line(para.line)}</p>'


def _fact(fact: Fact) -> str:
    body = "".join(_part(part) for part in fact.body)
    return f'<tr><th scope="row"{_LEFT}>{_escaped(clean(fact.label))}</th><td{_LEFT}>{body}</td></tr>'


def _part(part: Line | Table | Fold) -> str:
    if isinstance(part, Table):
        return _table(part)
    return _fold(part) if isinstance(part, Fold) else f"<div>{_line(part)}</div>"


def _fold(fold: Fold) -> str:
    return f"<details><summary>{_escaped(clean(fold.summary))}</summary>{_block(fold.whole)}</details>"


def _table(table: Table) -> str:
    names = "".join(_name(column) for column in table.columns)
    wholes = [_decimals(table, place) for place in range(len(table.columns))]
    rows = "".join(f"<tr>{_cells(table.columns, row, wholes)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"


def _name(column: Column) -> str:
    side = _LEFT if column.align is Align.LEFT else ' class="mlc-right"'
    return f'<th scope="col"{side}{_title(column.title)}>{_escaped(clean(column.name))}</th>'


def _decimals(table: Table, place: int) -> int:
    """How many characters the longest number of a column has from its point on."""
    return max((len(_behind(row[place])) for row in table.rows), default=0)


def _behind(cell: Line) -> str:
    number = flat(cell[:1])
    return number[number.index(".") :] if "." in number and number[-1].isdigit() else ""


def _cells(columns: Sequence[Column], row: Sequence[Line], decimals: Sequence[int]) -> str:
    return "".join(_cell(column, cell, most) for column, cell, most in zip(columns, row, decimals, strict=True))


def _cell(column: Column, cell: Line, decimals: int) -> str:
    if column.align is Align.DECIMAL:
        pad = "." * (decimals > 0 and not _behind(cell)) + "0" * decimals
        missing = pad[: decimals - len(_behind(cell))]
        padding = (
            f'<span class="mlc-pad" style="visibility:hidden" aria-hidden="true">{missing}</span>'
            if missing and cell
            else ""
        )
        return f'<td class="mlc-right">{_line(cell[:1])}{padding}{_line(cell[1:])}</td>'
    long = column.least and width(flat(cell)) > _LONG
    left = f' class="mlc-text"{_LEFT}' if long else _LEFT
    side = ' class="mlc-right"' if column.align is Align.RIGHT else left
    return f"<td{side}>{_line(cell)}</td>"


def _line(line: Line) -> str:
    return "".join(_span(part) for part in line)


def _span(part: Span) -> str:
    text = _escaped(_words(part))
    title = _title(part.title)
    if part.kind is Kind.PLAIN:
        return f"<span{title}>{text}</span>" if title else text
    if part.kind in {Kind.THING, Kind.CODE}:
        tag = "b" if part.kind is Kind.THING else "code"
        return f"<{tag}{title}>{text}</{tag}>"
    if part.kind is Kind.CHIP:
        return f'<span class="mlc-chip mlc-word"{title}>{text}</span>'
    if part.kind is Kind.STAGE:
        known = f" mlc-{part.text}" if is_known(part.text) else ""
        return f'<span class="mlc-chip{known}"{title}>{text}</span>'
    if part.kind in {Kind.BAR, Kind.RANGE}:
        return f"<span{title}>{_drawing(part)}{text}</span>"
    return f'<span class="mlc-{part.kind}"{title}>{text}</span>'


def _words(part: Span) -> str:
    """The text without line ends, unless its white space tells something; two spaces stay wider than one."""
    text = clean_lines(part.text)
    if part.kind in AS_IT_STANDS:
        return text
    arrows = text if part.kind is Kind.CODE else text.replace(" -> ", " → ")  # a browser would break a line inside it
    return arrows.replace("\n", " ").replace("  ", _WIDE_SPACE)


def _drawing(part: Span) -> str:
    """A bar as long as the share; or five quantiles: the outer ones pale, the inner ones full, the median a line."""
    if part.kind is Kind.BAR:
        return f'<span class="mlc-bar" aria-hidden="true">{_stroke(0, part.figure[0]) if part.figure[0] else ""}</span>'
    low, left, middle, right, high = part.figure
    strokes = _stroke(low, high, "mlc-wide") + _stroke(left, right) + _stroke(middle, middle, "mlc-middle")
    return f'<span class="mlc-range" aria-hidden="true">{strokes}</span>'


def _stroke(start: float, end: float, name: str = "") -> str:
    of_class = f' class="{name}"' if name else ""
    return f'<i{of_class} style="left:{100 * start:.1f}%;width:max(1px,{100 * (end - start):.1f}%)"></i>'


def _title(text: str) -> str:
    return f' title="{_escaped(clean(text))}"' if text else ""


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
