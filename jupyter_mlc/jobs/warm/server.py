"""The warm process: ``python -m jupyter_mlc.jobs.warm.server SOCKET READY MODULE...``.

It loads the modules, waits at a socket, and forks a supervisor for whoever connects. Nothing that a fork would break
exists in it: no thread, no event loop, no ZeroMQ context. It leaves when it was not needed for a while, when its
socket is gone, or when a file that it loaded has changed.
"""

from __future__ import annotations

import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from jupyter_mlc.jobs import processes
from jupyter_mlc.jobs.lazy_formats import import_nbformat
from jupyter_mlc.jobs.warm import stamps
from jupyter_mlc.jobs.warm.forks import forked
from jupyter_mlc.jobs.warm.words import FRESH, STALE

OURS = (
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.shellapp",
    "psutil",
    "sqlite3",
    "comm.base_comm",
    "concurrent.futures.thread",
    "ipykernel.compiler",
    "ipykernel.kernelbase",
    "ipykernel.zmqshell",
    "nbformat.v4.nbjson",
    "papermill.execute",
    "jupyter_mlc.jobs.direct.client",
    "jupyter_mlc.jobs.direct.shell",
    "jupyter_mlc.jobs.execution",
    "jupyter_mlc.jobs.kernels",
    "jupyter_mlc.jobs.manager",
    "jupyter_mlc.jobs.supervisor",
    "jupyter_mlc.jobs.truth",
    "jupyter_mlc.jobs.warm.job",
)
"""what every job needs"""
IDLE = 300.0
"""seconds that it waits for another job"""
_MINOR_FORMATS = (4, 5)
"""of notebooks in format 4, as most are"""
_LOOK = 5.0
"""seconds between two looks whether it is still wanted"""


def main() -> None:
    """The process."""
    path, ready, *modules = sys.argv[1:]
    if os.fork():  # nobody is to wait for it
        os._exit(0)
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder in which it was started
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.adopt_orphans()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with suppress(ImportError):
        import_nbformat()
    for name in (*OURS, *modules):
        with suppress(Exception):  # the notebook will say so itself
            importlib.import_module(name)
    _compile_schemas()
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib_inline"]:
        del sys.modules[name]  # it makes friends with the IPython that it finds when it is loaded: here is none
    with socket.socket(socket.AF_UNIX) as listener, suppress(FileNotFoundError):
        listener.bind(path)
        listener.listen(128)
        os.write(int(ready), b"ready" if threading.active_count() == 1 else b"threads")
        os.close(int(ready))
        if threading.active_count() == 1:
            _Server(listener, Path(path)).serve()
        Path(path).unlink(missing_ok=True)


def _compile_schemas() -> None:
    """Every notebook is checked against a schema when it is read, and to compile that takes longer than a small job."""
    with suppress(Exception):  # then each does it by itself
        from nbformat.validator import get_validator

        for minor in _MINOR_FORMATS:
            get_validator(4, minor)


class _Server:
    def __init__(self, listener: socket.socket, path: Path) -> None:
        self._listener, self._path = listener, path
        self._inode = path.stat().st_ino
        self._stamps = stamps.taken()
        self._supervisors: set[int] = set()
        self._needed = time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._wake = os.pipe()

    def serve(self) -> None:
        """Fork until nobody needs it."""
        for descriptor in self._wake:
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._wake[1])
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._wake[0], selectors.EVENT_READ, self._fetch)
        gc.collect()
        gc.freeze()  # what a collection would touch, forks would have to copy
        gc.disable()
        while self._is_wanted():
            for key, _ in self._selector.select(_LOOK):
                key.data()

    def _is_wanted(self) -> bool:
        if self._supervisors:
            self._needed = time.monotonic()
        is_there = False
        with suppress(OSError):
            is_there = self._path.stat().st_ino == self._inode
        return bool(self._supervisors) or (is_there and time.monotonic() - self._needed < IDLE)

    def _accept(self) -> None:
        channel, _ = self._listener.accept()
        with channel, suppress(OSError):
            is_stale = stamps.differ(self._stamps)
            channel.sendall(STALE if is_stale else FRESH)
            if is_stale:
                self._path.unlink(missing_ok=True)
                return
            self._supervisors.add(forked(lambda: self._supervise(channel)))

    def _supervise(self, channel: socket.socket) -> None:
        """In the fork."""
        from jupyter_mlc.jobs.warm.job import supervised

        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._listener.close()
        for descriptor in self._wake:
            os.close(descriptor)
        supervised(channel)

    def _fetch(self) -> None:
        """Forks have ended; one that did not end by itself may have left others, which came to this process."""
        with suppress(BlockingIOError):
            os.read(self._wake[0], 4096)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] in self._supervisors:
                    self._supervisors.remove(ended[0])
                    if ended[1]:
                        processes.end_children_but(self._supervisors)


if __name__ == "__main__":
    main()
