from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_mlc.domain.entities import Measured
from jupyter_mlc.domain.errors import BadInput, Damaged, Unavailable
from jupyter_mlc.domain.events import EVENTS, UPCASTS, ModelCreated, ModelEdited, RunEnded
from jupyter_mlc.store import log
from jupyter_mlc.store.identity import Identity, signature_holds
from jupyter_mlc.store.registry import Registry
from tests.conftest import SECOND, START, Clock
from tests.store.house import House

EDITED = ModelEdited(model="churn", owner_before="p-1", owner="p-1", tier_before="minimal", tier="high")


def stored_in(registry: Registry, seq: int) -> str:
    row = registry.database.one("SELECT stored FROM event WHERE seq = :seq", {"seq": seq})
    assert row is not None
    text: str = row["stored"]
    return text


def wrapped(act: object, seq: int = 1) -> str:
    fields = {"act": act, "assigned": {}, "prev": log.GENESIS, "recorded": 5, "seq": seq, "signature": "00"}
    return rfc8785.dumps(fields).decode()  # type: ignore[arg-type]


def act(type_: str, body: object, version: int = 1) -> dict[str, object]:
    return {"type": type_, "version": version, "actor": "p-1", "writer_time": 5, "nonce": "n", "body": body}


def no_words(_: str) -> None:
    return None


def test_an_event_that_is_nested_too_deep_is_damaged() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    whole = wrapped(act("ModelCreated", "HERE"))
    for text in (whole.replace('"HERE"', deep), whole.replace('"00"', deep)):
        with pytest.raises(Damaged, match=r"cannot be read|has an odd body"):
            log.read(text, no_words)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(value=PLAIN)
@example(value={"whole": 1.0, "less than nothing": -0.0, "small": 1e-7, "large": 1e15, "control": "\x00\x7f\u2028/\\"})
@example(value={"\U0001f600": 1, "\uffee": 2, "a": (3,)})
def test_text_is_what_the_standard_says_whichever_way_it_is_written(value: object) -> None:
    assert log.canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


# Numbers


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (2**53, "9007199254740992"),
        (-(2**70), "-1180591620717411303424"),
        (4.297864211432569e16, "4.297864211432569e+16"),
        (-1e300, "-1e+300"),
    ],
)
def test_numbers_that_json_cannot_carry_are_spelled(number: float, spelled: str) -> None:
    assert log.carried({"a": [number]}) == {"a": [{"$number": spelled}]}
    assert log.uncarried({"a": [{"$number": spelled}]}) == {"a": [number]}


def test_not_a_number_is_spelled_too() -> None:
    assert log.carried(math.nan) == {"$number": "nan"}
    assert math.isnan(log.uncarried({"$number": "nan"}))


@pytest.mark.slow
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_plain_data_comes_back_as_it_was(value: object) -> None:
    text = log.canonical(log.carried(value))
    assert log.uncarried(json.loads(text)) == value


# Words of people


def test_words_of_people_lie_beside_the_log_under_a_salted_digest() -> None:
    body, kept = log.body_of(dataclasses.replace(EDITED, description="for Ana's eyes"))
    (words,) = kept
    assert body["description"] == {"$words": words.id}
    assert body["description_before"] == ""
    assert words.words == "for Ana's eyes"
    assert words.id == hashlib.sha256(bytes.fromhex(words.salt) + b"for Ana's eyes").hexdigest()
    assert log.words_in(log.canonical(body)) == [words.id]


def test_the_same_words_have_another_digest_each_time() -> None:
    ids = {log.body_of(dataclasses.replace(EDITED, description="same"))[1][0].id for _ in range(10)}
    assert len(ids) == 10


def test_words_that_look_like_a_digest_stay_words(house: House) -> None:
    house.create()
    hostile = '{"$words":"' + "a" * 64 + '"}'
    recorded = house.append(dataclasses.replace(EDITED, description=hostile))
    assert house.registry.event(recorded.seq).event.description == hostile  # type: ignore[attr-defined]


def test_erased_words_are_shown_as_erased_and_the_event_still_stands(house: House) -> None:
    house.create()
    recorded = house.append(dataclasses.replace(EDITED, description="to be forgotten"))
    with house.registry.database.writing():
        house.registry.database.query("UPDATE words SET words = NULL")
    event = house.registry.event(recorded.seq).event
    assert event == dataclasses.replace(EDITED, description="(erased)")
    assert "to be forgotten" not in stored_in(house.registry, recorded.seq)
    assert house.registry.signer_of(recorded.seq) == house.identity.public


def test_what_cannot_be_written_as_utf_8_is_refused(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        house.create("churn\udc80")
    assert refused.value.text == "'churn\\udc80' cannot be written as UTF-8\nremove the odd characters"
    assert house.registry.model_names(9) == []
    house.create()
    with pytest.raises(BadInput) as refused:
        house.append(dataclasses.replace(EDITED, description="of Ana\udc80"))
    assert refused.value.text == "'of Ana\\udc80' cannot be written as UTF-8\nremove the odd characters"


# Bytes


def test_stored_text_is_canonical_signed_and_chained(house: House) -> None:
    house.register(note="a note", metrics={"auc": math.nan, "loss": math.inf})
    prev = log.GENESIS
    for row in house.registry.database.query("SELECT * FROM event ORDER BY seq"):
        stored = json.loads(row["stored"])
        assert rfc8785.dumps(stored).decode() == row["stored"]
        assert stored.keys() == {"act", "assigned", "prev", "recorded", "seq", "signature"}
        assert stored["act"].keys() == {"type", "version", "actor", "writer_time", "nonce", "body"}
        assert (stored["prev"], stored["seq"]) == (prev, row["seq"])
        signed, signature = log.signed_part(row["stored"])
        assert signed == rfc8785.dumps(stored["act"])
        assert signature_holds(house.identity.public, signed, signature)
        prev = row["hash"]
        assert prev == hashlib.sha256(row["stored"].encode()).hexdigest()
    assert house.registry.head().hash == prev


def test_an_event_is_read_as_it_was_written(house: House) -> None:
    event = RunEnded(
        run=7,
        status="finished",
        duration=3,
        metrics=(Measured(key="loss", value=math.inf), Measured(key="auc", value=0.5)),
        params={"big": 2**60, "none": None, "yes": True, "half": 0.5},
        param_words='{"kind":"für Ana"}',
    )
    recorded = house.append(event)
    assert house.registry.event(recorded.seq) == recorded
    assert recorded.event == event


def test_the_writers_clock_is_kept_and_the_recorded_time_never_goes_back(
    registry: Registry, ana: Identity, clock: Clock
) -> None:
    times = []
    for now, name in ((START + 100 * SECOND, "noon"), (START - 500 * SECOND, "before"), (START, "later")):
        clock.now = now
        with registry.write(ana, clock) as writing:
            recorded = writing.append(ModelCreated(model=name, tier="minimal", owner=writing.actor))
        times.append((recorded.recorded, recorded.writer_time))
    noon = START + 101 * SECOND
    assert times == [(noon, noon), (noon, START - 499 * SECOND), (noon, START + SECOND)]
    assert [event.recorded for event in registry.events()] == sorted(event.recorded for event in registry.events())


# What cannot be read


@pytest.mark.parametrize(
    ("type_", "version"), [("DeploymentOpened", 1), ("ModelCreated", 2), ("Event", 1), ("VersionKey", 1)]
)
def test_an_event_of_a_newer_release_is_said_to_be_one(type_: str, version: int) -> None:
    with pytest.raises(Unavailable) as refused:
        log.read(wrapped(act(type_, {}, version), seq=9), no_words)
    assert refused.value.text == (
        f"event 9 is of a type that this release does not know: {type_} {version}\n"
        "a newer release wrote it; upgrade: pip install -U jupyter-mlc"
    )


def test_an_event_of_a_newer_release_stops_no_write_and_no_other_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create()
    with monkeypatch.context() as newer:
        newer.setattr(ModelEdited, "version_of_type", 2)
        recorded = house.append(EDITED)
    with pytest.raises(Unavailable, match=f"event {recorded.seq} is of a type that this release does not know"):
        house.registry.event(recorded.seq)
    assert house.register() == 1
    assert house.registry.version("churn:1").stage == "candidate"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"act":1}', "\x00"])
def test_text_that_is_no_event_is_damage(text: str) -> None:
    with pytest.raises(Damaged) as refused:
        log.read(text, no_words)
    assert refused.value.message.startswith("an event cannot be read: ")
    assert refused.value.hint == "find out where: %mlc verify"


def test_an_act_that_lacks_something_is_damage() -> None:
    with pytest.raises(Damaged) as refused:
        log.read(wrapped({"type": "ModelCreated"}, seq=4), no_words)
    assert refused.value.message.startswith("event 4 cannot be read: ")


@pytest.mark.parametrize("body", [{}, [], {"model": 3, "tier": "minimal", "owner": "p"}, {"model": {"$number": "x"}}])
def test_a_body_that_lacks_something_is_damage(body: object) -> None:
    with pytest.raises(Damaged) as refused:
        log.read(wrapped(act("ModelCreated", body), seq=4), no_words)
    assert refused.value.message.startswith("event 4 (ModelCreated) has an odd body: ")
    assert refused.value.hint == "%mlc verify"


def test_a_body_of_an_earlier_release_is_read_in_todays_form_and_never_rewritten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create()
    seq = house.registry.head().seq
    before = stored_in(house.registry, seq)
    monkeypatch.setattr(ModelCreated, "version_of_type", 2)
    monkeypatch.setitem(UPCASTS, ("ModelCreated", 1), lambda body: {**body, "tier": "high"})
    event = house.registry.event(seq)
    assert event.event == ModelCreated(model="churn", tier="high", owner=event.actor)
    assert stored_in(house.registry, seq) == before


@pytest.mark.parametrize("name", EVENTS)
def test_every_type_of_event_refuses_an_empty_list_for_a_body(name: str, clock: Callable[[], int]) -> None:
    with pytest.raises(Damaged, match="has an odd body"):
        log.read(wrapped(act(name, [])), no_words)
