"""How versions leave: deprecate, retire, discard."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, IllegalMove, NeedsConfirmation
from jupyter_mlc.verbs.alias import Alias
from jupyter_mlc.verbs.base import Ask
from jupyter_mlc.verbs.deprecate import Deprecate
from jupyter_mlc.verbs.discard import Discard, DiscardReply
from jupyter_mlc.verbs.load import Load, LoadReply
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.undo import Undo, UndoReply
from tests.verbs.conftest import Desk


def three(desk: Desk) -> None:
    """churn:1 deprecated, churn:2 champion, churn:3 candidate."""
    for number in (1, 2, 3):
        desk.register(content=f"version {number}")
    desk.promote("churn:1", "production")
    desk.promote("churn:2", "production")


def test_a_deprecated_version_gets_successor_sunset_and_reason(desk: Desk) -> None:
    three(desk)
    sunset = 1_806_451_200_000_000
    reply = desk.call(Deprecate(ref="churn:1", reason="old", successor="churn@champion", sunset=sunset))
    assert isinstance(reply, MoveReply)
    version = desk.registry.version("churn:1")
    assert (version.stage, version.successor, version.sunset, version.reason) == (
        "deprecated",
        "churn:2",
        sunset,
        "old",
    )


def test_loading_a_deprecated_version_warns(desk: Desk) -> None:
    three(desk)
    desk.call(Deprecate(ref="churn:1", reason="old", sunset=1_806_451_200_000_000))
    reply = desk.call(Load(ref="churn:1"))
    assert isinstance(reply, LoadReply)
    assert reply.warnings == ("churn:1 is deprecated; reason: old; use churn:2; retired after 2027-03-31",)


def test_without_a_key_that_can_be_read_nobody_is_trusted(desk: Desk, keyless: tuple[Desk, Path]) -> None:
    desk.register()
    reader, file = keyless
    reply = reader.call(Load(ref="churn:1"))
    assert isinstance(reply, LoadReply)
    assert not reply.trusted
    assert reply.warnings == (
        f"{file} holds no private key that can be read: Unable to load PEM file; without it no signature is yours, and "
        "only what is known to be harmless is loaded",
    )
    trusting = reader.call(Load(ref="churn:1", trust=True))
    assert isinstance(trusting, LoadReply)
    assert (trusting.trusted, trusting.warnings) == (True, ())


def test_the_champion_is_neither_deprecated_nor_retired(desk: Desk) -> None:
    three(desk)
    with pytest.raises(IllegalMove) as refused:
        desk.call(Deprecate(ref="churn@champion"))
    assert refused.value.text == (
        "churn:2 is the champion; a champion cannot be deprecated\n"
        "promote another first: %mlc promote churn:N production, or retire the whole model: %mlc retire churn"
    )
    with pytest.raises(IllegalMove, match="churn:2 is the champion; a champion cannot be retired"):
        desk.call(Retire(ref="churn:2"))


def test_a_candidate_cannot_be_deprecated(desk: Desk) -> None:
    three(desk)
    with pytest.raises(IllegalMove) as refused:
        desk.call(Deprecate(ref="churn:3"))
    assert refused.value.text == (
        "churn:3 is candidate; it cannot become deprecated\n"
        "from candidate it can become: production, retired, staging; or be deleted: discard"
    )


def test_a_successor_by_its_number_alone_is_told_with_its_model(desk: Desk) -> None:
    three(desk)
    for ask in (Deprecate(ref="churn:1", successor="3"), Retire(ref="churn", successor="3", yes=True)):
        with pytest.raises(BadInput) as refused:
            desk.call(ask)
        assert refused.value.text == "'3' does not name one version\nwrite churn:3"


def test_a_version_cannot_succeed_itself(desk: Desk) -> None:
    three(desk)
    with pytest.raises(BadInput) as refused:
        desk.call(Retire(ref="churn:1", successor="churn:1"))
    assert refused.value.text == "churn:1 cannot be its own successor\nname another version"


def test_a_retired_version_cannot_succeed_another(desk: Desk) -> None:
    three(desk)
    desk.call(Retire(ref="churn:3"))
    with pytest.raises(Conflict) as refused:
        desk.call(Retire(ref="churn:1", successor="churn:3"))
    assert refused.value.text == "churn:3 is retired and cannot succeed churn:1\nname a version that can be loaded"


def test_loading_a_retired_version_is_refused_naming_the_successor(desk: Desk) -> None:
    three(desk)
    desk.call(Retire(ref="churn:1", reason="superseded", successor="churn:2"))
    with pytest.raises(Conflict) as refused:
        desk.call(Load(ref="churn:1"))
    assert refused.value.text == "churn:1 is retired (superseded); it is not loaded any more\nload churn:2 instead"


def test_retiring_what_somebody_loaded_asks_once(desk: Desk) -> None:
    three(desk)
    desk.call(Load(ref="churn:1"))
    with pytest.raises(NeedsConfirmation) as asked:
        desk.call(Retire(ref="churn:1"))
    assert asked.value.message == "you loaded churn:1 a moment ago; retire it?"
    assert desk.stages()[1] == "deprecated"
    desk.call(Retire(ref="churn:1", confirm=asked.value.token))
    assert desk.stages()[1] == "retired"


def test_a_question_is_asked_again_when_more_people_use_the_version(desk: Desk, bens: Desk) -> None:
    three(desk)
    desk.call(Load(ref="churn:1"))
    with pytest.raises(NeedsConfirmation) as asked:
        desk.call(Retire(ref="churn:1"))
    bens.promote("churn:3", "staging")
    bens.call(Load(ref="churn:1"))
    with pytest.raises(NeedsConfirmation, match="and 1 others loaded churn:1"):
        desk.call(Retire(ref="churn:1", confirm=asked.value.token))


def test_yes_goes_ahead_without_being_asked(desk: Desk) -> None:
    three(desk)
    desk.call(Load(ref="churn:1"))
    desk.call(Retire(ref="churn:1", yes=True))
    assert desk.stages()[1] == "retired"


def test_a_model_without_a_champion_is_asked_about_without_one(desk: Desk) -> None:
    desk.register()
    with pytest.raises(NeedsConfirmation) as asked:
        desk.call(Retire(ref="churn"))
    assert asked.value.message == "retire churn as a whole: 1 version?"


@pytest.mark.parametrize("ask", [Deprecate(ref="churn:latest"), Discard(refs=("churn@latest",), yes=True)])
def test_what_moves_a_version_does_not_take_the_newest_for_it(desk: Desk, ask: Ask) -> None:
    three(desk)
    with pytest.raises(BadInput) as refused:
        desk.call(ask)
    named = getattr(ask, "ref", "churn@latest")
    assert refused.value.text == (f"'{named}' may be another version in a moment, and this moves it\nnow it is churn:3")


def test_deprecating_again_with_nothing_new_is_no_event(desk: Desk) -> None:
    three(desk)
    desk.call(Deprecate(ref="churn:1", successor="churn:3", reason="old"))
    seq = desk.registry.head().seq
    reply = desk.call(Deprecate(ref="churn:1"))
    assert isinstance(reply, MoveReply)
    assert (reply.done, reply.seq, reply.next, desk.registry.head().seq) == (True, None, "", seq)
    version = desk.registry.version("churn:1")
    assert (version.successor, version.reason) == ("churn:3", "old")


def test_a_whole_model_retires_with_its_champion(desk: Desk) -> None:
    three(desk)
    with pytest.raises(NeedsConfirmation) as asked:
        desk.call(Retire(ref="churn", reason="project ended"))
    assert asked.value.message == "retire churn as a whole: 3 versions, the champion among them?"
    reply = desk.call(Retire(ref="churn", reason="project ended", yes=True))
    assert isinstance(reply, MoveReply)
    assert desk.stages() == {3: "retired", 2: "retired", 1: "retired"}
    with pytest.raises(Conflict, match="churn:2 is retired"):
        desk.call(Load(ref="churn@champion"))
    with pytest.raises(Conflict) as refused:
        desk.call(Retire(ref="churn", yes=True))
    assert refused.value.text == "no version of churn is left to retire\nsee %mlc list churn"


def test_a_retired_model_takes_a_new_champion(desk: Desk) -> None:
    three(desk)
    desk.call(Retire(ref="churn", yes=True))
    desk.register(content="a fresh start")
    desk.promote("churn:4", "production")
    assert desk.stages() == {4: "production", 3: "retired", 2: "retired", 1: "retired"}


def test_discarding_deletes_the_bytes_and_keeps_the_record(desk: Desk) -> None:
    three(desk)
    artifact = desk.registry.version("churn:3").artifact
    with pytest.raises(NeedsConfirmation) as asked:
        desk.call(Discard(refs=("churn:3",)))
    assert asked.value.message == "delete the bytes of churn:3 for good?"
    reply = desk.call(Discard(refs=("churn:3",), confirm=asked.value.token))
    assert isinstance(reply, DiscardReply)
    assert (reply.versions, reply.freed) == (("churn:3",), len("version 3"))
    assert not desk.backing.artifacts.has(artifact)
    assert desk.stages()[3] == "purged"
    with pytest.raises(Conflict, match="churn:3 is purged; its bytes are gone"):
        desk.call(Load(ref="churn:3"))
    assert desk.register(content="version 4") == "churn:4"


def test_bytes_that_another_version_needs_stay(desk: Desk) -> None:
    desk.register(content="same")
    desk.register(content="same")
    reply = desk.call(Discard(refs=("churn:1",), yes=True))
    assert isinstance(reply, DiscardReply)
    assert reply.freed == 0
    assert desk.backing.artifacts.has(desk.registry.version("churn:2").artifact)


def test_a_range_is_discarded_as_one(desk: Desk) -> None:
    for number in range(1, 5):
        desk.register(content=f"version {number}")
    reply = desk.call(Discard(refs=("churn:2..3", "churn:2"), yes=True))
    assert isinstance(reply, DiscardReply)
    assert set(reply.versions) == {"churn:2", "churn:3"}
    assert desk.stages() == {4: "candidate", 3: "purged", 2: "purged", 1: "candidate"}


@pytest.mark.parametrize(
    ("ref", "stage", "hint"),
    [
        ("churn:1", "deprecated", "instead: %mlc retire churn:1"),
        (
            "churn:2",
            "production",
            "to end its service, promote another: %mlc promote churn:N production; then: %mlc retire churn:2",
        ),
    ],
)
def test_what_was_promoted_is_not_discarded(desk: Desk, ref: str, stage: str, hint: str) -> None:
    three(desk)
    with pytest.raises(IllegalMove) as refused:
        desk.call(Discard(refs=(ref,), yes=True))
    assert refused.value.text == f"{ref} is {stage}; only candidates that were never promoted are discarded\n{hint}"


def test_what_is_discarded_leaves_no_alias_and_no_way_back_to_one(desk: Desk) -> None:
    three(desk)
    desk.call(Alias(ref="churn:1", alias="kept"))
    desk.call(Alias(ref="churn:3", alias="third"))
    reply = desk.call(Discard(refs=("churn:3",), yes=True))
    assert isinstance(reply, DiscardReply)
    assert reply.aliases == ("churn@third",)
    assert set(desk.registry.aliases_of_model("churn")) == {"champion", "previous", "kept"}
    undone = desk.call(Undo(yes=True))
    assert isinstance(undone, UndoReply)
    assert undone.undone == "churn@kept -> churn:1"


def test_one_refused_candidate_keeps_the_others(desk: Desk) -> None:
    three(desk)
    with pytest.raises(IllegalMove):
        desk.call(Discard(refs=("churn:3", "churn:1"), yes=True))
    assert desk.stages()[3] == "candidate"


def test_a_candidate_that_came_back_from_staging_is_not_discarded(desk: Desk) -> None:
    desk.register()
    desk.promote("churn:1")
    desk.promote("churn:1", "candidate")
    with pytest.raises(IllegalMove, match="churn:1 was promoted once"):
        desk.call(Discard(refs=("churn:1",), yes=True))


def test_purged_is_final(desk: Desk) -> None:
    desk.register()
    desk.call(Discard(refs=("churn:1",), yes=True))
    with pytest.raises(IllegalMove) as refused:
        desk.call(Discard(refs=("churn:1",), yes=True))
    assert refused.value.text == "churn:1 is purged already\npurged is final"
    with pytest.raises(IllegalMove, match="churn:1 is purged; no stage follows"):
        desk.promote("churn:1")
