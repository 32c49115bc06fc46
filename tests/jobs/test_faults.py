"""Faults, caused for real; the outcome, the status file and the saved notebook must tell the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import papermill
import pytest
from nbclient.exceptions import DeadKernelError

from jupyter_mlc.jobs import processes
from jupyter_mlc.jobs.crossing import to_text
from jupyter_mlc.jobs.execute import execute, outcome_of
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome
from tests.jobs.conftest import Desk
from tests.jobs.endings import agree, statuses


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "code", "name"),
    [
        ("import os; os._exit(7)", 7, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", None, "SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", None, "SIGSEGV"),
    ],
    ids=["exit", "kill", "segfault"],
)
def test_the_process_may_die(desk: Desk, engine: Engine, source: str, code: int | None, name: str) -> None:
    outcome = execute(
        desk.work("1", f"print('before', flush=True)\nimport time; time.sleep(.4)\n{source}", "2", engine=engine)
    )
    assert (outcome.exit, outcome.done, outcome.cell) == (Exit.PROCESS_DIED, 1, 3)
    assert (outcome.exit_code, outcome.signal) == (code, name)
    how = f"was ended by {name}" if name else f"ended with exit code {code}"
    assert outcome.message == f"the process {how} while a cell ran"
    cell = agree(desk, outcome)
    assert cell.outputs[0].text.startswith("before\n")
    assert cell.outputs[-1].evalue == outcome.message


@pytest.mark.slow
def test_an_endless_loop_is_ended_in_time_and_shows_where_it_was(desk: Desk, engine: Engine) -> None:
    execute(desk.work("1", engine=engine))  # so that nothing has to be loaded any more
    outcome = execute(
        desk.work("1", "def forever():\n    while True:\n        pass\nforever()", engine=engine, timeout=8)
    )
    assert (outcome.exit, outcome.done, outcome.exception) == (Exit.TIMED_OUT, 1, "TimedOut")
    assert outcome.message == "it took longer than the 8 seconds that it was given"
    assert "forever()" in outcome.traceback
    agree(desk, outcome)


@pytest.mark.slow
def test_the_time_is_that_of_the_whole_execution(desk: Desk, engine: Engine) -> None:
    execute(desk.work("1", engine=engine))
    outcome = execute(desk.work(*["import time; time.sleep(1)"] * 30, engine=engine, timeout=8))
    assert outcome.exit is Exit.TIMED_OUT
    assert outcome.message == "it took longer than the 8 seconds that it was given"
    assert 0 < outcome.done < 30  # each of them took less than they were given together
    agree(desk, outcome)


@pytest.mark.slow
def test_a_hog_of_memory_is_ended_with_its_children_counted(desk: Desk, engine: Engine) -> None:
    source = (
        "import os, time\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        held = b'x' * 200_000_000\n"
        "        time.sleep(1000)\n"
        "time.sleep(1000)"
    )
    outcome = execute(desk.work("1", source, engine=engine, memory=500_000_000))
    assert (outcome.exit, outcome.exception) == (Exit.OUT_OF_MEMORY, "OutOfMemory")
    assert outcome.message.endswith(" bytes, more than the 500,000,000 that they were given")
    assert outcome.peak_memory
    assert outcome.peak_memory > 500_000_000
    agree(desk, outcome)


@pytest.mark.slow
def test_the_operating_systems_own_end_for_memory_is_recognised(
    desk: Desk, engine: Engine, memory_group: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if memory_group is None:
        _ends_as_if_for_memory(desk, monkeypatch)
        return
    work = desk.work("1", "held = b'x' * 900_000_000", engine=engine)
    code = (
        "import os, sys\n"
        f"open({str(memory_group / 'cgroup.procs')!r}, 'w').write(str(os.getpid()))\n"
        "from jupyter_mlc.jobs.execute import execute\n"
        "from jupyter_mlc.jobs.crossing import to_work\n"
        "execute(to_work(sys.argv[1]))\n"
    )
    # a runtime folder of its own: the warm process must be inside of the group, too
    folder = Path(os.environ["XDG_RUNTIME_DIR"]) / f"group-{engine}"
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, to_text(work)], check=True, env=environment)
    outcome = outcome_of(work.status)
    assert isinstance(outcome, Outcome)
    assert (outcome.exit, outcome.signal) == (Exit.OUT_OF_MEMORY, "SIGKILL")
    assert outcome.message.endswith("while a cell ran: the operating system had no memory left for it")
    agree(desk, outcome)


def _ends_as_if_for_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody may give a group little memory, the cell moves the counter itself, and kills its process."""
    counter = desk.folder / "proc" / "vmstat"
    counter.parent.mkdir()
    counter.write_text("oom_kill 1\n")
    counted = processes.oom_kills
    monkeypatch.setattr(processes, "oom_kills", lambda: counted(desk.folder))
    source = f"open({str(counter)!r}, 'w').write('oom_kill 2')\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    names = str(desk.work("1", source).notebook), str(desk.folder / "out.ipynb")
    with pytest.raises(DeadKernelError) as died:
        papermill.execute_notebook(*names, engine_name="jupyter-mlc", progress_bar=False)
    assert str(died.value).endswith(
        "was ended by SIGKILL while a cell ran: the operating system had no memory left for it"
    )
    assert statuses(desk) == ["completed", "failed"]


@pytest.fixture
def memory_group() -> Iterator[Path | None]:
    """A control group with little memory, whose processes are ended afterwards; None where this user may make none."""
    group = _made_group()
    yield group
    if group is None:
        return
    while pids := (group / "cgroup.procs").read_text().split():
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.05)
    group.rmdir()


def _made_group() -> Path | None:
    """Of the older kind, or of the newer."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, folder = line.split(":", 2)
        kinds = {"memory": ("memory", "memory.limit_in_bytes"), "": ("", "memory.max")}
        if controllers not in kinds:
            continue
        place, limit = kinds[controllers]
        group = Path("/sys/fs/cgroup") / place / folder.lstrip("/") / f"mlc-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / limit).write_text("600000000")
        except OSError:  # the group has nothing to say about memory
            group.rmdir()
            continue
        return group
    return None
