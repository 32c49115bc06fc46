"""One small door to SQLite and PostgreSQL: statements are written once, with ``:name`` parameters.

Any number of processes and threads may open a database; each thread has a connection of its own, and none crosses a
fork.
"""

from __future__ import annotations

import os
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jupyter_mlc.store.rows import SqlRows

Params = Mapping[str, Any]
_NOTHING: Params = {}


class Database(ABC):
    """Connections, transactions and the words in which the two dialects differ."""

    dialect: str

    def __init__(self) -> None:
        self._local = threading.local()

    @property
    def connection(self) -> Any:
        """This thread's connection, opened in this process."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.connection = self._connect()
            self._local.pid = os.getpid()
        return self._local.connection

    @abstractmethod
    def _connect(self) -> Any: ...

    @abstractmethod
    def query(self, sql: str, params: Params = _NOTHING) -> list[dict[str, Any]]:
        """Run one statement; the rows it gives, as mappings."""

    @abstractmethod
    def many(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement for each row of parameters."""

    @abstractmethod
    def stream(self, sql: str, params: Params = _NOTHING) -> Iterator[tuple[Any, ...]]:
        """Rows as tuples, without holding all of them in memory."""

    @abstractmethod
    def script(self, sql: str) -> None:
        """Run a schema script inside the current transaction."""

    def migrate(self, script: str) -> None:
        """Run one of the schema scripts that ship with the package."""
        self.script(schema_text(script))

    @abstractmethod
    def writing(self) -> Any:
        """A context: the one write transaction of the registry; committed at its end, rolled back on an error."""

    @abstractmethod
    def reading(self) -> Any:
        """A context: everything read inside belongs to one moment."""

    @abstractmethod
    def has_schema(self) -> bool:
        """Whether the tables are there."""

    @abstractmethod
    def writers(self) -> str:
        """Who can write past us, in words."""

    @abstractmethod
    def sql_type(self, sql: str) -> str:
        """The schema's words in this dialect."""

    def one(self, sql: str, params: Params = _NOTHING) -> dict[str, Any] | None:
        """The first row, or None."""
        found = self.query(sql, params)
        return found[0] if found else None

    @property
    def rows(self) -> SqlRows:
        """The projection rows of this database."""
        return SqlRows(self._run, self.many)

    def _run(self, sql: str, params: Params) -> Iterator[dict[str, Any]]:
        return iter(self.query(sql, params))

    def close(self) -> None:
        """Close this thread's connection."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            self._local.pid = None

    @contextmanager
    def closing(self) -> Iterator[Database]:
        try:
            yield self
        finally:
            self.close()


def schema_text(name: str) -> str:
    """A schema script that ships with the package."""
    return files("jupyter_mlc.store").joinpath("schema").joinpath(name).read_text(encoding="utf-8")


def statements(script: str) -> list[str]:
    """The statements of a script, apart; a trigger's or function's inner semicolons stay inside."""
    found: list[str] = []
    current: list[str] = []
    inside = False
    for line in script.splitlines():
        bare = line.split("--")[0].rstrip()
        if not bare.strip() and not current:
            continue
        current.append(bare)
        inside = _still_inside(bare, inside=inside)
        if bare.endswith(";") and not inside:
            found.append("\n".join(current))
            current = []
    return found


def _still_inside(line: str, *, inside: bool) -> bool:
    if line.count("$$") % 2:
        return not inside
    if line.startswith("BEGIN") and not inside and "END;" not in line:
        return True
    return inside


@lru_cache(maxsize=1024)
def percent_style(sql: str) -> str:
    """``:name`` parameters as psycopg writes them."""
    return re.sub(r":([a-z_][a-z0-9_]*)", r"%(\1)s", sql.replace("%", "%%"))
