"""Where a version may stand and go. The table below is the only place that knows it; the planners only look things up.

A planner takes a `Line` (what matters of a model at this moment) and answers with the `VersionMoved` event that
carries out the move with all its consequences, or raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from jupyter_mlc.domain.errors import Conflict, IllegalMove
from jupyter_mlc.domain.events import ChampionEntry, Place, Pointer, VersionChange, VersionKey, VersionMoved


class Stage(StrEnum):
    """Where a version stands: a judgement, not traffic."""

    CANDIDATE = "candidate"
    STAGING = "staging"
    PRODUCTION = "production"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    ARCHIVED = "archived"
    PURGED = "purged"


class Tier(StrEnum):
    """How much harm a wrong model could do; policies hang on it."""

    MINIMAL = "minimal"
    LIMITED = "limited"
    HIGH = "high"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.CANDIDATE: frozenset({Stage.STAGING, Stage.PRODUCTION, Stage.RETIRED, Stage.PURGED}),
    Stage.STAGING: frozenset({Stage.PRODUCTION, Stage.CANDIDATE, Stage.RETIRED}),
    Stage.PRODUCTION: frozenset({Stage.DEPRECATED}),
    Stage.DEPRECATED: frozenset({Stage.PRODUCTION, Stage.RETIRED}),
    Stage.RETIRED: frozenset({Stage.ARCHIVED, Stage.DEPRECATED}),
    Stage.ARCHIVED: frozenset({Stage.RETIRED, Stage.PURGED}),
    Stage.PURGED: frozenset(),
}
NEXT: Mapping[Stage, Stage] = {
    Stage.CANDIDATE: Stage.STAGING,
    Stage.STAGING: Stage.PRODUCTION,
    Stage.DEPRECATED: Stage.PRODUCTION,
}
LEAPS: Mapping[Tier, frozenset[tuple[Stage, Stage]]] = {
    Tier.MINIMAL: frozenset({(Stage.CANDIDATE, Stage.PRODUCTION)}),
    Tier.LIMITED: frozenset(),
    Tier.HIGH: frozenset(),
}
LEAP = (Stage.CANDIDATE, Stage.PRODUCTION)
PROMOTABLE = frozenset({Stage.CANDIDATE, Stage.STAGING, Stage.PRODUCTION})
ONLY_BACK = frozenset({Stage.RETIRED, Stage.ARCHIVED})
"""from where no verb of this release leads on"""
WARNS_ON_LOAD = frozenset({Stage.DEPRECATED})
REFUSES_LOAD = frozenset({Stage.RETIRED, Stage.ARCHIVED, Stage.PURGED})


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """A version and the place where it stands now."""

    key: VersionKey
    place: Place

    @property
    def stage(self) -> Stage:
        return Stage(self.place.stage)


@dataclass(frozen=True, kw_only=True)
class Former:
    """A champion that was displaced by a promotion, at the position (sequence number) of that promotion."""

    position: int
    version: Standpoint


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the planners need to know of a model."""

    model: str
    tier: Tier = Tier.MINIMAL
    champion: Standpoint | None = None
    previous: VersionKey | None = None
    formers: Sequence[Former] = ()
    """former champions to whom a rollback may return, the last one first"""

    def ref(self, key: VersionKey) -> str:
        return f"{self.model}:{key.number}"


def check_move(line: Line, version: Standpoint, to: Stage) -> None:
    """Raise IllegalMove unless the table lets the version go from where it stands to `to`."""
    if to in MOVES[version.stage]:
        return
    ref = line.ref(version.key)
    if version.stage == to:
        raise IllegalMove(f"{ref} is in stage {to} already", hint=_can_become(version.stage))
    raise IllegalMove(f"{ref} is {version.stage}; it cannot become {to}", hint=_can_become(version.stage))


def _can_become(stage: Stage) -> str:
    if stage in ONLY_BACK:
        return f"no verb leads on from {stage} yet; whoever moved it there can take that back: %mlc undo"
    ways = sorted(MOVES[stage] - {Stage.PURGED})
    deleted = "; or be deleted: discard" if Stage.PURGED in MOVES[stage] else ""
    return f"from {stage} it can become: {', '.join(ways)}{deleted}" if ways else f"{stage} is final"


def next_stage(line: Line, version: Standpoint) -> Stage:
    """The stage that `promote` goes to when none is named."""
    if version.stage in NEXT:
        return NEXT[version.stage]
    ref = line.ref(version.key)
    if version.stage is Stage.PRODUCTION:
        raise IllegalMove(f"{ref} is in production already", hint="there is no stage after production")
    raise IllegalMove(f"{ref} is {version.stage}; no stage follows", hint=_can_become(version.stage))


def plan_promotion(line: Line, version: Standpoint, to: Stage) -> VersionMoved:
    """Promote (or send back to candidate) one version; to production it displaces the champion."""
    if to not in PROMOTABLE:
        verbs = {Stage.DEPRECATED: "deprecate", Stage.RETIRED: "retire", Stage.PURGED: "discard"}
        hint = f"to end its service: %mlc {verbs.get(to, 'retire')} {line.ref(version.key)}"
        raise IllegalMove(f"promote does not lead to {to}", hint=hint)
    check_move(line, version, to)
    if (version.stage, to) == LEAP and LEAP not in LEAPS[line.tier]:
        raise IllegalMove(
            f"{line.ref(version.key)} is a candidate, and a model of tier {line.tier} goes through staging",
            hint=f"first: %mlc promote {line.ref(version.key)} staging",
        )
    moved = VersionMoved(kind="promote", model=line.model, version=version.key, changes=(_to(version, to),))
    return _displacing(line, version, moved) if to is Stage.PRODUCTION else moved


def _to(version: Standpoint, stage: Stage, successor: str | None = None, sunset: int | None = None) -> VersionChange:
    after = Place(stage=stage, successor=successor, sunset=sunset)
    return VersionChange(version=version.key, before=version.place, after=after)


def _displacing(line: Line, new: Standpoint, moved: VersionMoved) -> VersionMoved:
    """The promotion with its consequences for the champion before."""
    old = line.champion
    pointer = Pointer(before=old.key if old else None, after=new.key)
    if old is None or old.stage is not Stage.PRODUCTION:
        return replace(moved, champion=pointer)
    deprecated = _to(old, Stage.DEPRECATED, successor=line.ref(new.key))
    return replace(
        moved,
        changes=(*moved.changes, deprecated),
        champion=pointer,
        previous=Pointer(before=line.previous, after=old.key),
        pushed=old.key,
    )


def plan_rollback(line: Line) -> VersionMoved:
    """Return to the champion before; the one rolled back is deprecated and will not be returned to.

    Raises
    ------
    Conflict
        Where there is no champion, or no former champion that can serve again.
    """
    old = _champion_in_service(line)
    own = tuple(former for former in line.formers if former.version.key == old.key)
    others = [former for former in line.formers if former.version.key != old.key]
    back = _champion_before(line, old, others)
    following = next((former.version.key for former in others if former.version.key != back.key), None)
    return VersionMoved(
        kind="rollback",
        model=line.model,
        version=back.key,
        changes=(_to(old, Stage.DEPRECATED, successor=line.ref(back.key)), _to(back, Stage.PRODUCTION)),
        champion=Pointer(before=old.key, after=back.key),
        previous=Pointer(before=line.previous, after=following),
        popped=tuple(ChampionEntry(position=gone.position, version=gone.version.key) for gone in (*own, others[0])),
    )


def _champion_in_service(line: Line) -> Standpoint:
    """The champion; raises Conflict where there is none, or it went out of service with its whole model."""
    champion = line.champion
    if champion is None:
        raise Conflict(
            f"{line.model} has no champion to roll back", hint=f"make one: %mlc promote {line.model}:N production"
        )
    if champion.stage is not Stage.PRODUCTION:
        raise Conflict(
            f"{line.model} is retired; its last champion, {line.ref(champion.key)}, is {champion.stage}",
            hint=f"promote another: %mlc promote {line.model}:N production",
        )
    return champion


def _champion_before(line: Line, champion: Standpoint, formers: Sequence[Former]) -> Standpoint:
    """The version to return to; raises Conflict where there is none, or it can no longer serve."""
    otherwise = f"promote another: %mlc promote {line.model}:N production, or see %mlc list {line.model}"
    if not formers:
        raise Conflict(f"no version was champion of {line.model} before {line.ref(champion.key)}", hint=otherwise)
    back = formers[0].version
    if Stage.PRODUCTION not in MOVES[back.stage]:
        raise Conflict(f"{line.ref(back.key)} was champion before, but is {back.stage} now", hint=otherwise)
    return back


def plan_deprecation(line: Line, version: Standpoint, successor: str | None, sunset: int | None) -> VersionMoved:
    """Deprecate, or give a deprecated version another successor and sunset."""
    _refuse_champion(line, version, "deprecated")
    if version.stage is not Stage.DEPRECATED:
        check_move(line, version, Stage.DEPRECATED)
    change = _to(version, Stage.DEPRECATED, successor or version.place.successor, sunset or version.place.sunset)
    return VersionMoved(kind="deprecate", model=line.model, version=version.key, changes=(change,))


def plan_retirement(line: Line, version: Standpoint, successor: str | None) -> VersionMoved:
    """Take one version out of service for good."""
    _refuse_champion(line, version, "retired")
    check_move(line, version, Stage.RETIRED)
    change = _to(version, Stage.RETIRED, successor or version.place.successor)
    return VersionMoved(kind="retire", model=line.model, version=version.key, changes=(change,))


def _refuse_champion(line: Line, version: Standpoint, what: str) -> None:
    if line.champion is not None and line.champion.key == version.key:
        raise IllegalMove(
            f"{line.ref(version.key)} is the champion; a champion cannot be {what}",
            hint=f"promote another first: %mlc promote {line.model}:N production, or retire the whole model: "
            f"%mlc retire {line.model}",
        )


def plan_whole_retirement(line: Line, versions: Sequence[Standpoint], successor: str | None) -> VersionMoved:
    """Retire every version that still serves; the champion goes by way of deprecated."""
    changes: list[VersionChange] = []
    for version in versions:
        if version.stage is Stage.PRODUCTION:
            deprecated = _to(version, Stage.DEPRECATED, successor)
            changes += [
                deprecated,
                VersionChange(
                    version=version.key, before=deprecated.after, after=Place(stage=Stage.RETIRED, successor=successor)
                ),
            ]
        elif Stage.RETIRED in MOVES[version.stage] and version.stage is not Stage.ARCHIVED:
            changes.append(_to(version, Stage.RETIRED, successor))
    if not changes:
        raise Conflict(f"no version of {line.model} is left to retire", hint=f"see %mlc list {line.model}")
    return VersionMoved(kind="retire", model=line.model, version=None, changes=tuple(changes))


def plan_discard(line: Line, version: Standpoint, *, was_promoted: bool) -> VersionMoved:
    """Purge a candidate that was never promoted: its bytes go, its record stays."""
    ref = line.ref(version.key)
    if version.stage is Stage.PURGED:
        raise IllegalMove(f"{ref} is purged already", hint=_can_become(Stage.PURGED))
    if was_promoted or version.stage is not Stage.CANDIDATE:
        reason = "was promoted once" if version.stage is Stage.CANDIDATE else f"is {version.stage}"
        raise IllegalMove(
            f"{ref} {reason}; only candidates that were never promoted are discarded",
            hint=_instead_of_discard(line, version),
        )
    check_move(line, version, Stage.PURGED)
    return VersionMoved(kind="discard", model=line.model, version=version.key, changes=(_to(version, Stage.PURGED),))


def _instead_of_discard(line: Line, version: Standpoint) -> str:
    if version.stage in REFUSES_LOAD:
        return "it is out of service; record and bytes stay"
    if version.stage is Stage.PRODUCTION:
        retire = f"%mlc retire {line.ref(version.key)}"
        return f"to end its service, promote another: %mlc promote {line.model}:N production; then: {retire}"
    return f"instead: %mlc retire {line.ref(version.key)}"


def opposite(moved: VersionMoved, seq: int) -> VersionMoved:
    """The move that takes `moved` (recorded as `seq`) back."""
    back = tuple(VersionChange(version=c.version, before=c.after, after=c.before) for c in reversed(moved.changes))
    pushed = moved.popped[-1].version if moved.popped else None
    popped = (ChampionEntry(position=seq, version=moved.pushed),) if moved.pushed else ()
    return VersionMoved(
        kind="undo",
        model=moved.model,
        version=moved.version,
        changes=back,
        champion=_swapped(moved.champion),
        previous=_swapped(moved.previous),
        pushed=pushed,
        popped=popped,
        undoes=seq,
    )


def _swapped(pointer: Pointer | None) -> Pointer | None:
    return Pointer(before=pointer.after, after=pointer.before) if pointer else None
