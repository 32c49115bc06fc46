"""What the verbs that move versions do alike: plan the move, record it, tell every consequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from jupyter_mlc.domain.events import VersionMoved
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.verbs.base import NOBODY, Reply
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.shared import moved_line


@dataclass(frozen=True, kw_only=True)
class MoveReply(Reply):
    """What moved, with every consequence."""

    version: str
    stage: str
    was: str
    line: str
    champion: str | None
    """who is champion now"""
    champion_before: str | None
    reason: str
    seq: int | None
    """of the event; None where nothing moved"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.version)

    def champions(self) -> Iterator[tuple[str, str]]:
        champion = self.champion if self.done else self.champion_before
        yield parse_reference(self.version).model.lower(), champion or NOBODY


def move(plan: Callable[[], VersionMoved], context: Context, *, reason: str, dry_run: bool) -> MoveReply:
    """Record the move that `plan` gives under the write lock, where nobody can change what it was planned from."""
    planned = plan()
    if dry_run or _is_nothing(planned, reason):
        return _reply(planned, context, reason, seq=None, done=not dry_run)
    with context.write() as log:
        moved = replace(plan(), reason=reason)
        recorded = log.append(moved)
    return _reply(moved, context, reason, seq=recorded.seq, done=True)


def _is_nothing(moved: VersionMoved, reason: str) -> bool:
    """Whether everything stays where it is, and nobody says why."""
    return not reason.strip() and all(change.before == change.after for change in moved.changes)


def _reply(moved: VersionMoved, context: Context, reason: str, *, seq: int | None, done: bool) -> MoveReply:
    first = next((c for c in moved.changes if moved.version and c.version == moved.version), moved.changes[0])
    champion, pointer = context.registry.line(moved.model).champion, moved.champion
    after = pointer.after if pointer else champion.key if champion else None
    before = pointer.before if pointer else after
    ref = f"{moved.model}:{first.version.number}"
    return MoveReply(
        done=done,
        version=ref if moved.version else moved.model,
        stage=first.after.stage,
        was=first.before.stage,
        line=moved_line(moved),
        champion=f"{moved.model}:{after.number}" if after else None,
        champion_before=f"{moved.model}:{before.number}" if before else None,
        reason=reason,
        seq=seq,
        next=_next(moved, seq, done=done),
    )


def _next(moved: VersionMoved, seq: int | None, *, done: bool) -> str:
    if not done:
        return "nothing moved; without --dry-run it will"
    return f"take it back: {_back(moved)}" if seq is not None else ""


def _back(moved: VersionMoved) -> str:
    """What takes the move back: only a promotion that displaced a champion can be rolled back."""
    displaced = moved.kind == "promote" and moved.champion is not None and moved.champion.before is not None
    return f"%mlc rollback {moved.model}" if displaced else "%mlc undo"
