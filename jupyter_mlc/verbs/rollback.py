"""`rollback`: back to the champion before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.lifecycle import plan_rollback
from jupyter_mlc.domain.names import check_name, has_number, number_in, parse_reference
from jupyter_mlc.verbs.base import Complete, Does, Field, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.moving import MoveReply, move
from jupyter_mlc.verbs.shared import is_version


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
    reason = ask.reason.strip()
    if meant := _version_meant(reason, name, context):
        raise BadInput(
            f"rollback returns to the champion before, whichever that was; {reason!r} chooses none",
            hint=f"write %mlc rollback {name}; or make it champion: %mlc promote {meant} production",
        )
    return move(lambda: plan_rollback(context.registry.line(name)), context, reason=ask.reason, dry_run=ask.dry_run)


def _version_meant(reason: str, name: str, context: Context) -> str:
    """The version that a reason names or numbers; empty where it does not."""
    if is_version(context.registry, reason):
        return reason
    number, row = number_in(reason), context.registry.model_row(name)
    return f"{name}:{number}" if number and row and has_number(number, row["last_number"]) else ""
