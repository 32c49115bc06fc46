"""A kernel that is forked warm: the fork waits to be told its connection file, then it is a kernel like others."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Any as AnyTrait

from jupyter_mlc.jobs import processes
from jupyter_mlc.jobs.fork import Fork
from jupyter_mlc.jobs.warm.forks import forget, forked, named

_LAUNCHER = "ipykernel_launcher"


class WarmProvisioner(LocalProvisioner):
    """Gives a kernel manager a fork where it would start a process."""

    fork = AnyTrait()

    async def launch_kernel(self, cmd: list[str], **_: Any) -> Any:
        """Tell the fork what it is to be."""
        told: Fork = self.fork
        with suppress(OSError):  # it is gone, which the next look tells
            os.write(told.orders, json.dumps(cmd).encode() + b"\n")
        self.process = told  # type: ignore[assignment]  # it answers as a process does
        self.pid = self.pgid = told.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for its end; jupyter_client looks ten times a second."""
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(0.002)
        code = None if self.process is None else self.process.poll()
        self.process = None
        return code


def kernel_fork(environment: Mapping[str, str], folder: Path) -> Fork:
    """Fork the process that will be the kernel, while this one is still empty enough."""
    reading, writing = os.pipe()

    def run() -> None:
        processes.die_with_parent()
        os.close(writing)
        forget(environment, folder)
        named(environment.get(processes.MARK, ""))
        with os.fdopen(reading) as orders:
            line = orders.readline()
        if line:
            _be_a_kernel(json.loads(line))

    pid = forked(run)
    os.close(reading)
    return Fork(pid=pid, orders=writing)


def _be_a_kernel(command: list[str]) -> None:
    """What ``python -m ipykernel_launcher`` does."""
    import ipykernel
    from ipykernel.kernelapp import launch_new_instance

    launcher = Path(ipykernel.__file__).parent.parent / f"{_LAUNCHER}.py"
    # its parent is no process that it could watch: the operating system does that
    os.environ.pop("JPY_PARENT_PID", None)
    sys.argv[:] = [str(launcher), *command[command.index(_LAUNCHER) + 1 :], "--IPKernelApp.parent_handle=1"]
    launch_new_instance()
    atexit._run_exitfuncs()  # noqa: SLF001 (os._exit, which ends a fork, would leave them out)
