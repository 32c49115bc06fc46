from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields

import pytest

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import BadInput, NotFound
from jupyter_mlc.domain.names import Reference
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.queries.whole import COLUMNS, whole
from jupyter_mlc.store.registry import Registry
from tests.store.house import House


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(NotFound) as refused:
        call()
    return refused.value.text


# Models


def test_a_model_that_is_not_there_is_not_found(registry: Registry) -> None:
    said = "there is no model 'churn'\nsee %mlc list; make one: %mlc register NAME OBJECT"
    assert refusal(lambda: registry.model("churn")) == said
    assert refusal(lambda: registry.version("churn:1")) == said
    assert refusal(lambda: registry.line("churn")) == said


def test_a_model_whose_name_is_nearly_right_is_suggested(house: House) -> None:
    house.create("ops/churn")
    assert (
        refusal(lambda: house.registry.model("ops/chrun")) == "there is no model 'ops/chrun'\ndid you mean ops/churn?"
    )


def test_a_model_is_found_whatever_the_case_and_called_as_it_was_named(house: House) -> None:
    house.create("Ops/Churn")
    assert house.registry.model("ops/CHURN").name == "Ops/Churn"
    assert house.registry.model("Ops/Churn").owner == "ana@laptop"


def test_a_model_counts_its_versions_and_names_its_champion(house: House) -> None:
    for _ in range(3):
        house.register()
    house.promote(2)
    model = house.registry.model("churn")
    assert (model.versions, model.last_number, model.champion) == (3, 3, 2)
    assert [each.name for each in house.registry.models(9)] == ["churn"]


def test_names_are_listed_in_order_and_only_so_many(house: House) -> None:
    for name in ("b", "C", "a"):
        house.create(name)
    assert house.registry.model_names(9) == ["a", "b", "C"]
    assert house.registry.model_names(2) == ["a", "b"]


# Versions


def test_a_bare_name_is_the_champion_else_the_newest(house: House) -> None:
    house.register()
    house.register()
    assert house.registry.version("churn").number == 2
    house.promote(1)
    assert house.registry.version("churn").number == 1
    assert house.registry.version("churn:latest").number == 2
    assert house.registry.version("churn@latest").number == 2
    assert house.registry.version("churn@champion").number == 1


def test_a_range_names_no_version_even_where_it_holds_but_one(house: House) -> None:
    for _ in range(3):
        house.register()
    for text, first in {"churn:2..3": 2, "churn:3..3": 3}.items():
        with pytest.raises(BadInput) as refused:
            house.registry.version(text)
        assert refused.value.text == (
            f"{text!r} names several versions, and one is wanted here\n"
            f"name one: churn:{first}; see them: %mlc list {text}"
        )


def test_a_number_that_is_not_there_names_the_newest(house: House) -> None:
    house.create()
    assert refusal(lambda: house.registry.version("churn:1")) == "there is no churn:1\nchurn has no version yet"
    said = "churn has no version yet\nmake one: %mlc register churn OBJECT"
    assert refusal(lambda: house.registry.version("churn")) == said
    house.register()
    assert refusal(lambda: house.registry.version("churn:7")) == "there is no churn:7\nthe newest is churn:1"


def test_the_largest_number_that_can_be_written_is_not_found_like_any_other(house: House) -> None:
    house.register()
    assert refusal(lambda: house.registry.version("churn:" + "9" * 18)).endswith("\nthe newest is churn:1")


def test_an_alias_that_is_not_there_names_those_that_are(house: House) -> None:
    house.register()
    assert refusal(lambda: house.registry.version("churn@best")) == "churn has no alias 'best'\nit has no alias yet"
    house.alias(1, "challenger")
    said = "churn has no alias 'best'\nit has: challenger"
    assert refusal(lambda: house.registry.version("churn@best")) == said
    said = "churn has no alias 'chalenger'\ndid you mean challenger?"
    assert refusal(lambda: house.registry.version("churn@chalenger")) == said
    said = "churn has no alias '3'\nfor version 3 write churn:3"
    assert refusal(lambda: house.registry.version("churn@3")) == said
    said = "churn has no alias 'champion'\nmake one: %mlc promote churn:N production"
    assert refusal(lambda: house.registry.version("churn@champion")) == said


def test_a_version_has_all_that_was_said_of_it(house: House) -> None:
    house.register(
        metrics={"b": 0.5, "a": math.nan, "c": -math.inf},
        params={"depth": 3, "kind": "3", "shuffle": True, "big": 2**60, "none": None},
        tags={"team": "ops"},
        note="for Ana",
    )
    house.alias(1, "challenger")
    version = house.registry.version("churn:1")
    assert [measured.key for measured in version.metrics] == ["a", "b", "c"]
    assert math.isnan(version.metrics[0].value)
    assert [measured.value for measured in version.metrics[1:]] == [0.5, -math.inf]
    values = {parameter.key: parameter.value for parameter in version.params}
    assert values == {"depth": 3, "kind": "3", "shuffle": True, "big": 2**60, "none": None}
    assert (version.tags, version.note, version.aliases) == ({"team": "ops"}, "for Ana", ("challenger",))
    assert (version.author, version.stage, version.promoted) == ("ana@laptop", "candidate", False)


def test_versions_are_listed_newest_first_within_bounds(house: House) -> None:
    for _ in range(5):
        house.register()
    numbers = [version.number for version in house.registry.versions("CHURN", 9)]
    assert numbers == [5, 4, 3, 2, 1]
    assert [version.number for version in house.registry.versions("churn", 9, first=2, last=4)] == [4, 3, 2]
    assert [version.number for version in house.registry.versions("churn", 1)] == [5]
    assert house.registry.versions("nobody", 9) == []


def test_versions_by_id_come_in_the_order_that_was_asked_for(house: House) -> None:
    for _ in range(3):
        house.register()
    ids = [house.key(number).id for number in (2, 3, 1)]
    assert [version.number for version in house.registry.versions_by_id(ids)] == [2, 3, 1]
    assert house.registry.versions_by_id([]) == []


def test_versions_that_are_listed_together_are_what_each_is_alone(house: House) -> None:
    house.register(tags={"team": "ops", "kind": "trial"}, metrics={"auc": 0.5}, note="first")
    house.register(params={"C": 1})
    house.register(tags={"team": "risk"})
    house.promote(1)
    house.promote(2)
    house.deprecate(1, successor="churn:3")
    for number, name in ((1, "one"), (1, "best"), (3, "other")):
        house.alias(number, name)
    together = house.registry.versions("churn", 9)
    assert together == [house.registry.version(f"churn:{number}") for number in (3, 2, 1)]
    assert [version.aliases for version in together] == [("other",), ("champion",), ("best", "one", "previous")]
    assert [list(version.tags.items()) for version in together] == [
        [("team", "risk")],
        [],
        [("kind", "trial"), ("team", "ops")],
    ]


def test_what_is_kept_of_a_version_becomes_the_fact_of_the_same_name() -> None:
    kept = {column: "[]" if column in {"metrics", "params"} else column for column in COLUMNS}
    (version,) = whole([tuple(kept.values())], {"author": "Ana"}, {}, {})
    told = {"model": "model_name", "promoted": True, "author": "Ana", "aliases": (), "tags": {}}
    expected = {column: column for column in COLUMNS} | told | {"metrics": (), "params": ()}
    assert vars(version) == {field.name: expected[field.name] for field in fields(ModelVersion)}


def test_the_first_version_with_the_same_bytes_is_known_unless_it_is_purged(house: House) -> None:
    house.register(content="same")
    house.register(content="same")
    artifact = house.registry.version("churn:2").artifact
    assert house.registry.same_bytes(artifact, house.key(2).id) == "churn:1"
    assert house.registry.same_bytes(artifact, house.key(1).id) is None
    house.discard(1)
    assert house.registry.same_bytes(artifact, None) == "churn:2"


def test_those_that_serve_are_neither_retired_nor_purged(house: House) -> None:
    for _ in range(4):
        house.register()
    house.retire(1)
    house.discard(2)
    house.promote(3)
    assert [row["number"] for row in house.registry.serving_rows("churn")] == [3, 4]


# What the planners need


def test_the_line_knows_champion_previous_and_formers(house: House) -> None:
    for _ in range(4):
        house.register()
    for number in (1, 2, 1, 3):
        house.promote(number)
    line = house.line
    assert line.champion is not None
    assert line.champion.key.number == 3
    assert line.previous == house.key(1)
    assert [former.version.key.number for former in line.formers] == [1, 2]


def test_repeated_rollbacks_never_return_to_what_was_rolled_back(house: House) -> None:
    for _ in range(3):
        house.register()
    for number in (1, 2, 1, 2, 3):
        house.promote(number)
    served = [house.registry.version("churn@champion").number]
    for _ in range(2):
        promised = house.aliases["previous"]
        house.rollback()
        served.append(house.registry.version("churn@champion").number)
        assert served[-1] == promised
    assert served == [3, 2, 1]
    assert "previous" not in house.aliases


# Events and people


def test_history_is_newest_first_of_one_model_or_of_all(house: House) -> None:
    house.create("other")
    house.register()
    names = [type(recorded.event).__name__ for recorded in house.registry.history("CHURN", 9)]
    assert names == ["VersionRegistered", "ModelCreated"]
    every = [recorded.seq for recorded in house.registry.history(None, 99)]
    assert every == sorted(every, reverse=True)
    assert len(every) == house.registry.head().seq
    assert len(house.registry.history(None, 2)) == 2


def test_events_since_a_number_are_oldest_first(house: House) -> None:
    house.create()
    before = house.registry.head().seq
    house.register()
    house.promote(1)
    names = [type(recorded.event).__name__ for recorded in house.registry.since(before, "churn")]
    assert names == ["VersionRegistered", "VersionMoved"]
    assert len(house.registry.since(before, None)) == 4


def test_an_event_that_is_not_there_is_not_found(registry: Registry) -> None:
    assert refusal(lambda: registry.event(99)) == "there is no event 99\nsee %mlc history"


def test_a_run_that_is_not_there_has_no_name(registry: Registry) -> None:
    assert refusal(lambda: registry.run_ref(99)) == "no run began with event 99\nsee %mlc list NAME --runs"


def test_people_are_found_by_name_with_or_without_their_machine(
    house: House, ben: Identity, clock: Callable[[], int]
) -> None:
    with house.registry.write(ben, clock) as log:
        him = log.actor
    registry = house.registry
    assert registry.people_called("ben") == registry.people_called("ben@desk") == registry.people_called(him) == [him]
    assert registry.people_called("be") == []
    assert registry.people_called("%") == []
    assert registry.name_of(him) == "ben@desk"
    assert registry.name_of("p-unknown") == "p-unknown"
    assert registry.person_of_key(ben.public) == him
    assert registry.person_of_key("00") is None


def test_each_event_is_signed_by_a_key_of_its_actor(house: House, ben: Identity, clock: Callable[[], int]) -> None:
    house.create()
    with house.registry.write(ben, clock):
        pass
    last = house.registry.head().seq
    assert house.registry.signer_of(last) == ben.public
    assert house.registry.signer_of(last - 2) == house.identity.public
    assert house.registry.signer_of(99) is None


# Runs, datasets, blobs, activity


def test_a_run_knows_the_version_that_came_of_it(house: House) -> None:
    house.add_dataset("flights")
    house.register(metrics={"auc": 0.5}, params={"depth": 3}, datasets=("flights",))
    run = house.registry.run(1)
    assert (run.ref, run.status, run.versions, run.datasets) == ("run/1", "finished", ("churn:1",), ("flights",))
    assert [measured.key for measured in run.metrics] == ["auc"]
    assert run.tags == {"night": "yes"}
    assert house.registry.runs("CHURN", 9) == house.registry.runs(None, 9) == [run]
    assert refusal(lambda: house.registry.run(7)) == "there is no run/7\nsee %mlc list NAME --runs"


def test_the_newest_revision_of_a_dataset_is_meant(house: House) -> None:
    house.add_dataset("Flights")
    assert house.add_dataset("flights") == 2
    assert house.registry.dataset("FLIGHTS").revision == 2
    assert [dataset.revision for dataset in house.registry.datasets(9)] == [2]
    assert refusal(lambda: house.registry.dataset("fligths")).startswith("there is no dataset 'fligths'\ndid you mean ")
    said = "there is no dataset 'x'\nsee %mlc dataset list; add one: %mlc dataset add NAME DATA"
    assert refusal(lambda: house.registry.dataset("x")) == said


def test_a_dataset_is_found_by_its_content_and_leads_to_what_was_trained_on_it(house: House) -> None:
    house.add_dataset("flights")
    house.register(datasets=("flights",))
    dataset = house.registry.dataset_by_digest("mlc1:flights")
    assert dataset is not None
    assert dataset.name == "flights"
    assert house.registry.trained_on(dataset.id, 9) == ["churn:1"]
    assert house.registry.dataset_by_digest("mlc1:other") is None


def test_a_blob_is_held_until_all_that_need_it_are_purged(house: House) -> None:
    house.register(content="same")
    house.register(content="same")
    digest = house.registry.version("churn:1").artifact
    house.discard(1)
    assert house.registry.is_held(digest)
    house.discard(2)
    assert not house.registry.is_held(digest)
    assert house.registry.blobs_of(house.registry.version_row(Reference(model="churn", number=2))["id"]) == []


def test_series_of_metrics_are_kept_in_the_order_of_steps(house: House) -> None:
    house.registry.keep_series(5, [("loss", 2, 0.5, 9), ("loss", 1, math.nan, 8), ("auc", 1, 0.75, 8)])
    series = house.registry.series(5)
    assert series["auc"] == [(1, 0.75)]
    assert math.isnan(series["loss"][0][1])
    assert series["loss"][1] == (2, 0.5)
    assert house.registry.series(6) == {}


def test_who_loaded_a_version_lately_is_known(house: House) -> None:
    for actor, at in (("p-1", 5), ("p-2", 7), ("p-1", 9)):
        house.registry.note_activity("load", 1, actor, at)
    assert house.registry.users_since(1, 6) == [("p-1", 9), ("p-2", 7)]
    assert house.registry.users_since(1, 10) == []
    assert house.registry.users_since(2, 0) == []
