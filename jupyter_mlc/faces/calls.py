"""Calls that are carried out elsewhere: each by a process of its own, which ends with this one."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from jupyter_mlc.domain.errors import Conflict, NotFound, Unavailable
from jupyter_mlc.faces.called import Asked, Called, CallState, refused
from jupyter_mlc.faces.carry import interrupted

_MOST = 100
"""calls that are known at the same time"""
_KEPT = 600.0
"""seconds for which it is known how a call ended"""
_PATIENCE = 10.0
"""seconds after which a process is killed that was asked to end, or has answered"""
_LOOK = 0.2
_TAIL = 4_000
"""bytes of what a process said before it died"""


class Calls:
    """The calls of a server.

    Parameters
    ----------
    folder : Path
        The working folder of their processes.
    at_once : int
        How many are carried out at the same time; others wait for their turn.
    complain : callable
        Told what a process said that died.
    """

    def __init__(self, folder: Path, *, at_once: int = 2, complain: Callable[[str], None] = lambda _: None) -> None:
        self._folder, self._complain = folder, complain
        self._turns = threading.BoundedSemaphore(at_once)
        self._calls: dict[str, _Call] = {}
        self._lock = threading.Lock()

    def begin(self, asked: Asked) -> str:
        """Begin a call; its id.

        Raises
        ------
        Conflict
            Where too many are under way.
        """
        call, id_ = _Call(asked, self._folder, self._complain), secrets.token_hex(16)
        with self._lock:
            self._forget(room=1)
            if len(self._calls) >= _MOST:
                raise Conflict(f"{_MOST} calls are under way already", hint="wait until some of them are done")
            self._calls[id_] = call
        call.start(self._turns)
        return id_

    def look(self, call: str) -> Called:
        """How far a call is, or how it ended."""
        return self._found(call).now

    def end(self, call: str) -> Called:
        """Let a call end; asked again, at once."""
        found = self._found(call)
        found.end()
        return found.now

    def close(self) -> None:
        """End all of them at once."""
        with self._lock:
            left, self._calls = list(self._calls.values()), {}
        for call in left:
            call.kill()
        for call in left:
            call.join()

    def _found(self, call: str) -> _Call:
        with self._lock:
            self._forget()
            found = self._calls.get(call)
        if found is None:
            raise NotFound(
                f"there is no call {call!r}",
                hint="it ended a while ago, or with the server that began it: ask again",
            )
        return found

    def _forget(self, *, room: int = 0) -> None:
        """Forget those that ended a while ago, and where there is too little room, those that ended first."""
        ended = sorted((call.ended, id_) for id_, call in self._calls.items() if call.ended is not None)
        too_many = len(self._calls) + room - _MOST
        for place, (when, id_) in enumerate(ended):
            if place < too_many or time.monotonic() - when > _KEPT:
                del self._calls[id_]


class _Call:
    """One call, and the process that carries it out."""

    def __init__(self, asked: Asked, folder: Path, complain: Callable[[str], None]) -> None:
        self._asked, self._folder, self._complain = asked, folder, complain
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._asked_to_end: float | None = None
        self._thread: threading.Thread | None = None
        self.now = Called(state=CallState.RUNNING, text="waiting for its turn")
        self.ended: float | None = None
        """when, by a clock that only goes on"""

    def start(self, turns: threading.BoundedSemaphore) -> None:
        """Carry it out as soon as it is its turn."""

        def carry_out() -> None:
            with turns:
                self._carry_out()

        self._thread = threading.Thread(target=carry_out, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until nothing is left of it."""
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def end(self) -> None:
        """Let it end as Ctrl-C would; the second time at once."""
        with self._lock:
            again, self._asked_to_end = self._asked_to_end is not None, time.monotonic()
            if self._process is not None and self._process.poll() is None and not again:
                self._process.send_signal(signal.SIGINT)
        if again:
            self.kill()

    def kill(self) -> None:
        """End it at once, with all that it started."""
        with self._lock:
            self._asked_to_end = self._asked_to_end or time.monotonic()
            if self._process is not None and self._process.poll() is None:
                _kill_group(self._process.pid)

    def _carry_out(self) -> None:
        with tempfile.TemporaryFile() as said:
            process = self._started(said)
            if process is not None:
                reading = threading.Thread(target=self._hear, args=(process,), daemon=True)
                reading.start()
                self._tell(process)
                self._wait(process)
                _kill_group(process.pid)  # what it left behind would hold the pipe
                reading.join()
            self._settle(process, said)

    def _started(self, said: IO[bytes]) -> subprocess.Popen[bytes] | None:
        """The process; None where nobody wants it any more, or there can be none."""
        with self._lock:
            if self._asked_to_end is not None:
                return None
            with suppress(OSError):
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "jupyter_mlc.faces.carry"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    cwd=self._folder,
                    env={**os.environ, "MLC_REGISTRY": self._asked.url},
                    start_new_session=True,
                )
            return self._process

    def _tell(self, process: subprocess.Popen[bytes]) -> None:
        """What is asked; the pipe stays open, so that the process hears when this one ends."""
        asked = {"verb": self._asked.verb, "ask": json.loads(self._asked.body)}
        stdin = _pipe(process.stdin)
        with suppress(BrokenPipeError):
            stdin.write(json.dumps(asked).encode() + b"\n")
            stdin.flush()

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        with _pipe(process.stdout) as lines, suppress(ValueError):  # the last line is cut where it was killed
            for line in lines:
                self.now = msgspec.convert(json.loads(line), Called)
                if self.now.state is not CallState.RUNNING:
                    self.ended = time.monotonic()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for its end, which is due some time after its answer, or after somebody has asked for it."""
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK)
                break
            due = self.ended or self._asked_to_end
            if due is not None and time.monotonic() - due > _PATIENCE:
                _kill_group(process.pid)
        with suppress(BrokenPipeError):
            _pipe(process.stdin).close()

    def _settle(self, process: subprocess.Popen[bytes] | None, said: IO[bytes]) -> None:
        """Say how it ended where it did not say so itself, and let others know why."""
        if self.now.state is CallState.RUNNING:
            self.now = self._unfinished(process)
        if self.now.state is CallState.DIED:
            size = said.seek(0, os.SEEK_END)
            said.seek(max(0, size - _TAIL))
            self._complain(f"{self._asked.verb} died:\n{said.read().decode(errors='replace')}")
        self.ended = self.ended or time.monotonic()

    def _unfinished(self, process: subprocess.Popen[bytes] | None) -> Called:
        verb = self._asked.verb
        if self._asked_to_end is not None:
            return Called(state=CallState.REFUSED, error=refused(interrupted(verb)))
        how = f"was ended by {_how(process.returncode)}" if process is not None else "could not be started"
        died = Unavailable(
            f"{verb} died: its process {how}", hint="the server's log says more; there may be too little memory"
        )
        return Called(state=CallState.DIED, error=refused(died))


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise TypeError("there is no pipe")
    return end


def _how(code: int) -> str:
    return signal.Signals(-code).name if -code in set(signal.Signals) else f"exit code {code}"


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
