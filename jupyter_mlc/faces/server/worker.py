"""A worker as the child of a server: begun with it, ended with it, and begun again where it dies."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from jupyter_mlc.store.places import place_of
from jupyter_mlc.store.registry import exists

_FIRST, _LONGEST = 1.0, 60.0
"""seconds until it is begun again: twice as many each time"""
_STEADY = 60.0
"""seconds after which a worker counts as one that works"""
_PATIENCE = 10.0


class ServersWorker:
    """Keeps a worker running.

    Parameters
    ----------
    url : callable
        Gives the address of the registry; until that is made, nothing is begun.
    folder : Path
        Where it works.
    log : Logger
        Told what the worker says.
    """

    def __init__(self, url: Callable[[], str], folder: Path, log: logging.Logger) -> None:
        self._url, self._folder, self._log = url, folder, log
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin, unless the clock is missing that a worker goes by."""
        if find_spec("apscheduler") is None:
            self._log.error("jupyter_mlc: a worker needs APScheduler; pip install 'jupyter-mlc[worker]'")
        else:
            self._thread.start()

    def stop(self) -> None:
        """End the worker; the jobs that it began go on."""
        self._ending.set()
        if self.process is not None:
            self.process.terminate()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _keep(self) -> None:
        wait = _FIRST
        while not self._ending.is_set():
            if exists(place_of(self._url())):
                began = time.monotonic()
                code = self._run()
                wait = _FIRST if time.monotonic() - began > _STEADY else min(2 * wait, _LONGEST)
                if not self._ending.is_set():
                    self._log.warning("jupyter_mlc: the worker ended with %s; it begins again in %g s", code, wait)
            self._ending.wait(wait)

    def _run(self) -> int:
        """Run a worker until it ends."""
        with subprocess.Popen(
            [sys.executable, "-u", "-m", "jupyter_mlc.faces.server.working"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._folder,
            env={**os.environ, "MLC_REGISTRY": self._url()},
            start_new_session=True,
        ) as self.process:
            if self._ending.is_set():
                self.process.terminate()
            for line in self.process.stdout or ():
                self._log.info("jupyter_mlc worker: %s", line.rstrip())
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(_PATIENCE)
            self.process.kill()
            return self.process.wait()
