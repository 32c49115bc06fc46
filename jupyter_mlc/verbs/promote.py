"""`promote`: one stage on, or to the stage that is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict, Damaged
from jupyter_mlc.domain.events import VersionMoved
from jupyter_mlc.domain.lifecycle import Line, Stage, Standpoint, next_stage, plan_promotion
from jupyter_mlc.verbs.base import NOBODY, Complete, Does, Field, InPanel, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.moving import MoveReply, move
from jupyter_mlc.verbs.shared import mover


@dataclass(frozen=True, kw_only=True)
class Promote(Writing):
    """Move a version to a stage."""

    ref: Annotated[
        str, Field(description="the version, by number or alias", positional=True, complete=Complete.VERSION)
    ]
    to: Annotated[
        Stage | None,
        Field(description="the stage; the next one if none is named", positional=True, complete=Complete.STAGE),
    ] = None
    reason: Annotated[str, Field(description="why, in quotes", positional=True, metavar='"reason"', words="reason")] = (
        ""
    )
    champion: Annotated[
        str | None,
        Field(description="the champion that you saw ('none' where there was none); refused when it is another now"),
    ] = None
    panel: InPanel = False


@verb(does=Does.DECIDE, example='promote churn:3 production "best on June"')
def promote(ask: Promote, context: Context) -> MoveReply:
    """Move a version one stage on, or to the stage that is named.

    A version that comes to production becomes the champion; the champion before is deprecated with the new one as its
    successor, and a rollback returns to it. `promote REF candidate` sends a version back from staging.
    """
    seen = _seen(ask, context)
    return move(lambda: _planned(ask, context, seen), context, reason=ask.reason, dry_run=ask.dry_run)


def _seen(ask: Promote, context: Context) -> str | None:
    """The champion that the author of this move has seen: as said, else as it is before waiting for the lock."""
    if ask.champion is not None:
        return None if ask.champion == NOBODY else ask.champion
    name, _ = mover(context.registry, ask.ref)
    return _champion(context.registry.line(name))


def _champion(line: Line) -> str | None:
    return line.ref(line.champion.key) if line.champion else None


def _planned(ask: Promote, context: Context, seen: str | None) -> VersionMoved:
    name, version = mover(context.registry, ask.ref)
    line = context.registry.line(name)
    to = Stage(ask.to) if ask.to else next_stage(line, version)  # a plain word equals a stage, but is none
    now = _champion(line)
    if to is Stage.PRODUCTION and now != seen:
        raise Conflict(
            f"{now or 'nobody'} is champion of {name} now, not {seen or 'nobody'}: somebody moved it meanwhile",
            hint=f"look again: %mlc list {name}, then: %mlc promote {ask.ref} production",
        )
    planned = plan_promotion(line, version, to)
    if to is not Stage.CANDIDATE:
        _refuse_without_bytes(line, version, context)
    return planned


def _refuse_without_bytes(line: Line, version: Standpoint, context: Context) -> None:
    """What nobody could load goes no further."""
    missing = context.artifacts.missing(context.registry.blobs_of(version.key.id))
    if missing:
        raise Damaged(
            f"{len(missing)} of the blobs of {line.ref(version.key)} are missing: {missing[0]}",
            hint="bring them back from a backup, or register the model again",
        )
