"""One small door to SQLite and PostgreSQL: statements are written once, with ``:name`` parameters.

Any number of processes and threads may open a database; each thread has a connection of its own, and none crosses a
fork.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from importlib.resources import files
from types import TracebackType
from typing import Any

from jupyter_mlc.store.rows import SqlRows

Params = Mapping[str, Any]
_NOTHING: Params = {}


class Slot:
    """One thread's connection in one process, and how many are in the middle of using it.

    Parameters
    ----------
    inherited : Slot, optional
        The parent process's, after a fork. It is kept untouched: to close it here would disturb the parent.
    gate : context manager
        Shut while the process forks.
    """

    def __init__(self, inherited: Slot | None, gate: AbstractContextManager[Any]) -> None:
        self.connection: Any = None
        self.pid = os.getpid()
        self.uses = 0
        self._inherited = inherited
        self._gate = gate

    def close(self) -> None:
        """Close the connection, unless another process opened it."""
        with self._gate:  # a fork closes what it still finds here
            self.drop()

    def drop(self) -> None:
        """As `close`, by whoever is using it: no fork closes it meanwhile."""
        if self.pid == os.getpid() and self.connection is not None:
            connection, self.connection = self.connection, None
            connection.close()

    def __del__(self) -> None:
        self.close()


class _Holding:
    """Using a connection for a while; a class, since every statement enters one."""

    __slots__ = ("_database", "_slot")

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Any:
        self._slot = self._database._take()  # noqa: SLF001 (the other half of it)
        return self._slot.connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slot.uses -= 1


class Database(ABC):
    """Connections, transactions and the words in which the two dialects differ."""

    dialect: str

    def __init__(self) -> None:
        self._local = threading.local()
        self._slots: weakref.WeakSet[Slot] = weakref.WeakSet()
        self._gate: AbstractContextManager[Any] = nullcontext()
        """shut while the process forks, where that matters: a thread that uses nothing yet waits there"""

    @property
    def _slot(self) -> Slot:
        slot: Slot | None = getattr(self._local, "slot", None)
        if slot is None or slot.pid != os.getpid():
            slot = self._local.slot = Slot(slot, self._gate)
            with self._gate:
                self._slots.add(slot)
        return slot

    def _held(self) -> _Holding:
        """A context: this thread's connection, which stays until the end."""
        return _Holding(self)

    def _take(self) -> Slot:
        """Begin to use this thread's connection; one that is of no use any more is replaced before."""
        slot = self._slot
        if slot.uses:
            slot.uses += 1
        else:
            with self._gate:
                slot.uses = 1
        try:
            if slot.connection is None or (slot.uses == 1 and self._is_stale(slot.connection)):
                slot.drop()
                slot.connection = self._connect()
        except BaseException:
            slot.uses -= 1
            raise
        return slot

    def _refuse_nested(self, *, in_transaction: bool) -> None:
        """A write inside of another transaction would be undone with it, or not be committed at all."""
        if in_transaction:
            raise RuntimeError("a write transaction cannot begin inside of another transaction")

    @abstractmethod
    def _connect(self) -> Any: ...

    @abstractmethod
    def _is_stale(self, connection: Any) -> bool:
        """Whether a connection that nobody is using must be replaced."""

    @abstractmethod
    def _fetched(self, sql: str, params: Params) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one statement; the names of the columns that it gives, and the rows."""

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

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What the database refuses inside leaves the transaction around it usable."""
        yield

    @abstractmethod
    def reading(self) -> Any:
        """A context: everything read inside belongs to one moment."""

    @abstractmethod
    def has_schema(self) -> bool:
        """Whether the tables are there."""

    @property
    @abstractmethod
    def migrates_itself(self) -> bool:
        """Whether opening it may bring its schema up to date: nobody else's release depends on it."""

    @property
    def is_backup(self) -> bool:
        """Whether it is a copy that nobody writes into."""
        return False

    @abstractmethod
    def keep_copy(self, name: str) -> None:
        """Keep the state before this write transaction under a name, where that is ours to do."""

    @abstractmethod
    def writers(self) -> str:
        """Who can write past us, in words."""

    def clock(self) -> int | None:
        """Microseconds since 1970 where the database runs; None where that is here."""
        return None

    @abstractmethod
    def sql_type(self, sql: str) -> str:
        """The schema's words in this dialect."""

    def query(self, sql: str, params: Params = _NOTHING) -> list[dict[str, Any]]:
        """Run one statement; the rows it gives, as mappings."""
        names, rows = self._fetched(sql, params)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def bare(self, sql: str, params: Params = _NOTHING) -> list[tuple[Any, ...]]:
        """Run one statement; the rows it gives, as tuples: for many rows, of which a mapping each would take long."""
        return self._fetched(sql, params)[1]

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
        self._slot.close()

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
