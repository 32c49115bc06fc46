from __future__ import annotations

import contextlib
import getpass
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, Unavailable
from jupyter_mlc.domain.events import ModelCreated
from jupyter_mlc.store import filesystem, sqlite
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.queue import Turn
from jupyter_mlc.store.registry import Registry, open_registry
from jupyter_mlc.store.schemas import MIGRATIONS
from jupyter_mlc.store.sqlite import SqliteDatabase
from jupyter_mlc.store.sqlite_errors import explained

Open = Callable[[Path], Registry]


@pytest.fixture
def opened(ana: Identity, clock: Callable[[], int]) -> Iterator[Open]:
    """Opens registries in folders as Ana's, and closes them in the end."""
    found: list[Registry] = []

    def open_in(folder: Path) -> Registry:
        found.append(open_registry(place_of(str(folder)), lambda: ana, clock))
        return found[-1]

    yield open_in
    for registry in found:
        registry.database.close()


@pytest.fixture
def add(ana: Identity, clock: Callable[[], int]) -> Callable[[Registry, str], None]:
    """Adds a model to a registry."""

    def append(registry: Registry, name: str) -> None:
        with registry.write(ana, clock) as log:
            log.append(ModelCreated(model=name, tier="minimal", owner=log.actor))

    return append


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Unavailable) as refused:
        call()
    return refused.value.text


def shut(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let one file be another user's, who keeps it from us, in a folder that is open to both."""
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != name and allowed(path, mode))


@contextlib.contextmanager
def looking_only(folder: Path, above: Path) -> Iterator[Path]:
    """The folder as somebody sees it who may not write there."""
    if os.getuid():
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    above.mkdir()
    subprocess.run(["mount", "--bind", str(folder), str(above)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(above)], check=True)
    try:
        yield above
    finally:
        subprocess.run(["umount", "-l", str(above)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; an ordinary one for those who may not mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.getuid():
        yield disk
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[str]:
    """No room for a byte more on the disk, or in its files; what SQLite calls it."""
    if os.getuid():
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        yield "disk I/O error"
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        return
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    yield "database or disk is full"
    filler.unlink()


def test_the_database_is_a_file_in_the_folder(tmp_path: Path) -> None:
    assert SqliteDatabase(tmp_path).path == tmp_path / "registry.db"


def test_what_was_committed_is_on_the_disk_before_anybody_is_told_and_the_next_writer_does_not_wait_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "after").mkdir()
    flushed, sync = list[str](), os.fdatasync

    def flush(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        for file in (tmp_path / "mine").glob("registry.db*"):  # what a machine that stops here will find
            shutil.copy(file, tmp_path / "after")
        Turn(tmp_path / "mine" / "write.lock").wait(1)
        sync(descriptor)

    with SqliteDatabase(tmp_path / "mine").closing() as database:
        database.script("CREATE TABLE told (what BIGINT);")
        monkeypatch.setattr(os, "fdatasync", flush)
        with database.writing():
            database.query("INSERT INTO told VALUES (7)")
            assert flushed == []
        assert flushed == [str(tmp_path / "mine" / "registry.db-wal")]
    with SqliteDatabase(tmp_path / "after").closing() as database:
        assert database.query("SELECT what FROM told") == [{"what": 7}]


def test_the_settings_are_those_that_keep_what_was_committed(tmp_path: Path) -> None:
    with SqliteDatabase(tmp_path).closing() as database:
        found = {name: database.one(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert found == {"journal_mode": {"journal_mode": "wal"}, "synchronous": {"synchronous": 1}} | {
        "foreign_keys": {"foreign_keys": 1}
    }


def test_a_folder_that_may_only_be_looked_at_is_read_and_not_written(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    mine = opened(tmp_path / "mine")
    add(mine, "churn")
    mine.database.close()
    with looking_only(tmp_path / "mine", tmp_path / "yours") as folder:
        yours = opened(folder)
        assert yours.model_names(9) == ["churn"]
        assert refusal(lambda: add(yours, "other")) == (
            f"the registry in {folder} is read-only for you\n"
            "ask its owner for write access, or choose another registry: %mlc use PATH"
        )
        yours.note_activity("load", 1, "p-1", 5)  # nobody is held up
        assert yours.count("activity") == 0
        yours.database.close()


def test_where_the_umask_opens_files_to_a_group_the_database_is_open_to_it(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    before = os.umask(0o002)
    try:
        registry = opened(tmp_path / "registry")
        add(registry, "churn")
    finally:
        os.umask(before)
    names = ["registry.db", "registry.db-shm", "registry.db-wal"]
    assert [(tmp_path / "registry" / name).stat().st_mode & 0o777 for name in names] == [0o664] * 3


def test_a_database_that_is_shut_in_an_open_folder_is_read_and_leaves_nothing_of_its_reader_there(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "registry"
    registry = opened(folder)
    add(registry, "churn")
    registry.database.close()
    before = sorted(folder.iterdir())
    shut(monkeypatch, "registry.db")
    assert opened(folder).model_names(9) == ["churn"]
    assert sorted(folder.iterdir()) == before
    assert refusal(lambda: add(opened(folder), "fraud")) == (
        f"{folder}/registry.db: you may not write it, though its folder is open to you\n"
        f"{getpass.getuser()} types: chmod ug+w {folder}/registry.db"
    )


def test_a_file_that_another_user_left_beside_the_database_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "registry.db"
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").touch()
    shut(monkeypatch, "registry.db-shm")
    with pytest.raises(Unavailable) as refused, explained(path):
        raise sqlite3.OperationalError("attempt to write a readonly database")
    assert refused.value.text == (
        f"{path}-shm: it cannot be written for you (attempt to write a readonly database)\n"
        f"{getpass.getuser()} types: chmod ug+w {path}-shm"
    )


def test_whoever_may_only_look_sees_what_others_write_meanwhile(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    mine = opened(tmp_path / "mine")
    mine.database.close()
    with looking_only(tmp_path / "mine", tmp_path / "yours") as folder:
        yours = opened(folder)
        assert yours.model_names(9) == []
        if os.getuid():
            return
        add(mine, "first")
        assert yours.model_names(9) == ["first"]
        mine.database.close()  # the log is merged and removed
        assert yours.model_names(9) == ["first"]
        add(mine, "second")
        assert yours.model_names(9) == ["first", "second"]
        yours.database.close()


def test_an_older_schema_is_read_where_it_cannot_be_brought_up_to_date(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = opened(tmp_path / "mine")
    add(mine, "churn")
    mine.database.close()
    monkeypatch.setattr("jupyter_mlc.store.registry.MIGRATIONS", (*MIGRATIONS, "9999.sql"))
    with looking_only(tmp_path / "mine", tmp_path / "yours") as folder:
        yours = opened(folder)
        assert yours.model_names(9) == ["churn"]
        yours.database.close()


def test_a_folder_that_may_only_be_looked_at_and_holds_nothing_is_no_registry(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "mine").mkdir()
    with looking_only(tmp_path / "mine", tmp_path / "yours") as folder:
        assert refusal(lambda: opened(folder)) == (
            f"{folder}/registry.db cannot be opened for this (unable to open database file)\n"
            "check the folder's permissions"
        )


def test_a_full_disk_refuses_clearly_loses_nothing_and_works_again_with_space(
    small_disk: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(small_disk / "registry")
    add(registry, "before")

    def add_many(registry: Registry) -> None:
        for number in range(100):
            add(registry, f"during{number}")

    with full(small_disk) as reason:
        said = refusal(lambda: add_many(registry))
        during = len(registry.model_names(200)) - 1  # as many as the log had room for
        assert registry.head().seq == registry.count("event") == 4 + during
    assert said == (
        f"the disk of {small_disk}/registry/registry.db is full or failing ({reason}); nothing was changed\n"
        "free some space (%mlc admin gc removes what no version needs), then try again"
    )
    add(registry, "after")
    assert registry.model_names(200)[0] == "after"
    assert len(registry.model_names(200)) == 2 + during


def test_a_registry_that_cannot_be_made_for_want_of_space_is_made_later(small_disk: Path, opened: Open) -> None:
    with full(small_disk) as reason:
        assert reason in refusal(lambda: opened(small_disk / "registry"))
    assert opened(small_disk / "registry").head().seq == 3
    assert (small_disk / "registry" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("kind", ["nfs4", "cifs"])
def test_on_a_network_disk_it_works_without_shared_memory_and_says_so_once(
    kind: str,
    tmp_path: Path,
    opened: Open,
    add: Callable[[Registry, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filesystem, "_mounts", lambda: [(str(tmp_path), kind)])
    with pytest.warns(UserWarning, match="network") as said:
        registry = opened(tmp_path / "registry")
    add(registry, "churn")
    registry.database.close()
    assert registry.model_names(9) == ["churn"]
    assert [str(warning.message) for warning in said] == [
        f"{tmp_path}/registry is on a network file system; the registry works there, but slower (rollback journal)"
    ]
    assert registry.database.one("PRAGMA journal_mode") == {"journal_mode": "delete"}
    assert not (tmp_path / "registry" / "registry.db-wal").exists()


def test_a_network_disk_without_locks_is_refused(tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesystem, "_mounts", lambda: [(str(tmp_path), "fuse.sshfs")])
    monkeypatch.setattr(filesystem, "locks_hold", lambda folder: False)
    assert refusal(lambda: opened(tmp_path / "registry")) == (
        f"the file system of {tmp_path}/registry does not lock files between processes\n"
        "keep the registry on a local disk, or use PostgreSQL: %mlc use postgresql+psycopg://..."
    )


def test_a_registry_moved_to_a_network_disk_leaves_its_log_behind(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    local = opened(tmp_path / "local")
    add(local, "churn")
    local.database.close()
    shutil.copytree(tmp_path / "local", tmp_path / "far")
    monkeypatch.setattr(filesystem, "_mounts", lambda: [(str(tmp_path / "far"), "nfs")])
    with pytest.warns(UserWarning, match="network"):
        far = opened(tmp_path / "far")
    assert far.model_names(9) == ["churn"]
    assert far.database.one("PRAGMA journal_mode") == {"journal_mode": "delete"}


def test_a_process_that_holds_the_file_for_good_is_named(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = opened(tmp_path / "registry")
    registry.database.close()
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.01)
    with contextlib.closing(sqlite3.connect(tmp_path / "registry" / "registry.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        file = f"{tmp_path}/registry/registry.db"
        said = f"{file} is locked by another process\nsee who holds it: fuser {file}"
        assert refusal(lambda: add(registry, "churn")) == said
    add(registry, "churn")


@pytest.mark.parametrize("damage", ["header", "middle"])
def test_a_damaged_file_is_said_to_be_damaged(damage: str, tmp_path: Path, opened: Open) -> None:
    opened(tmp_path / "registry").database.close()
    file = tmp_path / "registry" / "registry.db"
    data = bytearray(file.read_bytes())
    data[slice(0, 100) if damage == "header" else slice(4096, 8192)] = b"\xff" * (100 if damage == "header" else 4096)
    file.write_bytes(data)
    with pytest.raises(Damaged) as refused:
        opened(tmp_path / "registry").model_names(9)
    reason = "file is not a database" if damage == "header" else "database disk image is malformed"
    assert refused.value.text == (
        f"{file} is damaged ({reason})\n"
        f"move the folder {file.parent} away, then: jupyter mlc admin restore BACKUP {file.parent}"
    )


def test_a_statement_that_sqlite_refuses_is_said_to_be_refused(tmp_path: Path) -> None:
    with SqliteDatabase(tmp_path).closing() as database:
        said = refusal(lambda: database.query("SELECT x FROM nowhere"))
    assert said == (
        "SQLite refused: no such table: nowhere\nnothing was changed; %mlc verify tells whether all is well"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (28, "the disk of /r/write.lock is full; nothing was changed\nfree some space, then try again"),
        (122, "the disk of /r/write.lock is full; nothing was changed\nfree some space, then try again"),
        (13, "/r/write.lock: Permission denied\ncheck that the folder exists and that you may write there"),
    ],
)
def test_errors_of_the_system_are_said_in_our_words(error: int, said: str) -> None:
    def fail() -> None:
        with explained(Path("/r/write.lock")):
            raise OSError(error, "as the system says it")

    assert refusal(fail) == said


def test_errors_of_whoever_writes_stay_their_own(tmp_path: Path) -> None:
    with SqliteDatabase(tmp_path).closing() as database:
        with pytest.raises(FileNotFoundError, match="theirs"), database.writing():
            raise FileNotFoundError("theirs")
        with pytest.raises(FileNotFoundError, match="theirs"), database.reading():
            raise FileNotFoundError("theirs")


def test_an_interrupted_write_leaves_the_line_to_others(tmp_path: Path) -> None:
    with SqliteDatabase(tmp_path).closing() as database:
        with database.writing():
            database.script("CREATE TABLE t (x BIGINT);")
        with contextlib.suppress(KeyboardInterrupt), database.writing():
            database.query("INSERT INTO t VALUES (1)")
            raise KeyboardInterrupt
        with database.writing():
            database.query("INSERT INTO t VALUES (2)")
        assert database.query("SELECT x FROM t") == [{"x": 2}]


def test_what_is_written_while_only_reading_is_not_kept(tmp_path: Path) -> None:
    with SqliteDatabase(tmp_path).closing() as database:
        with database.writing():
            database.script("CREATE TABLE t (x BIGINT);")
        with database.reading():
            database.query("INSERT INTO t VALUES (1)")
        assert database.query("SELECT x FROM t") == []


def test_nothing_is_lost_when_a_child_process_writes_after_its_parent_closed(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "registry")
    add(registry, "parents")
    (read, write), (read_back, write_back) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        add(registry, "first")
        os.write(write, b"x")
        os.read(read_back, 1)
        add(registry, "second")
        os._exit(0)
    os.read(read, 1)
    registry.database.close()  # SQLite would remove the log here if it took the child for nobody
    os.write(write_back, b"x")
    assert os.waitpid(child, 0)[1] == 0
    assert registry.model_names(9) == ["first", "parents", "second"]


def test_a_fork_waits_for_the_writes_of_other_threads(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "registry")
    go_on, inside = threading.Event(), threading.Event()

    def write() -> None:
        with registry.database.writing():
            inside.set()
            go_on.wait(240)
        add(registry, "threads")

    writer = threading.Thread(target=write)
    writer.start()
    inside.wait(240)
    threading.Timer(0.05, go_on.set).start()
    child = os.fork()
    if child == 0:
        add(registry, "childs")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    writer.join()
    assert registry.model_names(9) == ["childs", "threads"]


@pytest.mark.slow
def test_children_write_whatever_other_threads_were_doing_when_they_were_forked(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "registry")
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            registry.head()
            registry.database.close()  # so that the next look opens it anew

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(100):
        child = os.fork()
        if child == 0:
            signal.alarm(60)  # ends it, should it be stuck
            add(registry, f"child-{number}")
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    ended.set()
    for thread in threads:
        thread.join()
    assert len(registry.model_names(200)) == 100


def test_a_child_that_leaves_its_parents_transaction_undoes_nothing(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "registry")
    child = -1
    try:
        with registry.database.writing():
            registry.database.query("INSERT INTO activity (kind, subject, actor, at) VALUES ('load', 1, 'p', 1)")
            child = os.fork()
            if child == 0:
                raise SystemExit  # as a child ends that was forked in the middle
            assert os.waitpid(child, 0)[1] == 0
    finally:
        if child == 0:
            os._exit(0)
    assert registry.count("activity") == 1


def test_a_thread_that_ends_closes_its_connection(tmp_path: Path, opened: Open) -> None:
    registry = opened(tmp_path / "registry")
    registry.database.close()

    def look() -> None:
        registry.model_names(9)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert not (tmp_path / "registry" / "registry.db-wal").exists()  # the last one out merges the log


def test_the_file_says_who_can_write_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    words = SqliteDatabase(tmp_path).writers()
    assert words.endswith(", its group, everybody")
    assert "root" in words
    assert SqliteDatabase(None).writers() == "nobody (in memory)"


def test_a_number_that_no_column_holds_is_refused(tmp_path: Path) -> None:
    with SqliteDatabase(tmp_path).closing() as database, pytest.raises(BadInput) as refused:
        database.query("SELECT :number", {"number": 2**63})
    assert refused.value.text == "a number is too large to be kept\nwhole numbers go up to 2**63 - 1"


def test_no_registry_is_made_in_a_database_of_something_else(tmp_path: Path, opened: Open) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "registry.db")) as other:
        other.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(Damaged) as refused:
        opened(tmp_path)
    assert refused.value.text == (
        f"the database in {tmp_path} is no registry: it has tables (bookmarks), but not ours\n"
        "bring the registry's database back from a backup, or choose another place: %mlc use PATH"
    )


def names(registry: Registry) -> list[str]:
    return [model.name for model in registry.models(9)]


def test_what_is_written_goes_into_the_file_that_stands_there_now(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "r")
    add(registry, "first")
    shutil.copytree(tmp_path / "r", tmp_path / "copy")
    add(registry, "lost with the folder")
    shutil.rmtree(tmp_path / "r")
    shutil.copytree(tmp_path / "copy", tmp_path / "r")
    add(registry, "second")
    assert names(registry) == ["first", "second"]
    registry.database.close()
    assert names(opened(tmp_path / "r")) == ["first", "second"]


def test_a_registry_that_was_moved_away_is_missed_until_it_is_back(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "r")
    add(registry, "first")
    (tmp_path / "r").rename(tmp_path / "away")
    for use in (names, lambda it: add(it, "second")):
        with pytest.raises(Unavailable) as missed:
            use(registry)
        assert missed.value.text == (
            f"the registry in {tmp_path}/r is gone: its registry.db was moved or deleted\n"
            "bring it back, or choose another registry: %mlc use PATH"
        )
    with pytest.raises(Unavailable, match="the folder is gone"):
        registry.database.writers()
    assert not (tmp_path / "r").exists()
    (tmp_path / "away").rename(tmp_path / "r")
    add(registry, "second")
    assert names(registry) == ["first", "second"]


def test_nothing_is_written_into_another_registry_in_its_place(
    tmp_path: Path, opened: Open, add: Callable[[Registry, str], None]
) -> None:
    registry = opened(tmp_path / "r")
    (tmp_path / "r").rename(tmp_path / "away")
    other = opened(tmp_path / "r")
    with pytest.raises(Conflict) as refused:
        add(registry, "second")
    assert refused.value.text == (
        f"{tmp_path}/r holds another registry now than when it was opened\nopen that one: %mlc use PATH"
    )
    assert names(other) == []
