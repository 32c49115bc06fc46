"""How replies look about the registry itself: which one, its tables, its blobs, one's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import Page, fact, facts, head, span
from jupyter_mlc.faces.display.figures import size
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.admin_gc import AdminGcReply
    from jupyter_mlc.verbs.admin_key import AdminKeyReply
    from jupyter_mlc.verbs.admin_rebuild import AdminRebuildReply
    from jupyter_mlc.verbs.admin_upgrade import AdminUpgradeReply
    from jupyter_mlc.verbs.init import UseReply

_KEY = 8


def use_page(reply: UseReply) -> Page:
    """The registry that is used from now on."""
    state = "made" if reply.made else counted(reply.models, "model")
    return Page(blocks=(head(reply.registry, state, f"registry {reply.uuid[:_KEY]}", f"you are {reply.you}"),))


def rebuild_page(reply: AdminRebuildReply) -> Page:
    """How much was read."""
    events = counted(reply.events, "event")
    if not reply.done:
        return Page(blocks=(head("the tables", f"would be written anew from {events}"),))
    return Page(blocks=(head("the tables", f"written anew from {events}"),))


def upgrade_page(reply: AdminUpgradeReply) -> Page:
    """The schema before and after."""
    if reply.before == reply.after:
        return Page(blocks=(head("the tables", f"schema {reply.after}, which is up to date"),))
    lead = "" if reply.done else "would go to "
    return Page(blocks=(head("the tables", f"{lead}schema {reply.before} -> {reply.after}"),))


def gc_page(reply: AdminGcReply) -> Page:
    """What was deleted, and what is needed."""
    gone = f"{counted(reply.blobs, 'blob')} and {counted(reply.leftovers, 'leftover')}"
    lead = f"{gone} deleted" if reply.done else f"{gone} would be deleted"
    kept = f"{counted(reply.kept, 'blob')} needed and kept"
    return Page(
        blocks=(head("the artifacts", lead, f"{size(reply.freed)} {'freed' if reply.done else 'to free'}", kept),)
    )


def key_page(reply: AdminKeyReply) -> Page:
    """Whose key it is, and where it lies."""
    here = reply.person or "not known here before your first act"
    known = facts(
        fact("key", span(f"ed25519:{reply.public[:_KEY]}..", title=reply.public)),
        fact("in place of", span(f"ed25519:{reply.rotated_from[:_KEY]}..", title=reply.rotated_from))
        if reply.rotated_from
        else fact("in place of"),
        fact("lies in", reply.where),
        fact("your id", here),
    )
    first = head(reply.you, "self-asserted: the key says so, and nobody vouches for it")
    return Page(blocks=(first, known))
