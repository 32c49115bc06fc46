from __future__ import annotations

import builtins
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from jupyter_mlc.domain.errors import Conflict, MlcError, Unavailable
from jupyter_mlc.domain.events import ModelCreated
from jupyter_mlc.store import postgres
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.postgres import PostgresDatabase
from jupyter_mlc.store.registry import Registry, open_registry

pytestmark = pytest.mark.postgres

CHECK = "check host, port, user and database in: %mlc use postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE"


@pytest.fixture
def team(postgres_url: str, ana: Identity, clock: Callable[[], int]) -> Iterator[Registry]:
    """A team's registry with one model."""
    registry = open_registry(place_of(postgres_url), lambda: ana, clock)
    add(registry, ana, clock, "churn")
    yield registry
    registry.database.close()


def add(registry: Registry, identity: Identity, clock: Callable[[], int], name: str) -> None:
    with registry.write(identity, clock) as log:
        log.append(ModelCreated(model=name, tier="minimal", owner=log.actor))


def backend(registry: Registry) -> int:
    row = registry.database.one("SELECT pg_backend_pid() AS pid")
    assert row is not None
    return int(row["pid"])


def end_connection(server: str, pid: int) -> None:
    """What a restart of the server does to a connection."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
        while connection.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone():
            pass


def refusal(call: Callable[[], object], kind: type[MlcError] = Unavailable) -> str:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.text


def test_a_port_where_nobody_listens_is_named_without_the_password() -> None:
    database = PostgresDatabase("postgresql://ana:geheim@127.0.0.1:1/models")
    said = refusal(lambda: database.query("SELECT 1"))
    assert said == (
        "postgresql://ana:***@127.0.0.1:1/models cannot be reached: connection failed: connection to server at "
        f'"127.0.0.1", port 1 failed: Connection refused\n{CHECK}'
    )


def test_a_host_with_several_addresses_is_refused_with_a_reason_too() -> None:
    said = refusal(lambda: PostgresDatabase("postgresql://ana:geheim@127.0.0.1,127.0.0.1:1/m").query("SELECT 1"))
    assert "onnection refused" in said or "failed" in said.partition("cannot be reached: ")[2]
    assert "geheim" not in said
    assert "All failures were" not in said


def test_a_host_that_nobody_knows_is_named() -> None:
    said = refusal(lambda: PostgresDatabase("postgresql://ana:geheim@no-such-host.invalid/models").query("SELECT 1"))
    assert said.startswith("postgresql://ana:***@no-such-host.invalid/models cannot be reached: ")
    assert said.endswith(CHECK)


def test_a_database_that_is_not_there_is_named(postgres_server: str) -> None:
    parts = urlsplit(postgres_server)
    said = refusal(lambda: PostgresDatabase(parts._replace(path="/nowhere").geturl()).query("SELECT 1"))
    assert 'database "nowhere" does not exist' in said
    assert said.endswith(CHECK)


@pytest.fixture
def locked(postgres_server: str) -> Iterator[str]:
    """The address, without a password, of somebody whom the server asks for one: it is `richtig`."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE locked LOGIN PASSWORD 'richtig'")
        [(file,)] = connection.execute("SHOW hba_file").fetchall()
        rules = Path(file)
        before = rules.read_text()
        rules.write_text(f"local all locked scram-sha-256\nhost all locked all scram-sha-256\n{before}")
        try:
            connection.execute("SELECT pg_reload_conf()")
            address = postgres_server.replace("//postgres:@", "//locked:{}@")
            with suppress(psycopg.OperationalError):
                for _ in range(1000):  # until the rules are read
                    psycopg.connect(address.format("")).close()
            yield address
        finally:
            rules.write_text(before)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP ROLE locked")


def test_a_wrong_password_is_refused_without_repeating_it(locked: str) -> None:
    assert locked.startswith("postgresql://locked:{}@")
    said = refusal(lambda: PostgresDatabase(locked.format("geheim")).query("SELECT 1"))
    assert 'password authentication failed for user "locked"' in said
    assert said.endswith(CHECK)
    assert "geheim" not in said
    with PostgresDatabase(locked.format("richtig")).closing() as database:
        assert database.query("SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize("password", ["100%zz", "a%00geheim"])
def test_a_password_that_cannot_be_decoded_is_not_repeated(password: str) -> None:
    said = refusal(lambda: PostgresDatabase(f"postgresql://ana:{password}@db/models").query("SELECT 1"))
    assert password not in said
    assert said.startswith("postgresql://ana:***@db/models is no address of a database: ")
    assert said.endswith("\nwrite postgresql+psycopg://USER@HOST/DATABASE")


def test_an_odd_option_is_no_address() -> None:
    said = refusal(lambda: PostgresDatabase("postgresql://db/models?odd=1").query("SELECT 1"))
    assert said == (
        'postgresql://db/models?odd=1 is no address of a database: invalid URI query parameter: "odd"\n'
        "write postgresql+psycopg://USER@HOST/DATABASE"
    )


def test_without_psycopg_the_way_to_get_it_is_named(
    postgres_url: str, ana: Identity, clock: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> object:
        if name.partition(".")[0] == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'")
        return real(name, *args, **kwargs)

    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    assert refusal(lambda: open_registry(place_of(postgres_url), lambda: ana, clock)) == (
        "PostgreSQL needs the package psycopg, which is not installed\ninstall it: pip install 'jupyter-mlc[postgres]'"
    )


def test_a_read_after_the_server_came_back_goes_on(team: Registry, postgres_server: str) -> None:
    end_connection(postgres_server, backend(team))
    assert team.model_names(9) == ["churn"]


def test_a_write_after_the_server_came_back_goes_on(
    team: Registry, ana: Identity, clock: Callable[[], int], postgres_server: str
) -> None:
    end_connection(postgres_server, backend(team))
    add(team, ana, clock, "more")
    end_connection(postgres_server, backend(team))
    with team.database.reading():
        assert team.model_names(9) == ["churn", "more"]
    end_connection(postgres_server, backend(team))
    assert [name for (name,) in team.database.stream("SELECT name FROM model ORDER BY name")] == ["churn", "more"]


def test_a_server_that_goes_away_in_the_middle_of_a_write_takes_all_of_it_along(
    team: Registry, ana: Identity, clock: Callable[[], int], postgres_server: str
) -> None:
    before = team.head()

    def write() -> None:
        with team.write(ana, clock) as log:
            log.append(ModelCreated(model="lost", tier="minimal", owner=log.actor))
            end_connection(postgres_server, backend(team))
            log.append(ModelCreated(model="more", tier="minimal", owner=log.actor))

    said = refusal(write)
    assert " cannot be reached: terminating connection due to administrator command" in said
    assert team.head() == before
    assert team.model_names(9) == ["churn"]
    assert team.count("event") == before.seq


def test_a_registry_that_somebody_holds_is_waited_for_and_then_given_up(
    team: Registry, ana: Identity, clock: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_WAIT", "10ms")
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with team.database.writing():
            held.set()
            release.wait(240)
        team.database.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(240)
    team.database.close()  # the next connection waits for a shorter time
    said = refusal(lambda: add(team, ana, clock, "more"), Conflict)
    team.note_activity("load", 1, "p-1", 5)  # nobody is held up
    release.set()
    holder.join()
    assert said == "another process has held the registry for 30 seconds\ntry again in a moment"
    add(team, ana, clock, "more")


def test_whoever_may_only_read_is_told_whom_to_ask(
    team: Registry, ana: Identity, clock: Callable[[], int], postgres_server: str
) -> None:
    database = team.database
    assert isinstance(database, PostgresDatabase)
    role = f"reader_{database.schema}"
    for statement in (
        f"CREATE ROLE {role} LOGIN",
        f"GRANT USAGE ON SCHEMA {database.schema} TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {database.schema} TO {role}",
    ):
        database.query(statement)
    readers = Registry(PostgresDatabase(f"{database.dsn}&user={role}", database.schema), team.place)
    with readers.database.closing():
        assert readers.model_names(9) == ["churn"]
        said = refusal(lambda: add(readers, ana, clock, "more"))
        assert ": permission denied for table head\nask the database's administrator for read or write access" in said
        readers.note_activity("load", 1, "p-1", 5)  # nobody is held up
        assert readers.database.writers().endswith(f"; read-only for you ({role})")
    assert role not in team.database.writers()
    assert team.database.writers().startswith("database roles ")
    assert team.model_names(9) == ["churn"]


def test_whoever_may_not_look_into_the_schema_is_told_what_to_ask_for(
    team: Registry, ana: Identity, clock: Callable[[], int]
) -> None:
    database = team.database
    assert isinstance(database, PostgresDatabase)
    role = f"stranger_{database.schema}"
    database.query(f"CREATE ROLE {role} LOGIN")
    place = replace(team.place, dsn=f"{database.dsn}&user={role}")
    said = refusal(lambda: open_registry(place, lambda: ana, clock))
    assert said.endswith(
        f": {role} may not look into the schema {database.schema}\n"
        f"ask the database's administrator: GRANT USAGE ON SCHEMA {database.schema} TO {role}; "
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {database.schema} TO {role}"
    )


def test_a_statement_that_postgresql_refuses_is_said_to_be_refused(team: Registry) -> None:
    assert refusal(lambda: team.database.query("SELECT x FROM nowhere")) == (
        'PostgreSQL refused: relation "nowhere" does not exist\n'
        "nothing was changed; %mlc verify tells whether all is well"
    )


def test_two_registries_share_a_database_in_schemas_of_their_own(
    team: Registry, postgres_url: str, ana: Identity, clock: Callable[[], int]
) -> None:
    place = place_of(postgres_url.replace("schema=", "schema=other_"))
    other = open_registry(place, lambda: ana, clock)
    assert other.uuid != team.uuid
    assert other.model_names(9) == []
    other.database.close()


def test_words_sort_by_their_bytes_as_in_the_other_database(
    team: Registry, ana: Identity, clock: Callable[[], int]
) -> None:
    for name in ("b-1", "a.2", "a-3", "a_4"):
        add(team, ana, clock, name)
    assert team.model_names(9) == ["a-3", "a.2", "a_4", "b-1", "churn"]


def test_a_percent_sign_is_a_percent_sign(team: Registry) -> None:
    assert team.database.query("SELECT '100%' AS text, :x AS x", {"x": "50%"}) == [{"text": "100%", "x": "50%"}]
    assert team.database.one("SELECT 7 % 4 AS rest") == {"rest": 3}
