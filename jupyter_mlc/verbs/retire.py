"""`retire`: out of service for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.events import VersionMoved
from jupyter_mlc.domain.lifecycle import plan_retirement, plan_whole_retirement
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.store.queries import standpoint
from jupyter_mlc.verbs.base import Complete, Does, Field, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.moving import MoveReply, move
from jupyter_mlc.verbs.shared import ago, confirmed, mover, users_of
from jupyter_mlc.verbs.successor import checked_successor


@dataclass(frozen=True, kw_only=True)
class Retire(Writing):
    """Retire a version, or a whole model."""

    ref: Annotated[
        str,
        Field(description="the version, or the name of a whole model", positional=True, complete=Complete.VERSION),
    ]
    reason: Annotated[str, Field(description="why, in quotes", positional=True, metavar='"reason"', words="reason")] = (
        ""
    )
    successor: Annotated[str | None, Field(description="the version to use instead", complete=Complete.VERSION)] = None


@verb(does=Does.DECIDE, example='retire churn:2 "superseded" --successor churn:3')
def retire(ask: Retire, context: Context) -> MoveReply:
    """Take a version, or with a bare name the whole model, out of service, with a reason and a successor.

    A retired version is kept, and can be looked at, but not loaded. Asks first where somebody loaded it in the last
    seven days. A champion retires only with its whole model.
    """
    _ask_first(ask, context)
    return move(lambda: _planned(ask, context), context, reason=ask.reason, dry_run=ask.dry_run)


def _planned(ask: Retire, context: Context) -> VersionMoved:
    registry, reference = context.registry, parse_reference(ask.ref)
    if reference.names_a_version:
        name, version = mover(registry, ask.ref)
        successor = checked_successor(registry, ask.successor, f"{name}:{version.key.number}")
        return plan_retirement(registry.line(name), version, successor)
    line = registry.line(reference.model)
    rows = [standpoint(row) for row in registry.serving_rows(reference.model)]
    return plan_whole_retirement(line, rows, checked_successor(registry, ask.successor, line.model))


def _moved(planned: VersionMoved) -> set[int]:
    return {change.version.id for change in planned.changes}


def _whole(planned: VersionMoved, context: Context) -> str:
    ids = _moved(planned)
    champion = context.registry.line(planned.model).champion
    among = ", the champion among them" if champion is not None and champion.key.id in ids else ""
    return f"retire {planned.model} as a whole: {len(ids)} version{'s' if len(ids) > 1 else ''}{among}?"


def _ask_first(ask: Retire, context: Context) -> None:
    """Ask where it touches people who use it now, or takes a whole model out of service."""
    planned = _planned(ask, context)
    if planned.version is None:
        confirmed(ask, _whole(planned, context), [len(_moved(planned))])
        return
    _, version = mover(context.registry, ask.ref)
    users = users_of(context, version)
    if users:
        ref = f"{planned.model}:{version.key.number}"
        who, since = users[0]
        others = f" and {len(users) - 1} others" if len(users) > 1 else ""
        me = context.registry.person_of(context.identity)
        you = me is not None and context.registry.name_of(me) == who
        question = f"{'you' if you else who}{others} loaded {ref} {ago(since)}; retire it?"
        confirmed(ask, question, [user for user, _ in users])
