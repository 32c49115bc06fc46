from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from jupyter_mlc.domain.errors import Conflict, Damaged, IllegalMove, NotFound
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.verbs.edit import Edit
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.promote import Promote
from tests.verbs.conftest import Desk


def test_a_candidate_goes_one_stage_on_and_the_reply_says_so(desk: Desk) -> None:
    desk.register()
    reply = desk.promote("churn:1")
    assert (reply.version, reply.was, reply.stage) == ("churn:1", "candidate", "staging")
    assert reply.line == "churn:1 candidate -> staging"
    assert reply.champion is None


def test_two_steps_lead_to_production_and_make_the_champion(desk: Desk) -> None:
    desk.register()
    desk.promote("churn:1")
    reply = desk.promote("churn:1")
    assert (reply.stage, reply.champion, reply.champion_before) == ("production", "churn:1", None)
    assert desk.registry.version("churn@champion").ref == "churn:1"


def test_a_leap_to_production_displaces_the_champion_in_the_same_act(desk: Desk) -> None:
    desk.register()
    desk.register(content="other bytes")
    desk.promote("churn:1", "production")
    reply = desk.promote("churn:2", "production", "best on June")
    assert reply.line == (
        "churn:2 candidate -> production · churn:1 production -> deprecated (successor churn:2) · @champion churn:2"
    )
    first, second = desk.registry.version("churn:1"), desk.registry.version("churn:2")
    assert (first.stage, first.successor, first.reason) == ("deprecated", "churn:2", "best on June")
    assert (second.stage, second.aliases) == ("production", ("champion",))
    assert desk.registry.version("churn@previous").ref == "churn:1"
    moves = desk.call(History(ref="churn"))
    assert isinstance(moves, HistoryReply)
    assert [entry.what for entry in moves.entries if "churn:2" in entry.what and "production" in entry.what] == [
        reply.line
    ]


def test_a_model_of_tier_high_goes_through_staging(desk: Desk) -> None:
    desk.register()
    desk.call(Edit(ref="churn", tier="high"))  # type: ignore[arg-type]
    with pytest.raises(IllegalMove) as refused:
        desk.promote("churn:1", "production")
    assert refused.value.text == (
        "churn:1 is a candidate, and a model of tier high goes through staging\nfirst: %mlc promote churn:1 staging"
    )
    assert desk.stages() == {1: "candidate"}


def test_a_refused_move_is_an_event(desk: Desk) -> None:
    desk.register()
    desk.promote("churn:1", "production")
    with pytest.raises(IllegalMove, match="churn:1 is in production already"):
        desk.promote("churn:1")
    newest = desk.registry.history(None, 1)[0]
    assert type(newest.event).__name__ == "ActRefused"


def test_a_version_is_sent_back_from_staging(desk: Desk) -> None:
    desk.register()
    desk.promote("churn:1")
    assert desk.promote("churn:1", "candidate", "too slow").line == "churn:1 staging -> candidate"


def test_promote_does_not_retire(desk: Desk) -> None:
    desk.register()
    with pytest.raises(IllegalMove) as refused:
        desk.promote("churn:1", "retired")
    assert refused.value.text == "promote does not lead to retired\nto end its service: %mlc retire churn:1"


def test_a_dry_run_says_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    desk.register()
    before = desk.registry.head()
    reply = desk.call(Promote(ref="churn:1", to=Stage.PRODUCTION, dry_run=True))
    assert isinstance(reply, MoveReply)
    assert (reply.done, reply.stage, reply.champion) == (False, "production", "churn:1")
    assert desk.registry.head() == before
    assert desk.stages() == {1: "candidate"}


def test_a_version_without_its_bytes_goes_no_further(desk: Desk) -> None:
    desk.register()
    artifact = desk.registry.version("churn:1").artifact
    desk.backing.artifacts.delete(artifact)
    with pytest.raises(Damaged) as refused:
        desk.promote("churn:1")
    assert refused.value.text == (
        f"1 of the blobs of churn:1 are missing: {artifact}\nbring them back from a backup, or register the model again"
    )
    assert desk.stages() == {1: "candidate"}


def test_a_stage_may_be_given_as_a_plain_word(desk: Desk) -> None:
    desk.register()
    desk.call(Promote(ref="churn:1", to="production"))  # type: ignore[arg-type]
    assert desk.registry.version("churn@champion").ref == "churn:1"


def test_a_move_is_refused_when_the_champion_is_another_than_its_author_saw(desk: Desk, bens: Desk) -> None:
    for content in ("one", "two", "three"):
        desk.register(content=content)
    desk.promote("churn:1", "production")
    bens.promote("churn:2", "production")
    with pytest.raises(Conflict) as refused:
        desk.call(Promote(ref="churn:3", to=Stage.PRODUCTION, champion="churn:1"))
    assert refused.value.text == (
        "churn:2 is champion of churn now, not churn:1: somebody moved it meanwhile\n"
        "look again: %mlc list churn, then: %mlc promote churn:3 production"
    )
    assert desk.stages() == {3: "candidate", 2: "production", 1: "deprecated"}


def test_of_two_promotions_at_once_one_wins_and_the_other_is_told(desk: Desk, bens: Desk) -> None:
    for content in ("one", "two", "three"):
        desk.register(content=content)
    desk.promote("churn:1", "production")
    gate = Barrier(2)

    def promote(who: Desk, ref: str) -> str:
        gate.wait()
        try:
            who.call(Promote(ref=ref, to=Stage.PRODUCTION, champion="churn:1"))
        except Conflict as refused:
            return refused.message
        finally:
            who.backing.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(promote, (desk, bens), ("churn:2", "churn:3")))
    assert told[1] == "won"
    assert told[0].endswith(" is champion of churn now, not churn:1: somebody moved it meanwhile")
    assert sorted(desk.stages().values()) == ["candidate", "deprecated", "production"]
    assert desk.registry.aliases_of_model("churn")["previous"] == 1


def test_nobody_was_champion_when_its_author_looked(desk: Desk, bens: Desk) -> None:
    desk.register()
    desk.register(content="two")
    bens.promote("churn:1", "production")
    with pytest.raises(Conflict, match="churn:1 is champion of churn now, not nobody"):
        desk.call(Promote(ref="churn:2", to=Stage.PRODUCTION, champion="none"))


def test_what_moves_a_version_wants_a_number_or_an_alias(desk: Desk) -> None:
    desk.register()
    with pytest.raises(Exception, match="'churn' does not name one version"):
        desk.promote("churn", "staging")


def test_an_unknown_version_names_the_newest(desk: Desk) -> None:
    desk.register()
    with pytest.raises(NotFound) as refused:
        desk.promote("churn:7")
    assert refused.value.text == "there is no churn:7\nthe newest is churn:1"


def test_an_unknown_model_names_those_that_are_near(desk: Desk) -> None:
    desk.register()
    with pytest.raises(NotFound) as refused:
        desk.promote("chrun:1")
    assert refused.value.text == "there is no model 'chrun'\ndid you mean churn?"
