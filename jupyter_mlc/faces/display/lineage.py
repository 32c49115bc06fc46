"""How lineage looks: what a version came from and what came of it, as trees in words and as one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import (
    Card,
    Graph,
    Line,
    Node,
    Page,
    Span,
    line,
    quiet,
    stage,
    thing,
)
from jupyter_mlc.faces.display.figures import mark
from jupyter_mlc.faces.display.style import is_known
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.lineage import Edge, LineageReply


def lineage_page(reply: LineageReply) -> Page:
    """What the version came from, as a tree, and what came of it."""
    known = _Known(reply)
    root = Node(
        line=(thing(reply.version), *known.text(reply.version)),
        below=known.above(reply.version),
        card=known.card(reply.version, None),
    )
    below = known.below(reply.version)
    trees = (root, Node(line=line("what came of it"), below=below)) if below else (root,)
    title = f"what {reply.version} came from, and what came of it"
    return Page(blocks=(Graph(title=title, middle=reply.version, trees=trees, drawing=reply.drawing),))


class _Known:
    """The nodes and edges of a reply, to be walked."""

    def __init__(self, reply: LineageReply) -> None:
        self._nodes = {node.id: node for node in reply.nodes}
        self._edges = reply.edges
        self._drawn = {spot.key for spot in reply.drawing.spots}
        self._more = reply.drawing.more

    def text(self, id_: str) -> Line:
        """What is known of a node, behind its name."""
        node = self._nodes.get(id_)
        return line(f"  {node.text}") if node and node.text else ()

    def above(self, id_: str, seen: tuple[str, ...] = ()) -> tuple[Node, ...]:
        """What a node came from; a node that comes round again is named and not followed."""
        path = (*seen, id_)
        mine = [edge for edge in self._edges if edge.below == id_]
        found = [
            Node(
                line=self._line(edge, edge.above),
                card=self._card(edge, edge.above),
                below=() if edge.above in path else self.above(edge.above, path),
            )
            for edge in mine
        ]
        return (*found, *self._others(id_, is_above=True))

    def below(self, id_: str) -> tuple[Node, ...]:
        """What came of a node."""
        mine = [edge for edge in self._edges if edge.above == id_]
        found = [Node(line=self._line(edge, edge.below), card=self._card(edge, edge.below)) for edge in mine]
        return (*found, *self._others(id_, is_above=False))

    def card(self, id_: str, edge: Edge | None) -> Card:
        """A node as it is drawn: its name, its kind and how it is known, what is known of it."""
        node = self._nodes.get(id_)
        kind, text = (node.kind, node.text) if node else ("", "")
        lead: list[Span] = [quiet(kind)]
        if edge is not None:
            lead += [quiet(f" · {edge.standing} "), mark(edge.standing)]
        told = f"{kind} {id_}: {text}" + (f" ({edge.standing})" if edge else "")
        return Card(key=id_, lines=(line(thing(_name(id_))), tuple(lead), _about(kind, text)), title=told)

    def _card(self, edge: Edge, id_: str) -> Card | None:
        """None where it found no room in the picture."""
        return self.card(id_, edge) if id_ in self._drawn else None

    def _others(self, beside: str, *, is_above: bool) -> list[Node]:
        """For each kind one that stands for all that found no room; in words all are told."""
        return [
            Node(card=Card(key=one.key, lines=(line(thing(counted(one.count, f"more {one.kind}"))),)))
            for one in self._more
            if (one.beside, one.is_above) == (beside, is_above)
        ]

    def _line(self, edge: Edge, id_: str) -> Line:
        kind = self._nodes[id_].kind if id_ in self._nodes else ""
        is_parent = kind == "version" and id_ == edge.above
        lead = "parent " if is_parent else "notebook " if kind == "notebook" and not id_.startswith("notebook ") else ""
        return line(f"{lead}{id_}", *self.text(id_), quiet(f"  ({edge.standing})"))


def _name(id_: str) -> str:
    """What tells a thing apart where its kind is told: no folder, and no group of datasets."""
    return id_.rpartition("/")[2] if not id_.startswith(("run/", "evaluation/", "job/")) and ":" not in id_ else id_


def _about(kind: str, text: str) -> Line:
    """A version's stage, else all that is known: what finds no room is told to whoever points at it."""
    first = text.partition(", ")[0]
    return line(stage(first) if kind == "version" and is_known(first) else quiet(text))
