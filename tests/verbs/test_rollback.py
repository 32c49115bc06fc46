from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.rollback import Rollback
from tests.verbs.conftest import Desk


def champions(desk: Desk, *numbers: int) -> None:
    """Make versions champions, one after the other."""
    for number in range(1, max(numbers) + 1):
        desk.register(content=f"version {number}")
    for number in numbers:
        desk.promote(f"churn:{number}", "production")


def rollback(desk: Desk, reason: str = "") -> MoveReply:
    reply = desk.call(Rollback(name="churn", reason=reason))
    assert isinstance(reply, MoveReply)
    return reply


def test_a_rollback_returns_to_the_champion_before(desk: Desk) -> None:
    champions(desk, 1, 2)
    reply = rollback(desk, "false alarm")
    assert reply.line == (
        "churn:2 production -> deprecated (successor churn:1) · churn:1 deprecated -> production · @champion churn:1"
    )
    assert (reply.champion, reply.champion_before, reply.version) == ("churn:1", "churn:2", "churn:1")
    assert desk.registry.aliases_of_model("churn") == {"champion": 1}
    assert desk.registry.version("churn:2").reason == "false alarm"


def test_a_version_in_the_place_of_the_model_is_told_what_a_rollback_does(desk: Desk) -> None:
    champions(desk, 1, 2)
    with pytest.raises(BadInput) as refused:
        desk.call(Rollback(name="churn:1"))
    assert refused.value.text == (
        "rollback returns to the champion before, whichever that was, and churn:1 is no model\n"
        "write %mlc rollback churn; or make it champion: %mlc promote churn:1 production"
    )


@pytest.mark.parametrize(
    ("reason", "version"), [("1", "churn:1"), ("v1", "churn:1"), ("churn:1", "churn:1"), ("churn@best", "churn@best")]
)
def test_a_version_in_the_place_of_the_reason_is_told_what_a_rollback_does(
    desk: Desk, reason: str, version: str
) -> None:
    champions(desk, 1, 2)
    with pytest.raises(BadInput) as refused:
        desk.call(Rollback(name="churn", reason=reason))
    assert refused.value.text == (
        f"rollback returns to the champion before, whichever that was; {reason!r} chooses none\n"
        f"write %mlc rollback churn; or make it champion: %mlc promote {version} production"
    )


@pytest.mark.parametrize("reason", ["12345", "3", "0", "v9", "9" * 5000, "OPS:12", "ana@corp.com"])
def test_a_number_or_a_word_that_names_no_version_is_the_reason_of_a_rollback(desk: Desk, reason: str) -> None:
    champions(desk, 1, 2)
    rollback(desk, reason)
    assert desk.registry.version("churn:2").reason == reason


def test_repeated_rollbacks_go_further_back_and_never_to_a_version_that_was_rolled_back(desk: Desk) -> None:
    champions(desk, 1, 2, 3)
    assert rollback(desk).champion == "churn:2"
    assert desk.registry.aliases_of_model("churn") == {"champion": 2, "previous": 1}
    assert rollback(desk).champion == "churn:1"
    with pytest.raises(Conflict) as refused:
        rollback(desk)
    assert refused.value.text == (
        "no version was champion of churn before churn:1\n"
        "promote another: %mlc promote churn:N production, or see %mlc list churn"
    )


def test_champions_that_alternate_are_rolled_back_one_by_one(desk: Desk) -> None:
    champions(desk, 1, 2, 1, 2)
    assert rollback(desk).champion == "churn:1"
    with pytest.raises(Conflict, match="no version was champion of churn before churn:1"):
        rollback(desk)


def test_a_version_that_was_rolled_back_can_be_promoted_again(desk: Desk) -> None:
    champions(desk, 1, 2)
    rollback(desk)
    desk.promote("churn:2", "production", "it was right after all")
    assert rollback(desk).champion == "churn:1"


def test_without_a_champion_nothing_is_rolled_back(desk: Desk) -> None:
    desk.register()
    with pytest.raises(Conflict) as refused:
        rollback(desk)
    assert refused.value.text == "churn has no champion to roll back\nmake one: %mlc promote churn:N production"


def test_a_former_champion_that_is_retired_cannot_serve_again(desk: Desk) -> None:
    from jupyter_mlc.verbs.retire import Retire

    champions(desk, 1, 2)
    desk.call(Retire(ref="churn:1"))
    with pytest.raises(Conflict, match="churn:1 was champion before, but is retired now"):
        rollback(desk)
    assert desk.registry.aliases_of_model("churn") == {"champion": 2, "previous": 1}


def test_a_dry_run_moves_nothing(desk: Desk) -> None:
    champions(desk, 1, 2)
    reply = desk.call(Rollback(name="churn", dry_run=True))
    assert isinstance(reply, MoveReply)
    assert (reply.done, reply.champion) == (False, "churn:1")
    assert desk.registry.version("churn@champion").ref == "churn:2"


def test_an_unknown_model_cannot_be_rolled_back(desk: Desk) -> None:
    with pytest.raises(NotFound, match="there is no model 'churn'"):
        rollback(desk)
