"""The queue of writers before an embedded database: a lock file that the kernel hands on in order."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from jupyter_mlc.domain.errors import Unavailable

_TRIES = 30
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0002, 0.001
"""seconds"""


class Turn:
    """One writer's turn; the lock ends with the process, however that ends.

    Parameters
    ----------
    path : Path
        The lock file; made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._pid = os.getpid()
        self._abandoned = False
        self._mutex = threading.Lock()

    def wait(self, seconds: float) -> None:
        """Wait for the lock, at most so long; a writer holds it for milliseconds.

        Raises
        ------
        Unavailable
            Where somebody holds it all that time.
        OSError
            Where the lock file cannot be made.
        """
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            is_ours = self._comes_soon()
        except BaseException:
            os.close(self._descriptor)
            raise
        if not is_ours:
            self._line_up(seconds)

    def _comes_soon(self) -> bool:
        """Whether the lock is free within a few turns: asking again costs less than a thread that waits."""
        pause = _FIRST_PAUSE
        for _ in range(_TRIES):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(pause)
                pause = min(1.5 * pause, _LONGEST_PAUSE)
            else:
                return True
        return False

    def _line_up(self, seconds: float) -> None:
        """A blocking wait keeps the order of arrival but knows no time limit, so another thread does it."""
        taken = threading.Event()
        threading.Thread(target=self._block, args=(taken,), daemon=True).start()
        try:
            taken.wait(seconds)
        except BaseException:
            if not self._abandon(taken):
                self.end()
            raise
        if self._abandon(taken):
            raise Unavailable(
                f"another process has held the registry in {self._path.parent} for {seconds:.0f} seconds",
                hint=f"see who it is: fuser {self._path}; then try again",
            )

    def _block(self, taken: threading.Event) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._mutex:
            if self._abandoned:
                self.end()
            else:
                taken.set()

    def _abandon(self, taken: threading.Event) -> bool:
        """Leave the line, unless our turn has come: whoever gets the lock from now on, gives it up at once."""
        with self._mutex:
            self._abandoned = not taken.is_set()
            return self._abandoned

    def end(self) -> None:
        """Let the next one in, also where a child process holds a copy of the descriptor."""
        if self._pid == os.getpid():
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)
