"""The embedded database: one SQLite file in the registry's folder, WAL where the file system allows it."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import stat
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.errors import Damaged, MlcError, Unavailable
from jupyter_mlc.store import filesystem
from jupyter_mlc.store.queue import Turn
from jupyter_mlc.store.database import _NOTHING, Database, Params, statements

FILE = "registry.db"
LOCK = "write.lock"
_BUSY_SECONDS = 30.0


class SqliteDatabase(Database):
    """SQLite in a folder.

    Writers queue on a lock file first, since SQLite's busy handler is no queue: it sleeps, and starves the unlucky.

    Parameters
    ----------
    folder : Path or None
        The registry's folder, which must exist; None keeps everything in memory, for looking at an earlier time.
    """

    dialect = "sqlite"

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self.folder = folder

    @property
    def path(self) -> Path:
        """The database file."""
        return (self.folder or Path()) / FILE

    def _connect(self) -> sqlite3.Connection:
        with _explained(self.path):
            connection = self._opened()
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")
            connection.execute("PRAGMA cache_size = -16000")
            return connection

    def _opened(self) -> sqlite3.Connection:
        # Threads have connections of their own; one may still be closed by the thread that ends the process.
        if self.folder is None:
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        if not os.access(self.folder, os.W_OK) or filesystem.is_read_only(self.folder):
            return self._read_only()
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=512, check_same_thread=False
        )
        self._set_journal(connection, self._journal())
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _set_journal(self, connection: sqlite3.Connection, wanted: str) -> None:
        """Changing the journal wants the file alone; SQLite does not wait for that, so the writers' queue does."""
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == wanted:
            return
        with self._queue():
            connection.execute(f"PRAGMA journal_mode = {wanted}")

    def _read_only(self) -> sqlite3.Connection:
        """Without a log that waits to be merged, the file is whole, and needs no lock files beside it."""
        log = self.path.with_name(FILE + "-wal")
        whole = not log.exists() or log.stat().st_size == 0
        mode = "mode=ro&immutable=1" if whole else "mode=ro"
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, check_same_thread=False
        )

    def _journal(self) -> str:
        """WAL needs shared memory, which a network file system does not give between machines."""
        if self.folder is None or not filesystem.is_network(self.folder):
            return "wal"
        if not filesystem.locks_hold(self.folder):
            raise Unavailable(
                f"the file system of {self.folder} does not lock files between processes",
                hint="keep the registry on a local disk, or use PostgreSQL: %mlc use postgresql+psycopg://...",
            )
        warnings.warn(
            f"{self.folder} is on a network file system; the registry works there, but slower (rollback journal)",
            stacklevel=2,
        )
        return "delete"

    def query(self, sql: str, params: Params = _NOTHING) -> list[dict[str, Any]]:
        with _explained(self.path):
            cursor = self.connection.execute(sql, params)
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        with _explained(self.path):
            self.connection.executemany(sql, rows)

    def stream(self, sql: str, params: Params = _NOTHING) -> Iterator[tuple[Any, ...]]:
        with _explained(self.path):
            cursor = self.connection.execute(sql, params)
        while True:
            with _explained(self.path):
                batch = cursor.fetchmany(5000)
            if not batch:
                return
            yield from batch

    def script(self, sql: str) -> None:
        with _explained(self.path):
            for statement in statements(self.sql_type(sql)):
                self.connection.execute(statement)

    def sql_type(self, sql: str) -> str:
        return re.sub(r"\bBIGINT\b", "INTEGER", sql)

    def has_schema(self) -> bool:
        return self.one("SELECT 1 FROM sqlite_master WHERE name = 'head'") is not None

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._refuse_read_only()
        connection = self.connection  # before the queue: opening a fresh file waits for its own turn there
        with self._queue():
            self.query("BEGIN IMMEDIATE")
            try:
                yield
                self.query("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        self.query("BEGIN")
        try:
            yield
        finally:
            if connection.in_transaction:
                connection.rollback()

    def _refuse_read_only(self) -> None:
        if self.folder is not None and (not os.access(self.folder, os.W_OK) or filesystem.is_read_only(self.folder)):
            raise Unavailable(
                f"the registry in {self.folder} is read-only for you",
                hint="ask its owner for write access, or choose another registry: %mlc use PATH",
            )

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if self.folder is None:
            yield
            return
        turn = Turn(self.folder / LOCK)
        with _explained(self.folder / LOCK):
            turn.wait(_BUSY_SECONDS)
        try:
            yield
        finally:
            turn.end()

    def writers(self) -> str:
        """Who can write the files: owner, group, or everybody, as the permissions say."""
        if self.folder is None:
            return "nobody (in memory)"
        import pwd

        info = self.folder.stat()
        try:
            owner = pwd.getpwuid(info.st_uid).pw_name
        except KeyError:
            owner = f"user {info.st_uid}"
        others = [
            word for bit, word in ((stat.S_IWGRP, "its group"), (stat.S_IWOTH, "everybody")) if info.st_mode & bit
        ]
        return ", ".join(dict.fromkeys([owner, "root", *others]))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say in our words what SQLite and the operating system say in theirs."""
    try:
        yield
    except sqlite3.Error as error:
        raise _in_our_words(error, path) from error
    except OSError as error:
        if isinstance(error, BlockingIOError):
            raise
        raise _from_system(error, path) from error


def _in_our_words(error: sqlite3.Error, path: Path) -> MlcError:
    text = str(error)
    if "disk is full" in text or "disk I/O error" in text:
        return Unavailable(
            f"the disk of {path} is full or failing ({text}); nothing was changed",
            hint="free some space (%mlc admin gc removes what no version needs), then try again",
        )
    if "readonly" in text or "unable to open" in text:
        return Unavailable(f"{path} cannot be opened for this ({text})", hint="check the folder's permissions")
    if "malformed" in text or "not a database" in text:
        return Damaged(
            f"{path} is damaged ({text})", hint="keep a copy, bring the file back from a backup, then: %mlc verify"
        )
    if "locked" in text:
        return Unavailable(f"{path} is locked by another process", hint=f"see who holds it: fuser {path}")
    return Unavailable(f"SQLite refused: {text}", hint="nothing was changed; %mlc verify tells whether all is well")


def _from_system(error: OSError, path: Path) -> Unavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable(f"the disk of {path} is full; nothing was changed", hint="free some space, then try again")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Unavailable(f"{path}: {reason}", hint="check that the folder exists and that you may write there")
