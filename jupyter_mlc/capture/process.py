"""Which process something runs in, and whether that process is gone."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from pathlib import Path

_ENDED = frozenset("ZX")
"""states of a process: a zombie, or dead"""


def here() -> str:
    """Name the process that runs this, so that others on this machine can tell later whether it is gone."""
    return named(os.getpid())


def named(pid: int) -> str:
    """Name a process of this machine so."""
    known = {"host": platform.node(), "space": _space(), "boot": _boot(), "pid": pid, "began": _began(pid)}
    return json.dumps(known)


def is_gone(process: str) -> bool:
    """Tell whether a process that `here` named has certainly ended; of other machines nothing is certain."""
    with suppress(ValueError, KeyError, TypeError):
        named = json.loads(process)
        is_near = (named["host"], named["space"]) == (platform.node(), _space())
        if is_near and named.get("boot", _boot()) != _boot():
            return True
        return is_near and not _is_alive(int(named["pid"]), str(named["began"]))
    return False


def is_running(process: str) -> bool:
    """Tell whether a process that `here` named certainly runs, on this machine, and is not the one that asks."""
    with suppress(ValueError, KeyError, TypeError):
        named = json.loads(process)
        is_near = (named["host"], named["space"], named.get("boot")) == (platform.node(), _space(), _boot())
        pid = int(named["pid"])
        return is_near and pid != os.getpid() and _is_alive(pid, str(named["began"]))
    return False


def _is_alive(pid: int, began: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        pass
    return _began(pid) == began


def _boot() -> str:
    """Since which start of this machine it runs."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def _space() -> str:
    """Which processes have numbers of their own: containers may share a host's name."""
    with suppress(OSError):
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115 (it is no path)
    return ""


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine started: numbers of processes are used again.

    It is the 22nd field of Linux's ``/proc/PID/stat``, counted behind the program's name; elsewhere nothing is known.
    Of a process that has ended, but whose parent did not ask yet how, the file still tells: it began never.
    """
    with suppress(OSError, IndexError):
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return "never" if told[0] in _ENDED else told[19]
    return ""
