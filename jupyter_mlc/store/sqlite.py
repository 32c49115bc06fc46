"""The embedded database: one SQLite file in the registry's folder, WAL where the file system allows it."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import threading
import time
import warnings
import weakref
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.store import filesystem
from jupyter_mlc.store.database import _NOTHING, Database, Params, statements
from jupyter_mlc.store.disk import refusals, sync_data
from jupyter_mlc.store.places import DATABASE
from jupyter_mlc.store.queue import Turn
from jupyter_mlc.store.restoring import NAME as RESTORING
from jupyter_mlc.store.restoring import refuse_unfinished
from jupyter_mlc.store.sqlite_errors import REFUSALS, explained, in_our_words, read_only

FILE = DATABASE
LOCK = "write.lock"
BACKUP = "backup.lock"
"""lies where a backup was made, and tells that it is one; no restoration copies it"""
_BUSY_SECONDS = 30.0
_SEVERAL = re.compile(r"(PRIMARY KEY \(\w+, [\w, ]+\)\n\));")
_MERGED_AFTER = 4000
"""pages (16 MB) of the log: to merge it into the file takes long, and the others wait meanwhile"""
_FORK_SECONDS = 5.0
"""how long a fork waits for other threads to end what they are doing here"""


_FORK = threading.RLock()
"""held while the process forks, for all databases: a thread that uses none yet waits until that is done"""
_DATABASES: weakref.WeakSet[SqliteDatabase] = weakref.WeakSet()


class _Files(NamedTuple):
    """Size and time of the database's files, None where there is none."""

    database: tuple[int, int] | None
    log: tuple[int, int] | None
    shared: tuple[int, int] | None

    @property
    def in_use(self) -> bool:
        """Whether somebody has the database open, or left without merging the log."""
        return self.shared is not None or (self.log is not None and self.log[0] > 0)


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
        self._gate = _FORK
        with _FORK:
            _DATABASES.add(self)

    @cached_property
    def path(self) -> Path:
        """The database file."""
        return (self.folder or Path()) / FILE

    @cached_property
    def _where(self) -> str:
        return os.fspath(self.path)

    def rest(self, until: float) -> None:
        """Let other threads end what they are doing here, and close what lies idle; `_FORK` is held meanwhile."""
        for slot in list(self._slots):
            while slot.uses and slot is not self._slot and time.monotonic() < until:
                time.sleep(0.001)
            if not slot.uses and self.folder is not None:  # what is in memory would be lost
                slot.close()

    def _connect(self) -> sqlite3.Connection:
        with explained(self.path):
            file = self._file_to_open()  # before: what comes into its place meanwhile is told
            connection = self._opened()
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._local.file = file
            return connection

    def _file_to_open(self) -> tuple[int, int] | None:
        """Which file stands there, made where there is none.

        SQLite would make it for its owner alone, whatever the umask of a group says, and so its log beside it.
        """
        if self.folder is None:
            return None
        file = self._file()
        if file is None:
            refuse_unfinished(self.folder / RESTORING, str(self.folder))
            if self.is_backup:
                raise Unavailable(
                    f"there is no registry in {self.folder} yet: a backup into it is under way, or was interrupted",
                    hint=f"make it again: jupyter mlc admin backup {self.folder}",
                )
        if file is None and not self.is_read_only:
            os.close(os.open(self._where, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666))
            file = self._file()
        return file

    def _opened(self) -> sqlite3.Connection:
        # Threads have connections of their own; one may still be closed by the thread that ends the process.
        if self.folder is None:
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        if self.is_read_only:
            return self._read_only()
        return sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=512, check_same_thread=False
        )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self.folder is not None and not self.is_read_only:
            self._set_journal(connection, self._journal)
            # in WAL `_settle` does the flushing of FULL, when the next writer already writes
            connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._journal == 'wal' else 'FULL'}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_MERGED_AFTER}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA cache_size = -16000")

    @property
    def is_read_only(self) -> bool:
        """Whether this process may look, but not write."""
        folder = self.folder
        if folder is None:
            return False
        if self.is_backup or not os.access(folder, os.W_OK) or filesystem.is_read_only(folder):
            return True
        return not os.access(self._where, os.W_OK) and self.path.exists()

    @cached_property
    def is_backup(self) -> bool:
        """Whether a backup was made here: what is written into it would part it from its registry for good."""
        return self.folder is not None and (self.folder / BACKUP).exists()

    def _set_journal(self, connection: sqlite3.Connection, wanted: str) -> None:
        """Changing the journal wants the file alone; SQLite does not wait for that, so the writers' queue does."""
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == wanted:
            return
        with self._queue():
            connection.execute(f"PRAGMA journal_mode = {wanted}")

    def _read_only(self) -> sqlite3.Connection:
        """A file that nobody has open is whole, and is read without the lock files that could not be made beside it."""
        unchanging = self._files()
        self._local.unchanging = None if unchanging.in_use else unchanging
        mode = "mode=ro" if unchanging.in_use else "mode=ro&immutable=1"
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, check_same_thread=False
        )

    def _is_stale(self, connection: sqlite3.Connection) -> bool:  # noqa: ARG002 (the files say it, whatever is open)
        """What was opened as unchanging is opened anew once somebody writes, and any file that another one replaced.

        SQLite would go on in the file that it has open, wherever that was moved to, and nobody else would see it.
        """
        if self.folder is None:
            return False
        unchanging = getattr(self._local, "unchanging", None)
        if unchanging is not None:
            return bool(unchanging != self._files())
        file = self._file()
        if file is None:
            raise Unavailable(
                f"the registry in {self.folder} is gone: its {FILE} was moved or deleted",
                hint="bring it back, or choose another registry: %mlc use PATH",
            )
        return bool(file != self._local.file)

    def _file(self) -> tuple[int, int] | None:
        """Which file stands under the database's name; None where there is none. Every transaction asks."""
        try:
            info = os.stat(self._where)  # noqa: PTH116 (a Path would have to make its text each time)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Unavailable(
                f"cannot look at {self.path}: {error.strerror}", hint="check the folder, and who may enter it"
            ) from None
        return info.st_dev, info.st_ino

    def _files(self) -> _Files:
        sizes = (_size_and_time(self.path.with_name(FILE + end)) for end in ("", "-wal", "-shm"))
        return _Files(*sizes)

    @cached_property
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

    def _fetched(self, sql: str, params: Params) -> tuple[list[str], list[tuple[Any, ...]]]:
        slot = self._take()  # without contexts: they would take as long as many a statement does
        try:
            cursor = slot.connection.execute(sql, params)
            if cursor.description is None:
                return [], []
            return [column[0] for column in cursor.description], cursor.fetchall()
        except REFUSALS as error:
            raise in_our_words(error, self.path) from error
        finally:
            slot.uses -= 1

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        slot = self._take()
        try:
            slot.connection.executemany(sql, rows)
        except REFUSALS as error:
            raise in_our_words(error, self.path) from error
        finally:
            slot.uses -= 1

    def stream(self, sql: str, params: Params = _NOTHING) -> Iterator[tuple[Any, ...]]:
        with self._held() as connection:
            with explained(self.path):
                cursor = connection.execute(sql, params)
            while True:
                with explained(self.path):
                    batch = cursor.fetchmany(5000)
                if not batch:
                    return
                yield from batch

    def script(self, sql: str) -> None:
        with self._held() as connection, explained(self.path):
            for statement in statements(self.sql_type(sql)):
                connection.execute(statement)

    def sql_type(self, sql: str) -> str:
        """Rows under a key of several columns lie in the key's own tree: one tree less to write, and to read from."""
        return _SEVERAL.sub(r"\1 WITHOUT ROWID;", sql.replace("BIGINT", "INTEGER"))

    def has_schema(self) -> bool:
        return self.one("SELECT 1 FROM sqlite_master WHERE name = 'head'") is not None

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._held() as connection:  # before the queue: opening a fresh file waits for its own turn there
            self._refuse_read_only()
            self._refuse_nested(in_transaction=connection.in_transaction)
            with self._queue(), _ending(connection):
                self.query("BEGIN IMMEDIATE")
                yield
                self.query("COMMIT")
            self._settle()

    def _settle(self) -> None:
        """Flush what was committed to the disk, before anybody is told that it is done.

        The log is flushed as a whole: whoever built on others' commits flushes theirs as well, and several writers
        wait for the disk at the same time.
        """
        if self.folder is None or self._journal != "wal":
            return
        with explained(self.path):
            sync_data(self.path.with_name(f"{FILE}-wal"))

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._held() as connection:
            if connection.in_transaction:
                yield
                return
            with _ending(connection):
                self.query("BEGIN")
                yield

    @property
    def migrates_itself(self) -> bool:
        return self.folder is not None and not self.is_read_only

    def keep_copy(self, name: str) -> None:
        """Copy the file as ``registry.db.<name>``; what others have written is in it, whatever log it still lies in."""
        self.copy_to(self.path.with_name(f"{FILE}.{name}"))

    def copy_to(self, target: Path) -> None:
        """Copy the database into another file, as it is at one moment; writers go on meanwhile."""
        part = target.with_name(f".{target.name}.part")
        with explained(target):
            part.unlink(missing_ok=True)
            ours = self._read_only() if self.is_read_only else sqlite3.connect(self.path)
            with closing(ours) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
            shutil.copymode(self.path, part)
            part.replace(target)

    def _refuse_read_only(self) -> None:
        if self.is_read_only:
            raise read_only(self.path, is_backup=self.is_backup)

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if self.folder is None:
            yield
            return
        turn = Turn(self.folder / LOCK)
        with explained(self.folder / LOCK):
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

        with refusals(f"look at {self.folder}"):
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
def _ending(connection: sqlite3.Connection) -> Iterator[None]:
    """Roll back what was not committed, except in a child process that came out of its parent's transaction."""
    pid = os.getpid()
    try:
        yield
    finally:
        if pid == os.getpid() and connection.in_transaction:
            connection.rollback()


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        info = path.stat()
    except FileNotFoundError:
        return None
    return info.st_size, info.st_mtime_ns


def _before_fork() -> None:
    """SQLite in a child takes its parent's locks for its own, and what the child writes could be lost.

    No other thread begins anything until the fork is done: it would hold locks inside of SQLite, and in the child
    nobody would let go of them.
    """
    _FORK.acquire()
    until = time.monotonic() + _FORK_SECONDS
    for database in list(_DATABASES):
        database.rest(until)


os.register_at_fork(before=_before_fork, after_in_parent=_FORK.release, after_in_child=_FORK.release)
