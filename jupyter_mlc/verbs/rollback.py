"""`rollback`: back to the champion before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.lifecycle import plan_rollback
from jupyter_mlc.domain.names import check_name, parse_reference
from jupyter_mlc.verbs.base import Complete, Does, Field, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.moving import MoveReply, move

_CHOICE = re.compile(r"v?(?P<number>\d+)|[\w./-]+(:v?\d+|@[\w.-]+)", re.IGNORECASE)
"""a version, which nobody gives as a reason"""


@dataclass(frozen=True, kw_only=True)
class Rollback(Writing):
    """Return to the champion before."""

    name: Annotated[str, Field(description="the model", positional=True, complete=Complete.MODEL)]
    reason: Annotated[str, Field(description="why, in quotes", positional=True, metavar='"reason"', words="reason")] = (
        ""
    )


@verb(does=Does.DECIDE, example='rollback churn "false alarm"')
def rollback(ask: Rollback, context: Context) -> MoveReply:
    """Return to the champion before.

    The version that is rolled back is deprecated, and no later rollback returns to it. Where no former champion can
    serve, the rollback is refused.
    """
    name = ask.name
    if re.search("[:@]", name):
        version = parse_reference(name)
        raise BadInput(
            f"rollback returns to the champion before, whichever that was, and {name} is no model",
            hint=f"write %mlc rollback {version.model}; or make it champion: %mlc promote {version} production",
        )
    check_name(name)
    if chosen := _CHOICE.fullmatch(ask.reason.strip()):
        meant = chosen[0] if chosen["number"] is None else f"{name}:{chosen['number']}"
        raise BadInput(
            f"rollback returns to the champion before, whichever that was; {chosen[0]!r} chooses none",
            hint=f"write %mlc rollback {name}; or make it champion: %mlc promote {meant} production",
        )
    return move(lambda: plan_rollback(context.registry.line(name)), context, reason=ask.reason, dry_run=ask.dry_run)
