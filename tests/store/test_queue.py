from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.store.queue import Turn


def is_free(path: Path) -> bool:
    turn = Turn(path)
    try:
        turn.wait(0.01)
    except Unavailable:
        return False
    turn.end()
    return True


def becomes_free(path: Path) -> bool:
    for _ in range(500):
        if is_free(path):
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "write.lock"


@pytest.fixture
def held(path: Path) -> Turn:
    turn = Turn(path)
    turn.wait(1)
    return turn


def test_a_turn_follows_a_turn(path: Path) -> None:
    for _ in range(2):
        turn = Turn(path)
        turn.wait(1)
        assert not is_free(path)
        turn.end()
    assert is_free(path)


def test_whoever_waits_too_long_is_told_who_to_look_for(path: Path, held: Turn) -> None:
    with pytest.raises(Unavailable) as refused:
        Turn(path).wait(0.01)
    assert refused.value.text == (
        f"another process has held the registry in {path.parent} for 0 seconds\n"
        f"see who it is: fuser {path}; then try again"
    )
    held.end()
    assert becomes_free(path)


def test_whoever_left_the_line_does_not_hold_up_the_others(path: Path, held: Turn) -> None:
    for _ in range(5):
        with pytest.raises(Unavailable):
            Turn(path).wait(0.01)
    held.end()
    assert becomes_free(path)


def test_a_lock_that_comes_in_the_very_moment_of_giving_up_is_used(
    path: Path, held: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = threading.Event.wait

    def too_late(self: threading.Event, timeout: float | None = None) -> bool:
        if timeout != 7:
            return real(self, timeout)
        held.end()
        real(self, 5)
        return False

    monkeypatch.setattr(threading.Event, "wait", too_late)
    turn = Turn(path)
    turn.wait(7)
    assert not is_free(path)
    turn.end()
    assert becomes_free(path)


def test_an_interrupted_wait_leaves_the_line(path: Path, held: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    real = threading.Event.wait

    def interrupted(self: threading.Event, timeout: float | None = None) -> bool:
        if timeout != 7:
            return real(self, timeout)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Event, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Turn(path).wait(7)
    monkeypatch.undo()
    held.end()
    assert becomes_free(path)


def test_a_process_that_dies_gives_its_turn_back(path: Path) -> None:
    program = (
        f"import fcntl, os\nfcntl.flock(os.open({str(path)!r}, os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)\nos._exit(1)"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert is_free(path)


def test_a_turn_ends_although_a_child_process_has_a_copy_of_it(path: Path, held: Turn) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write)
        os.read(read, 1)
        os._exit(0)
    held.end()
    try:
        assert is_free(path)
    finally:
        os.close(write)
        os.waitpid(child, 0)


def test_a_child_process_does_not_end_its_parents_turn(path: Path, held: Turn) -> None:
    child = multiprocessing.get_context("fork").Process(target=held.end)
    child.start()
    child.join()
    assert child.exitcode == 0
    assert not is_free(path)
    held.end()


def test_those_who_wait_get_their_turns_one_at_a_time(path: Path) -> None:
    inside: list[int] = []

    def work() -> None:
        for _ in range(20):
            turn = Turn(path)
            turn.wait(30)
            inside.append(1)
            assert len(inside) == 1
            inside.pop()
            turn.end()
        done.append(1)

    done: list[int] = []
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert done == [1] * 4


def test_a_lock_file_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Turn(tmp_path / "nowhere" / "lock").wait(1)


def test_a_system_without_locks_says_so_and_keeps_no_file_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(descriptor: int, _operation: int) -> None:
        opened.append(descriptor)
        raise OSError(errno.ENOLCK, "No locks available")

    opened: list[int] = []
    monkeypatch.setattr(fcntl, "flock", refused)
    with pytest.raises(OSError, match="No locks available"):
        Turn(path).wait(1)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])
