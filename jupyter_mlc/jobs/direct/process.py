"""The process in which the cells run: a fork that waits for sources, executes them, and says what comes of it."""

from __future__ import annotations

import asyncio
import atexit
import builtins
import getpass
import json
import os
import signal
import socket
import sys
from contextlib import contextmanager, suppress
from types import MethodType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from jupyter_mlc.jobs.direct.wire import PACKET, Sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlc.jobs.direct.shell import DirectShell

LEAVE = b"leave"
"""said to a process that is to end by itself"""
LARGEST = 1 << 30
"""bytes of a source"""


def run(channel: socket.socket) -> None:
    """Execute what arrives until nothing does any more."""
    from jupyter_mlc.jobs.direct.shell import Stream, Wire, make_shell

    sender = Sender(channel)
    _like_a_kernel()
    sys.stdout, sys.stderr = Stream(sender, "stdout", 1), Stream(sender, "stderr", 2)
    shell = make_shell(Wire(sender))
    with _no_answers(), suppress(KeyboardInterrupt):
        asyncio.run(_served(channel, sender, shell))
    atexit._run_exitfuncs()  # noqa: SLF001 (os._exit, which ends a fork, would leave them out)
    sys.stdout.flush()
    sys.stderr.flush()


def _like_a_kernel() -> None:
    """What else code may know of the process that it runs in."""
    import ipykernel
    from IPython.core.shellapp import InteractiveShellApp

    folder = os.path.dirname(os.path.dirname(ipykernel.__file__))  # noqa: PTH120 (as sys.argv has it)
    sys.argv[:] = [f"{folder}/ipykernel_launcher.py"]
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    like_an_application: Any = SimpleNamespace(ignore_cwd=False)
    InteractiveShellApp.init_path(like_an_application)


@contextmanager
def _no_answers() -> Iterator[None]:
    """Nobody is there whom `input` could ask: it refuses as it does in a kernel whose client cannot be asked."""
    from ipykernel.kernelbase import Kernel

    nobody = SimpleNamespace(_allow_stdin=False)
    kept = builtins.input, getpass.getpass
    builtins.input = MethodType(Kernel.raw_input, nobody)
    getpass.getpass = MethodType(Kernel.getpass, nobody)
    yield
    builtins.input, getpass.getpass = kept


async def _served(channel: socket.socket, sender: Sender, shell: DirectShell) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        size = await _received(channel)
        if size in {b"", LEAVE}:
            return
        pieces = [await _received(channel) for _ in range(int(size))]
        request = json.loads(b"".join(pieces))
        number = request["cell"]
        shell.set_parent({"header": {"msg_id": str(number)}})
        begun = {"code": request["source"], "execution_count": shell.execution_count}
        sender.message({"msg_type": "execute_input", "content": begun}, number)
        reply = await _executed(shell, request["source"], store_history=request["store_history"])
        sys.stdout.flush()
        sys.stderr.flush()
        sender.message({"msg_type": "execute_reply", "content": reply}, number)


async def _received(channel: socket.socket) -> bytes:
    """The next packet; the socket stays one that blocks, since what is printed must not get lost."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(channel, lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(channel)
    return channel.recv(PACKET)


async def _executed(shell: DirectShell, source: str, *, store_history: bool) -> dict[str, Any]:
    """Execute a cell as ipykernel does."""
    try:
        transformed, problem = shell.transform_cell(source), None
    except Exception:  # noqa: BLE001 (what is wrong is told by the run)
        transformed, problem = source, sys.exc_info()
    if shell.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=problem):
        result = await _awaited(shell, source, transformed, problem, store_history=store_history)
    else:
        with _interruptible(signal.default_int_handler):
            result = shell.run_cell(source, store_history=store_history)
    return _reply(shell, result)


async def _awaited(shell: DirectShell, source: str, transformed: str, problem: Any, *, store_history: bool) -> Any:
    loop = asyncio.get_running_loop()
    shell._last_traceback = None  # noqa: SLF001 (as run_cell does)
    task = asyncio.ensure_future(
        shell.run_cell_async(
            source, store_history=store_history, transformed_cell=transformed, preprocessing_exc_tuple=problem
        )
    )
    result = None
    with _interruptible(lambda *_: loop.call_soon_threadsafe(task.cancel)):
        try:
            result = await task
        finally:
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
    return result


@contextmanager
def _interruptible(handler: Any) -> Iterator[None]:
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _reply(shell: DirectShell, result: Any) -> dict[str, Any]:
    error = result.error_before_exec or result.error_in_exec
    reply: dict[str, Any] = {"status": "ok", "execution_count": shell.execution_count - 1}
    if not result.success or getattr(shell, "_last_traceback_during_displayhook", False):
        traceback = shell._last_traceback or []  # noqa: SLF001 (as ipykernel does)
        reply |= {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": traceback}
    payload: Any = shell.payload_manager
    reply["payload"] = payload.read_payload()
    payload.clear_payload()
    return reply
