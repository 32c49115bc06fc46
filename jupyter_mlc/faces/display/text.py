"""A page for a terminal: plain text that fits the width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from jupyter_mlc.faces.display.blocks import (
    Block,
    Fact,
    Facts,
    Fold,
    Graph,
    Kind,
    Line,
    Node,
    Page,
    Para,
    Role,
    Table,
    Timeline,
)
from jupyter_mlc.faces.display.text_tables import table_lines
from jupyter_mlc.faces.display.words import clean, clean_lines, width

_GAP = "  "
AS_IT_STANDS = {Kind.PROSE, Kind.SOURCE, Kind.ADDED, Kind.REMOVED}
"""kinds of text whose white space tells something"""
_LEAST = 20
"""of what remains beside a label, in columns"""


def page_text(page: Page, columns: int) -> str:
    """The page in lines of at most so many columns; a word that is longer stays whole."""
    lines = [line for block in page.blocks for line in _block(block, columns)]
    lines += [line for remark in page.remarks for line in _para(remark)]
    if page.last:
        lines.append(flat(page.last))
    return "\n".join(lines)


def flat(line: Line) -> str:
    """A line as text."""
    return "".join(_piece(part.text, part.kind) for part in line).rstrip()


def _piece(text: str, kind: Kind) -> str:
    if kind in AS_IT_STANDS:
        return clean_lines(text)
    edges = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
    inside = clean(text)
    return f"{edges[0]}{inside}{edges[1]}" if inside else edges[0]


def _block(block: Block, columns: int) -> list[str]:
    if isinstance(block, Para):
        return _para(block)
    if isinstance(block, Table):
        return table_lines(block, columns, flat)
    if isinstance(block, Graph):
        return [line for tree in block.trees for line in _branches(tree, "", "")]
    if isinstance(block, Timeline):
        return []
    return _facts(block, columns)


def _para(para: Para) -> list[str]:
    lead = "" if para.role in {Role.PLAIN, Role.QUIET} else f"{para.role}: "
    return [lead + flat(para.line)]


def _branches(node: Node, lead: str, below: str) -> Iterator[str]:
    yield lead + flat(node.line)
    told = [child for child in node.below if child.line]
    for place, child in enumerate(told):
        last = place == len(told) - 1
        yield from _branches(child, below + ("└── " if last else "├── "), below + ("    " if last else "│   "))


def _facts(facts: Facts, columns: int) -> list[str]:
    indent = max((width(clean(fact.label)) for fact in facts.facts), default=0) + len(_GAP)
    return [line for fact in facts.facts for line in _fact(fact, indent, max(columns - indent, _LEAST))]


def _fact(fact: Fact, indent: int, columns: int) -> list[str]:
    lines = [line for part in fact.body for line in _part(part, columns)]
    label = clean(fact.label)
    begin = label + " " * (indent - width(label))
    return [(begin if place == 0 else " " * indent) + line for place, line in enumerate(lines)]


def _part(part: Line | Table | Fold, columns: int) -> list[str]:
    if isinstance(part, Table):
        return table_lines(part, columns, flat)
    if isinstance(part, Fold):
        return _fold(part, columns)
    return [piece for text in flat(part).split("\n") for piece in _wrapped(text, columns)]


def _fold(fold: Fold, columns: int) -> list[str]:
    texts = [fold.summary, *(flat(short) for short in fold.short)]
    return [piece for text in texts for piece in _wrapped(text, columns)]


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, columns, break_long_words=False, break_on_hyphens=False) or [""]
