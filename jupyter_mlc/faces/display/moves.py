"""How replies look that changed where versions stand, where aliases point, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import Line, Page, Para, head, joined, line, para, prose, quiet, stage, thing
from jupyter_mlc.faces.display.figures import size
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.alias import AliasReply
    from jupyter_mlc.verbs.discard import DiscardReply
    from jupyter_mlc.verbs.edit import EditReply
    from jupyter_mlc.verbs.moving import MoveReply
    from jupyter_mlc.verbs.tag import TagReply
    from jupyter_mlc.verbs.undo import UndoReply

_MOST = 12
"""moves that are told one by one"""


def move_page(reply: MoveReply) -> Page:
    """What moved, who is champion, and what moved with it."""
    consequences = [part for part in reply.line.split(" · ") if not part.startswith(("@champion", "no champion"))]
    if ":" not in reply.version:
        lead = "the whole model is retired" if reply.done else "the whole model would be retired"
        return Page(blocks=(head(reply.version, lead), *_told(consequences), *_reason(reply.reason)))
    own = f"{reply.version} {reply.was} -> {reply.stage}"
    others = [part for part in consequences if part != own and not part.startswith(f"{own} (")]
    with_it = [part.removeprefix(own).strip() for part in consequences if part.startswith(f"{own} (")]
    first = head(reply.version, line(*_arrow(reply), *(f" {part}" for part in with_it)), *_champion(reply))
    return Page(blocks=(first, *_told(others, "with it: "), *_reason(reply.reason)))


def _arrow(reply: MoveReply) -> Line:
    if reply.was == reply.stage:
        return line("stays " if reply.done else "would stay ", stage(reply.stage))
    if reply.done:
        return line(stage(reply.was), " -> ", stage(reply.stage))
    return line("would become ", stage(reply.stage), f" (is {reply.was})")


def _champion(reply: MoveReply) -> list[str]:
    if reply.champion == reply.champion_before:
        return []
    verb = "was" if reply.done else "is"
    moment = "before" if reply.done else "now"
    now = "@champion" if reply.champion == reply.version else f"@champion {reply.champion or 'nobody'}"
    return [now, f"{reply.champion_before or 'nobody'} {verb} champion {moment}"]


def _told(moves: Sequence[str], lead: str = "") -> tuple[Para, ...]:
    rest = len(moves) - _MOST
    more = (para(quiet(f"and {counted(rest, 'move')} more")),) if rest > 0 else ()
    return (*(para(quiet(lead), move) for move in moves[:_MOST]), *more)


def _reason(reason: str) -> tuple[Para, ...]:
    return (para(quiet("why: "), prose(reason)),) if reason.strip() else ()


def discard_page(reply: DiscardReply) -> Page:
    """What is gone, and what stays."""
    names = ", ".join(reply.versions)
    if not reply.done:
        return Page(blocks=(head(names, "would be discarded: the bytes go for good, the record stays"),))
    gone = f"without {', '.join(reply.aliases)}" if reply.aliases else ""
    return Page(blocks=(head(names, "discarded", gone, f"{size(reply.freed)} freed", "the record stays"),))


def undo_page(reply: UndoReply) -> Page:
    """What was taken back."""
    lead = "taken back" if reply.done else "would be taken back"
    first, _, rest = reply.undone.partition(": " if reply.undone.startswith("rolled back: ") else " ")
    return Page(blocks=(head(first, rest, f"{lead} (event {reply.seq:,})"),))


def alias_page(reply: AliasReply) -> Page:
    """Where the alias points, and pointed before."""
    name = f"{reply.model}@{reply.alias}"
    if reply.version is None:
        gone = "removed" if reply.done else "would be removed"
        return Page(blocks=(head(name, gone, f"it pointed to {reply.before}"),))
    if reply.version == reply.before:
        return Page(blocks=(head(name, f"points to {reply.version} already"),))
    lead = "->" if reply.done else "would point to"
    tense = "pointed" if reply.done else "points"
    before = f"{tense} to {reply.before} {'before' if reply.done else 'now'}" if reply.before else "new"
    return Page(blocks=(head(name, line(f"{lead} ", thing(reply.version)), before),))


def tag_page(reply: TagReply) -> Page:
    """The tags as they are now."""
    tags = pairs(reply.tags) or line("no tags")
    state = "" if reply.changed or not reply.done else "as before"
    return Page(blocks=(head(reply.ref, line("" if reply.done else "would have ", *tags), state),))


def edit_page(reply: EditReply) -> Page:
    """What changed."""
    return Page(blocks=(head(reply.ref, "" if reply.done else "would change", *reply.changed),))


def pairs(tags: Mapping[str, str]) -> Line:
    """Tags as they are typed."""
    return joined([f"{key}={value}" for key, value in tags.items()], ", ")
