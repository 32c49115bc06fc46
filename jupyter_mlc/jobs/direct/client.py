"""The supervisor's side of cells that run in a forked process: what nbclient takes for the client of a kernel."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jupyter_mlc.jobs.client import Client
from jupyter_mlc.jobs.direct.process import LEAVE
from jupyter_mlc.jobs.direct.wire import PACKET, Receiver
from jupyter_mlc.jobs.fork import Fork

_AT_ONCE = 200
"""packets that are looked at together"""
_MOST = 1000
"""messages that wait: then the cells wait too"""
_FAREWELL = 5.0
"""seconds that the process has to leave by itself"""


@dataclass(kw_only=True)
class CellFork(Fork):
    """The process in which the cells run."""

    channel: socket.socket
    outputs: dict[int, str]
    """read ends of what is written to its file descriptors 1 and 2 -> the stream's name"""


class _Queue:
    """A channel of messages."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109 (nbclient calls it so)
        from queue import Empty

        try:
            return await asyncio.wait_for(self._messages.get(), timeout)
        except TimeoutError:
            raise Empty from None

    def put(self, message: dict[str, Any]) -> None:
        self._messages.put_nowait(message)

    def is_full(self) -> bool:
        return self._messages.qsize() > _MOST


class _Connection:
    """What nbclient knows as the client of a kernel."""

    allow_stdin = False

    def __init__(self, fork: CellFork) -> None:
        self.shell_channel, self.iopub_channel = _Queue(), _Queue()
        self._fork = fork
        self._receiver = Receiver()
        self._cell = 0
        fork.channel.setblocking(False)  # noqa: FBT003 (its only argument)
        self._pump = asyncio.ensure_future(self._pumped())
        for descriptor in fork.outputs:
            os.set_blocking(descriptor, False)
            asyncio.get_running_loop().add_reader(descriptor, self._drain, descriptor)

    async def execute(self, source: str, *, store_history: bool = True, **_: object) -> str:
        """Send a source."""
        self._cell += 1
        request = {"cell": self._cell, "source": source, "store_history": store_history}
        data = json.dumps(request).encode()
        pieces = [data[start : start + PACKET] for start in range(0, len(data), PACKET)]
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # the process has just died, which the next look tells
            for piece in (str(len(pieces)).encode(), *pieces):
                await loop.sock_sendall(self._fork.channel, piece)
        return str(self._cell)

    async def is_alive(self) -> bool:
        return self._fork.poll() is None

    async def _pumped(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while packets := [await loop.sock_recv(self._fork.channel, PACKET)]:
                if not packets[0]:
                    return
                with suppress(BlockingIOError):
                    while len(packets) < _AT_ONCE and (packet := self._fork.channel.recv(PACKET)):
                        packets.append(packet)
                for message in self._receiver.understood(packets):
                    self._put(message)
                while self.iopub_channel.is_full():
                    await asyncio.sleep(0)

    def _put(self, message: dict[str, Any]) -> None:
        message["buffers"] = [base64.b64decode(text) for text in message.pop("encoded", ())]
        if message["msg_type"] != "execute_reply":
            self.iopub_channel.put(message)
            return
        for descriptor in self._fork.outputs:
            self._drain(descriptor)
        idle = {"msg_type": "status", "content": {"execution_state": "idle"}}
        self.iopub_channel.put({**message, "header": {"msg_type": "status"}, **idle})
        self.shell_channel.put(message)

    def _drain(self, descriptor: int) -> None:
        """What programs and libraries wrote past Python."""
        with suppress(BlockingIOError):
            while data := os.read(descriptor, PACKET):
                content = {"name": self._fork.outputs[descriptor], "text": data.decode(errors="replace")}
                header = {"header": {"msg_type": "stream"}, "parent_header": {"msg_id": str(self._cell)}}
                self.iopub_channel.put({"msg_type": "stream", "content": content, "metadata": {}, **header})
            asyncio.get_running_loop().remove_reader(descriptor)

    def close(self) -> None:
        self._pump.cancel()
        for descriptor in self._fork.outputs:
            asyncio.get_running_loop().remove_reader(descriptor)


class DirectClient(Client):
    """Executes the cells of a plan in a forked process."""

    def __init__(self, *arguments: Any, fork: CellFork, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fork = fork
        self.comm_in: int | None = None
        """the cell that first opened a comm"""

    async def start(self) -> None:
        self.kc = _Connection(self.fork)
        version = {"name": "ipython", "version": sys.version_info[0]}
        self.nb.metadata["language_info"] = {
            "codemirror_mode": version,
            "file_extension": ".py",
            "mimetype": "text/x-python",
            "name": "python",
            "nbconvert_exporter": "python",
            "pygments_lexer": f"ipython{sys.version_info[0]}",
            "version": sys.version.split()[0],
        }

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """A widget, or whatever else talks to somebody who looks at the notebook."""
        if msg["msg_type"] == "comm_open" and self.comm_in is None:
            self.comm_in = cell_index
        super().handle_comm_msg(outs, msg, cell_index)

    def exit_code(self) -> int | None:
        return self.fork.poll()

    async def interrupt(self) -> None:
        self.fork.send_signal(signal.SIGINT)

    async def close(self, *, at_once: bool) -> None:
        if not at_once:
            with suppress(OSError):
                self.fork.channel.send(LEAVE)
            latest = time.monotonic() + _FAREWELL
            while self.fork.poll() is None and time.monotonic() < latest:
                await asyncio.sleep(0.002)
        self.fork.send_signal(signal.SIGKILL)
        if self.kc is not None:
            self.kc.close()
