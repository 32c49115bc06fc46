"""How replies look about versions on their way from registry to registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import Line, Page, Para, Role, head, line, para, quiet, thing
from jupyter_mlc.faces.display.figures import size
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.copy import CopyReply
    from jupyter_mlc.verbs.pack import PackReply
    from jupyter_mlc.verbs.unpack import Brought, UnpackReply

_SHORT = 8
_MOST = 20
"""versions that are told one by one"""


def copy_page(reply: CopyReply) -> Page:
    """What was copied where."""
    carried = f"{counted(reply.blobs, 'blob')}, {size(reply.size)}"
    if reply.packed:
        names = ", ".join(reply.packed[:_MOST]) + (" and others" if len(reply.packed) > _MOST else "")
        lead = "copied into" if reply.done else "would be copied into"
        return Page(blocks=(head(names, f"{lead} {reply.where}", carried),))
    return Page(blocks=(*_came(reply.versions, done=reply.done), para(quiet(f"into {reply.where}, {carried}"))))


def unpack_page(reply: UnpackReply) -> Page:
    """What came in."""
    return Page(blocks=_came(reply.versions, done=reply.done))


def pack_page(reply: PackReply) -> Page:
    """What would travel."""
    names = ", ".join(bundle.ref for bundle in reply.bundles)
    blobs = {layer.digest for bundle in reply.bundles for layer in bundle.layers}
    return Page(blocks=(head(names, f"of registry {reply.registry[:_SHORT]}", counted(len(blobs), "blob")),))


def _came(versions: tuple[Brought, ...], *, done: bool) -> tuple[Para, ...]:
    rest = len(versions) - _MOST
    more = (para(quiet(f"and {rest:,} more: --json has them all"), role=Role.QUIET),) if rest > 0 else ()
    return (*(_one(version, done=done) for version in versions[:_MOST]), *more)


def _one(version: Brought, *, done: bool) -> Para:
    if not version.is_new:
        return head(version.ref, "is here already, nothing was added", _from(version))
    lead = "copied in as candidate" if done else "would come in as candidate"
    data = f"data {', '.join(version.datasets)}" if version.datasets else ""
    return head(thing(version.ref), lead, _from(version), _standing(version), _gap(version), data)


def _from(version: Brought) -> str:
    there = f" ({version.was})" if version.was != version.ref else ""
    return f"from registry {version.registry[:_SHORT]}{there}"


def _standing(version: Brought) -> Line:
    return line(
        "signed there by you" if version.is_trusted else "signed there by no key of yours: all of it is claimed"
    )


def _gap(version: Brought) -> str:
    return f"{counted(version.skipped, 'number')} skipped, so that it keeps its own" if version.skipped else ""
