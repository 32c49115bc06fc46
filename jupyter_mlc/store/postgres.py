"""A team's database: PostgreSQL through psycopg; the head row is the lock that writers queue on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Conflict, MlcError, Unavailable
from jupyter_mlc.store.database import _NOTHING, Database, Params, percent_style, statements

if TYPE_CHECKING:
    import psycopg

_CREATION_LOCK = 5_260_714_159_120_236
_WAIT = "30s"


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
        self.dsn = dsn
        self.schema = schema

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        try:
            import psycopg
        except ImportError:
            raise Unavailable(
                "PostgreSQL needs the package psycopg, which is not installed",
                hint="install it: pip install 'jupyter-mlc[postgres]'",
            ) from None
        with _explained(self.shown):
            options = f"-c lock_timeout={_WAIT} -c search_path={self.schema}"
            return psycopg.connect(self.dsn, autocommit=True, connect_timeout=10, options=options, prepare_threshold=3)

    @property
    def shown(self) -> str:
        """The address without its password."""
        return re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", self.dsn)

    def query(self, sql: str, params: Params = _NOTHING) -> list[dict[str, Any]]:
        with _explained(self.shown):
            cursor = self.connection.execute(percent_style(sql), params)
            if cursor.description is None:
                return []
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        with _explained(self.shown), self.connection.cursor() as cursor:
            cursor.executemany(percent_style(sql), list(rows))

    def stream(self, sql: str, params: Params = _NOTHING) -> Iterator[tuple[Any, ...]]:
        with _explained(self.shown), self.connection.transaction(), self.connection.cursor(name="mlc_stream") as cursor:
            cursor.itersize = 5000
            cursor.execute(percent_style(sql), params)
            yield from cursor

    def script(self, sql: str) -> None:
        with _explained(self.shown):
            for statement in statements(self.sql_type(sql)):
                self.connection.execute(statement)

    def sql_type(self, sql: str) -> str:
        """Words sort by their bytes, as in SQLite, so that both databases list in one order."""
        return re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', sql)

    def has_schema(self) -> bool:
        return self.one("SELECT to_regclass('head') AS found")["found"] is not None  # type: ignore[index]

    @contextmanager
    def writing(self) -> Iterator[None]:
        with _explained(self.shown), self.connection.transaction():
            if self.has_schema():
                self.query("SELECT seq FROM head WHERE one = 1 FOR UPDATE")
            else:
                self.query("SELECT pg_advisory_xact_lock(:lock)", {"lock": _CREATION_LOCK})
                self.query(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"')
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self.connection.info.transaction_status.name != "IDLE":
            yield
            return
        with _explained(self.shown), self.connection.transaction():
            self.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield

    def writers(self) -> str:
        """The roles that may insert into the log or own it."""
        found = self.query(
            "SELECT rolname AS name FROM pg_roles WHERE rolcanlogin "
            "AND has_table_privilege(rolname, 'event', 'INSERT') ORDER BY rolname"
        )
        return "database roles " + ", ".join(row["name"] for row in found)


@contextmanager
def _explained(shown: str) -> Iterator[None]:
    """Say in our words what PostgreSQL says in its own."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _in_our_words(error, shown) from error


def _in_our_words(error: Exception, shown: str) -> MlcError:
    import psycopg

    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return Conflict("another process has held the registry for 30 seconds", hint="try again in a moment")
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return Unavailable(f"{shown}: {text}", hint="ask the database's administrator for write access")
    if isinstance(error, psycopg.OperationalError):
        return Unavailable(
            f"{shown} cannot be reached: {text}",
            hint="check host, port, user and database in: %mlc use postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE",
        )
    if isinstance(error, psycopg.ProgrammingError) and "connection string" in text:
        return Unavailable(
            f"{shown} is no address of a database: {text}", hint="write postgresql+psycopg://USER@HOST/DATABASE"
        )
    return Unavailable(f"PostgreSQL refused: {text}", hint="nothing was changed; %mlc verify tells whether all is well")
