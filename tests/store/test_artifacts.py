from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, Unavailable
from jupyter_mlc.store import disk
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.blob_folder import DAY
from jupyter_mlc.store.checked_blobs import Checks
from tests.faults import full_disk, read_only

HELLO = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path)


def now() -> int:
    return time.time_ns() // 1000  # noqa: TID251 (compared with the times of files)


def names(artifacts: Artifacts) -> list[str]:
    return sorted(path.name for path in artifacts.folder.iterdir())


def leftovers(artifacts: Artifacts) -> list[str]:
    return [name for name in names(artifacts) if name.startswith(disk.TEMPORARY)]


def test_bytes_are_found_under_their_digest(artifacts: Artifacts) -> None:
    assert artifacts.put_bytes(b"hello") == HELLO
    assert artifacts.read(HELLO) == b"hello"
    assert artifacts.size(HELLO) == 5
    assert artifacts.has(HELLO)


def test_a_blob_is_read_only_and_alone_in_its_folder(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    assert artifacts.path(HELLO).stat().st_mode & 0o777 == 0o444
    assert names(artifacts) == [HELLO.removeprefix("sha256:")]


def test_the_same_bytes_are_stored_once(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    before = artifacts.path(HELLO).stat()
    artifacts.put_bytes(b"hello")
    assert artifacts.path(HELLO).stat().st_ino == before.st_ino


def test_asking_again_spares_a_blob_from_collection_and_keeps_its_time_of_change(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    old = 1_000_000_000_000_000_000
    os.utime(artifacts.path(HELLO), ns=(old, old))
    artifacts.put_bytes(b"hello")
    state = artifacts.path(HELLO).stat()
    assert state.st_mtime_ns == old
    assert state.st_atime_ns > old
    assert artifacts.collect(set(), now()).blobs == ()


def test_several_buffers_are_stored_in_order(artifacts: Artifacts) -> None:
    buffers = [b"a", b"", b"b" * (disk.LARGE + 1), b"a"]
    assert artifacts.put_many(buffers) == [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in buffers]
    assert [artifacts.read(digest) for digest in artifacts.put_many(buffers)] == buffers


def test_a_large_buffer_is_stored_alone_and_found_again(artifacts: Artifacts) -> None:
    data = os.urandom(disk.LARGE + 12345)
    digest = artifacts.put_bytes(data)
    assert digest == artifacts.put_bytes(bytearray(data))
    assert artifacts.read(digest) == data


def test_a_blob_that_lost_its_end_is_written_again(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    artifacts.path(HELLO).chmod(0o644)
    artifacts.path(HELLO).write_bytes(b"hel")
    artifacts.put_bytes(b"hello")
    artifacts.check(HELLO)
    assert artifacts.read(HELLO) == b"hello"


def test_a_file_is_copied_and_never_linked(artifacts: Artifacts, tmp_path: Path) -> None:
    source = tmp_path / "model.bin"
    source.write_bytes(b"hello")
    assert artifacts.put_file(source) == (HELLO, 5)
    source.write_bytes(b"other")
    assert artifacts.read(HELLO) == b"hello"
    assert artifacts.path(HELLO).stat().st_nlink == 1


def test_a_file_that_is_there_already_is_not_copied(artifacts: Artifacts, tmp_path: Path) -> None:
    artifacts.put_bytes(b"hello")
    before = artifacts.path(HELLO).stat().st_ino
    (tmp_path / "model.bin").write_bytes(b"hello")
    assert artifacts.put_file(tmp_path / "model.bin") == (HELLO, 5)
    assert artifacts.path(HELLO).stat().st_ino == before


def test_a_copy_that_shares_blocks_is_hashed_as_it_was_stored(
    artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clone(source: int, target: int) -> bool:
        os.lseek(source, 0, os.SEEK_SET)
        os.write(target, os.read(source, 100))
        return True

    monkeypatch.setattr(disk, "_shares_blocks", clone)
    (tmp_path / "model.bin").write_bytes(b"hello")
    assert artifacts.put_file(tmp_path / "model.bin") == (HELLO, 5)
    assert artifacts.read(HELLO) == b"hello"


def test_a_pipe_is_refused_instead_of_waited_for(artifacts: Artifacts, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput) as caught:
        artifacts.put_file(tmp_path / "pipe")
    assert caught.value.text == (
        f"{tmp_path}/pipe is not a regular file\ngive the path of a file or folder with the bytes"
    )


def test_a_file_that_is_not_there_is_named(artifacts: Artifacts, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        artifacts.put_file(tmp_path / "none")
    assert caught.value.text == (
        f"cannot read {tmp_path}/none: No such file or directory\ncheck the path and its permissions"
    )


def test_what_is_written_in_pieces_becomes_one_blob(artifacts: Artifacts) -> None:
    with artifacts.writing() as file:
        file.write(b"hel")
        assert file.tell() == 3
        assert not artifacts.has(HELLO)
        file.write(bytearray(b"lo"))
    assert f"sha256:{file.hex}" == HELLO
    assert artifacts.read(HELLO) == b"hello"


def test_writing_that_fails_leaves_nothing(artifacts: Artifacts) -> None:
    with pytest.raises(TypeError), artifacts.writing() as file:
        file.write([file.write(b"hello")])
    assert names(artifacts) == []


@pytest.mark.parametrize(
    "digest",
    ["", "sha256:", "sha256:../../etc/passwd", "md5:" + "0" * 64, "sha256:" + "A" * 64, HELLO + "\n", HELLO[7:]],
)
def test_a_malformed_digest_is_no_path(artifacts: Artifacts, digest: str) -> None:
    for ask in (artifacts.path, artifacts.has, artifacts.read, artifacts.check):
        with pytest.raises(BadInput) as caught:
            ask(digest)
        assert caught.value.text == (
            f"{digest!r} is not a digest\na digest is written sha256: and 64 hexadecimal digits"
        )


def test_a_very_long_digest_is_shortened_in_the_error(artifacts: Artifacts) -> None:
    with pytest.raises(BadInput) as caught:
        artifacts.path("x" * 1000)
    assert caught.value.message == f"{'x' * 80 + '...'!r} is not a digest"


def test_a_pipe_in_the_place_of_a_blob_is_told_and_not_waited_for(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    artifacts.path(HELLO).unlink()
    os.mkfifo(artifacts.path(HELLO))
    for look in (artifacts.read, artifacts.check):
        with pytest.raises(Damaged, match=f"the blob {HELLO} is no file"):
            look(HELLO)


def test_a_blob_that_may_not_be_read_says_whom_to_ask(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    artifacts.put_bytes(b"hello")
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "scandir", refuse)
    for look, doing in (
        (lambda: artifacts.read(HELLO), f"read {artifacts.path(HELLO)}"),
        (artifacts.sizes_of_all, f"list {artifacts.folder}"),
    ):
        with pytest.raises(Unavailable) as caught:
            look()
        assert caught.value.text == f"cannot {doing}: this user may not read it\nask its owner for access"


def test_a_missing_blob_is_told_with_what_to_do(artifacts: Artifacts) -> None:
    for ask in (artifacts.read, artifacts.size, artifacts.check, artifacts.ensure):
        with pytest.raises(Damaged) as caught:
            ask(HELLO)
        assert caught.value.text == (
            f"the blob {HELLO} is missing\nrestore it from a backup of the registry, or register the model again"
        )
    assert artifacts.missing([HELLO]) == [HELLO]
    assert not artifacts.has(HELLO)


def test_a_blob_with_other_bytes_is_found(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    artifacts.path(HELLO).chmod(0o644)
    artifacts.path(HELLO).write_bytes(b"jello")
    found = hashlib.sha256(b"jello").hexdigest()
    with pytest.raises(Damaged) as caught:
        artifacts.check(HELLO)
    assert caught.value.text == (
        f"the blob {HELLO} holds other bytes than were recorded (5 bytes, sha256:{found})\n"
        "restore it from a backup of the registry, or register the model again"
    )


def hashing_counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    counted: list[int] = []
    real = disk.hashed
    monkeypatch.setattr(disk, "hashed", lambda descriptor: counted.append(descriptor) or real(descriptor))  # type: ignore[func-returns-value]
    return counted


def test_a_blob_is_hashed_at_its_first_use_and_after_a_change_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Artifacts(tmp_path).put_bytes(b"hello")
    hashings = hashing_counted(monkeypatch)
    Artifacts(tmp_path, Checks(tmp_path / "cache")).ensure(HELLO)
    Artifacts(tmp_path, Checks(tmp_path / "cache")).ensure(HELLO)
    assert len(hashings) == 1
    os.utime(Artifacts(tmp_path).path(HELLO), ns=(1, 1))
    Artifacts(tmp_path, Checks(tmp_path / "cache")).ensure(HELLO)
    assert len(hashings) == 2


def test_a_change_of_bytes_under_the_same_size_is_found_when_used(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path, Checks(tmp_path / "cache"))
    artifacts.put_bytes(b"hello")
    artifacts.path(HELLO).chmod(0o644)
    artifacts.path(HELLO).write_bytes(b"jello")
    os.utime(artifacts.path(HELLO), ns=(1, 1))
    with pytest.raises(Damaged):
        artifacts.ensure(HELLO)


def test_storing_the_bytes_again_heals_a_blob_that_changed_under_the_same_size(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path, Checks(tmp_path / "cache"))
    artifacts.put_bytes(b"hello")
    artifacts.path(HELLO).chmod(0o644)
    artifacts.path(HELLO).write_bytes(b"jello")
    os.utime(artifacts.path(HELLO), ns=(1, 1))
    assert artifacts.put_bytes(b"hello") == HELLO
    assert artifacts.read(HELLO) == b"hello"
    artifacts.check(HELLO)


def test_what_this_machine_wrote_itself_is_not_hashed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts = Artifacts(tmp_path, Checks(tmp_path / "cache"))
    artifacts.put_bytes(b"hello")
    artifacts.put_bytes(b"hello")
    hashings = hashing_counted(monkeypatch)
    artifacts.ensure(HELLO)
    assert hashings == []


def test_of_several_that_are_stored_at_once_none_is_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = Artifacts(tmp_path, Checks(tmp_path / "cache")).put_many([b"one", b"two", b"one"])
    assert digests[0] == digests[2] != digests[1]
    hashings = hashing_counted(monkeypatch)
    for digest in digests:
        Artifacts(tmp_path, Checks(tmp_path / "cache")).ensure(digest)
    assert hashings == []
    assert len(list(Artifacts(tmp_path).folder.iterdir())) == 2


def test_torn_lines_among_the_checks_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts = Artifacts(tmp_path, Checks(tmp_path / "cache"))
    artifacts.put_bytes(b"hello")
    cache = tmp_path / "cache" / "checked-blobs"
    whole = cache.read_bytes()
    cache.write_bytes(b"\xff\n" + whole[:80])
    hashings = hashing_counted(monkeypatch)
    Artifacts(tmp_path, Checks(tmp_path / "cache")).ensure(HELLO)
    assert len(hashings) == 1


def test_checks_are_shared_with_a_process_that_began_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    early = Artifacts(tmp_path, Checks(tmp_path / "cache"))
    early.put_bytes(b"one")
    Artifacts(tmp_path, Checks(tmp_path / "cache")).put_bytes(b"hello")
    hashings = hashing_counted(monkeypatch)
    early.ensure(HELLO)
    assert hashings == []


def test_checks_that_grow_too_long_keep_one_line_a_blob(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path, Checks(tmp_path / "cache", longest=3000))
    cache = tmp_path / "cache" / "checked-blobs"
    for _ in range(40):
        artifacts.put_bytes(b"hello")
        artifacts.check(HELLO)
    assert cache.stat().st_size < 3000
    assert HELLO.removeprefix("sha256:") in cache.read_text()


def test_checks_that_cannot_be_kept_cost_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder should be")
    artifacts = Artifacts(tmp_path, Checks(tmp_path / "cache"))
    artifacts.put_bytes(b"hello")
    artifacts.ensure(HELLO)
    assert artifacts.read(HELLO) == b"hello"


def test_collection_removes_what_is_old_and_needed_by_nobody(artifacts: Artifacts) -> None:
    kept, lost = artifacts.put_many([b"kept", b"lost"])
    later = now() + 2 * DAY
    assert artifacts.collect({kept}, now()).blobs == ()
    tried = artifacts.collect({kept}, later, dry_run=True)
    assert (tried.blobs, tried.size, tried.leftovers) == ((lost,), 4, 0)
    assert artifacts.has(lost)
    assert artifacts.collect({kept}, later) == tried
    assert list(artifacts.all()) == [kept]


def test_collection_removes_leftovers_and_nothing_that_is_not_ours(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    (artifacts.folder / f"{disk.TEMPORARY}4711-abc").write_bytes(b"half")
    (artifacts.folder / "README").write_text("mine")
    collected = artifacts.collect({HELLO}, now() + 2 * DAY)
    assert (collected.blobs, collected.size, collected.leftovers) == ((), 4, 1)
    assert names(artifacts) == [HELLO.removeprefix("sha256:"), "README"]


def test_deleting_gives_back_the_bytes_once(artifacts: Artifacts) -> None:
    artifacts.put_bytes(b"hello")
    assert [artifacts.delete(HELLO), artifacts.delete(HELLO)] == [5, 0]
    assert not artifacts.has(HELLO)


def test_an_empty_registry_has_nothing_to_collect_or_list(artifacts: Artifacts) -> None:
    assert list(artifacts.all()) == []
    assert artifacts.collect(set(), now()).blobs == ()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with full_disk(tmp_path / "small") as reason:
        artifacts = Artifacts(tmp_path / "small")
        stores: list[Callable[[], object]] = [
            lambda: artifacts.put_bytes(b"x" * (1 << 21)),
            lambda: artifacts.put_bytes(b"x" * (disk.LARGE + 1)),
            lambda: artifacts.put_many([b"y" * disk.LARGE, b"z" * (1 << 21)]),
            lambda: stream(artifacts, b"x" * (1 << 21)),
        ]
        for attempt in stores:
            with pytest.raises(Unavailable) as caught:
                attempt()
            assert caught.value.message == f"cannot store bytes in {artifacts.folder}: {reason}"
            assert names(artifacts) == []
        small = artifacts.put_bytes(b"hello")
        assert artifacts.read(small) == b"hello"


def stream(artifacts: Artifacts, data: bytes) -> None:
    with artifacts.writing() as file:
        file.write(data)


def test_a_full_disk_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts = Artifacts(tmp_path)

    def full(descriptor: int, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unavailable) as caught:
        artifacts.put_bytes(b"hello")
    assert caught.value.text == (
        f"cannot store bytes in {artifacts.folder}: the disk is full\n"
        "free some space there and repeat the command; nothing was recorded"
    )


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    root.mkdir()
    artifacts = Artifacts(root)
    artifacts.put_bytes(b"hello")
    with read_only(root) as reason:
        with pytest.raises(Unavailable) as caught:
            artifacts.put_bytes(b"other")
        assert artifacts.read(HELLO) == b"hello"
    assert caught.value.text == (
        f"cannot store bytes in {artifacts.folder}: {reason}\n"
        "make it writable, or keep the registry elsewhere: %mlc use PATH"
    )
    assert leftovers(artifacts) == []


def test_a_folder_that_vanished_is_not_made_anew(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "gone")
    with pytest.raises(Unavailable) as caught:
        artifacts.put_bytes(b"hello")
    assert caught.value.text == (
        f"cannot store bytes in {artifacts.folder}: the folder is gone\n"
        "bring it back (is a drive or share not mounted?) and repeat the command"
    )
    assert not (tmp_path / "gone").exists()


def test_an_unknown_fault_is_told_in_the_system_s_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(Unavailable) as caught:
        Artifacts(tmp_path).put_bytes(b"hello")
    assert caught.value.text == (
        f"cannot store bytes in {tmp_path}/blobs/sha256: {os.strerror(errno.EIO)}\n"
        "repeat the command; if it stays so, look at the disk"
    )


def test_a_blob_of_somebody_else_is_written_again(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts.put_bytes(b"hello")

    def not_yours(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, "utime", not_yours)
    before = artifacts.path(HELLO).stat().st_ino
    assert artifacts.put_bytes(b"hello") == HELLO
    assert artifacts.path(HELLO).stat().st_ino != before


def test_a_new_blob_costs_two_fsyncs_and_several_share_one(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts.put_bytes(b"first")
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(descriptor) or real(descriptor))  # type: ignore[func-returns-value]
    artifacts.put_bytes(b"second")
    assert len(synced) == 2
    artifacts.put_many([b"third", b"fourth", b"fifth"])
    assert len(synced) == 2 + 4


def test_threads_that_store_the_same_bytes_agree(artifacts: Artifacts) -> None:
    data = os.urandom(1 << 16)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(artifacts.put_bytes(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {f"sha256:{hashlib.sha256(data).hexdigest()}"}
    assert len(found) == 8
    assert leftovers(artifacts) == []


KILLED = """
import os, sys
from pathlib import Path
from jupyter_mlc.store.artifacts import Artifacts
artifacts = Artifacts(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    artifacts.put_many([os.urandom(3000), os.urandom(200_000)])
"""


def test_a_killed_writer_leaves_whole_blobs_and_temporary_files_only(artifacts: Artifacts) -> None:
    for moment in (0.001, 0.004, 0.01, 0.02, 0.05):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(artifacts.root)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    blobs = list(artifacts.all())
    for digest in blobs:
        artifacts.check(digest)
    assert set(names(artifacts)) == {digest[7:] for digest in blobs} | set(leftovers(artifacts))
    artifacts.collect(blobs, now() + 2 * DAY)
    assert leftovers(artifacts) == []


def test_every_refusal_is_one_of_ours(artifacts: Artifacts) -> None:
    artifacts.folder.parent.mkdir()
    artifacts.folder.write_text("a file stands where the folder should be")
    with pytest.raises(MlcError) as caught:
        artifacts.put_bytes(b"hello")
    assert isinstance(caught.value, Unavailable)
    assert caught.value.message.startswith(f"cannot store bytes in {artifacts.folder}: ")
