from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, NeedsConfirmation
from jupyter_mlc.domain.lifecycle import Tier
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.alias import Alias
from jupyter_mlc.verbs.base import Ask
from jupyter_mlc.verbs.deprecate import Deprecate
from jupyter_mlc.verbs.discard import Discard
from jupyter_mlc.verbs.edit import Edit
from jupyter_mlc.verbs.history import History, HistoryReply
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.rollback import Rollback
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.tag import Tag
from jupyter_mlc.verbs.undo import Undo, UndoReply
from tests.verbs.conftest import Desk


def undo(desk: Desk) -> str:
    reply = desk.call(Undo(reason="slip"))
    assert isinstance(reply, UndoReply)
    return reply.undone


def state(desk: Desk) -> object:
    """Everything about the model that an act may change."""
    plain = [(v.number, v.stage, v.successor, v.sunset, v.aliases, v.tags, v.note) for v in desk.versions()]
    model = desk.registry.model("churn")
    return plain, model.owner, model.tier, model.description, model.tags, desk.registry.aliases_of_model("churn")


@pytest.fixture
def settled(desk: Desk) -> Desk:
    """churn:1 deprecated, churn:2 champion, churn:3 candidate, each with something said of it."""
    for number in (1, 2, 3):
        desk.register(content=f"version {number}", note=f"note {number}", tag={"team": "ops"})
    desk.promote("churn:1", "production")
    desk.promote("churn:2", "production")
    desk.call(Alias(ref="churn:3", alias="challenger"))
    return desk


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.promote("churn:3", "production"),
        lambda desk: desk.promote("churn:3"),
        lambda desk: desk.call(Rollback(name="churn")),
        lambda desk: desk.call(Deprecate(ref="churn:1", successor="churn:3", sunset=5)),
        lambda desk: desk.call(Retire(ref="churn:1", successor="churn:3")),
        lambda desk: desk.call(Retire(ref="churn", yes=True)),
        lambda desk: desk.call(Alias(ref="churn:2", alias="challenger")),
        lambda desk: desk.call(Alias(ref="churn", alias="challenger", remove=True)),
        lambda desk: desk.call(Alias(ref="churn:1", alias="other")),
        lambda desk: desk.call(Tag(ref="churn:1", tags={"team": "risk", "x": "y"})),
        lambda desk: desk.call(Tag(ref="churn:1", remove=("team",))),
        lambda desk: desk.call(Tag(ref="churn", tags={"x": "y"})),
        lambda desk: desk.call(Edit(ref="churn", owner="ben", tier=Tier.HIGH, description="d")),
        lambda desk: desk.call(Edit(ref="churn:1", note="another")),
    ],
)
def test_undo_takes_back_exactly_the_last_act(settled: Desk, act: Callable[[Desk], object]) -> None:
    before = state(settled)
    act(settled)
    assert state(settled) != before
    undo(settled)
    assert state(settled) == before


def test_after_an_undone_promotion_a_rollback_leads_where_it_led_before(settled: Desk) -> None:
    settled.promote("churn:3", "production")
    undo(settled)
    settled.call(Rollback(name="churn"))
    assert settled.registry.version("churn@champion").ref == "churn:1"


def test_after_an_undone_rollback_it_can_be_done_again(settled: Desk) -> None:
    settled.call(Rollback(name="churn"))
    undo(settled)
    assert settled.registry.aliases_of_model("churn")["champion"] == 2
    settled.call(Rollback(name="churn"))
    assert settled.registry.aliases_of_model("churn")["champion"] == 1


def test_undo_again_goes_one_act_further_back(settled: Desk) -> None:
    assert undo(settled) == "churn@challenger -> churn:3"
    assert undo(settled).startswith("churn:2 candidate -> production")
    assert undo(settled).startswith("churn:1 candidate -> production")
    with pytest.raises(Conflict) as refused:
        undo(settled)
    assert refused.value.text == (
        "churn:3 registered (Logit) (event 7) stays (discard takes back registrations), "
        "and there is no act of yours to take back\nsee what you did: %mlc history"
    )


def test_nobody_takes_back_what_somebody_else_built_on(settled: Desk, bens: Desk) -> None:
    settled.promote("churn:3", "production", "mine")
    bens.call(Rollback(name="churn", reason="his"))
    with pytest.raises(Conflict, match="somebody built on it"):
        undo(settled)
    assert settled.registry.version("churn@champion").ref == "churn:2"


def test_somebody_elses_act_is_not_mine_to_take_back(settled: Desk, bens: Desk) -> None:
    bens.call(Tag(ref="churn:1", tags={"by": "ben"}))
    assert undo(settled) == "churn@challenger -> churn:3"
    assert settled.registry.version("churn:1").tags["by"] == "ben"


def test_a_registration_and_a_discard_are_not_undone(desk: Desk) -> None:
    desk.register()
    desk.call(Discard(refs=("churn:1",), yes=True))
    with pytest.raises(Conflict) as refused:
        undo(desk)
    assert refused.value.text == (
        "churn:1 candidate -> purged (event 6) cannot be undone, and there is no act of yours to take back\n"
        "see what you did: %mlc history"
    )


def test_after_a_registration_nothing_older_is_taken_back_without_asking(settled: Desk) -> None:
    settled.register(content="version 4")
    before, seq = state(settled), settled.registry.head().seq
    with pytest.raises(NeedsConfirmation) as asked:
        undo(settled)
    assert asked.value.text == (
        f"churn:4 registered (Logit) (event {seq}) stays (discard takes back registrations); "
        "take back what was before it, churn@challenger -> churn:3?\nto go ahead without being asked, add --yes"
    )
    assert state(settled) == before
    settled.call(Undo(confirm=asked.value.token))
    assert "challenger" not in settled.registry.aliases_of_model("churn")


def test_after_a_discard_nothing_older_is_taken_back_without_asking(settled: Desk) -> None:
    settled.call(Edit(ref="churn", description="d"))
    settled.call(Discard(refs=("churn:3",), yes=True))
    before, seq = state(settled), settled.registry.head().seq
    with pytest.raises(NeedsConfirmation) as asked:
        undo(settled)
    assert asked.value.text == (
        f"churn:3 candidate -> purged (event {seq}) cannot be undone; "
        "take back what was before it, churn: another description?\nto go ahead without being asked, add --yes"
    )
    dry = settled.call(Undo(dry_run=True))
    assert dry.warnings == (f"churn:3 candidate -> purged (event {seq}) cannot be undone",)
    assert state(settled) == before
    settled.call(Undo(confirm=asked.value.token))
    assert settled.registry.model("churn").description == ""


@pytest.mark.parametrize("reason", ["3", " #3", "event 3", "churn:3", "churn", "Churn@best", "tag"])
def test_undo_chooses_no_act_by_its_number_its_verb_or_what_it_was_about(settled: Desk, reason: str) -> None:
    before, seq = state(settled), settled.registry.head().seq
    with pytest.raises(BadInput) as refused:
        settled.call(Undo(reason=reason))
    assert refused.value.text == (
        f"undo takes back your own last act and no other; {reason.strip()!r} chooses none\n"
        f"your last act is event {seq}, churn@challenger -> churn:3; to take it back: %mlc undo"
    )
    assert state(settled) == before


@pytest.mark.parametrize("reason", ["4711", "#123", "event 0", "9" * 5000, "OPS:12", "ana@corp.com"])
def test_what_names_no_act_and_no_model_is_the_reason_of_an_undo(settled: Desk, reason: str) -> None:
    assert settled.call(Undo(reason=reason)).done
    assert settled.registry.aliases_of_model("churn") == {"champion": 2, "previous": 1}


def test_acts_of_a_lost_key_under_ones_own_name_are_told(
    settled: Desk, ana: Identity, open_session: Callable[[str, Identity], LocalSession]
) -> None:
    person = settled.registry.person_of_key(ana.public)
    backing = open_session(settled.backing.place.url, Identity(seed=b"n" * 32, name="ana@laptop"))
    with pytest.raises(Conflict) as refused:
        undo(Desk(session=backing, backing=backing))
    assert refused.value.text == (
        "there is no act of yours to take back\n"
        f"ana@laptop ({person}) acted here too, with another key, which alone can take that back: %mlc history"
    )
    backing.close()


def test_a_dry_run_says_what_would_be_undone(settled: Desk) -> None:
    before = state(settled)
    ask: Ask = Undo(dry_run=True)
    reply = settled.call(ask)
    assert isinstance(reply, UndoReply)
    assert (reply.done, reply.undone) == (False, "churn@challenger -> churn:3")
    assert state(settled) == before


def test_the_history_tells_what_was_undone(settled: Desk) -> None:
    settled.call(Alias(ref="churn:2", alias="challenger"))
    settled.call(Undo())
    settled.call(Edit(ref="churn:1", note="another"))
    settled.call(Undo())
    reply = settled.call(History(ref="churn"))
    assert isinstance(reply, HistoryReply)
    assert [entry.what for entry in reply.entries][-4:] == [
        "churn@challenger -> churn:2",
        "undone: churn@challenger -> churn:3",
        "churn:1 noted",
        "undone: churn:1 noted",
    ]
