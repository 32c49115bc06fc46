"""Faults, caused for real; the outcome, the status file and the saved notebook must tell the same."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from jupyter_mlc.jobs.execute import execute, outcome_of
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Progress, Work
from tests.jobs.conftest import Desk

Wait = Callable[[Callable[[], object]], None]

LEAVING_CHILDREN = """
import os, subprocess, time
def note(name, pid):
    with open(name, "w") as file:
        file.write(str(pid))
note("exec.pid", subprocess.Popen(["sleep", "1000"], start_new_session=True).pid)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        note("daemon.pid", os.getpid())
        time.sleep(1000)
    os._exit(0)
while not os.path.exists("daemon.pid"):
    time.sleep(0.01)
note("cells.pid", os.getpid())
"""
"""a cell that leaves a process of another program, and a daemon, each in a session of its own"""


def left(folder: Path) -> list[int]:
    """The processes of a job that are still there."""
    pids = [int(path.read_text() or 0) for path in folder.glob("*.pid")]
    assert pids
    return [pid for pid in pids if pid and psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def statuses(desk: Desk) -> list[str]:
    """What the saved notebook says of its cells."""
    return [cell.metadata.papermill.status for cell in desk.saved.cells]


def agree(desk: Desk, outcome: Outcome) -> Any:
    """Everything tells the same; the cell where it ended."""
    told = outcome_of(desk.folder / "status.json")
    assert told == outcome
    saved = desk.saved
    assert saved.metadata.papermill.exception is True
    assert outcome.cell is not None
    cell = saved.cells[outcome.cell]
    assert cell.metadata.papermill.status == "failed"
    assert cell.metadata.papermill.exception is True
    assert cell.outputs[-1].ename in {outcome.exception, "KeyboardInterrupt"}
    completed = [cell for cell in saved.cells if cell.metadata.get("papermill", {}).get("status") == "completed"]
    assert len(completed) == outcome.done
    return cell


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


def test_an_endless_loop_is_ended_in_time_and_shows_where_it_was(desk: Desk, engine: Engine) -> None:
    execute(desk.work("1", engine=engine))  # so that nothing has to be loaded any more
    outcome = execute(
        desk.work("1", "def forever():\n    while True:\n        pass\nforever()", engine=engine, timeout=8)
    )
    assert (outcome.exit, outcome.done, outcome.exception) == (Exit.TIMED_OUT, 1, "TimedOut")
    assert outcome.message == "it took longer than the 8 seconds that it was given"
    assert "forever()" in outcome.traceback
    agree(desk, outcome)


def test_the_time_is_that_of_the_whole_execution(desk: Desk, engine: Engine) -> None:
    execute(desk.work("1", engine=engine))
    outcome = execute(desk.work(*["import time; time.sleep(1)"] * 30, engine=engine, timeout=8))
    assert outcome.exit is Exit.TIMED_OUT
    assert 0 < outcome.done < 10
    agree(desk, outcome)


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


def test_the_operating_systems_own_end_for_memory_is_recognised(desk: Desk, engine: Engine, memory_group: Path) -> None:
    work = desk.work("1", "held = b'x' * 900_000_000", engine=engine)
    code = (
        "import os, sys\n"
        f"open({str(memory_group / 'cgroup.procs')!r}, 'w').write(str(os.getpid()))\n"
        "from pathlib import Path\n"
        "from jupyter_mlc.jobs.execute import execute\n"
        "from jupyter_mlc.jobs.crossing import to_work\n"
        "execute(to_work(sys.argv[1]))\n"
    )
    from jupyter_mlc.jobs.crossing import to_text

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


@pytest.fixture
def memory_group() -> Iterator[Path]:
    """A control group with little memory; its processes are ended afterwards."""
    groups = Path("/proc/self/cgroup").read_text().splitlines()
    folder = next(line.split(":", 2)[2] for line in groups if ":memory:" in line)
    group = Path(f"/sys/fs/cgroup/memory{folder}") / f"mlc-test-{os.getpid()}"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text("600000000")
    yield group
    while pids := (group / "cgroup.procs").read_text().split():
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.05)
    group.rmdir()


@pytest.mark.parametrize("end", ["1", "1 / 0", "import os; os._exit(1)"], ids=["success", "failure", "death"])
def test_nothing_survives(desk: Desk, engine: Engine, end: str) -> None:
    execute(desk.work(LEAVING_CHILDREN, end, engine=engine))
    assert left(desk.folder) == []
    assert not list(Path(os.environ["XDG_RUNTIME_DIR"]).glob("mlc-[!w]*"))


def _in_another_process(work: Work) -> subprocess.Popen[bytes]:
    """Let another process wait for it, as a kernel or a command line does."""
    from jupyter_mlc.jobs.crossing import to_text

    code = (
        "import sys\n"
        "from jupyter_mlc.jobs.execute import execute\n"
        "from jupyter_mlc.jobs.crossing import to_work\n"
        "print(execute(to_work(sys.argv[1])).exit)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", code, to_text(work)], env=environment, stdout=subprocess.PIPE)


HANGING = [LEAVING_CHILDREN, "print('at it')\nopen('began', 'w').close()\nimport time; time.sleep(1000)", "2"]


def _began(desk: Desk) -> Callable[[], object]:
    return lambda: (desk.folder / "began").exists() and '"cell":1' in (desk.folder / "status.json").read_text()


def test_nothing_survives_its_killed_supervisor(desk: Desk, engine: Engine, until: Wait) -> None:
    work = desk.work(*HANGING, engine=engine)

    def kill() -> None:
        until(_began(desk))
        progress = outcome_of(work.status)
        assert isinstance(progress, Progress)
        os.kill(progress.supervisor, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    outcome = execute(work)
    killer.join()
    assert (outcome.exit, outcome.cell, outcome.exception) == (Exit.LOST, 3, "Lost")
    why = "the process that supervised the notebook was killed; what the running cell did is not known"
    assert outcome.message == why
    agree(desk, outcome)
    until(lambda: left(desk.folder) == [])


def test_nothing_survives_the_one_who_waits(desk: Desk, engine: Engine, until: Wait) -> None:
    work = desk.work(*HANGING, engine=engine)
    with _in_another_process(work) as waiting:
        until(_began(desk))
        waiting.kill()
    until(lambda: isinstance(outcome_of(work.status), Outcome))
    outcome = outcome_of(work.status)
    assert isinstance(outcome, Outcome)
    assert (outcome.exit, outcome.message) == (Exit.LOST, "the process that waited for it was killed")
    agree(desk, outcome)
    until(lambda: left(desk.folder) == [])


def test_an_execution_whose_processes_were_all_killed_is_found_lost(desk: Desk, engine: Engine, until: Wait) -> None:
    work = desk.work(*HANGING, engine=engine)
    with _in_another_process(work) as waiting:
        until(_began(desk))
        until(lambda: statuses(desk) == ["completed", "running", "pending"])
        progress = outcome_of(work.status)
        assert isinstance(progress, Progress)
        waiting.send_signal(signal.SIGSTOP)
        parent = psutil.Process(progress.supervisor).parent()
        if engine is not Engine.COLD or parent.pid != waiting.pid:
            parent.send_signal(signal.SIGKILL)
        os.kill(progress.supervisor, signal.SIGKILL)
        waiting.kill()
    until(lambda: isinstance(outcome_of(work.status), Outcome))
    outcome = outcome_of(work.status)
    assert isinstance(outcome, Outcome)
    assert (outcome.exit, outcome.done, outcome.cell) == (Exit.LOST, 1, 3)
    agree(desk, outcome)
    until(lambda: left(desk.folder) == [])
    assert outcome_of(work.status) == outcome


def test_ctrl_c_in_a_terminal_cancels(desk: Desk, engine: Engine, until: Wait) -> None:
    work = desk.work(*HANGING, engine=engine)
    with _in_another_process(work) as waiting:
        until(_began(desk))
        waiting.send_signal(signal.SIGINT)
        said, _ = waiting.communicate()
    assert said == b"cancelled\n"
    outcome = outcome_of(work.status)
    assert isinstance(outcome, Outcome)
    assert "KeyboardInterrupt" in outcome.traceback
    agree(desk, outcome)
    assert left(desk.folder) == []


def test_a_second_ctrl_c_ends_it_at_once(desk: Desk, engine: Engine, until: Wait) -> None:
    stubborn = (
        "import time\nopen('began', 'w').close()\nwhile True:\n"
        "    try:\n        time.sleep(1000)\n    except BaseException:\n        open('asked', 'w').close()"
    )
    work = desk.work(LEAVING_CHILDREN, stubborn, engine=engine)
    with _in_another_process(work) as waiting:
        until(_began(desk))
        waiting.send_signal(signal.SIGINT)
        until((desk.folder / "asked").exists)
        waiting.send_signal(signal.SIGINT)
        said, _ = waiting.communicate()
    assert said == b"cancelled\n"
    assert left(desk.folder) == []


def test_a_signal_to_the_supervisor_cancels(desk: Desk, engine: Engine, until: Wait) -> None:
    work = desk.work(*HANGING, engine=engine)

    def interrupt() -> None:
        until(_began(desk))
        progress = outcome_of(work.status)
        assert isinstance(progress, Progress)
        os.kill(progress.supervisor, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    outcome = execute(work)
    thread.join()
    assert outcome.exit is Exit.CANCELLED
    agree(desk, outcome)


def test_a_disk_that_is_full_at_the_beginning_refuses(desk: Desk, engine: Engine, small_disk: Disk) -> None:
    from jupyter_mlc.domain.errors import Unavailable

    work = desk.on(desk.work("open('ran', 'w')").notebook, output=small_disk.path / "out.ipynb", engine=engine)
    with small_disk.full(), pytest.raises(Unavailable) as refused:
        execute(work)
    assert refused.value.text == (
        f"the executed notebook cannot be written to {work.output}: {small_disk.reason}\n"
        "nothing was executed; name another place, or make room there"
    )
    assert not (desk.folder / "ran").exists()


def test_a_disk_that_fills_up_is_told_and_the_old_notebook_stays_whole(
    desk: Desk, engine: Engine, small_disk: Disk
) -> None:
    notebook = desk.work("print('x' * 3_000_000)").notebook
    work = desk.on(notebook, output=small_disk.path / "out.ipynb", engine=engine)
    outcome = execute(work)
    assert outcome.exit is Exit.LOST
    assert outcome.message == f"the executed notebook could not be written to {work.output}: {small_disk.reason}"
    assert outcome_of(work.status) == outcome
    import nbformat

    saved = nbformat.read(work.output, as_version=4)
    assert saved.cells[0].metadata.papermill.status != "completed"
    assert [path.name for path in small_disk.path.iterdir()] == ["out.ipynb"]


class Disk:
    """A disk of one megabyte; for those who may not mount, one whose files may not be larger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_mounted = os.getuid() == 0
        self.reason = "No space left on device" if self.is_mounted else "File too large"

    @contextmanager
    def full(self) -> Iterator[None]:
        """No room for a notebook."""
        if self.is_mounted:
            (self.path / "filler").write_bytes(b"x" * (1 << 20))
            yield
            return
        with _largest_file(100):
            yield


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """Of this process, and of those that it starts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path: Path, one_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    disk = Disk(place)
    if disk.is_mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", place], check=True)
        yield disk
        subprocess.run(["umount", place], check=True)
        return
    runtime = Path(tempfile.mkdtemp(prefix="r-", dir=one_home))  # its warm processes are under the limit from the start
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with _largest_file(1 << 20):
        yield disk
    shutil.rmtree(runtime)
