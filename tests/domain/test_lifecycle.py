from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_mlc.domain.errors import Conflict, IllegalMove, MlcError
from jupyter_mlc.domain.events import Place, Pointer, VersionKey, VersionMoved
from jupyter_mlc.domain.lifecycle import (
    LEAPS,
    MOVES,
    NEXT,
    ONLY_BACK,
    PROMOTABLE,
    REFUSES_LOAD,
    WARNS_ON_LOAD,
    Former,
    Line,
    Stage,
    Standpoint,
    Tier,
    check_move,
    next_stage,
    opposite,
    plan_deprecation,
    plan_discard,
    plan_promotion,
    plan_retirement,
    plan_rollback,
    plan_whole_retirement,
)
from jupyter_mlc.domain.names import STAGE_WORDS


def key(number: int) -> VersionKey:
    return VersionKey(number=number, id=100 + number)


def at(number: int, stage: Stage) -> Standpoint:
    return Standpoint(key=key(number), place=Place(stage=stage))


def line(champion: Standpoint | None = None, *formers: tuple[int, Standpoint], tier: Tier = Tier.MINIMAL) -> Line:
    previous = formers[0][1].key if formers else None
    listed = tuple(Former(position=position, version=version) for position, version in formers)
    return Line(model="churn", tier=tier, champion=champion, previous=previous, formers=listed)


def refusal(plan: Callable[[], object], kind: type[MlcError] = IllegalMove) -> str:
    with pytest.raises(kind) as refused:
        plan()
    return refused.value.text


def moves(moved: VersionMoved) -> list[tuple[int, str, str]]:
    return [(change.version.number, str(change.before.stage), str(change.after.stage)) for change in moved.changes]


def test_the_table_knows_every_stage() -> None:
    assert set(MOVES) == set(Stage)
    assert {str(stage) for stage in Stage} == STAGE_WORDS
    assert set(LEAPS) == set(Tier)
    assert all(to in MOVES[stage] for stage, to in NEXT.items())
    assert not WARNS_ON_LOAD & REFUSES_LOAD


def test_the_table_of_moves_is_the_one_that_was_agreed() -> None:
    ways = {str(stage): {str(to) for to in tos} for stage, tos in MOVES.items()}
    assert ways == {
        "candidate": {"staging", "production", "retired", "purged"},
        "staging": {"production", "candidate", "retired"},
        "production": {"deprecated"},
        "deprecated": {"production", "retired"},
        "retired": {"archived", "deprecated"},
        "archived": {"retired", "purged"},
        "purged": set(),
    }


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("to", Stage)
def test_a_move_is_legal_exactly_where_the_table_says_so(stage: Stage, to: Stage) -> None:
    if to in MOVES[stage]:
        check_move(line(), at(1, stage), to)
        return
    hint = f"from {stage} it can become: {', '.join(sorted(MOVES[stage] - {Stage.PURGED}))}"
    if stage is Stage.CANDIDATE:
        hint += "; or be deleted: discard"
    if stage in ONLY_BACK:
        hint = f"no verb leads on from {stage} yet; whoever moved it there can take that back: %mlc undo"
    if stage is Stage.PURGED:
        hint = "purged is final"
    reason = f"is in stage {to} already" if to == stage else f"is {stage}; it cannot become {to}"
    assert refusal(lambda: check_move(line(), at(1, stage), to)) == f"churn:1 {reason}\n{hint}"


def test_promotion_without_a_stage_goes_to_the_next_one() -> None:
    assert next_stage(line(), at(1, Stage.CANDIDATE)) is Stage.STAGING
    assert next_stage(line(), at(1, Stage.STAGING)) is Stage.PRODUCTION
    assert next_stage(line(), at(1, Stage.DEPRECATED)) is Stage.PRODUCTION


def test_there_is_no_stage_after_production() -> None:
    said = refusal(lambda: next_stage(line(), at(1, Stage.PRODUCTION)))
    assert said == "churn:1 is in production already\nthere is no stage after production"


@pytest.mark.parametrize("stage", [Stage.RETIRED, Stage.ARCHIVED])
def test_what_is_out_of_service_has_no_next_stage(stage: Stage) -> None:
    said = refusal(lambda: next_stage(line(), at(1, stage)))
    assert said.startswith(f"churn:1 is {stage}; no stage follows\nno verb leads on from {stage} yet; ")


def test_the_first_promotion_to_production_makes_the_champion_and_no_previous() -> None:
    moved = plan_promotion(line(), at(1, Stage.CANDIDATE), Stage.PRODUCTION)
    assert moves(moved) == [(1, "candidate", "production")]
    assert moved.champion == Pointer(before=None, after=key(1))
    assert (moved.previous, moved.pushed) == (None, None)


def test_a_promotion_deprecates_the_champion_with_itself_as_successor() -> None:
    moved = plan_promotion(line(at(1, Stage.PRODUCTION)), at(2, Stage.STAGING), Stage.PRODUCTION)
    assert moves(moved) == [(2, "staging", "production"), (1, "production", "deprecated")]
    assert moved.changes[1].after.successor == "churn:2"
    assert moved.champion == Pointer(before=key(1), after=key(2))
    assert moved.previous == Pointer(before=None, after=key(1))
    assert moved.pushed == key(1)


def test_after_the_whole_model_retired_a_promotion_leaves_the_old_champion_retired() -> None:
    moved = plan_promotion(line(at(1, Stage.RETIRED)), at(2, Stage.CANDIDATE), Stage.PRODUCTION)
    assert moves(moved) == [(2, "candidate", "production")]
    assert moved.champion == Pointer(before=key(1), after=key(2))
    assert moved.pushed is None


@pytest.mark.parametrize("tier", [Tier.LIMITED, Tier.HIGH])
def test_above_the_minimal_tier_a_candidate_goes_through_staging(tier: Tier) -> None:
    said = refusal(lambda: plan_promotion(line(tier=tier), at(1, Stage.CANDIDATE), Stage.PRODUCTION))
    assert said == (
        f"churn:1 is a candidate, and a model of tier {tier} goes through staging\nfirst: %mlc promote churn:1 staging"
    )
    assert plan_promotion(line(tier=tier), at(1, Stage.STAGING), Stage.PRODUCTION).champion is not None


def test_promotion_to_staging_and_back_touches_no_pointer() -> None:
    there = plan_promotion(line(at(9, Stage.PRODUCTION)), at(1, Stage.CANDIDATE), Stage.STAGING)
    back = plan_promotion(line(at(9, Stage.PRODUCTION)), at(1, Stage.STAGING), Stage.CANDIDATE)
    assert moves(there) == [(1, "candidate", "staging")]
    assert moves(back) == [(1, "staging", "candidate")]
    assert (there.champion, back.champion, there.previous, back.previous) == (None, None, None, None)


@pytest.mark.parametrize(
    ("to", "verb"),
    [
        (Stage.DEPRECATED, "deprecate"),
        (Stage.RETIRED, "retire"),
        (Stage.ARCHIVED, "retire"),
        (Stage.PURGED, "discard"),
    ],
)
def test_promotion_names_the_verb_that_leads_where_it_does_not(to: Stage, verb: str) -> None:
    assert to not in PROMOTABLE
    said = refusal(lambda: plan_promotion(line(), at(1, Stage.CANDIDATE), to))
    assert said == f"promote does not lead to {to}\nto end its service: %mlc {verb} churn:1"


def test_a_retired_version_cannot_be_promoted() -> None:
    said = refusal(lambda: plan_promotion(line(), at(1, Stage.RETIRED), Stage.PRODUCTION))
    assert said == (
        "churn:1 is retired; it cannot become production\n"
        "no verb leads on from retired yet; whoever moved it there can take that back: %mlc undo"
    )


def test_a_rollback_returns_to_the_champion_before() -> None:
    moved = plan_rollback(line(at(3, Stage.PRODUCTION), (20, at(2, Stage.DEPRECATED)), (10, at(1, Stage.DEPRECATED))))
    assert moves(moved) == [(3, "production", "deprecated"), (2, "deprecated", "production")]
    assert moved.changes[0].after.successor == "churn:2"
    assert moved.champion == Pointer(before=key(3), after=key(2))
    assert moved.previous == Pointer(before=key(2), after=key(1))
    assert [entry.position for entry in moved.popped] == [20]


def test_after_a_rollback_to_the_first_champion_there_is_no_previous() -> None:
    moved = plan_rollback(line(at(2, Stage.PRODUCTION), (10, at(1, Stage.DEPRECATED))))
    assert moved.previous == Pointer(before=key(1), after=None)


def test_a_rollback_forgets_every_earlier_service_of_what_it_rolls_back() -> None:
    one, two = at(1, Stage.DEPRECATED), at(2, Stage.PRODUCTION)
    moved = plan_rollback(line(two, (30, one), (20, two), (10, one)))
    assert moved.champion == Pointer(before=key(2), after=key(1))
    assert {entry.position for entry in moved.popped} == {20, 30}
    assert moved.previous is not None
    assert moved.previous.after is None  # the rest are services of the new champion itself


def test_a_rollback_without_a_champion_is_refused() -> None:
    said = refusal(lambda: plan_rollback(line()), Conflict)
    assert said == "churn has no champion to roll back\nmake one: %mlc promote churn:N production"


def test_a_rollback_of_the_only_champion_is_refused() -> None:
    said = refusal(lambda: plan_rollback(line(at(1, Stage.PRODUCTION))), Conflict)
    assert said == (
        "no version was champion of churn before churn:1\n"
        "promote another: %mlc promote churn:N production, or see %mlc list churn"
    )


def test_a_rollback_to_what_cannot_serve_any_more_is_refused() -> None:
    said = refusal(lambda: plan_rollback(line(at(2, Stage.PRODUCTION), (10, at(1, Stage.RETIRED)))), Conflict)
    assert said == (
        "churn:1 was champion before, but is retired now\n"
        "promote another: %mlc promote churn:N production, or see %mlc list churn"
    )


def test_a_rollback_of_a_retired_model_is_refused() -> None:
    said = refusal(lambda: plan_rollback(line(at(2, Stage.RETIRED), (10, at(1, Stage.RETIRED)))), Conflict)
    assert said == (
        "churn is retired; its last champion, churn:2, is retired\npromote another: %mlc promote churn:N production"
    )


@pytest.mark.parametrize(("what", "stage"), [("deprecated", Stage.DEPRECATED), ("retired", Stage.RETIRED)])
def test_a_champion_is_neither_deprecated_nor_retired(what: str, stage: Stage) -> None:
    champion = at(1, Stage.PRODUCTION)

    def plan() -> VersionMoved:
        if stage is Stage.DEPRECATED:
            return plan_deprecation(line(champion), champion, None, None)
        return plan_retirement(line(champion), champion, None)

    assert refusal(plan) == (
        f"churn:1 is the champion; a champion cannot be {what}\n"
        "promote another first: %mlc promote churn:N production, or retire the whole model: %mlc retire churn"
    )


def test_a_retired_version_is_reinstated_as_deprecated_with_successor_and_sunset() -> None:
    moved = plan_deprecation(line(), at(1, Stage.RETIRED), "churn:2", 7)
    assert moved.changes[0].after == Place(stage="deprecated", successor="churn:2", sunset=7)


def test_a_second_deprecation_keeps_what_it_does_not_say() -> None:
    place = Place(stage="deprecated", successor="churn:2", sunset=7)
    moved = plan_deprecation(line(), Standpoint(key=key(1), place=place), None, 9)
    assert moved.changes[0].after == Place(stage="deprecated", successor="churn:2", sunset=9)


def test_retirement_keeps_the_successor_and_drops_the_sunset() -> None:
    place = Place(stage="deprecated", successor="churn:2", sunset=7)
    moved = plan_retirement(line(), Standpoint(key=key(1), place=place), None)
    assert moved.changes[0].after == Place(stage="retired", successor="churn:2")


def test_a_model_retires_with_every_version_that_serves() -> None:
    versions = [at(1, Stage.DEPRECATED), at(2, Stage.PRODUCTION), at(3, Stage.CANDIDATE), at(4, Stage.ARCHIVED)]
    moved = plan_whole_retirement(line(versions[1]), [*versions, at(5, Stage.PURGED), at(6, Stage.RETIRED)], "next:1")
    assert moves(moved) == [
        (1, "deprecated", "retired"),
        (2, "production", "deprecated"),
        (2, "deprecated", "retired"),
        (3, "candidate", "retired"),
    ]
    assert {change.after.successor for change in moved.changes} == {"next:1"}
    assert moved.version is None
    for change in moved.changes:
        assert change.after.stage in MOVES[Stage(change.before.stage)]


def test_a_model_that_is_retired_already_is_left_alone() -> None:
    said = refusal(lambda: plan_whole_retirement(line(), [at(1, Stage.RETIRED)], None), Conflict)
    assert said == "no version of churn is left to retire\nsee %mlc list churn"


def test_a_candidate_that_was_never_promoted_is_discarded() -> None:
    assert moves(plan_discard(line(), at(1, Stage.CANDIDATE), was_promoted=False)) == [(1, "candidate", "purged")]


@pytest.mark.parametrize(
    ("stage", "promoted", "said"),
    [
        (
            Stage.CANDIDATE,
            True,
            "churn:1 was promoted once; only candidates that were never promoted are discarded\n"
            "instead: %mlc retire churn:1",
        ),
        (
            Stage.ARCHIVED,
            False,
            "churn:1 is archived; only candidates that were never promoted are discarded\n"
            "it is out of service; record and bytes stay",
        ),
        (
            Stage.PRODUCTION,
            True,
            "churn:1 is production; only candidates that were never promoted are discarded\n"
            "to end its service, promote another: %mlc promote churn:N production; then: %mlc retire churn:1",
        ),
        (Stage.PURGED, False, "churn:1 is purged already\npurged is final"),
    ],
)
def test_nothing_else_is_discarded(stage: Stage, promoted: bool, said: str) -> None:  # noqa: FBT001 (a table's column)
    assert refusal(lambda: plan_discard(line(), at(1, stage), was_promoted=promoted)) == said


def test_the_opposite_of_a_promotion_puts_everything_back() -> None:
    moved = plan_promotion(line(at(1, Stage.PRODUCTION)), at(2, Stage.STAGING), Stage.PRODUCTION)
    back = opposite(moved, 50)
    assert moves(back) == [(1, "deprecated", "production"), (2, "production", "staging")]
    assert back.champion == Pointer(before=key(2), after=key(1))
    assert back.previous == Pointer(before=key(1), after=None)
    assert [(entry.position, entry.version) for entry in back.popped] == [(50, key(1))]
    assert (back.pushed, back.undoes, back.kind) == (None, 50, "undo")


def test_the_opposite_of_a_rollback_lets_the_next_one_return_to_the_same_version() -> None:
    moved = plan_rollback(line(at(2, Stage.PRODUCTION), (10, at(1, Stage.DEPRECATED))))
    back = opposite(moved, 60)
    assert back.pushed == key(1)
    assert back.champion == Pointer(before=key(1), after=key(2))
    assert back.changes[-1].after == Place(stage="production")


def test_the_opposite_of_the_opposite_is_the_move_itself() -> None:
    moved = plan_promotion(line(at(1, Stage.PRODUCTION)), at(2, Stage.STAGING), Stage.PRODUCTION)
    assert opposite(opposite(moved, 50), 51).changes == moved.changes
