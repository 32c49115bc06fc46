"""Papermill's client of a kernel, told what happens cell by cell; consecutive output of one stream is one output."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Empty
from typing import IO, TYPE_CHECKING, Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import ValidationError
from papermill.clientwrap import PapermillNotebookClient

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs import ending, processes
from jupyter_mlc.jobs.ending import Ending
from jupyter_mlc.jobs.plan import Plan
from jupyter_mlc.jobs.spec import Exit

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from jupyter_mlc.jobs.manager import Manager

_PATIENT = 60
"""seconds that output may come after the end of its cell, when there is much of it"""
_FAREWELL = 5.0
"""seconds that a kernel has to leave by itself"""
_LOOK = 0.05
"""seconds between two looks whether the kernel is there"""


def unheard(_: str) -> None:
    """Nobody wants to know."""


class Client(PapermillNotebookClient):
    """Executes the cells of a plan in a kernel.

    Parameters
    ----------
    manager : Manager
        Keeps the account.
    plan : Plan
        What is executed.
    environment : mapping
        Of the kernel.
    heard : callable
        Told of all that is printed.
    **options : object
        As nbclient has them: km, resources, and so on.
    """

    def __init__(
        self,
        manager: Manager,
        plan: Plan,
        *,
        environment: Mapping[str, str],
        heard: Callable[[str], None] = unheard,
        **options: Any,
    ) -> None:
        defaults = {"iopub_timeout": _PATIENT, "shutdown_kernel": "immediate"}
        super().__init__(manager, **(defaults | options))
        self.plan = plan
        self.running: int | None = None
        self.begun: list[int] = []
        self.done = 0
        self._environment = dict(environment)
        self._heard = heard
        self._failure: dict[str, object] = {}
        self._wants_to_leave = False
        self._kills_before = processes.oom_kills()
        self.on_cell_executed = self._answered

    async def start(self) -> None:
        """Start the kernel; `RuntimeError` where it does not come up."""
        die = processes.die_with_parent if sys.platform == "linux" else None
        with tempfile.TemporaryFile() as said:
            try:
                await self.async_start_new_kernel(
                    env=self._environment, preexec_fn=die, stdout=subprocess.DEVNULL, stderr=said
                )
                await self._connect()
            except (RuntimeError, OSError) as error:
                raise _not_started(error, said) from error

    async def _connect(self) -> None:
        """Connect, and wait until the kernel answers and what it publishes arrives.

        jupyter_client's way of waiting ends with a fifth of a second in which nothing must arrive.
        """
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.allow_stdin = False
        latest = time.monotonic() + self.startup_timeout
        asked = self.kc.kernel_info()
        while not await self._published(asked):
            if not await self.kc.is_alive():
                raise RuntimeError("it ended at once")
            if time.monotonic() > latest:
                raise RuntimeError(f"it did not answer within {self.startup_timeout} seconds")
            asked = self.kc.kernel_info()
        answer = await self.async_wait_for_reply(asked)
        self.nb.metadata["language_info"] = answer["content"]["language_info"]

    async def _published(self, asked: str) -> bool:
        """Whether the kernel says in public that it has answered."""
        with suppress(Empty):
            while True:
                message = await self.kc.iopub_channel.get_msg(timeout=1)
                is_idle = message["content"].get("execution_state") == "idle"
                if is_idle and message["parent_header"].get("msg_id") == asked:
                    return True
        return False

    async def cells(self) -> Ending:
        """Execute the cells until the last, or until one says that it is the last."""
        for index in sorted(self.plan.runs):
            ended = await self._cell(index, self.nb.cells[index])
            if ended is not None:
                return ended
        self.set_widgets_metadata()
        return Ending()

    async def _cell(self, index: int, cell: NotebookNode) -> Ending | None:
        executes = self._executes(cell)
        self.running = index if executes else None
        self.begun += [index] if executes else []
        self.nb_man.cell_start(cell, index)
        ended: Ending | None = None
        try:
            await self.async_execute_cell(cell, index)
        except CellExecutionError as error:
            ended = ending.failed(index, self._failure)
            if ended.exception:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
        except DeadKernelError:
            ended = ending.died(index, self.exit_code(), for_memory=self._killed_for_memory())
            await self._hear_the_rest(cell, index)
            self.nb_man.cell_exception(cell, cell_index=index)
        except CellTimeoutError:  # papermill's --execution-timeout; a job's time is that of all its cells
            message = f"it took longer than the {self.timeout:g} seconds that a cell was given"
            ended = ending.stopped(Exit.TIMED_OUT, message, index)
            self.nb_man.cell_exception(cell, cell_index=index)
        else:
            ended = ending.left(index) if self._wants_to_leave else None
        self.nb_man.cell_complete(cell, index)
        if executes and (ended is None or not ended.exception):
            self.done += 1
        self.running = None
        return ended

    def _executes(self, cell: NotebookNode) -> bool:
        tags = cell.metadata.get("tags", [])
        return cell.cell_type == "code" and bool(cell.source.strip()) and self.skip_cells_with_tag not in tags

    def _answered(self, *, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:  # noqa: ARG002
        """The kernel's whole answer, from nbclient."""
        self._failure = execute_reply["content"]
        payload = self._failure.get("payload") or []
        self._wants_to_leave = any(one.get("source") == "ask_exit" for one in payload)  # type: ignore[attr-defined]

    async def _hear_the_rest(self, cell: NotebookNode, index: int) -> None:
        """What was said before the kernel died is still on its way."""
        with suppress(Empty, Exception):
            while True:
                self.process_message(await self.kc.iopub_channel.get_msg(timeout=0.1), cell, index)

    def exit_code(self) -> int | None:
        """How the kernel's process ended, as `subprocess` has it; None while it runs."""
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        code: int | None = process.poll() if process is not None else None
        return code

    def _killed_for_memory(self) -> bool:
        return self.exit_code() == -9 and processes.oom_kills() > self._kills_before  # noqa: PLR2004 (SIGKILL)

    async def interrupt(self) -> None:
        """As Ctrl-C does."""
        if self.km is not None and self.km.has_kernel:
            with suppress(OSError, RuntimeError):
                await self.km.interrupt_kernel()

    async def close(self, *, at_once: bool) -> None:
        """End the kernel; politely, so that what it registered for its end is done, or at once."""
        if self.km is None:
            return
        with suppress(RuntimeError, OSError, asyncio.TimeoutError):
            if self.km.has_kernel:
                await asyncio.wait_for(self.km.shutdown_kernel(now=at_once), _FAREWELL)
        with suppress(RuntimeError, OSError):
            if self.km.has_kernel:
                await self.km.shutdown_kernel(now=True)
        if self.kc is not None:
            self.kc.stop_channels()

    async def _async_poll_kernel_alive(self) -> None:
        """Look whether the kernel is there more often than nbclient, which does so once a second."""
        while await self.kc.is_alive():
            await asyncio.sleep(_LOOK)
        self.task_poll_for_reply.cancel()

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Keep an output."""
        try:
            new = super().output(outs, msg, display_id, cell_index)
        except ValidationError:  # JSON under a name that is not JSON's: no notebook can hold it
            data = msg["content"].get("data", {})
            msg["content"]["data"] = {kind: value for kind, value in data.items() if isinstance(value, str)}
            new = super().output(outs, msg, display_id, cell_index)
        if new is None or new.output_type != "stream":
            return new
        self._heard(new.text)
        if len(outs) > 1 and outs[-1] is new and outs[-2].get("name") == new.name:
            outs[-2].text += outs.pop().text
        return new


def _not_started(error: Exception, said: IO[bytes]) -> Unavailable:
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), str(error))
    return Unavailable(f"the notebook's kernel did not start: {last}", hint="start it once in JupyterLab to see why")


def inherited(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process, and more."""
    return {**os.environ, **more}
