"""A fork that has forgotten what it was forked from."""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from jupyter_mlc.jobs import processes

_DEFAULT = (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP)


def forked(do: Callable[[], object]) -> int:
    """Fork, do it in the child, and end the child; the child's process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _done(do)
    return pid


def _done(do: Callable[[], object]) -> NoReturn:
    code = 1
    try:
        do()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 (nothing may leave a fork)
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def forget(environment: Mapping[str, str], folder: Path) -> None:
    """Be a process of its own: its session, signals, environment, folder and random numbers."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in _DEFAULT:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    reseed()
    gc.enable()


def reseed() -> None:
    """Let no two forks draw the same random numbers."""
    random.seed()
    for module, function in (("numpy.random", "seed"), ("torch", "seed")):
        if module in sys.modules:
            getattr(sys.modules[module], function)()


def named(mark: str) -> None:
    """Carry the mark where a fork without a program of its own can: in the name of the process (Linux)."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(processes.name_of(mark), encoding="ascii")
