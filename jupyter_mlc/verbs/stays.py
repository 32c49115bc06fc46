"""Where versions stood and who was champion, from when to when: folded from the events that were found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.events import VersionKey, VersionMoved, VersionRegistered
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.names import CHAMPION
from jupyter_mlc.store.projections import Recorded


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A version in one stage, or as champion."""

    version: str
    stage: str
    """or ``champion``"""
    start: Micros | None
    """None where it began before the events that were looked at"""
    end: Micros | None = None
    """None where it lasts"""


def stays(found: Iterable[Recorded]) -> tuple[Stay, ...]:
    """Fold events of one model, oldest first: every version's stages in their order, then the champions."""
    stages: dict[str, list[Stay]] = {}
    champions: list[Stay] = []
    for at in found:
        if isinstance(at.event, VersionRegistered):
            ref = f"{at.event.model}:{at.assigned['number']}"
            stages[ref] = [Stay(version=ref, stage=Stage.CANDIDATE, start=at.recorded)]
        elif isinstance(at.event, VersionMoved):
            _move(stages, at.event, at.recorded)
            _crown(champions, at.event, at.recorded)
    return (*(stay for ref in sorted(stages, key=_number) for stay in stages[ref]), *champions)


def _number(ref: str) -> int:
    return int(ref.rpartition(":")[2])


def _move(stages: dict[str, list[Stay]], event: VersionMoved, at: Micros) -> None:
    for change in event.changes:
        if change.before.stage == change.after.stage:
            continue
        ref = _ref(event, change.version)
        mine = stages.setdefault(ref, [Stay(version=ref, stage=change.before.stage, start=None)])
        mine[-1] = replace(mine[-1], end=at)
        mine.append(Stay(version=ref, stage=change.after.stage, start=at))


def _crown(champions: list[Stay], event: VersionMoved, at: Micros) -> None:
    if event.champion is None or event.champion.before == event.champion.after:
        return
    before, after = event.champion.before, event.champion.after
    if before is not None and not champions:
        champions.append(Stay(version=_ref(event, before), stage=CHAMPION, start=None))
    if before is not None:
        champions[-1] = replace(champions[-1], end=at)
    if after is not None:
        champions.append(Stay(version=_ref(event, after), stage=CHAMPION, start=at))


def _ref(event: VersionMoved, version: VersionKey) -> str:
    return f"{event.model}:{version.number}"
