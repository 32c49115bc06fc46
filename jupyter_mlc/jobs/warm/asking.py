"""Asking a warm process for a job; starting one where there is none."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs.runtime import base
from jupyter_mlc.jobs.warm.words import FRESH

_READ_AT_IMPORT = (
    *("BLIS_", "CUDA", "HIP_", "HOME", "IPYTHON", "JUPYTER_", "LANG", "LC_", "LD_", "MALLOC_", "MKL_", "MPL", "NUMBA_"),
    *(
        "NUMEXPR_",
        "OMP_",
        "OPENBLAS_",
        "PATH",
        "PYTHON",
        "ROCR_",
        "TORCH",
        "TZ",
        "VECLIB_",
        "VIRTUAL_ENV",
        "XDG_",
        "XLA_",
    ),
)
"""beginnings of environment variables that libraries look at only when they are imported"""
_OF_ONE_JOB = ("JUPYTER_MLC_",)


class NoWarmProcess(Unavailable):
    """No warm process can be had; a cold one can."""


def connected(modules: tuple[str, ...]) -> socket.socket:
    """A connection to a process of this user that has these modules loaded as they are on the disk now.

    Raises
    ------
    NoWarmProcess
        If there is none and none can be started.
    """
    path = _folder() / f"{_key(modules)}.sock"
    channel = _connected(path)
    if channel is not None:
        return channel
    with _alone(path.with_suffix(".lock")):
        channel = _connected(path)
        if channel is None:
            _start(path, modules)
            channel = _connected(path)
    if channel is None:
        raise NoWarmProcess("the warm process did not answer")
    return channel


def _folder() -> Path:
    folder = base() / f"mlc-warm-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise NoWarmProcess(f"{folder} is not private to this user")
    return folder


def _key(modules: tuple[str, ...]) -> str:
    """What must be equal for a process to serve: interpreter, paths, modules, and what is read when they are loaded."""
    read = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_READ_AT_IMPORT) and not name.startswith(_OF_ONE_JOB)
    }
    parts = (sys.executable, sys.version, sys.prefix, __file__, modules, sorted(read.items()))
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _connected(path: Path) -> socket.socket | None:
    channel = socket.socket(socket.AF_UNIX)
    with suppress(OSError):
        channel.settimeout(60)
        channel.connect(str(path))
        word = channel.recv(len(FRESH), socket.MSG_WAITALL)
        channel.settimeout(None)
        if word == FRESH:
            return channel
    channel.close()
    return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One of all that ask at the same time."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(path: Path, modules: tuple[str, ...]) -> None:
    path.unlink(missing_ok=True)
    log = path.with_suffix(".log")
    reading, writing = os.pipe()
    try:
        with log.open("wb") as said:
            subprocess.run(  # noqa: S603 (our own module, by this very interpreter)
                [sys.executable, "-m", "jupyter_mlc.jobs.warm.server", str(path), str(writing), *modules],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                pass_fds=[writing],
                start_new_session=True,
                cwd="/",  # no module lies there that could be taken for another
                check=False,
            )
        os.close(writing)
        word = os.read(reading, 16)
    finally:
        os.close(reading)
    if word == b"threads":
        raise NoWarmProcess("a module starts threads when it is imported")
    if not word:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise NoWarmProcess(f"the warm process did not start: {''.join(last)}")
