from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from jupyter_mlc.domain.entities import Layer, Manifest, RunFile
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.events import KeyAdded, KeyRotated, ModelCreated, PersonAdded
from jupyter_mlc.store import log
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checkpoints import checkpoints
from jupyter_mlc.store.database import schema_text
from jupyter_mlc.store.formats.base import encoded
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import open_registry
from jupyter_mlc.store.replay import rebuild
from jupyter_mlc.store.rows import KEYS
from jupyter_mlc.store.schemas import MIGRATIONS, columns_of
from jupyter_mlc.store.verify import Verified, record_checkpoint, verify
from jupyter_mlc.store.verify_findings import shown
from tests.store.house import House

COLUMNS = {
    table: dict(re.findall(r"^    (\w+) (TEXT|BIGINT|DOUBLE PRECISION)", columns, re.MULTILINE))
    for table, columns in re.findall(
        r"CREATE TABLE (\w+) \(\n(.*?)\n\);", "".join(map(schema_text, MIGRATIONS)), re.DOTALL
    )
}
FORGED: dict[str, Any] = {"TEXT": "forged", "BIGINT": 987_654, "DOUBLE PRECISION": 987.654}


def silent(done: int, total: int, text: str) -> None:
    """Progress that nobody looks at."""


def check(house: House, *, quick: bool = False) -> Verified:
    return verify(house.registry, house.artifacts, identity=house.identity, progress=silent, quick=quick)


def places(house: House, *, quick: bool = False) -> dict[str, str]:
    return {finding.where: finding.what for finding in check(house, quick=quick).findings}


class _TakeBackError(Exception):
    """Ends a transaction without its changes."""


@contextmanager
def tampering(house: House, *statements: str, **bound: Any) -> Iterator[None]:
    """Everything inside sees the registry after these statements, which are taken back at the end."""
    database = house.registry.database
    try:
        with database.writing():
            for name in re.findall(r"CREATE TRIGGER (\w+)", schema_text(f"{database.dialect}.sql")):
                database.query(f"DROP TRIGGER {name}" + ("" if database.dialect == "sqlite" else " ON event"))
            for statement in statements:
                database.query(statement, {key: value for key, value in bound.items() if f":{key}" in statement})
            yield
            _take_back()
    except _TakeBackError:
        pass


def _take_back() -> NoReturn:
    raise _TakeBackError


@pytest.fixture
def whole(house: House, ben: Identity, clock: Callable[[], int]) -> House:
    """A registry with rows in every table."""
    house.add_dataset("flights-spring")
    plot = house.artifacts.put_bytes(b"a plot")
    house.register(
        metrics={"auc": 0.7, "odd": float("nan")},
        params={"C": 1, "kernel": "rbf"},
        tags={"team": "ops"},
        note="the first",
        datasets=("flights-spring",),
        files=(RunFile(name="roc.png", digest=plot, size=6),),
    )
    house.register(content="other bytes")
    house.promote(1)
    house.promote(2)
    house.tag(None, team="ops")
    house.alias(1, "old")
    house.evaluate(1, "flights-spring", auc=0.6831, precision=None)
    house.bring_in(number=7)
    house.add_job()
    house.end_job(house.start_job(1))
    house.add_schedule()
    with house.registry.write(ben, clock) as writing:
        writing.append(ModelCreated(model="bens", tier="minimal", owner=writing.actor))
    return house


def test_a_whole_registry_has_rows_in_every_table_and_no_finding(whole: House) -> None:
    assert [table for table in KEYS if whole.registry.count(table) == 0] == []
    found = check(whole)
    seq = whole.registry.head().seq
    assert found.findings == ()
    assert (found.consistent_to, found.anchored_to, found.events, found.signatures) == (seq, 0, seq, seq)
    assert (found.versions, found.blobs) == (3, 9)
    assert found.checked == (
        "every event with hash, chain and signature; words; the head; checkpoints; every row of every table; blobs by "
        "their hash. Keys are self-asserted: they prove that the same key acted, not who held it."
    )
    assert found.writers


def test_it_tells_how_far_it_is(whole: House) -> None:
    told: list[tuple[int, int, str]] = []
    verify(
        whole.registry,
        whole.artifacts,
        identity=whole.identity,
        progress=lambda done, total, text: told.append((done, total, text)),
    )
    assert {text for *_, text in told} == {"events", "tables", "blobs"}
    assert all(done <= total for done, total, _ in told)


# Tables


@pytest.mark.slow
def test_every_changed_column_of_every_table_is_found_and_located(whole: House) -> None:
    for table in KEYS:
        change_every_column(whole, table)


def change_every_column(whole: House, table: str) -> None:
    row = whole.registry.database.query(f"SELECT * FROM {table} ORDER BY {', '.join(KEYS[table])} LIMIT 1")[0]
    key = " AND ".join(f"{column} = :key_{column}" for column in KEYS[table])
    bound = {f"key_{column}": row[column] for column in KEYS[table]}
    where = f"{table} " + ", ".join(f"{column} = {row[column]!r}" for column in KEYS[table])
    for column, type_ in COLUMNS[table].items():
        value = FORGED[type_]
        with tampering(whole, f"UPDATE {table} SET {column} = :value WHERE {key}", value=value, **bound):
            found = places(whole)
        if column in KEYS[table]:
            forged = where.replace(f"{column} = {row[column]!r}", f"{column} = {value!r}")
            assert found[forged] == "no event accounts for this row"
            assert found[where] == "the row is missing"
        else:
            assert found[f"{where}, column {column}"] == f"it is {value!r}, the events say {shown(row[column])}"


@pytest.mark.slow
def test_missing_and_added_rows_of_every_table_are_found_and_located(whole: House) -> None:
    for table in KEYS:
        take_and_add_a_row(whole, table)


def take_and_add_a_row(whole: House, table: str) -> None:
    first, *others = KEYS[table]
    row = whole.registry.database.query(f"SELECT * FROM {table} LIMIT 1")[0]
    with tampering(whole, f"DELETE FROM {table}"):
        assert f"{table} " + ", ".join(f"{c} = {row[c]!r}" for c in KEYS[table]) in places(whole)
    columns = [column for column in row if column != first]
    forged = FORGED[COLUMNS[table][first]]
    unique = {"number", "revision"} & set(columns)
    selected = ", ".join(f"{column} + 50" if column in unique else column for column in columns)
    copied = f"INSERT INTO {table} ({first}, {', '.join(columns)}) SELECT :forged, {selected} FROM {table} "
    key = " AND ".join(f"{column} = :{column}" for column in KEYS[table])
    bound = {column: row[column] for column in KEYS[table]}
    with tampering(whole, copied + f"WHERE {key}", forged=forged, **bound):
        where = ", ".join([f"{first} = {forged!r}", *(f"{column} = {row[column]!r}" for column in others)])
        assert places(whole)[f"{table} {where}"] == "no event accounts for this row"


def test_a_missing_table_is_a_finding(whole: House) -> None:
    for table in ("tag", "schedule"):
        with tampering(whole, f"DROP TABLE {table}"):
            assert f"there is no table {table}" in places(whole)[table]
            assert "head" not in places(whole)
    with tampering(whole, "ALTER TABLE run_file RENAME COLUMN name TO named"):
        assert "it has no column name" in places(whole)["run_file"]


_REFUSED = {"sqlite": "abs(-9223372036854775807 - ({column} = {value}))", "postgres": "1 / ({column} - {value})"}
"""what ends in an error where a column has a value"""


def unreadable(house: House, table: str, column: str, value: int, broken: str) -> Iterator[str]:
    """Put something in the place of a table of which one row cannot be read."""
    refused = _REFUSED[house.registry.database.dialect].format(column=column, value=value)
    said = f"CASE WHEN {column} = {value} THEN CAST({refused} AS TEXT) ELSE {broken} END AS {broken}"
    yield f"ALTER TABLE {table} RENAME TO {table}_was"
    names = (said if name == broken else name for name in columns_of(house.registry.database, table))
    yield f"CREATE VIEW {table} AS SELECT {', '.join(names)} FROM {table}_was"


def test_what_cannot_be_read_hides_nothing_else(whole: House) -> None:
    (row,) = whole.registry.database.query("SELECT version FROM tag")
    with tampering(whole, *unreadable(whole, "tag", "version", row["version"], "value"), "DELETE FROM param"):
        found = places(whole)
        assert found["tag"].startswith("the table cannot be read: ")
        assert {where.partition(" ")[0] for where in found} == {"tag", "param", "trigger"}
    with tampering(whole, *unreadable(whole, "event", "seq", 3, "stored")):
        found = places(whole)
        assert found["event 3"].startswith("the database cannot read it: ")
        assert {where for where in found if where.startswith("event ")} == {"event 3"}
        assert "head" not in found


def test_what_is_no_text_where_a_digest_should_be_is_a_finding(whole: House) -> None:
    renamed, added = "RENAME COLUMN artifact TO artifact_was", "ADD COLUMN artifact BIGINT"
    with tampering(whole, f"ALTER TABLE version {renamed}", f"ALTER TABLE version {added}"):
        for quick in (False, True):
            assert places(whole, quick=quick)["blobs"] == "None stands where a digest should be"


def test_every_changed_column_of_the_head_is_found(whole: House) -> None:
    for column, type_ in list(COLUMNS["head"].items())[1:]:
        with tampering(whole, f"UPDATE head SET {column} = :value", value=FORGED[type_]):
            assert places(whole)["head"].startswith(f"its column {column} is {FORGED[type_]!r}, should be ")
    with tampering(whole, "DELETE FROM head"):
        assert places(whole)["head"] == "its row is missing"


# Events


@pytest.mark.slow
def test_every_changed_column_of_an_event_is_found(whole: House) -> None:
    for column, type_ in COLUMNS["event"].items():
        with tampering(whole, f"UPDATE event SET {column} = :value WHERE seq = 5", value=FORGED[type_]):
            assert "event 5" in places(whole), column
            assert check(whole).consistent_to == 4


@pytest.mark.slow
def test_every_changed_byte_of_an_event_is_found_and_located(whole: House) -> None:
    stored = whole.registry.database.query("SELECT stored FROM event WHERE seq = 5")[0]["stored"]
    step = 7 if whole.registry.database.dialect == "sqlite" else 53
    for position in range(0, len(stored), step):
        other = "X" if stored[position] != "X" else "Y"
        forged = stored[:position] + other + stored[position + 1 :]
        with tampering(whole, "UPDATE event SET stored = :forged WHERE seq = 5", forged=forged):
            assert check(whole).consistent_to == 4, position


def test_a_changed_event_whose_hash_was_made_anew_breaks_chain_and_signature(whole: House) -> None:
    stored = whole.registry.database.query("SELECT stored FROM event WHERE seq = 5")[0]["stored"]
    forged = re.sub(r'"writer_time":\d+', '"writer_time":1', stored)
    change = "UPDATE event SET stored = :forged, hash = :hash WHERE seq = 5"
    with tampering(whole, change, forged=forged, hash=log.hash_of(forged.encode())):
        found = places(whole)
    assert found["event 5"] == (
        "its signature does not hold: what was signed is not what is stored, or another key signed it"
    )
    assert found["event 6"] == "it does not follow the event before: the hash that it names is another"


def test_a_missing_event_is_found(whole: House) -> None:
    with tampering(whole, "DELETE FROM event WHERE seq = 5"):
        assert places(whole)["event 5"] == "it is missing"
        assert "not the tables, since not every event could be read" in check(whole).checked
    with tampering(whole, "DELETE FROM event WHERE seq BETWEEN 5 AND 8"):
        assert places(whole)["event 5"] == "it is missing, and all up to 8"


def test_a_log_cut_short_is_found_by_its_head(whole: House) -> None:
    seq = whole.registry.head().seq
    with tampering(whole, f"DELETE FROM event WHERE seq = {seq}"):
        assert f"should be {seq - 1}" in " ".join(finding.what for finding in check(whole).findings)


@pytest.mark.slow
def test_events_at_odd_numbers_are_found(whole: House) -> None:
    copied = "INSERT INTO event SELECT {}, type, actor, model, recorded, hash, stored FROM event WHERE seq = 5"
    far = whole.registry.head().seq + 10**12
    with tampering(whole, copied.format(-3), copied.format(far)):
        found = places(whole)
    assert found["event -3"] == "it stands before the first event"
    assert found[f"event {whole.registry.head().seq + 1}"] == f"it is missing, and all up to {far - 1}"


def test_bytes_that_are_no_event_are_a_finding(whole: House) -> None:
    for stored in ("", "{}", "[1]", "null", '{"act":{}}', "\x01"):
        with tampering(whole, "UPDATE event SET stored = :forged WHERE seq = 5", forged=stored):
            assert check(whole).consistent_to == 4, stored


def test_an_event_of_an_unknown_type_is_a_finding_that_names_the_newer_release(whole: House) -> None:
    stored = whole.registry.database.query("SELECT stored FROM event WHERE seq = 5")[0]["stored"]
    forged = re.sub(r'"type":"\w+"', '"type":"Telepathy"', stored)
    with tampering(whole, "UPDATE event SET stored = :forged WHERE seq = 5", forged=forged):
        what = [finding.what for finding in check(whole).findings if finding.where == "event 5"]
    assert what[-1] == "event 5 is of a type that this release does not know: Telepathy 1"


def test_without_its_triggers_the_log_is_not_guarded(whole: House) -> None:
    with tampering(whole):
        assert set(places(whole)) == {
            f"trigger {name}"
            for name in re.findall(r"CREATE TRIGGER (\w+)", schema_text(f"{whole.registry.database.dialect}.sql"))
        }


_FORGED_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT 1; END;",
        "CREATE TRIGGER evil AFTER INSERT ON tag BEGIN DELETE FROM words; END;",
        # the same words as the guard's own, in an order in which it never acts
        "CREATE TRIGGER event_next BEFORE INSERT ON event "
        "WHEN (SELECT coalesce(max(seq) < 0, 1) FROM event) > +NEW.seq "
        "BEGIN SELECT RAISE(ABORT, 'the event log takes the next number only'); END;",
    ),
    "postgres": (
        "CREATE OR REPLACE FUNCTION mlc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION mlc_append_only()",
        "CREATE TRIGGER evil AFTER INSERT ON tag FOR EACH ROW EXECUTE FUNCTION mlc_append_only()",
        "CREATE OR REPLACE FUNCTION mlc_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; "
        "IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event) THEN "
        "RAISE EXCEPTION 'the event log takes the next number only'; END IF; END $$",
        "CREATE TRIGGER event_next BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION mlc_next_only()",
    ),
}


def test_triggers_of_others_and_guards_that_do_something_else_are_findings(whole: House) -> None:
    dialect = whole.registry.database.dialect
    with tampering(whole, *_FORGED_GUARDS[dialect]):
        found = places(whole)
    guard = {"sqlite": "event_no_update", "postgres": "event_no_change"}[dialect]
    for name in (guard, "event_next"):
        assert found[f"trigger {name}"] == "it does something else than to keep the log from being changed"
    assert found["trigger evil"] == "it is none of this registry's, and acts whenever something is written"


def test_an_event_that_makes_no_sense_is_a_finding(whole: House) -> None:
    with tampering(whole, "UPDATE words SET words = 'no json' WHERE words LIKE '%kernel%'"):
        whys = [finding.what for finding in check(whole).findings if finding.where.startswith("event")]
    (why,) = whys
    assert why.startswith("it makes no sense after the events before: JSONDecodeError")


# Keys


def append_as(house: House, event: Any, actor: str, signer: Identity) -> int:
    """Append what the store would refuse to."""
    with house.registry.write(house.identity, house.clock) as writing:
        return writing._append(event, actor, signer).seq


def test_a_signature_by_the_key_of_another_person_is_found(whole: House, ben: Identity) -> None:
    seq = append_as(whole, ModelCreated(model="m", tier="minimal", owner="x"), whole.identity.first_id, ben)
    assert places(whole) == {f"event {seq}": f"it is signed by the key of {ben.first_id}, not by its actor's"}


def test_a_signature_by_nobodys_key_is_found(whole: House) -> None:
    eve = Identity(seed=b"e" * 32, name="eve")
    seq = append_as(whole, ModelCreated(model="m", tier="minimal", owner="x"), whole.identity.first_id, eve)
    assert places(whole) == {
        f"event {seq}": "its signature does not hold: what was signed is not what is stored, or another key signed it"
    }


def test_a_person_without_a_key_signs_nothing(whole: House) -> None:
    eve = Identity(seed=b"e" * 32, name="eve")
    acted = append_as(whole, ModelCreated(model="m", tier="minimal", owner="x"), eve.first_id, eve)
    added = append_as(whole, PersonAdded(person=eve.first_id, name="eve"), eve.first_id, eve)
    assert places(whole) == {
        f"event {acted}": f"{eve.first_id} signed it, who had no key by then",
        f"event {added}": f"{eve.first_id} signed it, who never had a key",
    }


def test_a_key_cannot_be_given_to_somebody_else(whole: House, ben: Identity) -> None:
    eve = Identity(seed=b"e" * 32, name="eve")
    other = append_as(whole, KeyAdded(person=ben.first_id, public=eve.public), eve.first_id, eve)
    second = append_as(whole, KeyAdded(person=ben.first_id, public=eve.public), ben.first_id, eve)
    stolen = append_as(whole, KeyAdded(person="p-somebody", public=eve.public), "p-somebody", eve)
    odd = append_as(whole, KeyAdded(person="p-odd", public="no hex"), "p-odd", eve)
    found = places(whole)
    assert found[f"event {other}"] == f"{eve.first_id} adds a key for {ben.first_id}"
    assert found[f"event {second}"] == (f"it adds a second key for {ben.first_id}, which only the first one could name")
    assert found[f"event {stolen}"] == "the key that it adds is not the one that p-somebody is named after"
    assert found[f"event {odd}"] == "the key that it adds is not the one that p-odd is named after"


def test_a_replaced_key_is_trusted_until_it_was_replaced(whole: House, ben: Identity) -> None:
    new = Identity(seed=b"n" * 32, name="ben@desk")
    rotated = append_as(whole, KeyRotated(person=ben.first_id, old=ben.public, new=new.public), ben.first_id, ben)
    append_as(whole, ModelCreated(model="by-new", tier="minimal", owner="x"), ben.first_id, new)
    assert check(whole).findings == ()
    late = append_as(whole, ModelCreated(model="by-old", tier="minimal", owner="x"), ben.first_id, ben)
    again = append_as(whole, KeyRotated(person=ben.first_id, old=ben.public, new=ben.public), ben.first_id, new)
    found = places(whole)
    assert found[f"event {late}"] == f"it is signed by a key that was replaced in event {rotated}"
    assert found[f"event {again}"] == f"it replaces a key that is not {ben.first_id}'s"


# Words


def test_changed_missing_and_added_words_are_found(whole: House) -> None:
    row = whole.registry.database.query("SELECT id FROM words ORDER BY id LIMIT 1")[0]
    where = f"words {row['id']}"
    for column, value in (("words", "other"), ("salt", "00"), ("salt", "no hex")):
        with tampering(whole, f"UPDATE words SET {column} = :value WHERE id = :id", value=value, id=row["id"]):
            assert places(whole)[where] == "they are not the words that the event was signed with"
    with tampering(whole, "DELETE FROM words WHERE id = :id", id=row["id"]):
        assert places(whole)[where] == "they are missing; what is erased leaves its row behind"
    with tampering(whole, "INSERT INTO words (id, salt, words) VALUES ('x', '00', 'y')"):
        assert places(whole)["words x"] == "they belong to no event"


def test_erased_words_are_no_finding(whole: House) -> None:
    whole.registry.database.query("UPDATE words SET words = NULL, salt = ''")
    rebuild(whole.registry, silent)
    assert check(whole).findings == ()
    assert whole.registry.version("churn:1").note == "(erased)"


# Blobs


def damage(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_missing_and_changed_blobs_are_found_with_those_who_need_them(whole: House) -> None:
    model, data = whole.registry.version("churn:1").artifact, whole.artifacts.put_bytes(b"flights-spring")
    damage(whole.artifacts.path(model), b"THE BYTES OF A MODEL")
    whole.artifacts.path(data).unlink()
    found = places(whole)
    assert found[f"blob {model}"].startswith("holds other bytes than were recorded (20 bytes, sha256:")
    assert found[f"blob {model}"].endswith("); needed by churn:1")
    assert found[f"blob {data}"] == "it is missing; needed by dataset/flights-spring:1"
    assert set(places(whole, quick=True)) == {f"blob {data}"}


def test_a_file_of_a_run_has_its_size(whole: House) -> None:
    plot = whole.artifacts.put_bytes(b"a plot")
    damage(whole.artifacts.path(plot), b"shorter"[:3])
    assert places(whole, quick=True)[f"blob {plot}"].startswith("it has 3 bytes, 6 were recorded; needed by event")


def test_the_layers_of_a_manifest_have_their_sizes(house: House) -> None:
    layer = house.artifacts.put_bytes(b"weights")
    wrong = Manifest(format="files", layers=(Layer(path="w", digest=layer, size=99),))
    gone = Manifest(format="files", layers=(Layer(path="w", digest="sha256:" + "0" * 64, size=1),))
    for manifest in (wrong, gone):
        house.register(content=encoded(manifest).decode())
    digests = [house.registry.version(f"churn:{n}").artifact for n in (1, 2)]
    found = places(house)
    assert found[f"blob {layer}"] == f"it has 7 bytes, the manifest {digests[0]} says 99"
    assert found[f"manifest {digests[1]}"] == f"the blob sha256:{'0' * 64} is missing"


def test_the_bytes_of_a_discarded_version_may_go(house: House) -> None:
    house.register(content="kept")
    house.register(content="gone")
    gone = house.registry.version("churn:2").artifact
    house.discard(2)
    house.artifacts.path(gone).unlink()
    assert check(house).findings == ()


def test_bytes_that_another_version_needs_may_not_go(house: House) -> None:
    house.register(content="shared")
    house.register(content="shared")
    house.discard(2)
    shared = house.registry.version("churn:1").artifact
    house.artifacts.path(shared).unlink()
    assert places(house) == {f"blob {shared}": "it is missing; needed by churn:1"}


# Checkpoints


def checkpoint(house: House) -> int:
    found = check(house)
    assert record_checkpoint(house.registry, found, house.identity, house.clock) is not None
    return found.consistent_to


def test_after_a_checkpoint_a_quick_verification_begins_there(whole: House) -> None:
    assert check(whole, quick=True).events == whole.registry.head().seq
    seq = checkpoint(whole)
    whole.alias(2, "new")
    found = check(whole, quick=True)
    assert (found.findings, found.events, found.signatures, found.consistent_to) == ((), 1, 1, seq + 1)
    assert found.checked == (
        f"events after {seq}, up to which you verified before; the head; blobs by presence and size, not by their "
        "bytes. Not looked at: earlier events, and the tables. Keys are self-asserted: they prove that the same key "
        "acted, not who held it."
    )
    assert check(whole).findings == ()


def test_a_quick_verification_finds_what_is_wrong_after_the_checkpoint(whole: House) -> None:
    seq = checkpoint(whole)
    whole.alias(2, "new")
    for statement in (
        f"UPDATE event SET actor = 'x' WHERE seq = {seq + 1}",
        f"UPDATE event SET stored = replace(stored, 'new', 'old') WHERE seq = {seq + 1}",
        f"UPDATE event SET hash = 'x' WHERE seq = {seq}",
        f"DELETE FROM event WHERE seq = {seq}",
    ):
        with tampering(whole, statement):
            assert any(str(seq) in where or str(seq + 1) in where for where in places(whole, quick=True)), statement


def test_a_quick_verification_knows_the_keys_of_before(whole: House, ben: Identity) -> None:
    new = Identity(seed=b"n" * 32, name="ben@desk")
    append_as(whole, KeyRotated(person=ben.first_id, old=ben.public, new=new.public), ben.first_id, ben)
    checkpoint(whole)
    append_as(whole, ModelCreated(model="by-new", tier="minimal", owner="x"), ben.first_id, new)
    assert check(whole, quick=True).findings == ()
    late = append_as(whole, ModelCreated(model="by-old", tier="minimal", owner="x"), ben.first_id, ben)
    assert list(places(whole, quick=True)) == [f"event {late}"]


def test_the_checkpoint_of_somebody_else_is_not_believed(whole: House, ben: Identity) -> None:
    checkpoint(replace(whole, identity=ben))
    assert check(whole, quick=True).events == whole.registry.head().seq


def test_every_changed_column_of_a_checkpoint_is_found_and_no_longer_believed(whole: House) -> None:
    seq = checkpoint(whole)
    for column, type_ in list(COLUMNS["checkpoint"].items())[1:]:
        with tampering(whole, f"UPDATE checkpoint SET {column} = :value", value=FORGED[type_]):
            assert f"checkpoint {seq}" in places(whole), column
            assert check(whole, quick=True).events == seq


def test_a_log_that_was_cut_and_patched_is_found_by_its_checkpoint(whole: House) -> None:
    """Whoever cuts the log, its head and its tables alike leaves no trace, but in the checkpoint."""
    whole.alias(2, "new")
    seq = checkpoint(whole)
    last = whole.registry.database.query("SELECT hash, recorded FROM event WHERE seq = :seq", {"seq": seq - 1})[0]
    with tampering(
        whole,
        f"DELETE FROM event WHERE seq = {seq}",
        f"UPDATE head SET seq = {seq - 1}, hash = :hash, recorded = :recorded",
        "DELETE FROM alias WHERE alias = 'new'",
        "DELETE FROM alias_move WHERE alias = 'new'",
        f"DELETE FROM version_event WHERE seq = {seq}",
        **last,
    ):
        found = {where: what for where, what in places(whole).items() if not where.startswith("trigger")}
        assert found == {f"checkpoint {seq}": f"the log was verified up to event {seq}, but ends with {seq - 1}"}
        assert f"checkpoint {seq}" in places(whole, quick=True)


def test_a_log_that_was_signed_anew_by_its_owner_is_found_by_its_checkpoint(whole: House) -> None:
    seq = checkpoint(whole)
    row = whole.registry.database.query("SELECT stored FROM event WHERE seq = :seq", {"seq": seq})[0]
    wrapper = log.unwrap(row["stored"])
    act = re.sub(rb'"nonce":"\w+"', b'"nonce":"0000000000000000"', bytes(wrapper.act))
    signer = Identity(seed=b"b" * 32, name="ben@desk")
    forged = log.wrapper_text(
        act=act,
        assigned=wrapper.assigned,
        prev=wrapper.prev,
        recorded=wrapper.recorded,
        seq=seq,
        signature=signer.sign(act),
    )
    with tampering(
        whole,
        f"UPDATE event SET stored = :stored, hash = :hash WHERE seq = {seq}",
        "UPDATE head SET hash = :hash",
        stored=forged.decode(),
        hash=log.hash_of(forged),
    ):
        told = [finding for finding in check(whole).findings if not finding.where.startswith("trigger")]
    assert {finding.where for finding in told} == {f"checkpoint {seq}"}
    assert [finding.what for finding in told] == [
        f"event {seq} had another hash when it was verified",
        f"the events up to {seq} were others when they were verified",
        "its peaks are not those of the events up to there",
    ]


def test_a_checkpoint_at_the_same_event_takes_the_place_of_the_one_before(whole: House, ben: Identity) -> None:
    seq = checkpoint(whole)
    assert checkpoint(replace(whole, identity=ben)) == seq
    assert [(each.seq, each.key) for each in checkpoints(whole.registry)] == [(seq, ben.public)]


def test_no_checkpoint_is_made_of_findings_or_of_a_quick_look(whole: House) -> None:
    seq = checkpoint(whole)
    with tampering(whole):
        damaged = check(whole)
    for found in (damaged, check(whole, quick=True)):
        with pytest.raises(MlcError) as refused:
            record_checkpoint(whole.registry, found, whole.identity, whole.clock)
        assert refused.value.text == (
            "only a full verification without findings makes a checkpoint\nrun it: %mlc verify"
        )
    assert [each.seq for each in checkpoints(whole.registry)] == [seq]


# Faults


def test_no_more_than_a_thousand_findings_are_told(house: House) -> None:
    house.create()
    rows = [{"version": 5, "key": f"k{n}"} for n in range(1500)]
    house.registry.database.many("INSERT INTO tag (version, key, value) VALUES (:version, :key, 'x')", rows)
    found = check(house).findings
    assert len(found) == 1001
    assert (found[-1].where, found[-1].what) == ("everywhere", "500 more findings are not told")


@pytest.fixture
def embedded(tmp_path: Path, ana: Identity, clock: Callable[[], int]) -> Iterator[House]:
    """A registry in a folder, whose file tests may damage."""
    registry = open_registry(place_of(str(tmp_path / "r")), lambda: ana, clock)
    yield House(registry=registry, identity=ana, clock=clock, artifacts=Artifacts(tmp_path / "r"))
    registry.database.close()


def test_a_damaged_file_is_a_finding_wherever_it_is_damaged(embedded: House) -> None:
    for number in range(40):
        embedded.register(metrics={"auc": number}, note="x" * 300)
    database = embedded.registry.database
    database.query("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    path = embedded.registry.place.artifacts / "registry.db"
    whole = path.read_bytes()
    for page in range(1, len(whole) // 4096, 5):
        path.write_bytes(whole[: page * 4096] + b"\xa5" * 4096 + whole[(page + 1) * 4096 :])
        found = check(embedded)
        database.close()
        assert isinstance(found, Verified)
    path.write_bytes(os.urandom(len(whole)))
    (finding,) = {each.what for each in check(embedded).findings}
    assert finding == f"{path} is damaged (file is not a database)"


def test_text_that_is_no_text_is_found_and_located(embedded: House) -> None:
    embedded.create()
    database = embedded.registry.database
    for damage_ in ("CAST(x'ff80' AS TEXT)", "x'00ff'", "17"):
        with tampering(embedded, f"UPDATE event SET stored = {damage_} WHERE seq = 3"):
            assert check(embedded).consistent_to == 2
    assert database.one("SELECT 1 AS one") == {"one": 1}
