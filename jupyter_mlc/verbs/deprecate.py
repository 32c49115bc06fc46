"""`deprecate`: still loadable, with a warning that names what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.events import VersionMoved
from jupyter_mlc.domain.lifecycle import plan_deprecation
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.moving import MoveReply, move
from jupyter_mlc.verbs.shared import check_day, mover
from jupyter_mlc.verbs.successor import checked_successor


@dataclass(frozen=True, kw_only=True)
class Deprecate(Writing):
    """Deprecate a version."""

    ref: Annotated[
        str, Field(description="the version, by number or alias", positional=True, complete=Complete.VERSION)
    ]
    reason: Annotated[str, Field(description="why, in quotes", positional=True, metavar='"reason"', words="reason")] = (
        ""
    )
    successor: Annotated[str | None, Field(description="the version to use instead", complete=Complete.VERSION)] = None
    sunset: Annotated[int | None, Field(description="the day after which it will be retired", parse=Parse.TIME)] = None


@verb(does=Does.DECIDE, example="deprecate churn:2 --sunset 2027-03-31 --successor churn:3")
def deprecate(ask: Deprecate, context: Context) -> MoveReply:
    """Mark a version as on its way out: it still loads, with a warning that names successor and sunset.

    A version that a promotion displaced is deprecated already; this gives it a successor, a sunset or a reason. The
    champion is refused: promote another one first.
    """
    check_day(ask.sunset)
    return move(lambda: _planned(ask, context), context, reason=ask.reason, dry_run=ask.dry_run)


def _planned(ask: Deprecate, context: Context) -> VersionMoved:
    name, version = mover(context.registry, ask.ref)
    successor = checked_successor(context.registry, ask.successor, f"{name}:{version.key.number}")
    return plan_deprecation(context.registry.line(name), version, successor, ask.sunset)
