from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from jupyter_mlc.capture.command import Answer, run


def answer(tmp_path: Path, code: str, *, seconds: float = 20, most: int = 1 << 20) -> Answer:
    deadline = time.monotonic() + seconds
    return run([sys.executable, "-c", code], folder=tmp_path, environ=os.environ, deadline=deadline, most=most)


def test_what_a_program_says_is_read(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), end=''); print(' no ', file=sys.stderr); sys.exit(3)"
    assert answer(tmp_path, code) == Answer(code=3, out=os.fsencode(tmp_path.resolve()), err="no", whole=True)


def test_both_streams_may_be_full(tmp_path: Path) -> None:
    code = "import sys; [(sys.stdout.write('o' * 99999), sys.stderr.write('e' * 99999)) for _ in range(5)]"
    said = answer(tmp_path, code)
    assert (len(said.out), len(said.err), said.whole) == (499_995, 499_995, True)


def test_a_program_that_says_too_much_is_stopped(tmp_path: Path) -> None:
    said = answer(tmp_path, "while True: print('x' * 1000)", most=10_000)
    assert (said.code, len(said.out), said.whole) == (0, 10_000, False)


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", "import os; os.close(1); os.close(2); __import__('time').sleep(60)"]
)
def test_a_program_that_hangs_is_killed(tmp_path: Path, code: str) -> None:
    with pytest.raises(TimeoutError):
        answer(tmp_path, code, seconds=0.5)


@pytest.mark.slow
def test_what_a_hanging_program_started_is_killed_too(tmp_path: Path) -> None:
    child = "import os, time; open('pid', 'w').write(str(os.getpid())); os.rename('pid', 'child'); time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with pytest.raises(TimeoutError):
        answer(tmp_path, code, seconds=1.5)
    pid = int((tmp_path / "child").read_text())
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        status = Path(f"/proc/{pid}/status")
        if status.exists() and "\nState:\tZ" in status.read_text():  # nobody has collected it yet
            return
        time.sleep(0.05)
    pytest.fail("the child still runs")


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run(["no-such-program"], folder=tmp_path, environ={}, deadline=time.monotonic() + 1)
