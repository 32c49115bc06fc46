"""Running another program without ever waiting long for it or reading much from it."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 65_536


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a program said."""

    code: int
    out: bytes
    err: str
    whole: bool
    """False where there was more to read than was wanted"""


def run(
    command: Sequence[str], *, folder: Path, environ: Mapping[str, str], deadline: float, most: int = 1 << 24
) -> Answer:
    """Run a program until it ends, the deadline passes or it has written enough.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    folder : Path
        Where it runs.
    environ : mapping
        Its whole environment.
    deadline : float
        On the clock of ``time.monotonic``.
    most : int
        Bytes of output that are read.

    Raises
    ------
    TimeoutError
        If the deadline passes; the program and whatever it started are killed.
    OSError
        If it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603 (a fixed list of words, never through a shell)
        command,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with process:
        try:
            out, err = _read(process, deadline, most)
            enough = len(out) > most
            if enough:
                _kill(process)
            code = process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            raise TimeoutError from None
        finally:
            if process.poll() is None:
                _kill(process)
    return Answer(
        code=0 if enough else code, out=out[:most], err=err.decode(errors="replace").strip(), whole=not enough
    )


def _read(process: subprocess.Popen[bytes], deadline: float, most: int) -> tuple[bytes, bytes]:
    """Read both streams side by side, so that neither fills up while the other is waited for."""
    streams = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as waiting:
        for stream in filter(None, streams):
            waiting.register(stream, selectors.EVENT_READ)
        while waiting.get_map() and len(streams[process.stdout]) <= most:
            ready = waiting.select(deadline - time.monotonic())
            if not ready or time.monotonic() > deadline:
                raise TimeoutError
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                streams[key.fileobj] += chunk  # type: ignore[index] # the stream that was registered
                if not chunk:
                    waiting.unregister(key.fileobj)
    return bytes(streams[process.stdout]), bytes(streams[process.stderr])


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
