"""How the record looks: what happened, what came from what, and whether it still is what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import (
    Align,
    Column,
    Line,
    Node,
    Page,
    Para,
    Role,
    Span,
    Tree,
    fact,
    facts,
    head,
    line,
    para,
    quiet,
    span,
    table,
    thing,
)
from jupyter_mlc.faces.display.figures import clock, when
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.history import Entry, HistoryReply
    from jupyter_mlc.verbs.lineage import Edge, LineageReply
    from jupyter_mlc.verbs.verify import VerifyReply

_APART = 60_000_000
"""microseconds between the writer's own clock and the recorded time that are worth a word"""
_MOST_FINDINGS = 50
_HISTORY = (
    Column(name="event", align=Align.RIGHT, rank=3),
    Column(name="when"),
    Column(name="who", rank=1, least=10),
    Column(name="what", least=38),
    Column(name="why", rank=2, least=10),
)


def history_page(reply: HistoryReply) -> Page:
    """When, who, what and why, oldest first."""
    if not reply.entries:
        return Page(blocks=(head(reply.of, "nothing happened yet"),))
    count = counted(len(reply.entries), "event")
    lead = f"the newest {count}; more: --limit {10 * len(reply.entries)}" if reply.more else count
    apart = sum(_is_apart(entry) for entry in reply.entries)
    legend = (para("* the writer's own clock showed another time", role=Role.QUIET),) if apart else ()
    return Page(blocks=(head(reply.of, lead), table(_HISTORY, map(_entry, reply.entries)), *legend))


def _is_apart(entry: Entry) -> bool:
    return abs(entry.recorded - entry.writer_time) > _APART


def _entry(entry: Entry) -> list[Line | Span | str]:
    time: Line = (when(entry.recorded),)
    if _is_apart(entry):
        time = (*time, span("*", title=f"the writer's clock showed {clock(entry.writer_time)}"))
    return [f"{entry.seq:,}", time, entry.who, entry.what, entry.why]


def lineage_page(reply: LineageReply) -> Page:
    """What the version came from, as a tree, and what came of it."""
    graph = _Graph(reply)
    root = Node(line=(thing(reply.version), *graph.text(reply.version)), below=graph.above(reply.version))
    blocks: list[Para | Tree] = [Tree(root=root)]
    below = graph.below(reply.version)
    if below:
        blocks.append(Tree(root=Node(line=line("what came of it"), below=below)))
    return Page(blocks=tuple(blocks))


class _Graph:
    """The nodes and edges of a reply, to be walked."""

    def __init__(self, reply: LineageReply) -> None:
        self._nodes = {node.id: node for node in reply.nodes}
        self._edges = reply.edges

    def text(self, id_: str) -> Line:
        """What is known of a node, behind its name."""
        node = self._nodes.get(id_)
        return line(f"  {node.text}") if node and node.text else ()

    def above(self, id_: str, seen: tuple[str, ...] = ()) -> tuple[Node, ...]:
        """What a node came from; a node that comes round again is named and not followed."""
        mine = [edge for edge in self._edges if edge.below == id_]
        path = (*seen, id_)
        return tuple(
            Node(line=self._line(edge, edge.above), below=() if edge.above in path else self.above(edge.above, path))
            for edge in mine
        )

    def below(self, id_: str) -> tuple[Node, ...]:
        """What came of a node."""
        return tuple(Node(line=self._line(edge, edge.below)) for edge in self._edges if edge.above == id_)

    def _line(self, edge: Edge, id_: str) -> Line:
        kind = self._nodes[id_].kind if id_ in self._nodes else ""
        is_parent = kind == "version" and id_ == edge.above
        lead = "parent " if is_parent else "notebook " if kind == "notebook" and not id_.startswith("notebook ") else ""
        return line(f"{lead}{id_}", *self.text(id_), quiet(f"  ({edge.standing})"))


def verify_page(reply: VerifyReply) -> Page:
    """What was looked at, what was found, and how far it can be relied on."""
    seen = ", ".join(
        counted(count, noun)
        for count, noun in (
            (reply.events, "event"),
            (reply.signatures, "signature"),
            (reply.blobs, "blob"),
            (reply.versions, "version"),
        )
    )
    found = counted(len(reply.findings), "finding") if reply.findings else "everything is as it was recorded"
    known = facts(
        fact("looked at", seen),
        fact("checked", reply.checked),
        fact("consistent", f"up to event {reply.consistent_to:,}" if reply.consistent_to else "nowhere"),
        fact("anchored", _anchor(reply)),
        fact("can write", f"{reply.writers} (directly, past the rules of this registry)" if reply.writers else ""),
        fact("record", _worth(reply)),
    )
    first = head(thing("the registry"), found)
    return Page(blocks=(first, *_findings(reply), known))


def _anchor(reply: VerifyReply) -> str:
    return f"outside, up to event {reply.anchored_to:,}" if reply.anchored_to else "nowhere outside"


def _worth(reply: VerifyReply) -> str:
    if not reply.anchored_to:
        return "tamper-evident, but nobody outside could tell if those who can write directly made all of it anew"
    return f"tamper-evident: up to event {reply.anchored_to:,} a record made anew would not be what is held outside"


def _findings(reply: VerifyReply) -> tuple[Para, ...]:
    rest = len(reply.findings) - _MOST_FINDINGS
    more = (para(f"and {counted(rest, 'finding')} more: --json has them all", role=Role.QUIET),) if rest > 0 else ()
    shown = tuple(para(thing(one.where), f": {one.what}", role=Role.FINDING) for one in reply.findings[:_MOST_FINDINGS])
    return (*shown, *more)
