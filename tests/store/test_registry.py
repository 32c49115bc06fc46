from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from jupyter_mlc.domain.errors import Conflict, Damaged, IllegalMove
from jupyter_mlc.domain.events import (
    KeyAdded,
    KeyRotated,
    ModelCreated,
    PersonAdded,
    RegistryCreated,
    RunEnded,
    RunStarted,
)
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity, identity_in, rotated
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry, exists, open_registry, schema_of
from jupyter_mlc.store.replay import rebuild
from jupyter_mlc.store.schemas import MAJOR, MIGRATIONS
from jupyter_mlc.store.verify import verify
from tests.store.house import House
from tests.store.test_database import at_once


def silent(done: int, total: int, text: str) -> None:
    """Progress that nobody looks at."""


def test_a_place_without_a_registry_gets_one_whose_maker_introduces_herself(registry: Registry, ana: Identity) -> None:
    events = [recorded.event for recorded in registry.events()]
    assert events == [
        RegistryCreated(uuid=registry.uuid),
        PersonAdded(person=ana.first_id, name="ana@laptop"),
        KeyAdded(person=ana.first_id, public=ana.public),
    ]
    assert UUID(registry.uuid).version == 4
    assert registry.head().seq == 3


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("is_emptied", [True, False])
def test_a_registry_that_is_lost_beside_its_blobs_is_missed(
    tmp_path: Path, ana: Identity, clock: Callable[[], int], *, is_emptied: bool
) -> None:
    place = place_of(str(tmp_path))
    open_registry(place, lambda: ana, clock).database.close()
    Artifacts(place.artifacts).put_bytes(b"of a model")
    for file in tmp_path.glob("registry.db*"):
        file.unlink()
    if is_emptied:
        (tmp_path / "registry.db").touch()
    with pytest.warns(UserWarning, match="of a registry that is gone") as told:
        open_registry(place, lambda: ana, clock).database.close()
    assert [str(one.message) for one in told] == [
        f"{tmp_path} holds blobs of a registry that is gone; a new one was made, which knows nothing of them. "
        "To have the old one back, close the kernels and put its registry.db there, in the place of the new one and "
        "its -wal and -shm."
    ]


def test_a_registry_is_there_once_it_was_made(registry_url: str, ana: Identity, clock: Callable[[], int]) -> None:
    place = place_of(registry_url)
    assert not exists(place)
    first = open_registry(place, lambda: ana, clock)
    assert exists(place)
    assert open_registry(place, lambda: ana, clock).uuid == first.uuid


def test_whoever_only_opens_a_registry_needs_no_key(registry_url: str, ana: Identity, clock: Callable[[], int]) -> None:
    open_registry(place_of(registry_url), lambda: ana, clock)

    def no_key() -> Identity:
        raise AssertionError

    assert open_registry(place_of(registry_url), no_key, clock).head().seq == 3


def test_a_registry_that_lost_its_head_is_damaged_and_no_new_one(
    registry: Registry, ana: Identity, clock: Callable[[], int]
) -> None:
    uuid = registry.uuid
    registry.database.query("DELETE FROM head")
    opened = open_registry(registry.place, lambda: ana, clock)
    assert (opened.uuid, schema_of(opened)) == (uuid, (MAJOR, len(MIGRATIONS)))
    with pytest.raises(Damaged) as refused, opened.write(ana, clock):
        pass
    assert refused.value.text == (
        f"{registry.place.shown} does not say where its log ends: the row of the table head is missing\n"
        "see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild"
    )


def test_a_registry_without_its_head_that_begins_with_something_else_has_no_name(
    registry: Registry, ana: Identity, clock: Callable[[], int]
) -> None:
    registry.database.query("DELETE FROM head")
    drop = (
        "DROP TRIGGER event_no_update"
        if registry.database.dialect == "sqlite"
        else "DROP TRIGGER event_no_change ON event"
    )
    registry.database.query(drop)
    registry.database.query("UPDATE event SET stored = (SELECT stored FROM event WHERE seq = 2) WHERE seq = 1")
    with pytest.raises(Damaged) as refused:
        assert open_registry(registry.place, lambda: ana, clock).uuid
    assert refused.value.text == (f"{registry.place.shown} does not begin with its making\nbring it back from a backup")


def test_a_key_that_was_never_seen_introduces_itself_before_it_acts(house: House, ben: Identity) -> None:
    replace(house, identity=ben).create("bens")
    added, key, created = house.registry.events(since=3)
    assert added.event == PersonAdded(person=ben.first_id, name="ben@desk")
    assert key.event == KeyAdded(person=ben.first_id, public=ben.public)
    assert created.event == ModelCreated(model="bens", tier="minimal", owner=ben.first_id)
    assert {added.actor, key.actor, created.actor} == {ben.first_id}
    replace(house, identity=ben).create("second")
    assert house.registry.head().seq == 7


def test_a_rotated_key_goes_on_as_the_same_person_and_all_is_signed_well(house: House, tmp_path: Path) -> None:
    old = identity_in(tmp_path / "keys")
    replace(house, identity=old).create("before")
    new = rotated(old)
    replace(house, identity=new).create("after")
    rotation, created = house.registry.events(since=6)
    assert rotation.event == KeyRotated(person=old.first_id, old=old.public, new=new.public)
    assert (rotation.actor, created.actor) == (old.first_id, old.first_id)
    with pytest.raises(Conflict) as refused:
        replace(house, identity=Identity(seed=old.seed, name="old")).create("late")
    assert refused.value.text == (
        "this key was replaced by another and signs nothing any more in this registry\n"
        "unset MLC_KEY, or point it at the new key"
    )
    assert verify(house.registry, house.artifacts, identity=new, progress=silent).findings == ()


@pytest.mark.parametrize("rotates", [False, True])
def test_a_key_that_a_table_has_lost_introduces_itself_no_second_time(
    house: House, tmp_path: Path, *, rotates: bool
) -> None:
    key = identity_in(tmp_path / "keys")
    replace(house, identity=key).create("before")
    if rotates:
        key = rotated(key)
        replace(house, identity=key).create("after")
    seq = house.registry.head().seq
    house.registry.database.query("DELETE FROM actor_key")
    with pytest.raises(Damaged) as refused:
        replace(house, identity=key).create("late")
    assert refused.value.text == (
        "the table actor_key has lost your key, which the log knows\n"
        "see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild"
    )
    assert house.registry.head().seq == seq
    rebuild(house.registry, silent)
    replace(house, identity=key).create("late")
    assert house.registry.head().seq == seq + 1
    assert verify(house.registry, house.artifacts, identity=key, progress=silent).findings == ()


def test_what_is_written_in_one_go_is_written_altogether_or_not_at_all(house: House) -> None:
    before, rows = house.registry.head(), house.rows

    def half() -> None:
        with house.registry.write(house.identity, house.clock) as log:
            log.append(ModelCreated(model="churn", tier="minimal", owner=log.actor))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        half()
    assert house.registry.head() == before
    assert house.rows == rows
    house.create()
    assert house.registry.head().seq == before.seq + 1


def test_a_refused_move_writes_nothing(house: House) -> None:
    house.register()
    before = house.registry.head()

    def refused() -> None:
        with house.registry.write(house.identity, house.clock) as log:
            log.append(RunStarted(name="churn"))
            house.promote_in(log, 1, "archived")

    with pytest.raises(IllegalMove):
        refused()
    assert house.registry.head() == before
    assert house.register() == 2


def test_a_clock_that_goes_backwards_moves_no_recorded_time(house: House) -> None:
    times = iter([8_000_000_000_000_000, 7_000_000_000_000_000, 8_500_000_000_000_000])
    ticking = replace(house, clock=lambda: next(times))
    for name in ("a", "b", "c"):
        ticking.create(name)
    found = list(house.registry.events(since=3))
    assert [recorded.recorded for recorded in found] == [
        8_000_000_000_000_000,
        8_000_000_000_000_000,
        8_500_000_000_000_000,
    ]
    assert found[1].writer_time == 7_000_000_000_000_000
    assert verify(house.registry, house.artifacts, identity=house.identity, progress=silent).findings == ()


def test_numbers_increase_and_are_never_used_again(house: House) -> None:
    assert [house.register() for _ in range(3)] == [1, 2, 3]
    house.discard(3)
    assert house.register() == 4
    assert house.register(model="other") == 1
    assert [version.number for version in house.registry.versions("churn", 9)] == [4, 3, 2, 1]


def test_names_that_differ_in_case_only_are_one_model(house: House) -> None:
    house.register(model="Churn")
    assert house.register(model="cHURN") == 2
    assert house.registry.model("CHURN").name == "Churn"


@pytest.mark.slow
def test_eight_processes_that_register_at_once_get_every_number_once(house: House) -> None:
    house.create()

    def work(number: int) -> object:
        return tuple(house.register(content=f"{number}-{each}") for each in range(5))

    found = at_once(8, work)
    numbers = [number for answer in found if isinstance(answer, tuple) for number in answer]
    assert sorted(numbers) == list(range(1, 41)), found
    assert house.registry.model("churn").last_number == 40
    assert verify(house.registry, house.artifacts, identity=house.identity, progress=silent).findings == ()


@pytest.mark.slow
def test_two_processes_that_promote_at_once_leave_one_champion(house: House) -> None:
    for _ in range(8):
        house.register()
    found = at_once(8, lambda number: house.promote(number + 1).seq)
    assert all(isinstance(seq, int) for seq in found), found
    staged = [house.stage(number) for number in range(1, 9)]
    assert staged.count("production") == 1
    assert staged.count("deprecated") == 7
    assert house.stage(house.aliases["champion"]) == "production"


def test_a_load_is_remembered_without_an_event(house: House) -> None:
    house.register()
    seq, version = house.registry.head().seq, house.key(1).id
    for at in (5, 7, 6):
        house.registry.note_activity("load", version, "p-ana", at)
    house.registry.note_activity("load", version, "p-ben", 3)
    assert house.registry.users_since(version, 0) == [("p-ana", 7), ("p-ben", 3)]
    assert house.registry.users_since(version, 4) == [("p-ana", 7)]
    assert house.registry.head().seq == seq


def test_a_load_that_cannot_be_remembered_holds_nobody_up(house: House) -> None:
    house.registry.database.query("DROP TABLE activity")
    house.registry.note_activity("load", 1, "p-ana", 5)
    assert house.registry.head().seq == 3


def test_events_are_read_from_and_up_to_a_point(house: House) -> None:
    for name in ("a", "b", "c"):
        house.create(name)
    every = list(house.registry.events())
    assert [recorded.seq for recorded in every] == [1, 2, 3, 4, 5, 6]
    assert [recorded.seq for recorded in house.registry.events(since=4)] == [5, 6]
    assert [recorded.seq for recorded in house.registry.events(until=every[3].recorded)] == [1, 2, 3, 4]


def test_a_parameter_may_have_any_name(house: House) -> None:
    for number, key in enumerate(("$number", "$words", "$", "$$number", "a'b", "ß", "x" * 500), start=1):
        run = house.append(RunStarted(name="churn"))
        house.append(RunEnded(run=run.seq, status="finished", params={key: 1}, standings={key: "observed"}))
        (param,) = house.registry.run(number).params
        assert (param.key, param.value, param.standing) == (key, 1, "observed")
    assert verify(house.registry, house.artifacts, identity=house.identity, progress=silent).findings == ()


def test_a_number_is_the_same_live_and_from_the_log(house: House) -> None:
    values = (1.0, -0.0, 0.1, 1e16, 1e20, 1e21, 1e300, 5e-324, 2**53, 2**63, -(2**70), True, None)
    for number, value in enumerate(values, start=1):
        measured = 0.0 if value is None else float(value)
        house.register(params={"x": value}, metrics={"x": measured})
        version = house.registry.version(f"churn:{number}")
        assert version.params[0].value == value
        assert version.metrics[0].value == measured
    assert verify(house.registry, house.artifacts, identity=house.identity, progress=silent).findings == ()
