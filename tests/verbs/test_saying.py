"""What is said of models and versions: tag, alias, edit."""

from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound
from jupyter_mlc.domain.events import AliasMoved, Pointer, VersionKey
from jupyter_mlc.domain.lifecycle import Tier
from jupyter_mlc.verbs.alias import Alias, AliasReply
from jupyter_mlc.verbs.edit import Edit, EditReply
from jupyter_mlc.verbs.tag import Tag, TagReply
from tests.verbs.conftest import Desk


@pytest.fixture
def two(desk: Desk) -> Desk:
    desk.register(content="one", tag={"team": "ops"})
    desk.register(content="two")
    return desk


def test_tags_are_put_on_a_version_and_taken_off(two: Desk) -> None:
    reply = two.call(Tag(ref="churn:1", tags={"env": "prod", "team": "risk"}))
    assert isinstance(reply, TagReply)
    assert (reply.ref, reply.tags, reply.changed) == ("churn:1", {"env": "prod", "team": "risk"}, True)
    two.call(Tag(ref="churn:1", remove=("team",)))
    assert two.registry.version("churn:1").tags == {"env": "prod"}
    assert two.registry.version("churn:2").tags == {}


def test_tags_are_put_on_a_model(two: Desk) -> None:
    two.call(Tag(ref="churn", tags={"domain": "telco"}))
    assert two.registry.model("churn").tags == {"domain": "telco"}


def test_a_tag_that_is_there_already_is_no_event(two: Desk) -> None:
    before = two.registry.head().seq
    reply = two.call(Tag(ref="churn:1", tags={"team": "ops"}))
    assert isinstance(reply, TagReply)
    assert not reply.changed
    assert two.registry.head().seq == before


def test_a_tag_that_is_not_there_cannot_be_taken_off(two: Desk) -> None:
    with pytest.raises(NotFound) as refused:
        two.call(Tag(ref="churn:1", remove=("taem",)))
    assert refused.value.text == "churn:1 has no tag 'taem'\ndid you mean team?"


def test_tag_wants_tags(two: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        two.call(Tag(ref="churn:1"))
    assert refused.value.text == "tag with what?\n%mlc tag churn:1 team=ops, or --remove team"


def test_a_dry_run_of_tag_shows_the_tags_as_they_would_be(two: Desk) -> None:
    reply = two.call(Tag(ref="churn:1", tags={"a": "b"}, remove=("team",), dry_run=True))
    assert isinstance(reply, TagReply)
    assert (reply.done, reply.tags) == (False, {"a": "b"})
    assert two.registry.version("churn:1").tags == {"team": "ops"}


def test_an_alias_moves(two: Desk) -> None:
    two.call(Alias(ref="churn:1", alias="challenger"))
    reply = two.call(Alias(ref="churn:2", alias="challenger"))
    assert isinstance(reply, AliasReply)
    assert (reply.version, reply.before) == ("churn:2", "churn:1")
    assert two.registry.version("churn@challenger").ref == "churn:2"


def test_an_alias_is_taken_away(two: Desk) -> None:
    two.call(Alias(ref="churn:1", alias="challenger"))
    two.call(Alias(ref="churn", alias="challenger", remove=True))
    with pytest.raises(NotFound) as refused:
        two.registry.version("churn@challenger")
    assert refused.value.text == "churn has no alias 'challenger'\nit has no alias yet"
    with pytest.raises(NotFound, match="churn has no alias 'challenger'"):
        two.call(Alias(ref="churn", alias="challenger", remove=True))


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        (
            "champion",
            "the alias 'champion' is kept by the registry\nthe champion is moved by: %mlc promote REF production",
        ),
        (
            "previous",
            "the alias 'previous' is kept by the registry\nit follows promotions; to return to it: %mlc rollback NAME",
        ),
        ("latest", "the alias 'latest' is kept by the registry\nit always is the newest version"),
        ("Staging", "'Staging' is a stage, not an alias\nto change the stage: %mlc promote REF Staging"),
        (
            "a b",
            "'a b' cannot be an alias\n"
            "a name is made of letters, digits, '.', '_' and '-', begins with a letter or digit",
        ),
        (
            "2",
            "'2' cannot be an alias: it would read like a version's number\n"
            "version 2 is churn:2; for an alias write a word",
        ),
        (
            "V3",
            "'V3' cannot be an alias: it would read like a version's number\n"
            "version 3 is churn:3; for an alias write a word",
        ),
    ],
)
def test_some_aliases_are_not_for_people_to_move(two: Desk, alias: str, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        two.call(Alias(ref="churn:1", alias=alias))
    assert refused.value.text == text


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (Alias(ref="best", alias="churn:1"), "churn:1 best"),
        (Alias(ref="churn@best", alias="churn:1"), "churn:1 best"),
        (Alias(ref="churn:1", alias="@best"), "churn:1 best"),
        (Alias(ref="churn:1", alias="churn:2"), "churn:1 NAME"),
        (Alias(ref="churn", alias="churn@best", remove=True), "churn best --remove"),
        (Alias(ref="churn", alias="churn:1", remove=True), "churn NAME --remove"),
        (Alias(ref="churn", alias="best@churn:1"), "churn:1 best"),
        (Alias(ref="2", alias="churn:1"), "churn:1 NAME"),
    ],
)
def test_a_version_in_the_place_of_the_alias_is_answered_with_the_line_to_type(
    two: Desk, ask: Alias, line: str
) -> None:
    with pytest.raises(BadInput) as refused:
        two.call(ask)
    assert refused.value.text == f"{ask.alias!r} cannot be an alias\nwrite %mlc alias {line}"


@pytest.mark.parametrize(
    ("ref", "alias"), [("champion", "churn:1"), ("churn:1", "@champion"), ("churn@champion", "churn:1")]
)
def test_an_alias_that_the_registry_keeps_is_told_how_it_moves_wherever_it_stands(
    two: Desk, ref: str, alias: str
) -> None:
    with pytest.raises(BadInput) as refused:
        two.call(Alias(ref=ref, alias=alias))
    assert refused.value.text == (
        "the alias 'champion' is kept by the registry\nthe champion is moved by: %mlc promote REF production"
    )


def test_an_alias_is_not_taken_from_another_version_than_was_named(two: Desk) -> None:
    two.call(Alias(ref="churn:1", alias="challenger"))
    with pytest.raises(Conflict) as refused:
        two.call(Alias(ref="churn:2", alias="challenger", remove=True))
    assert refused.value.text == (
        "churn@challenger points to churn:1, not to churn:2\n"
        "to take it from there: %mlc alias churn challenger --remove"
    )
    two.call(Alias(ref="churn:1", alias="challenger", remove=True))
    assert two.registry.version("churn:1").aliases == ()


def test_an_alias_that_differs_by_case_alone_is_refused(two: Desk) -> None:
    two.call(Alias(ref="churn:1", alias="challenger"))
    with pytest.raises(BadInput) as refused:
        two.call(Alias(ref="churn:2", alias="Challenger"))
    assert refused.value.text == (
        "churn has the alias 'challenger', and nobody could tell 'Challenger' from it\n"
        "move that one: %mlc alias churn:2 challenger"
    )


def test_an_alias_of_digits_that_is_there_is_read_and_can_be_taken_away(two: Desk) -> None:
    first = two.registry.version("churn:1")
    key = VersionKey(number=1, id=first.id)
    with two.backing.registry.write(two.backing._identity(), two.backing._clock) as log:
        log.append(AliasMoved(model="churn", alias="2", pointer=Pointer(before=None, after=key)))
    assert two.registry.version("churn@2").ref == "churn:1"
    two.call(Alias(ref="churn", alias="2", remove=True))
    assert two.registry.version("churn:1").aliases == first.aliases


def test_an_unknown_alias_names_those_that_are_near(two: Desk) -> None:
    two.call(Alias(ref="churn:1", alias="challenger"))
    with pytest.raises(NotFound) as refused:
        two.registry.version("churn@chalenger")
    assert refused.value.text == "churn has no alias 'chalenger'\ndid you mean challenger?"


def test_owner_tier_and_description_of_a_model_are_edited(two: Desk) -> None:
    reply = two.call(Edit(ref="churn", owner="ben", tier=Tier.HIGH, description="who leaves"))
    assert isinstance(reply, EditReply)
    assert reply.changed == ("owner ben", "tier high", "description who leaves")
    model = two.registry.model("churn")
    assert (model.owner, model.tier, model.description) == ("ben", "high", "who leaves")


@pytest.mark.parametrize("ask", [Edit(ref="churn", owner="ana", tier=Tier.MINIMAL), Edit(ref="churn:1", note="")])
def test_an_edit_that_changes_nothing_is_no_event(two: Desk, ask: Edit) -> None:
    seq = two.registry.head().seq
    reply = two.call(ask)
    assert isinstance(reply, EditReply)
    assert (reply.changed, reply.next, two.registry.head().seq) == (("as before",), "", seq)


def test_an_owner_who_is_known_is_the_same_person(two: Desk) -> None:
    two.call(Edit(ref="churn", owner="ben"))
    two.call(Edit(ref="churn", owner="ana"))
    assert two.registry.model("churn").owner == "ana@laptop"
    assert two.registry.count("person") == 2


def test_a_name_that_several_people_have_is_refused(two: Desk) -> None:
    two.call(Edit(ref="churn", owner="ben@desk"))
    two.call(Edit(ref="churn", owner="ben@train"))
    with pytest.raises(Conflict, match="several people are called ben\nwrite one of the ids: ben@desk"):
        two.call(Edit(ref="churn", owner="ben"))


def test_the_note_of_a_version_is_edited(two: Desk) -> None:
    two.call(Edit(ref="churn:2", note="the good one"))
    assert two.registry.version("churn:2").note == "the good one"


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (Edit(ref="churn"), "edit what?\ngive --owner, --tier or --description (or --note for a version)"),
        (Edit(ref="churn:1"), 'edit what?\ngive a note: %mlc edit churn:1 --note "..."'),
        (
            Edit(ref="churn", note="x"),
            "a note belongs to a version\nwrite %mlc edit churn:N --note, or use --description",
        ),
        (
            Edit(ref="churn:1", owner="ana"),
            "owner, tier and description belong to the model\nwrite %mlc edit churn ...",
        ),
        (Edit(ref="churn", owner=" "), "an empty word names nobody\n--owner ana"),
    ],
)
def test_edit_says_what_it_wants(two: Desk, ask: Edit, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        two.call(ask)
    assert refused.value.text == text
