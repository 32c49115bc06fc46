from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from importlib.resources import files

import pytest

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.events import ModelCreated
from jupyter_mlc.store.database import percent_style, schema_text, statements
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import Registry, open_registry
from jupyter_mlc.store.schemas import MIGRATIONS

Add = Callable[[str], int]
SCRIPTS = (*MIGRATIONS, "sqlite.sql", "postgres.sql")


@pytest.fixture
def add(registry: Registry, ana: Identity, clock: Callable[[], int]) -> Add:
    """Adds a model to the registry; the number of its event."""

    def append(name: str) -> int:
        with registry.write(ana, clock) as log:
            return log.append(ModelCreated(model=name, tier="minimal", owner=log.actor)).seq

    return append


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What the work gave, done by so many forked processes that begin together; an error as its text."""
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(count), fork.SimpleQueue()

    def one(number: int) -> None:
        gate.wait()
        try:
            answers.put(work(number))
        except BaseException as error:  # noqa: BLE001 (a child tells its parent whatever happened)
            answers.put(repr(error))

    workers = [fork.Process(target=one, args=(number,)) for number in range(count)]
    for worker in workers:
        worker.start()
    found = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    return found


def in_thread(work: Callable[[], object]) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


# Processes, threads, forks


def test_eight_processes_may_open_a_fresh_registry_at_once(
    registry_url: str, ana: Identity, clock: Callable[[], int]
) -> None:
    def uuid_and_length(_: int) -> object:
        registry = open_registry(place_of(registry_url), lambda: ana, clock)
        return registry.uuid, registry.head().seq

    found = at_once(8, uuid_and_length)
    assert len(set(found)) == 1, found
    assert found[0] == (open_registry(place_of(registry_url), lambda: ana, clock).uuid, 3)


def test_eight_processes_that_write_at_once_lose_nothing(registry: Registry, add: Add) -> None:
    before = registry.head().seq
    found = at_once(8, lambda worker: tuple(add(f"m{worker}-{number}") for number in range(10)))
    seqs = [seq for answer in found if isinstance(answer, tuple) for seq in answer]
    assert sorted(seqs) == list(range(before + 1, before + 81)), found
    assert registry.head().seq == registry.count("event") == before + 80
    assert registry.count("model") == 80


def test_threads_write_side_by_side(registry: Registry, add: Add) -> None:
    def work() -> None:
        seqs.extend(add(f"m{threading.get_ident()}-{number}") for number in range(10))
        registry.database.close()

    seqs: list[int] = []
    before = registry.head().seq
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seqs) == list(range(before + 1, before + 41))


def test_a_child_process_and_its_parent_both_go_on(registry: Registry, add: Add) -> None:
    add("parents")
    with registry.database.reading():
        registry.model_names(9)
    assert at_once(2, lambda number: add(f"childs-{number}")) != []
    add("parents-later")
    assert registry.model_names(9) == ["childs-0", "childs-1", "parents", "parents-later"]


def test_each_thread_has_a_connection_of_its_own(registry: Registry) -> None:
    with registry.database.writing():
        registry.database.query("INSERT INTO activity (kind, subject, actor, at) VALUES ('load', 1, 'p', 1)")
        assert registry.count("activity") == 1

        def count() -> int:
            with registry.database.closing():
                return registry.count("activity")

        assert in_thread(count) == 0


# Transactions


def test_what_fails_is_undone_altogether(registry: Registry, ana: Identity, clock: Callable[[], int]) -> None:
    before = registry.head()
    with contextlib.suppress(KeyError), registry.write(ana, clock) as log:
        log.append(ModelCreated(model="churn", tier="minimal", owner=log.actor))
        raise KeyError
    assert registry.head() == before
    assert registry.count("event") == before.seq
    assert registry.model_row("churn") is None


def test_everything_read_inside_belongs_to_one_moment(registry: Registry, add: Add) -> None:
    def add_and_close() -> None:
        add("churn")
        registry.database.close()

    with registry.database.reading():
        before = registry.head().seq
        in_thread(add_and_close)
        with registry.database.reading():
            assert registry.head().seq == before
            assert registry.model_names(9) == []
    assert registry.model_names(9) == ["churn"]


def test_reading_inside_of_a_write_sees_what_was_written(
    registry: Registry, ana: Identity, clock: Callable[[], int]
) -> None:
    with registry.write(ana, clock) as log:
        log.append(ModelCreated(model="churn", tier="minimal", owner=log.actor))
        with registry.database.reading():
            assert registry.model_names(9) == ["churn"]
    assert registry.model_names(9) == ["churn"]


@pytest.mark.parametrize("outer", ["writing", "reading"])
def test_a_write_inside_of_a_transaction_is_an_error_at_once(outer: str, registry: Registry, add: Add) -> None:
    with getattr(registry.database, outer)():
        with pytest.raises(RuntimeError, match="cannot begin inside of another transaction"):
            add("churn")
        assert registry.model_names(9) == []
    add("churn")
    assert registry.model_names(9) == ["churn"]


def test_a_long_list_is_read_in_parts(registry: Registry) -> None:
    rows = [{"subject": number} for number in range(12_000)]
    with registry.database.writing():
        registry.database.many(
            "INSERT INTO activity (kind, subject, actor, at) VALUES ('load', :subject, 'p', 1)", rows
        )
    stream = registry.database.stream("SELECT subject FROM activity ORDER BY subject")
    assert next(stream) == (0,)
    assert sum(1 for _ in stream) == 11_999
    with registry.database.writing():
        registry.database.query("DELETE FROM activity")
    assert registry.count("activity") == 0


# The log only grows

INSERT = (
    "INSERT INTO event (seq, type, actor, model, recorded, hash, stored) VALUES ({seq}, 'X', 'p', NULL, 1, 'h', '{{}}')"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'p-evil' WHERE seq = 1",
        "DELETE FROM event",
        "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
        INSERT.format(seq=1),
        INSERT.format(seq=0),
        INSERT.format(seq=-1),
        INSERT.format(seq=99),
        INSERT.format(seq=3).replace("INSERT", "INSERT OR REPLACE"),
        INSERT.format(seq=3) + " ON CONFLICT (seq) DO UPDATE SET actor = 'p-evil'",
        "TRUNCATE event",
        "TRUNCATE event CASCADE",
    ],
)
def test_the_log_takes_the_next_number_and_nothing_else(statement: str, registry: Registry) -> None:
    before = registry.database.query("SELECT * FROM event ORDER BY seq")
    with pytest.raises(MlcError), registry.database.writing():
        registry.database.query(statement)
    assert registry.database.query("SELECT * FROM event ORDER BY seq") == before
    assert len(before) == 3


def test_the_log_says_why_it_refuses(registry: Registry) -> None:
    with pytest.raises(MlcError) as refused, registry.database.writing():
        registry.database.query("DELETE FROM event")
    assert "refused: the event log is append-only" in refused.value.text
    with pytest.raises(MlcError) as refused, registry.database.writing():
        registry.database.query(INSERT.format(seq=9))
    assert "refused: the event log takes the next number only" in refused.value.text


# The schema's words


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_taken_apart_into_whole_statements(name: str) -> None:
    found = statements(schema_text(name))
    begins = ("CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX", "CREATE TRIGGER", "CREATE FUNCTION")
    assert all(statement.startswith(begins) and statement.endswith(";") for statement in found)
    assert sum(schema_text(name).count(word) for word in ("\nCREATE ",)) == len(found)


def test_every_script_that_ships_is_used() -> None:
    shipped = {path.name for path in files("jupyter_mlc.store").joinpath("schema").iterdir()}
    assert shipped == set(SCRIPTS)


def test_parameters_are_written_as_psycopg_wants_them() -> None:
    assert percent_style("SELECT 7 % 4 WHERE a = :a AND b = :b_2") == "SELECT 7 %% 4 WHERE a = %(a)s AND b = %(b_2)s"
