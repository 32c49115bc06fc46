from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.store import disk, filesystem, hashed_files, together
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.hashed_files import GRAIN, WORTH, HashedFiles, hashed

OLD = 1_700_000_000_000_000_000


@pytest.fixture(autouse=True)
def no_grain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits until a file is old enough for its times to tell a change."""
    monkeypatch.setattr(hashed_files, "GRAIN", -1)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    (tmp_path / "registry").mkdir()
    return Artifacts(tmp_path / "registry", Checks(tmp_path / "cache"), HashedFiles(tmp_path / "cache"))


def lie_on(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """What this machine says of all folders."""
    monkeypatch.setattr(filesystem, "_mounts", lambda: [("/", kind)])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Four large files on a disk, two of them with the same bytes."""
    lie_on(monkeypatch, "ext4")
    (tmp_path / "model").mkdir()
    paths = [tmp_path / "model" / f"part-{number}" for number in range(4)]
    for path, data in zip(
        paths, [os.urandom(3 << 20), os.urandom(3 << 20), b"x" * (3 << 20), os.urandom(9 << 20)], strict=True
    ):
        path.write_bytes(data)
    (tmp_path / "model" / "copy").write_bytes(paths[0].read_bytes())
    return [*paths, tmp_path / "model" / "copy"]


def digests_of(paths: list[Path]) -> list[tuple[str, int]]:
    return [(f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}", path.stat().st_size) for path in paths]


def bytes_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by what is read of files in order to hash or copy them."""
    counted: list[int] = []
    real = os.readv

    def reading(descriptor: int, buffers: list[memoryview]) -> int:
        count = real(descriptor, buffers)
        counted.append(count)
        return count

    monkeypatch.setattr(os, "readv", reading)
    return counted


def test_a_folder_s_files_are_stored_in_order_and_each_once(artifacts: Artifacts, files: list[Path]) -> None:
    assert artifacts.put_files(files) == digests_of(files)
    assert len(list(artifacts.all())) == 4
    assert artifacts.put_files(files, is_new=True) == digests_of(files)
    for digest in artifacts.all():
        artifacts.check(digest)


def test_every_byte_is_read_once(artifacts: Artifacts, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    read = bytes_read(monkeypatch)
    artifacts.put_files(files[:4])
    assert sum(read) == sum(path.stat().st_size for path in files[:4])


def test_one_large_file_is_hashed_beside_its_copying(artifacts: Artifacts, files: list[Path]) -> None:
    assert artifacts.put_file(files[3]) == digests_of(files)[3]
    artifacts.check(artifacts.put_file(files[3])[0])


def test_files_that_were_stored_are_not_read_again(
    artifacts: Artifacts, files: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored = artifacts.put_files(files)
    read = bytes_read(monkeypatch)
    assert artifacts.put_files(files) == stored
    anew = Artifacts(artifacts.root, Checks(tmp_path / "cache"), HashedFiles(tmp_path / "cache"))
    assert anew.put_files(files) == stored
    assert read == []


def test_a_file_whose_bytes_are_there_is_hashed_and_not_copied(
    artifacts: Artifacts, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest, size = artifacts.put_file(files[0])
    inode = artifacts.path(digest).stat().st_ino
    (tmp_path / "again").write_bytes(files[0].read_bytes())
    assert artifacts.put_file(tmp_path / "again") == (digest, size)
    assert artifacts.path(digest).stat().st_ino == inode


def test_a_file_that_is_like_another_at_a_few_places_is_stored_as_it_is(
    artifacts: Artifacts, files: list[Path], tmp_path: Path
) -> None:
    artifacts.put_file(files[0])
    data = bytearray(files[0].read_bytes())
    data[100_000] ^= 1
    (tmp_path / "like").write_bytes(data)
    assert artifacts.put_file(tmp_path / "like") == digests_of([tmp_path / "like"])[0]
    assert len(list(artifacts.all())) == 2


def test_a_file_that_changed_is_read_although_size_and_time_are_those_of_before(
    artifacts: Artifacts, files: list[Path]
) -> None:
    os.utime(files[0], ns=(OLD, OLD))
    artifacts.put_file(files[0])
    files[0].write_bytes(os.urandom(3 << 20))
    os.utime(files[0], ns=(OLD, OLD))
    assert artifacts.put_file(files[0]) == digests_of(files)[0]


def test_a_file_that_changed_a_moment_ago_is_not_remembered(
    artifacts: Artifacts, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashed_files, "GRAIN", GRAIN * 1_000_000)
    artifacts.put_files(files)
    read = bytes_read(monkeypatch)
    artifacts.put_files(files[:1])
    assert sum(read) == files[0].stat().st_size


@pytest.mark.parametrize("kind", ["tmpfs", "nfs4"])
def test_a_file_whose_time_does_not_tell_that_it_changed_is_not_remembered(
    artifacts: Artifacts, files: list[Path], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    lie_on(monkeypatch, kind)
    artifacts.put_files(files)
    read = bytes_read(monkeypatch)
    artifacts.put_files(files[:1])
    assert sum(read) == files[0].stat().st_size


def test_small_files_are_not_worth_a_note(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x" * (WORTH - 1))
    artifacts.put_file(tmp_path / "small")
    assert not (tmp_path / "cache" / "hashed-files").exists()


def test_a_page_that_a_program_has_mapped_tells_that_it_changed(tmp_path: Path, artifacts: Artifacts) -> None:
    import mmap

    path = tmp_path / "mapped"
    path.write_bytes(bytes(WORTH))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[0] = 1
        before, _ = artifacts.put_file(path)
        mapped[0] = 2
        assert artifacts.put_file(path)[0] != before


def test_a_file_that_is_written_while_it_is_read_is_refused(artifacts: Artifacts, files: list[Path]) -> None:
    def progress(done: int, total: int, text: str) -> None:
        with files[3].open("ab") as file:
            file.write(b"more")

    with pytest.raises(Conflict) as caught:
        artifacts.put_files([files[3]], progress)
    assert caught.value.text == (
        f"{files[3]} was changed while it was read\nwait until it is written, and repeat the command"
    )
    assert list(artifacts.folder.iterdir()) == []


def test_progress_tells_bytes_and_ends_at_all_of_them(artifacts: Artifacts, files: list[Path]) -> None:
    told: list[tuple[int, int, str]] = []
    artifacts.put_files(files, lambda *step: told.append(step))
    total = sum(path.stat().st_size for path in files)
    assert told[-1] == (total, total, "bytes of the model")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_progress_comes_from_the_thread_that_waits(artifacts: Artifacts, files: list[Path]) -> None:
    threads: set[int] = set()
    artifacts.put_files(files, lambda *_: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize("count", [1, 5])
def test_ctrl_c_leaves_whole_blobs_and_nothing_else(count: int, artifacts: Artifacts, files: list[Path]) -> None:
    def interrupted(done: int, total: int, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        artifacts.put_files(files[-1 - count : -1] if count == 1 else files, interrupted)
    for path in artifacts.folder.iterdir():
        artifacts.check(f"sha256:{path.name}")


def test_the_first_error_ends_the_others(artifacts: Artifacts, files: list[Path], tmp_path: Path) -> None:
    began: list[Path] = []

    def work(path: Path, told: Callable[[int], None]) -> None:
        began.append(path)
        if path == files[0]:
            raise Conflict("enough")
        while True:
            told(1)

    with pytest.raises(Conflict, match="enough"):
        together.each(work, files, 100 * disk.LARGE, together.silent, "work")
    assert len(began) <= len(files)


def test_the_hash_of_a_file_is_known_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lie_on(monkeypatch, "ext4")
    path, known = tmp_path / "weights", HashedFiles(tmp_path / "cache")
    path.write_bytes(os.urandom(WORTH))
    found = hashed(path, known)
    told: list[int] = []
    read = bytes_read(monkeypatch)
    assert hashed(path, known, told.append) == found
    assert (read, told) == ([], [WORTH])
    path.write_bytes(os.urandom(WORTH))
    assert hashed(path, known) != found


KILLED = """
import os, signal, sys
from pathlib import Path
from jupyter_mlc.store import filesystem, hashed_files
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from jupyter_mlc.store.hashed_files import HashedFiles
hashed_files.GRAIN = -1
filesystem._mounts = lambda: [("/", "ext4")]
root, cache, *paths = map(Path, sys.argv[1:])
artifacts = Artifacts(root, Checks(cache), HashedFiles(cache))
def progress(done, total, text):
    if len(list(artifacts.all())) >= 2:
        os.kill(os.getpid(), signal.SIGKILL)
for path in paths:
    artifacts.put_files([path], progress)
"""


def test_what_was_killed_goes_on_where_it_was(
    artifacts: Artifacts, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [artifacts.root, tmp_path / "cache", *files]
    killed = subprocess.run([sys.executable, "-c", KILLED, *map(str, words)], check=False)
    assert killed.returncode == -signal.SIGKILL
    whole = list(artifacts.all())
    assert len(whole) == 2
    read = bytes_read(monkeypatch)
    assert artifacts.put_files(files[:4]) == digests_of(files[:4])
    assert sum(read) == sum(path.stat().st_size for path in files[2:4])
