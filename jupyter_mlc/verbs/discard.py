"""`discard`: candidates that led nowhere go, bytes and all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.events import AliasMoved, Pointer, VersionMoved
from jupyter_mlc.domain.lifecycle import plan_discard
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.store.elsewhere import shown
from jupyter_mlc.store.formats.base import REFERENCE, place_of_artifact
from jupyter_mlc.store.queries import standpoint
from jupyter_mlc.store.sharing import refuse_shared
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import confirmed, moved_row

_MOST = 100_000
"""versions of one range"""


@dataclass(frozen=True, kw_only=True)
class Discard(Writing):
    """Purge candidates."""

    refs: Annotated[
        tuple[str, ...],
        Field(
            description="candidates, e.g. churn:2 churn:4..6", positional=True, metavar="REF", complete=Complete.VERSION
        ),
    ]
    reason: Annotated[str, Field(description="why, in quotes", words="reason")] = ""


@dataclass(frozen=True, kw_only=True)
class DiscardReply(Reply):
    """What is gone."""

    versions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    """that went with them"""
    freed: int
    """bytes that nothing else needed"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version."""
        return [{"version": ref, "done": self.done} for ref in self.versions]


@verb(does=Does.DECIDE, example="discard churn:2 churn:4..6")
def discard(ask: Discard, context: Context) -> DiscardReply:
    """Delete the bytes of candidates that were never promoted; their records stay. This cannot be taken back.

    Where another registry keeps its bytes in the same folder, nothing is deleted: they may be the same.
    """
    if not ask.refs:
        raise BadInput("discard what?", hint="name candidates: %mlc discard churn:2 churn:4..6")
    refuse_shared(context.registry, "nothing is discarded")
    planned = _planned(ask, context)
    refs = tuple(f"{move.model}:{move.version.number}" for move in planned if move.version)
    if ask.dry_run:
        return DiscardReply(
            done=False, versions=refs, freed=0, next="nothing was deleted; without --dry-run it will be"
        )
    stay = tuple(_stays(ref, context) for ref in refs if context.registry.version(ref).format == REFERENCE)
    confirmed(ask, "; ".join((f"delete the bytes of {', '.join(refs)} for good?", *stay)), refs)
    blobs, aliases = list[str](), list[str]()
    with context.write() as log:
        for move in _planned(ask, context):
            blobs += context.registry.blobs_of(move.version.id) if move.version else []
            for event in _without_aliases(move, context):
                log.append(event)
                aliases.append(f"{event.model}@{event.alias}")
            log.append(replace(move, reason=ask.reason))
    return DiscardReply(versions=refs, aliases=tuple(aliases), freed=_delete(context, blobs), warnings=stay)


def _without_aliases(move: VersionMoved, context: Context) -> list[AliasMoved]:
    """What takes the aliases off a version that will have no bytes."""
    number = move.version.number if move.version else None
    names = [alias for alias, held in context.registry.aliases_of_model(move.model).items() if held == number]
    return [AliasMoved(model=move.model, alias=name, pointer=Pointer(before=move.version)) for name in names]


def _stays(ref: str, context: Context) -> str:
    """What is said of a version whose bytes others keep."""
    place = place_of_artifact(context.registry.version(ref).artifact, context.artifacts)
    return f"what {ref} names by reference stays where it is: {shown(place)}"


def _planned(ask: Discard, context: Context) -> list[VersionMoved]:
    rows: dict[int, dict[str, Any]] = {}
    for text in ask.refs:
        for row in _rows(context, text):
            rows.setdefault(row["id"], row)
    lines = {name: context.registry.line(name) for name in {row["model_name"] for row in rows.values()}}
    return [
        plan_discard(lines[row["model_name"]], standpoint(row), was_promoted=bool(row["promoted"]))
        for row in rows.values()
    ]


def _rows(context: Context, text: str) -> list[dict[str, Any]]:
    reference = parse_reference(text)
    if reference.last is None:
        return [moved_row(context.registry, text)]
    found = context.registry.versions(reference.model, _MOST, first=reference.number or 1, last=reference.last)
    if not found:
        raise Conflict(f"{text} holds no version", hint=f"see %mlc list {reference.model}")
    return [context.registry.version_row(parse_reference(version.ref)) for version in found]


def _delete(context: Context, blobs: list[str]) -> int:
    """Delete the blobs that nothing holds any more, after the record says so; returns their bytes."""
    with context.registry.database.writing():
        free = [digest for digest in dict.fromkeys(blobs) if not context.registry.is_held(digest)]
        return sum(context.artifacts.delete(digest) for digest in free)
