"""Nothing survives a job, whoever is killed; each is caused for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jupyter_mlc.jobs.crossing import to_text
from jupyter_mlc.jobs.execute import execute, outcome_of
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Progress, Work
from tests.jobs.conftest import Desk
from tests.jobs.endings import agree, statuses

pytestmark = pytest.mark.slow
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
    return [pid for pid in pids if pid and _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("end", ["1", "1 / 0", "import os; os._exit(1)"], ids=["success", "failure", "death"])
def test_nothing_survives(desk: Desk, engine: Engine, end: str) -> None:
    execute(desk.work(LEAVING_CHILDREN, end, engine=engine))
    assert left(desk.folder) == []
    assert not list(Path(os.environ["XDG_RUNTIME_DIR"]).glob("mlc-[!w]*"))


def _in_another_process(work: Work) -> subprocess.Popen[bytes]:
    """Let another process wait for it, as a kernel or a command line does."""
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
