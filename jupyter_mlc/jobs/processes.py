"""The processes of a job: found, measured, and ended to the last one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

MARK = "JUPYTER_MLC_JOB"
"""the environment variable that tells a job's processes from all others, wherever they have gone"""
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
"""of Linux's prctl(2)"""
_PATIENCE = 5.0
"""seconds after which what cannot be killed is left to the operating system"""


def adopt_orphans() -> None:
    """From now on whatever this process's descendants leave behind becomes its own child (Linux)."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Let the operating system kill this process when its parent dies, however that happens (Linux)."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    import ctypes

    with suppress(OSError, AttributeError):  # there is none on other systems
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def descendants() -> list[psutil.Process]:
    """All processes below this one that are still there, those that have ended and were not fetched among them."""
    import psutil

    found: list[psutil.Process] = psutil.Process().children(recursive=True)
    return found


def resident(processes: Iterable[psutil.Process]) -> int:
    """Bytes that these processes hold; what they share is counted for each of them."""
    return _summed(processes, lambda process: process.memory_info().rss)


def proportional(processes: Iterable[psutil.Process]) -> int:
    """Bytes that these processes hold; what they share is counted once. Slower than `resident`."""
    return _summed(processes, lambda process: getattr(process.memory_full_info(), "pss", process.memory_info().rss))


def _summed(processes: Iterable[psutil.Process], measured: Callable[[psutil.Process], int]) -> int:
    import psutil

    total = 0
    for process in processes:
        with suppress(psutil.Error):
            total += measured(process)
    return total


def end_descendants() -> None:
    """Kill everything below this process and fetch what is left of it, orphans that it adopted among them."""
    _end(descendants)
    fetch_ended()


def end_marked(mark: str) -> None:
    """Kill every process of this user that carries the mark: in its environment, or as its name."""
    _end(lambda: _marked(mark))


def fetch_ended(spare: int | None = None) -> None:
    """Let the children of this process that have ended disappear, but for one whose end somebody else waits for."""
    import psutil

    for child in psutil.Process().children():
        with suppress(psutil.Error, ChildProcessError):
            if child.pid != spare and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)


def _end(found: Callable[[], list[psutil.Process]]) -> None:
    """Kill until nothing is found: some may be started while others are being killed, so all are stopped first."""
    import psutil

    latest = time.monotonic() + _PATIENCE
    while (alive := [one for one in found() if _is_alive(one)]) and time.monotonic() < latest:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in alive:
                with suppress(psutil.Error):
                    process.send_signal(number)
        psutil.wait_procs(alive, timeout=0.2)


def _is_alive(process: psutil.Process) -> bool:
    import psutil

    with suppress(psutil.Error):
        return bool(process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
    return False


def _marked(mark: str) -> list[psutil.Process]:
    import psutil

    wanted, name = f"{MARK}={mark}".encode(), f"{name_of(mark)}\n".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, psutil.Error):
            carries = (entry / "comm").read_bytes() == name or wanted in (entry / "environ").read_bytes().split(b"\0")
            if mark and carries and int(entry.name) != os.getpid():
                found.append(psutil.Process(int(entry.name)))
    return found


def name_of(mark: str) -> str:
    """The mark as the name of a process, which has room for fifteen letters."""
    return f"mlc-{mark}"[:15]


def oom_kills(root: Path = Path("/")) -> int:
    """How often the operating system has killed something here for want of memory, in all the time it runs.

    A group of processes with a limit of its own (a container) is asked first, else the machine.

    Parameters
    ----------
    root : Path
        Below it lie `proc` and `sys`, in which the operating system tells of itself.
    """
    for path, word in _counters(root):
        with suppress(OSError, ValueError, IndexError):
            lines = path.read_text(encoding="ascii").splitlines()
            return next(int(line.split()[1]) for line in lines if line.split()[0] == word)
    return 0


def _counters(root: Path) -> Iterable[tuple[Path, str]]:
    groups = ""
    with suppress(OSError):
        groups = (root / "proc/self/cgroup").read_text(encoding="utf-8")
    for line in groups.splitlines():
        _, controllers, folder = line.split(":", 2)
        if controllers == "memory":
            yield root / f"sys/fs/cgroup/memory{folder}/memory.oom_control", "oom_kill"
        elif not controllers:
            yield root / f"sys/fs/cgroup{folder}/memory.events", "oom_kill"
    yield root / "proc/vmstat", "oom_kill"


def end_children_but(spared: set[int]) -> None:
    """Kill the children of this process, and whatever is below them, but for some and what is below those."""
    import psutil

    def found() -> list[psutil.Process]:
        others = [child for child in psutil.Process().children() if child.pid not in spared]
        return [one for child in others for one in (child, *_below(child))]

    _end(found)


def _below(process: psutil.Process) -> list[psutil.Process]:
    import psutil

    found: list[psutil.Process] = []
    with suppress(psutil.Error):
        found = process.children(recursive=True)
    return found
