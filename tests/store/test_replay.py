from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import Conflict, Damaged, NotFound
from jupyter_mlc.store.registry import Registry, upgrade
from jupyter_mlc.store.replay import as_of, rebuild
from jupyter_mlc.store.rows import KEYS
from jupyter_mlc.store.schemas import MIGRATIONS
from jupyter_mlc.store.search.finding import search
from jupyter_mlc.store.verify import verify
from tests.store.house import House


def silent(done: int, total: int, text: str) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def lived(house: House) -> House:
    """A model with a past."""
    house.add_dataset("flights-spring")
    for number in range(4):
        house.register(metrics={"auc": number / 10}, tags={"n": str(number)}, note="x", datasets=("flights-spring",))
    house.promote(1)
    house.promote(2)
    house.rollback()
    house.undo(house.promote(3))
    house.alias(4, "old")
    house.alias(None, "old")
    house.tag(1, n=None, team="ops")
    house.discard(4)
    return house


def test_a_rebuild_gives_the_same_rows(lived: House) -> None:
    before, head = lived.rows, lived.registry.head()
    assert rebuild(lived.registry, silent) == head.seq
    assert lived.rows == before
    assert lived.registry.head() == head


def test_a_rebuild_writes_a_lost_head_anew(lived: House) -> None:
    rows = lived.registry.database.query("SELECT * FROM head")
    lived.registry.database.query("DELETE FROM head")
    rebuild(lived.registry, silent)
    assert lived.registry.database.query("SELECT * FROM head") == rows


@pytest.mark.parametrize(
    "change",
    ["seq = seq - 1", "seq = seq + 1", "hash = '00'", "recorded = 0", "uuid = 'another'", "minor = 99", "major = 0"],
)
def test_a_rebuild_mends_a_head_that_was_changed(change: str, lived: House) -> None:
    rows = lived.registry.database.query("SELECT * FROM head")
    lived.registry.database.query(f"UPDATE head SET {change}")
    again = Registry(lived.registry.database, lived.registry.place)
    assert again.head()
    rebuild(again, silent)
    assert lived.registry.database.query("SELECT * FROM head") == rows
    assert again.uuid == rows[0]["uuid"]
    assert verify(again, lived.artifacts, identity=lived.identity, progress=silent).findings == ()
    lived.tag(1, team="after")


@pytest.mark.parametrize("change", ["seq = seq - 1", "seq = seq + 1", "hash = '00'"])
def test_nothing_is_written_after_a_head_that_names_another_event_than_the_last(change: str, lived: House) -> None:
    rows = lived.registry.database.query("SELECT count(*) AS n FROM event")
    lived.registry.database.query(f"UPDATE head SET {change}")
    with pytest.raises(Damaged) as refused:
        lived.tag(1, team="before")
    assert refused.value.text == (
        f"{lived.registry.place.shown} does not agree with itself: its table head names another event than the last\n"
        "see what else is wrong: %mlc verify; then write it anew from the events: %mlc admin rebuild"
    )
    assert lived.registry.database.query("SELECT count(*) AS n FROM event") == rows


def test_a_rebuild_makes_triggers_that_are_missing_or_do_something_else(lived: House) -> None:
    database = lived.registry.database
    if database.dialect == "sqlite":
        database.query("DROP TRIGGER event_no_update")
        database.query("DROP TRIGGER event_next")
        database.query("CREATE TRIGGER event_next BEFORE INSERT ON event BEGIN SELECT 1; END")
    else:
        database.query("DROP TRIGGER event_no_change ON event")
        database.query("ALTER TABLE event DISABLE TRIGGER event_next")
    assert verify(lived.registry, lived.artifacts, identity=lived.identity, progress=silent).findings != ()
    rebuild(lived.registry, silent)
    assert verify(lived.registry, lived.artifacts, identity=lived.identity, progress=silent).findings == ()


def test_a_head_of_an_earlier_release_over_the_tables_of_this_one_is_opened(lived: House) -> None:
    lived.registry.database.query("UPDATE head SET minor = 1")
    assert upgrade(lived.registry) == (1, len(MIGRATIONS))
    assert verify(lived.registry, lived.artifacts, identity=lived.identity, progress=silent).findings == ()


def test_a_rebuild_repairs_what_was_changed_past_us(lived: House) -> None:
    before = lived.rows
    for table in KEYS:
        lived.registry.database.query(f"DELETE FROM {table}")
    lived.registry.database.query("INSERT INTO tag (version, key, value) VALUES (1, 'forged', 'x')")
    rebuild(lived.registry, silent)
    assert lived.rows == before
    assert verify(lived.registry, lived.artifacts, identity=lived.identity, progress=silent).findings == ()


def test_a_rebuild_makes_tables_that_are_missing_with_their_indexes(lived: House) -> None:
    before, indexes = lived.rows, indexes_in(lived)
    for table in KEYS:
        lived.registry.database.query(f"DROP TABLE {table}")
    rebuild(lived.registry, silent)
    assert lived.rows == before
    assert indexes_in(lived) == indexes
    assert verify(lived.registry, lived.artifacts, identity=lived.identity, progress=silent).findings == ()


def indexes_in(house: House) -> set[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgres": "SELECT indexname AS name FROM pg_indexes WHERE schemaname = current_schema()",
    }[house.registry.database.dialect]
    return {row["name"] for row in house.registry.database.query(sql)}


def test_without_its_first_event_a_registry_is_not_rebuilt(lived: House) -> None:
    database = lived.registry.database
    trigger = "event_no_delete" if database.dialect == "sqlite" else "event_no_change ON event"
    database.query(f"DROP TRIGGER {trigger}")
    database.query("DELETE FROM event WHERE seq = 1")
    with pytest.raises(Damaged, match="has lost events"):
        rebuild(lived.registry, silent)


def test_a_rebuild_that_fails_changes_nothing(lived: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lived.rows
    monkeypatch.setattr("jupyter_mlc.store.log.EVENTS", {})
    with pytest.raises(Exception, match="does not know"):
        rebuild(lived.registry, silent)
    assert lived.rows == before


def test_a_rebuild_tells_how_far_it_is(house: House) -> None:
    told: list[tuple[int, int, str]] = []
    seq = rebuild(house.registry, lambda done, total, text: told.append((done, total, text)))
    assert told[-1] == (seq, seq, "events")


def test_the_registry_is_shown_as_it_was_at_any_time(house: House) -> None:
    house.register(metrics={"auc": 0.5})
    house.register()
    champions: list[tuple[int, dict[str, int], list[str]]] = []

    def note(recorded: int) -> None:
        champions.append((recorded, house.aliases, [house.stage(1), house.stage(2)]))

    note(house.promote(1).recorded)
    note(house.promote(2).recorded)
    note(house.rollback().recorded)
    note(house.retire(2).recorded)
    for time, aliases, stages in champions:
        past = as_of(house.registry, time)
        assert past.aliases_of_model("churn") == aliases
        assert [past.version(f"churn:{number}").stage for number in (1, 2)] == stages
        assert past.head().recorded <= time
        assert past.uuid == house.registry.uuid
        past.database.close()


def test_the_past_can_be_searched(house: House) -> None:
    house.register(metrics={"auc": 0.5})
    time = house.promote(1, "staging").recorded
    house.promote(1)
    past = as_of(house.registry, time)
    assert search(past, "stage = 'staging'", order="metrics.auc") == [house.key(1).id]
    assert search(house.registry, "stage = 'staging'") == []
    past.database.close()


def test_before_a_registry_was_made_there_is_nothing(house: House) -> None:
    with pytest.raises(NotFound) as refused:
        as_of(house.registry, 1)
    assert refused.value.text == "the registry did not exist at that time\nit begins on 2025-10-09 08:53 UTC"


def test_the_past_cannot_be_changed_by_looking_at_it(lived: House) -> None:
    before = lived.rows
    past = as_of(lived.registry, lived.registry.head().recorded)
    past.database.query("DELETE FROM version")
    past.database.close()
    assert lived.rows == before


def test_the_past_of_a_damaged_log_is_refused(embedded_damage: House) -> None:
    with pytest.raises(Damaged, match="an event cannot be read"):
        as_of(embedded_damage.registry, 2**62)


@pytest.fixture
def embedded_damage(house: House) -> House:
    """A registry whose last event is no event."""
    house.create()
    database = house.registry.database
    if database.dialect == "sqlite":
        database.query("DROP TRIGGER event_no_update")
    else:
        database.query("DROP TRIGGER event_no_change ON event")
    database.query("UPDATE event SET stored = 'nothing' WHERE seq = 4")
    return house


def test_a_version_that_was_rolled_back_stays_away_after_a_rebuild(house: House) -> None:
    for _ in range(3):
        house.register()
    for number in (1, 2, 3):
        house.promote(number)
    house.rollback()
    rebuild(house.registry, silent)
    house.rollback()
    assert house.aliases == {"champion": 1}
    with pytest.raises(Conflict) as refused:
        house.rollback()
    assert refused.value.message == "no version was champion of churn before churn:1"
