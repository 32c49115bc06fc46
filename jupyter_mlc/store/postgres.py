"""A team's database: PostgreSQL through psycopg; the head row is the lock that writers queue on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Conflict, MlcError, Unavailable
from jupyter_mlc.store.database import _NOTHING, Database, Params, percent_style, statements
from jupyter_mlc.store.places import secrets_in, without_password

if TYPE_CHECKING:
    import psycopg

_CREATION_LOCK = 5_260_714_159_120_236
_WAIT = "30s"
_UNDER_WAY = frozenset({"ACTIVE", "INTRANS", "INERROR"})
_cursors = count(1)


class PostgresDatabase(Database):
    """PostgreSQL, in the schema that the connection's search path names.

    Parameters
    ----------
    dsn : str
        A libpq address such as ``postgresql://ana@db/models``.
    schema : str
        The PostgreSQL schema that holds the tables; made with the registry.
    """

    dialect = "postgres"

    def __init__(self, dsn: str, schema: str = "mlc") -> None:
        super().__init__()
        _require_driver()
        self.dsn = dsn
        self.schema = schema

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        import psycopg

        with _explained(self.dsn):
            options = f"-c lock_timeout={_WAIT} -c search_path={self.schema}"
            return psycopg.connect(self.dsn, autocommit=True, connect_timeout=10, options=options, prepare_threshold=3)

    def _is_stale(self, connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
        return connection.closed

    def _fetched(self, sql: str, params: Params) -> tuple[list[str], list[tuple[Any, ...]]]:
        try:
            return self._run_once(sql, params)
        except Unavailable:
            if not self._was_lost():
                raise
            return self._run_once(sql, params)

    def _was_lost(self) -> bool:
        """Whether the server went away (and may be back) while nothing was under way that would be lost with it."""
        slot = self._slot
        return not slot.uses and slot.connection is not None and self._is_stale(slot.connection)

    def _run_once(self, sql: str, params: Params) -> tuple[list[str], list[tuple[Any, ...]]]:
        with self._held() as connection, _explained(self.dsn):
            cursor = connection.execute(percent_style(sql), params)
            if cursor.description is None:
                return [], []
            return [column.name for column in cursor.description], cursor.fetchall()

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        with self._held() as connection, _explained(self.dsn), connection.cursor() as cursor:
            cursor.executemany(percent_style(sql), list(rows))

    def stream(self, sql: str, params: Params = _NOTHING) -> Iterator[tuple[Any, ...]]:
        name = f"mlc_{next(_cursors)}"
        with self.reading(), self._held() as held, _explained(self.dsn), held.cursor(name=name) as cursor:
            cursor.itersize = 5000
            cursor.execute(percent_style(sql), params)
            yield from cursor

    def script(self, sql: str) -> None:
        with self._held() as connection, _explained(self.dsn):
            for statement in statements(self.sql_type(sql)):
                connection.execute(statement)

    def sql_type(self, sql: str) -> str:
        """Words sort by their bytes, as in SQLite, so that both databases list in one order."""
        return re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', sql)

    def has_schema(self) -> bool:
        if self.one("SELECT to_regclass('head') AS found")["found"] is not None:  # type: ignore[index]
            return True
        shut = (
            "SELECT current_user AS me FROM pg_namespace "
            "WHERE nspname = :schema AND NOT has_schema_privilege(oid, 'USAGE')"
        )
        if (
            row := self.one(shut, {"schema": self.schema})
        ) is not None:  # its tables are not seen, and yet may be there
            raise Unavailable(
                f"{without_password(self.dsn)}: {row['me']} may not look into the schema {self.schema}",
                hint=f"ask the database's administrator: GRANT USAGE ON SCHEMA {self.schema} TO {row['me']}; "
                f"GRANT SELECT ON ALL TABLES IN SCHEMA {self.schema} TO {row['me']}",
            )
        return False

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._refuse_nested(in_transaction=self._in_transaction)
        is_made = self.has_schema()  # the first question finds out whether the server is still there
        with self._held() as connection, _explained(self.dsn), connection.transaction():
            if is_made:
                self.query("SELECT seq FROM head WHERE one = 1 FOR UPDATE")
            else:
                self.query("SELECT pg_advisory_xact_lock(:lock)", {"lock": _CREATION_LOCK})
                self.query(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"')
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._in_transaction:
            yield
            return
        self.query("SELECT 1")  # finds out whether the server is still there
        with self._held() as connection, _explained(self.dsn), connection.transaction():
            self.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield

    @contextmanager
    def apart(self) -> Iterator[None]:
        with self._held() as connection, _explained(self.dsn), connection.transaction():
            yield

    @property
    def _in_transaction(self) -> bool:
        with self._held() as connection:
            return bool(connection.info.transaction_status.name in _UNDER_WAY)

    @property
    def migrates_itself(self) -> bool:
        return False

    def keep_copy(self, name: str) -> None:
        """A shared database is copied by those who administer it."""

    def clock(self) -> int | None:
        """What the server's clock shows."""
        row = self.one("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) AS now")
        return row["now"] if row else None

    def writers(self) -> str:
        """The roles that may insert into the log or own it."""
        found = self.query(
            "SELECT rolname AS name FROM pg_roles WHERE rolcanlogin "
            "AND has_table_privilege(rolname, 'event', 'INSERT') ORDER BY rolname"
        )
        me = self.one("SELECT current_user AS name WHERE NOT has_table_privilege('event', 'INSERT')")
        not_you = f"; read-only for you ({me['name']})" if me else ""
        return "database roles " + ", ".join(row["name"] for row in found) + not_you


def _require_driver() -> None:
    try:
        import psycopg  # noqa: F401 (whether it is there is all we ask)
    except ImportError:
        raise Unavailable(
            "PostgreSQL needs the package psycopg, which is not installed",
            hint="install it: pip install 'jupyter-mlc[postgres]'",
        ) from None


@contextmanager
def _explained(dsn: str) -> Iterator[None]:
    """Say in our words what PostgreSQL says in its own."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _in_our_words(error, dsn) from error


def _in_our_words(error: psycopg.Error, dsn: str) -> MlcError:
    import psycopg

    shown, text = without_password(dsn), _first_words(error, dsn)
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return Conflict("another process has held the registry for 30 seconds", hint="try again in a moment")
    if isinstance(error, psycopg.errors.InsufficientPrivilege | psycopg.errors.ReadOnlySqlTransaction):
        return Unavailable(f"{shown}: {text}", hint="ask the database's administrator for read or write access")
    if isinstance(error, psycopg.OperationalError):
        return Unavailable(
            f"{shown} cannot be reached: {text}",
            hint="check host, port, user and database in: %mlc use postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE",
        )
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        return Unavailable(
            f"{shown} is no address of a database: {text}", hint="write postgresql+psycopg://USER@HOST/DATABASE"
        )
    return Unavailable(f"PostgreSQL refused: {text}", hint="nothing was changed; %mlc verify tells whether all is well")


def _first_words(error: Exception, dsn: str) -> str:
    """The first line that says something, without the password that it may repeat."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines if not line.endswith(":")), type(error).__name__)
    for secret in secrets_in(dsn):
        said = said.replace(secret, "***")
    return said
