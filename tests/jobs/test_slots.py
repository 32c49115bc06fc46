"""GPUs as slots: each is held by one job at a time, in whatever process, and let go however that ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.jobs import slots
from jupyter_mlc.jobs.batches import carried_out
from jupyter_mlc.jobs.slots import devices, refuse_too_many, taken
from jupyter_mlc.jobs.spec import Exit, Outcome, Progress, Work
from tests.jobs import stand_in
from tests.jobs.test_batches import task

HOLD = """
import sys
from jupyter_mlc.jobs.slots import taken
with taken(int(sys.argv[1]), lambda: False) as held:
    print(*held, flush=True)
    sys.stdin.read()
"""


def never() -> bool:
    return False


class Holder:
    """A process that holds GPUs until it is told to let go, or killed."""

    def __init__(self, count: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.held = self.process.stdout.readline().split()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("0,1", ("0", "1")),
        (" 3 , 1 ", ("3", "1")),
        ("GPU-8932f937,MIG-1c2e", ("GPU-8932f937", "MIG-1c2e")),
        ("", ()),
        ("-1", ()),
        ("0,-1,1", ("0",)),
        ("NoDevFiles", ()),
        ("2,2", ("2",)),
    ],
)
def test_what_may_be_handed_out_is_what_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, named: str, expected: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
    assert devices() == expected


def test_else_it_is_all_that_the_driver_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    for name in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(slots, "_DRIVER", tmp_path)
    assert devices() == ("0", "1")
    monkeypatch.setattr(slots, "_DRIVER", tmp_path / "none")
    assert devices() == ()


def test_more_than_there_are_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    hint = "ask for what it has, or name them: CUDA_VISIBLE_DEVICES=0,1; a cluster's are asked for with --cluster"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    refuse_too_many(2)
    with pytest.raises(BadInput) as refused:
        refuse_too_many(3)
    assert refused.value.text == f"--gpus 3: this machine has 2 (0, 1)\n{hint}"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(BadInput) as none:
        refuse_too_many(1)
    assert none.value.text == f"--gpus 1: this machine has none\n{hint}"


def test_processes_that_share_a_machine_hold_different_ones_and_a_killed_one_lets_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2")
    first, second = Holder(1), Holder(2)
    assert sorted(first.held + second.held) == ["0", "1", "2"]
    second.kill()
    with taken(2, never) as held:
        assert list(held) == second.held
    first.kill()
    with taken(3, never) as held:
        assert list(held) == ["0", "1", "2"]


def test_whoever_waits_for_several_is_not_passed_by_those_that_want_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    order: list[str] = []
    waits = threading.Event()

    def hold(name: str, count: int) -> None:
        def cancelled() -> bool:
            waits.set()
            return False

        with taken(count, cancelled):
            order.append(name)

    with taken(1, never):
        big = threading.Thread(target=hold, args=("big", 2))
        big.start()
        waits.wait()
        small = threading.Thread(target=hold, args=("small", 1))
        small.start()
        small.join(0.5)
        assert order == []
    big.join()
    small.join()
    assert order == ["big", "small"]


def test_who_is_cancelled_while_waiting_holds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with taken(1, never):
        with taken(1, lambda: True) as held:
            assert list(held) == []
        with pytest.raises(ValueError, match="inside"), taken(0, never):
            raise ValueError("inside")


def test_each_job_of_a_batch_sees_the_gpus_that_it_holds_and_its_notes_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    alone = "import time\nseen = work.environment['CUDA_VISIBLE_DEVICES']\nmark = work.folder / ('on' + seen)\n"
    alone += "mark.mkdir()\ntime.sleep(0.2)\nmark.rmdir()\nsaid = seen"
    tasks = [task(tmp_path, name, alone) for name in "abcd"]
    found = dict(carried_out(tasks, stand_in.execute, at_once=4, gpus=1))
    assert {each.outcome.exit for each in found.values()} == {Exit.SUCCEEDED}
    assert {each.outcome.notes for each in found.values()} <= {("GPU 4",), ("GPU 7",)}


def test_a_job_that_is_cancelled_while_it_waits_for_a_gpu_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    holder, waiting = Holder(1), task(tmp_path, "a", "x = 1")
    calls: list[Work] = []

    def never_called(work: Work, *, watch: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Outcome:
        calls.append(work)
        raise AssertionError

    timer = threading.Timer(0.3, waiting.cancel.touch)
    timer.start()
    ((_, attempted),) = carried_out([waiting], never_called, at_once=1, gpus=1)
    assert (attempted.outcome.exit, attempted.outcome.message, calls) == (
        Exit.CANCELLED,
        "it was cancelled while it waited for a GPU",
        [],
    )
    holder.kill()
    timer.join()
