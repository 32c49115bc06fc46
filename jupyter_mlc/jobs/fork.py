"""A forked process, seen from the one that forked it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass


@dataclass(kw_only=True)
class Fork:
    """Answers as `subprocess.Popen` does."""

    pid: int
    orders: int = -1
    """where it hears what it is to do"""
    code: int | None = None
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        latest = time.monotonic() + (timeout or float("inf"))
        while self.poll() is None and time.monotonic() < latest:
            time.sleep(0.002)
        return self.code

    def send_signal(self, number: int) -> None:
        """Send it a signal, with what it started."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)
