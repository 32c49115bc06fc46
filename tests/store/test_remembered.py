from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.store.remembered import Remembered
from jupyter_mlc.store.verify import Verified, record_checkpoint, verify
from tests.store.house import House
from tests.store.test_verify import silent, tampering


@pytest.fixture
def notes(house: House, tmp_path: Path) -> Remembered:
    """What somebody remembers who verified the registry, before an alias was moved."""
    house.register()
    found = Remembered(house.registry, tmp_path / "notes")
    remember(house, found)
    house.alias(1, "new")
    return found


def remember(house: House, notes: Remembered) -> int:
    verified = check(house, notes)
    assert verified.findings == ()
    made = record_checkpoint(house.registry, verified, house.identity, house.clock)
    assert made is not None
    notes.keep(made)
    return made.seq


def check(house: House, notes: Remembered, *, quick: bool = False) -> Verified:
    return verify(
        house.registry,
        house.artifacts,
        identity=house.identity,
        progress=silent,
        quick=quick,
        remembered=notes,
    )


def told(house: House, notes: Remembered, *, quick: bool = False) -> list[tuple[str, str]]:
    return [(finding.where, finding.what) for finding in check(house, notes, quick=quick).findings]


def test_a_checkpoint_is_remembered_until_the_next_one(house: House, notes: Remembered) -> None:
    first = notes.newest()
    assert first is not None
    assert remember(house, notes) == house.registry.head().seq
    second = notes.newest()
    assert second is not None
    assert second.seq == first.seq + 1
    assert [path.name for path in notes.path.parent.iterdir()] == [notes.path.name]
    assert told(house, notes) == []


@pytest.mark.parametrize("quick", [False, True])
def test_a_deleted_checkpoint_is_found(house: House, notes: Remembered, *, quick: bool) -> None:
    seq = house.registry.head().seq - 1
    house.registry.database.query("DELETE FROM checkpoint")
    assert told(house, notes, quick=quick) == [
        (
            f"checkpoint {seq}",
            f"it is missing, but remembered in {notes.path}; if an older copy was brought back, delete that file",
        )
    ]
    notes.path.unlink()
    assert told(house, notes, quick=quick) == []


def test_a_log_that_was_cut_with_its_checkpoint_is_found(house: House, notes: Remembered) -> None:
    """Whoever cuts the log, the head, the tables and the checkpoint alike leaves no trace in the registry."""
    seq = remember(house, notes)
    last = house.registry.database.query("SELECT hash, recorded FROM event WHERE seq = :seq", {"seq": seq - 1})[0]
    with tampering(
        house,
        f"DELETE FROM event WHERE seq = {seq}",
        "UPDATE head SET seq = seq - 1, hash = :hash, recorded = :recorded",
        "DELETE FROM alias WHERE alias = 'new'",
        "DELETE FROM alias_move WHERE alias = 'new'",
        f"DELETE FROM version_event WHERE seq = {seq}",
        "DELETE FROM checkpoint",
        **last,
    ):
        found = [(where, what) for where, what in told(house, notes) if not where.startswith("trigger")]
    assert found == [
        (
            f"checkpoint {seq}",
            f"it is missing, but remembered in {notes.path}; if an older copy was brought back, delete that file",
        ),
        (f"checkpoint {seq}", f"the log was verified up to event {seq}, but ends with {seq - 1}"),
    ]


def test_the_checkpoint_of_somebody_else_at_the_same_event_stands_for_it(
    house: House, notes: Remembered, ben: Identity
) -> None:
    seq = remember(house, notes)
    found = check(house, notes)
    assert record_checkpoint(house.registry, found, ben, house.clock) is not None
    known = notes.newest()
    assert known is not None
    assert (known.seq, known.key) == (seq, house.identity.public)
    assert told(house, notes) == []


def test_a_note_that_cannot_be_read_is_no_note(house: House, notes: Remembered) -> None:
    notes.path.write_text("{")
    assert notes.newest() is None
    notes.path.unlink()
    notes.path.mkdir()
    assert notes.newest() is None
    assert told(house, notes) == []


def test_where_nothing_can_be_remembered_nobody_is_held_up(house: House, notes: Remembered, tmp_path: Path) -> None:
    known = notes.newest()
    assert known is not None
    (tmp_path / "file").write_text("")
    elsewhere = Remembered(house.registry, tmp_path / "file")
    elsewhere.keep(known)
    assert elsewhere.newest() is None


def test_a_copy_of_a_registry_elsewhere_has_a_life_of_its_own(house: House, notes: Remembered, tmp_path: Path) -> None:
    copy = Registry(house.registry.database, place_of(str(tmp_path / "copy")))
    assert copy.uuid == house.registry.uuid
    assert Remembered(copy, notes.path.parent).newest() is None
