"""A worker that the server keeps: it begins what is due, is begun again where it dies, and ends with the server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.server.app import MlcApp
from jupyter_mlc.verbs.session import LocalSession
from tests.jobs.notebooks import saved

Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    return {**jp_server_config, "MlcApp": {**jp_server_config["MlcApp"], "worker": True}}


@pytest.mark.slow
async def test_what_is_due_is_begun_also_after_the_worker_was_killed_and_never_after_the_server(
    ask: Ask, desk: Desk, jp_serverapp: Any, jp_root_dir: Path
) -> None:
    (app,) = jp_serverapp.extension_manager.extension_apps["jupyter_mlc"]
    assert isinstance(app, MlcApp)
    await jp_serverapp.extension_manager.start_all_extensions()
    worker = app.servers_worker
    assert worker is not None
    saved(jp_root_dir / "fit.ipynb", "x = 1")
    assert (await ask("job-add", {"path": "fit.ipynb"}))[0] == 200
    assert (await ask("schedule-add", {"ref": "fit", "every": "1s"}))[0] == 200
    await until(lambda: len(jobs(desk)) > 0)
    first = worker.process
    assert first is not None
    first.kill()
    await until(lambda: worker.process is not None and worker.process is not first)
    known = len(jobs(desk))
    await until(lambda: len(jobs(desk)) > known)
    assert worker.process is not None
    second = worker.process.pid
    await jp_serverapp.extension_manager.stop_all_extensions()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


@pytest.mark.slow
def test_a_worker_ends_with_a_server_that_is_killed(desk: Desk, tmp_path: Path) -> None:
    server = (
        "import logging, sys, time; from pathlib import Path\n"
        "from jupyter_mlc.faces.server.worker import ServersWorker\n"
        "worker = ServersWorker(lambda: sys.argv[1], Path(), logging.getLogger())\n"
        "worker.start()\n"
        "while worker.process is None: time.sleep(0.1)\n"
        "print(worker.process.pid, flush=True); time.sleep(600)"
    )
    words = [sys.executable, "-c", server, str(tmp_path / "registry")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    latest = time.monotonic() + 60
    while Path(f"/proc/{worker}/cmdline").exists() and time.monotonic() < latest:
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def jobs(desk: Desk) -> list[Any]:
    assert isinstance(desk.session, LocalSession)
    return list(desk.session.registry.jobs(100))


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(1200):
        if is_so():
            return
        await asyncio.sleep(0.1)
    raise AssertionError
