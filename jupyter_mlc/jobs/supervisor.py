"""The process that executes one notebook and sees to its end: ``python -m jupyter_mlc.jobs.supervisor CHANNEL``."""

from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlc.domain.errors import MlcError, Unavailable
from jupyter_mlc.jobs import processes
from jupyter_mlc.jobs.crossing import KILL, Lines, to_work
from jupyter_mlc.jobs.ending import Ending
from jupyter_mlc.jobs.lazy_formats import import_nbformat
from jupyter_mlc.jobs.report import Report
from jupyter_mlc.jobs.runtime import runtime_folder
from jupyter_mlc.jobs.spec import Engine, Exit, Outcome, Progress, Work
from jupyter_mlc.jobs.status import Traces
from jupyter_mlc.jobs.times import now
from jupyter_mlc.jobs.veil import Veil
from jupyter_mlc.jobs.watching import Stop, Watch
from jupyter_mlc.jobs.yielding import NeedsAKernelError, Yielding

if TYPE_CHECKING:
    from jupyter_mlc.jobs.client import Client
    from jupyter_mlc.jobs.fork import Fork
    from jupyter_mlc.jobs.manager import Manager
    from jupyter_mlc.jobs.plan import Plan


def main() -> None:
    """The process."""
    import_nbformat()
    lines = Lines(socket.socket(fileno=int(sys.argv[1])))
    work = ""
    while not work:
        work = "".join(lines.heard())
    serve(to_work(work), lines)


def serve(work: Work, lines: Lines, fork: Fork | None = None) -> None:
    """Execute, and tell whoever waits at the other end what happens and how it ended.

    Parameters
    ----------
    work : Work
        What is executed.
    lines : Lines
        To the one who waits.
    fork : Fork, optional
        The process in which the cells run; None: a kernel is started.
    """
    processes.adopt_orphans()
    try:
        outcome = Supervision(work, lines, fork).outcome()
        answer = {"outcome": msgspec.to_builtins(outcome)}
    except NeedsAKernelError as error:
        answer = {"needs a kernel": str(error)}
    except MlcError as error:
        answer = {"refused": [type(error).__name__, error.message, error.hint]}
    except Exception:  # noqa: BLE001 (the one who waits must hear of it)
        answer = {"broken": traceback.format_exc()}
    finally:
        processes.end_descendants()
    with suppress(OSError):
        lines.channel.setblocking(True)  # noqa: FBT003 (its only argument)
        lines.say(json.dumps(answer))


class Supervision:
    """One execution in this process."""

    def __init__(self, work: Work, lines: Lines, fork: Fork | None) -> None:
        os.environ.update(work.environment)
        self.work = work
        self._fork = fork
        self._lines = lines
        self._veil = Veil(os.environ[variable] for variable in work.secrets.values())
        self._watch = Watch(timeout=work.timeout, memory=work.memory)
        lines.channel.setblocking(False)  # noqa: FBT003 (its only argument)

    def outcome(self) -> Outcome:
        """Execute."""
        with runtime_folder() as folder:
            traces = Traces(mark=os.environ.get(processes.MARK, ""), output=str(self.work.output), runtime=str(folder))
            report = Report(
                path=self.work.status,
                traces=traces,
                engine=self.work.engine,
                clock=now,
                hide=self._veil.over,
                told=self._tell,
            )
            return self._executed(folder, report)

    def _executed(self, folder: Path, report: Report) -> Outcome:
        from jupyter_mlc.jobs.execution import executed
        from jupyter_mlc.jobs.manager import Manager, to_file
        from jupyter_mlc.jobs.plan import planned

        plan = planned(self.work)
        manager = Manager(plan.notebook, to_file(self.work.output, self._veil.over))
        client, notes = self._client(manager, plan, folder, report)
        report.client = client
        _begin(manager, report, self.work.output)
        self._watch.ticks = (self._listen, manager.tick, report.tick)
        yielding = Yielding(client, self._watch) if self.work.yields else None
        if yielding is not None:
            self._watch.ticks = (*self._watch.ticks, yielding.tick)
        ended = executed(client, self._watch)
        if yielding is not None:
            notes += yielding.ended(ended)
        return self._settled(replace(ended, notes=(*self.work.notes, *notes, *ended.notes)), manager, client, report)

    def _client(self, manager: Manager, plan: Plan, folder: Path, report: Report) -> tuple[Client, tuple[str, ...]]:
        """Whatever executes the cells, and what is to be known of it."""
        if self.work.engine is Engine.DIRECT:
            from jupyter_mlc.jobs.direct.client import CellFork, DirectClient

            if not isinstance(self._fork, CellFork):
                raise TypeError("there is no process for the cells")
            return DirectClient(manager, plan, fork=self._fork, environment={}, heard=report.hear), ()
        from jupyter_mlc.jobs.client import Client, inherited
        from jupyter_mlc.jobs.kernels import manager_for

        kernels, notes = manager_for(plan.notebook, folder, self.work.python, self._fork)
        place = {"metadata": {"path": str(self.work.folder)}}
        environment = inherited(self.work.environment)
        client = Client(manager, plan, km=kernels, environment=environment, heard=report.hear, resources=place)
        return client, notes

    def _settled(self, ended: Ending, manager: Manager, client: Client, report: Report) -> Outcome:
        """Bring notebook, status file and outcome to say the same."""
        from jupyter_mlc.jobs.truth import settle

        manager.notebook_complete()
        outcome = Outcome(
            exit=ended.exit,
            cells=client.plan.cells,
            done=client.done,
            cell=ended.cell,
            exception=ended.exception,
            message=self._veil.over(ended.message),
            traceback=self._veil.over(ended.traceback),
            signal=ended.signal,
            exit_code=ended.exit_code,
            started=report.started,
            ended=now(),
            engine=report.engine,
            notes=ended.notes,
            peak_memory=self._watch.peak or None,
        )
        outcome = replace(outcome, cell=settle(manager.nb, outcome))
        try:
            manager.save_now()
        except OSError as error:
            why = f"the executed notebook could not be written to {self.work.output}: {error.strerror}"
            outcome = replace(outcome, exit=Exit.LOST, exception="Lost", message=why)
        with suppress(OSError):
            report.end(outcome)
        return outcome

    def _listen(self) -> None:
        """What the one who waits says; an execution that nobody waits for any more ends."""
        try:
            for word in self._lines.heard():
                self._watch.cancel(at_once=word == KILL)
        except BlockingIOError:
            return
        except (EOFError, OSError):
            self._watch.asked = Stop(exit=Exit.LOST, message="the process that waited for it was killed", at_once=True)

    def _tell(self, progress: Progress) -> None:
        with suppress(OSError):  # it does not listen just now, or is gone, which the next look tells
            self._lines.say(json.dumps({"progress": msgspec.to_builtins(progress)}))


def _begin(manager: Manager, report: Report, output: Path) -> None:
    """Write both files once, so that what cannot be written is told before anything runs."""
    manager.notebook_start()
    for what, path, write in (("executed notebook", output, manager.save_now), ("status", report.path, report.begin)):
        try:
            write()
        except OSError as error:
            raise Unavailable(
                f"the {what} cannot be written to {path}: {error.strerror}",
                hint="nothing was executed; name another place, or make room there",
            ) from error


if __name__ == "__main__":
    main()
