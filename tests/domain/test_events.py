from __future__ import annotations

import dataclasses

import pytest

from jupyter_mlc.domain.events import (
    EVENTS,
    REVERSIBLE,
    UPCASTS,
    Evaluated,
    Event,
    ModelEdited,
    VersionRegistered,
    personal_fields,
    upcast,
)


def test_every_event_is_entered_under_its_name() -> None:
    assert all(kind.__name__ == name for name, kind in EVENTS.items())
    found = [*Event.__subclasses__(), *VersionRegistered.__subclasses__(), *Evaluated.__subclasses__()]
    assert set(EVENTS) == {kind.__name__ for kind in found if kind.__module__.startswith("jupyter_mlc.")}


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_an_event_cannot_be_changed(kind: type[Event]) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # what a dataclass keeps of how it was made
    assert kind.version_of_type >= 1


def test_words_of_people_are_marked_as_such() -> None:
    assert personal_fields(ModelEdited) == ("description_before", "description")


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_words_of_people_are_empty_unless_said(kind: type[Event]) -> None:
    defaults = {item.name: item.default for item in dataclasses.fields(kind)}
    assert all(defaults[name] == "" for name in personal_fields(kind))


@pytest.mark.parametrize("kind", REVERSIBLE, ids=lambda kind: kind.__name__)
def test_an_act_that_can_be_taken_back_can_say_which_one_it_takes_back(kind: type[Event]) -> None:
    assert "undoes" in {item.name for item in dataclasses.fields(kind)}


def test_a_body_of_an_earlier_release_is_brought_up_version_by_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelEdited, "version_of_type", 3)
    monkeypatch.setitem(UPCASTS, ("ModelEdited", 1), lambda body: {**body, "steps": ["first"]})
    monkeypatch.setitem(UPCASTS, ("ModelEdited", 2), lambda body: {**body, "steps": [*body["steps"], "second"]})
    assert upcast("ModelEdited", 1, {"model": "churn"}) == {"model": "churn", "steps": ["first", "second"]}
    assert upcast("ModelEdited", 3, {"model": "churn"}) == {"model": "churn"}


@pytest.mark.parametrize("name", EVENTS)
def test_every_earlier_version_has_its_way_up(name: str) -> None:
    assert all((name, version) in UPCASTS for version in range(1, EVENTS[name].version_of_type))
