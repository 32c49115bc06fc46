"""How replies look about versions on their way from registry to registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.domain.imports import is_address, registry_shown
from jupyter_mlc.faces.display.blocks import Line, Page, Para, Role, head, line, para, quiet, thing
from jupyter_mlc.faces.display.figures import size
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.verbs.copy import CopyReply
    from jupyter_mlc.verbs.fetch import Fetched, FetchReply
    from jupyter_mlc.verbs.pack import PackReply
    from jupyter_mlc.verbs.settle import SettleReply
    from jupyter_mlc.verbs.take import TakeReply
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
    if any(is_address(version.registry) for version in reply.versions):
        return Page(blocks=(*_lines(reply), para(quiet(f"into {reply.where}{_by_reference(reply)}"))))
    into = f"into {reply.where}, {carried}" if reply.blobs else f"into {reply.where}"
    return Page(blocks=(*_came(reply.versions, done=reply.done), para(quiet(into))))


def fetch_page(reply: FetchReply) -> Page:
    """Whose bytes are here now."""
    rest = len(reply.versions) - _MOST
    more = (para(quiet(f"and {rest:,} more: --json has them all"), role=Role.QUIET),) if rest > 0 else ()
    return Page(blocks=(*(_fetched(one, done=reply.done) for one in reply.versions[:_MOST]), *more))


def settle_page(reply: SettleReply) -> Page:
    """Of what a version is made now."""
    lead = "its bytes are here now" if reply.is_new else "its bytes were here already"
    return Page(blocks=(head(thing(reply.version), lead, f"{size(reply.artifact.size)} as {reply.artifact.format}"),))


def take_page(reply: TakeReply) -> Page:
    """What came in from another tool."""
    pointed = (para(quiet(f"aliases: {', '.join(reply.aliases)}")),) if reply.aliases else ()
    return Page(blocks=(*_came(reply.versions, done=reply.done), *pointed))


def _fetched(one: Fetched, *, done: bool) -> Para:
    if not one.is_new:
        return head(one.ref, "its bytes are here already", f"{size(one.artifact.size)} as {one.artifact.format}")
    if not done:
        return head(one.ref, f"would be fetched from {one.source}")
    return head(thing(one.ref), f"{size(one.artifact.size)} as {one.artifact.format}", f"fetched from {one.source}")


def _lines(reply: CopyReply) -> tuple[Para, ...]:
    """One line a model: there may be thousands of versions."""
    lines: dict[tuple[str, str], list[Brought]] = {}
    for version in reply.versions:
        lines.setdefault((version.ref.rpartition(":")[0], version.was.rpartition(":")[0]), []).append(version)
    told = [_line_of(*names, versions, done=reply.done) for names, versions in list(lines.items())[:_MOST]]
    rest = len(lines) - _MOST
    more = (para(quiet(f"and {rest:,} more models: --json has them all"), role=Role.QUIET),) if rest > 0 else ()
    return (*told, *more)


def _line_of(name: str, was: str, versions: list[Brought], *, done: bool) -> Para:
    new = [version for version in versions if version.is_new]
    lead = "copied in as" if done else "would come in as"
    count = "1 candidate" if len(new) == 1 else f"{len(new):,} candidates"
    there = f" ({was})" if was != name else ""
    here = len(versions) - len(new)
    return head(
        thing(name),
        f"{lead} {count}, {_span(new)}" if new else "nothing new",
        f"{counted(here, 'version')} here already" if here else "",
        f"from {versions[0].registry}{there}",
        "all of it is claimed" if new else "",
    )


def _span(versions: list[Brought]) -> str:
    """The first and the last number: versions of a model come in their order."""
    first, last = (version.ref.rpartition(":")[2] for version in (versions[0], versions[-1]))
    return f":{first}" if len(versions) == 1 else f":{first}..{last}"


def _by_reference(reply: CopyReply) -> str:
    return "; bytes stay where they are until they are fetched" if reply.elsewhere else ""


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
        came = _evaluations(version) if version.evaluations else "nothing was added"
        return head(version.ref, f"is here already, {came}", _from(version))
    lead = "copied in as candidate" if done else "would come in as candidate"
    data = f"data {', '.join(version.datasets)}" if version.datasets else ""
    along = (data, _evaluations(version))
    return head(thing(version.ref), lead, _from(version), _standing(version), _gap(version), *along)


def _evaluations(version: Brought) -> str:
    return f"{counted(version.evaluations, 'evaluation')} along with it" if version.evaluations else ""


def _from(version: Brought) -> str:
    there = f" ({version.was})" if version.was != version.ref else ""
    return f"from {registry_shown(version.registry)}{there}"


def _standing(version: Brought) -> Line:
    if is_address(version.registry):
        return line("all of it is claimed")
    return line(
        "signed there by you" if version.is_trusted else "signed there by no key of yours: all of it is claimed"
    )


def _gap(version: Brought) -> str:
    return f"{counted(version.skipped, 'number')} skipped, so that it keeps its own" if version.skipped else ""
