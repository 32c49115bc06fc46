"""IPython's shell as in a kernel, but what it would publish goes over a wire to the supervisor."""

from __future__ import annotations

import base64
import io
import os
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import comm
from comm.base_comm import BaseComm
from ipykernel.comm.comm import BaseComm as KernelComm
from ipykernel.compiler import XCachingCompiler
from ipykernel.jsonutil import json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import UsageError
from jupyter_client.session import Session
from traitlets.config import Config

if TYPE_CHECKING:
    from jupyter_mlc.jobs.direct.wire import Sender

_FULL = 1 << 13
"""characters that wait for the end of their line at most"""
_NO_LOOP = frozenset({None, "", "inline", "agg", "headless"})
"""matplotlib's choices that need no event loop of a window system"""


class Wire(Session):
    """What the shell takes for the session of a kernel."""

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        self.sender = sender

    def send(  # type: ignore[override]  # noqa: PLR0913 (fewer of the parameters have a meaning here)
        self,
        stream: object,  # noqa: ARG002 (there is one wire)
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        *,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **others: object,  # noqa: ARG002 (an address, which nobody here needs)
    ) -> None:
        """Publish."""
        if isinstance(msg_or_type, dict):
            parent, kind, content = msg_or_type["parent_header"], msg_or_type["msg_type"], msg_or_type["content"]
        else:
            kind = msg_or_type
        message: dict[str, Any] = {"msg_type": kind, "content": content, "metadata": metadata or {}}
        if buffers:
            message["encoded"] = [base64.b64encode(buffer).decode() for buffer in buffers]
        self.sender.message(message, int((parent or {}).get("msg_id", 0)))


class Stream(io.TextIOBase):
    """What the cells know as sys.stdout or sys.stderr: sent line by line, so that nothing printed is ever lost."""

    encoding = "UTF-8"

    def __init__(self, sender: Sender, name: str, descriptor: int) -> None:
        self.name, self._sender, self._descriptor = name, sender, descriptor
        self._cell = 0
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """A forked child has not printed what its parent was about to."""
        self._lock = threading.RLock()
        self._waiting: list[str] = []
        self._length = 0

    def set_parent(self, parent: dict[str, Any]) -> None:
        """From now on what is printed belongs to that cell."""
        self.flush()
        self._cell = int(parent["header"]["msg_id"])

    def write(self, text: str) -> int:
        """Print."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        with self._lock:
            self._waiting.append(text)
            self._length += len(text)
            if "\n" in text or self._length > _FULL:
                self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what waits."""
        with self._lock:
            text, self._waiting, self._length = "".join(self._waiting), [], 0
            if text:
                self._sender.text(self.name, text, self._cell)

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """For programs that write there by themselves."""
        return self._descriptor


class DirectShell(ZMQInteractiveShell):
    """The shell of a kernel without the kernel."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is no event loop of a window system here."""
        if gui not in _NO_LOOP:
            raise UsageError(f"%gui {gui} needs a kernel: --engine kernel")
        self.active_eventloop = gui


def make_shell(wire: Wire) -> DirectShell:
    """The one shell of this process."""
    shell: DirectShell = DirectShell.instance(
        config=Config(HistoryManager={"hist_file": ":memory:"}),
        kernel=SimpleNamespace(eventloop=None, comm_manager=comm.get_comm_manager()),
        compiler_class=XCachingCompiler,
        user_ns={},
    )
    publishers: tuple[Any, ...] = (shell.displayhook, shell.display_pub)
    for publisher in publishers:
        publisher.session, publisher.pub_socket = wire, wire
    _connect_comms(shell, wire)
    return shell


def _connect_comms(shell: DirectShell, wire: Wire) -> None:
    """Widgets tell their state as in a kernel; nobody answers, as nobody does while a notebook is executed.

    Those of ipykernel, which some libraries make by themselves, would say nothing where there is no kernel.
    """

    def publish_msg(
        self: BaseComm, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        content = json_clean({"data": data or {}, "comm_id": self.comm_id, **keys})
        publisher: Any = shell.display_pub
        parent = publisher.parent_header
        wire.send(None, msg_type, content, parent, metadata=json_clean(metadata or {}), buffers=buffers)

    comm.create_comm = type("DirectComm", (BaseComm,), {"publish_msg": publish_msg})
    KernelComm.publish_msg = publish_msg  # type: ignore[method-assign]
