"""A job in a warm process: the supervisor is one fork, the cells run in another below it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from jupyter_mlc.jobs import processes, supervisor
from jupyter_mlc.jobs.crossing import Lines, to_work
from jupyter_mlc.jobs.direct import wire
from jupyter_mlc.jobs.direct.client import CellFork
from jupyter_mlc.jobs.fork import Fork
from jupyter_mlc.jobs.spec import Engine, Work
from jupyter_mlc.jobs.warm.forks import forget, forked, named


def supervised(channel: socket.socket) -> None:
    """Hear what is to be done, and do it."""
    lines = Lines(channel)
    heard: list[str] = []
    while len(heard) < 2:  # noqa: PLR2004 (the process and the work)
        heard += lines.heard()
    process = json.loads(heard[0])
    work = to_work(heard[1])
    forget(process["environment"], Path(process["folder"]))
    os.umask(process["mask"])
    environment = {**process["environment"], **work.environment}
    supervisor.serve(work, lines, _fork(work, environment, channel))


def _fork(work: Work, environment: Mapping[str, str], channel: socket.socket) -> Fork | None:
    """The process for the cells; a cold kernel is started later, as everywhere."""
    if work.engine is Engine.DIRECT:
        return direct_fork(work, environment, channel)
    if work.engine is Engine.KERNEL:
        from jupyter_mlc.jobs.warm.kernel import kernel_fork

        return kernel_fork(environment, work.folder)
    return None


def direct_fork(work: Work, environment: Mapping[str, str], channel: socket.socket) -> CellFork:
    """Fork the process in which cells run, while this one is still empty enough."""
    ours, theirs = wire.pair()
    outputs = {name: os.pipe() for name in ("stdout", "stderr")}

    def run() -> None:
        from jupyter_mlc.jobs.direct.process import run

        processes.die_with_parent()
        channel.close()
        ours.close()
        forget(environment, work.folder)
        named(environment.get(processes.MARK, ""))
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for number, (reading, writing) in enumerate(outputs.values(), 1):
            os.dup2(writing, number)
            os.close(writing)
            os.close(reading)
        run(theirs)

    pid = forked(run)
    theirs.close()
    for _, writing in outputs.values():
        os.close(writing)
    return CellFork(pid=pid, channel=ours, outputs={reading: name for name, (reading, _) in outputs.items()})
