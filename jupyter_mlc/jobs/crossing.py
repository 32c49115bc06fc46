"""How an execution's words cross between processes: one JSON text a line, over a socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from jupyter_mlc.jobs.spec import Engine, Work

CANCEL, KILL = "cancel", "kill"
"""what is said to a supervisor"""
_PATHS = frozenset({"notebook", "output", "status", "folder"})


def to_text(work: Work) -> str:
    """The work as JSON; numbers that JSON lacks are spelled as Python does."""
    plain = {field.name: getattr(work, field.name) for field in fields(work)}
    return json.dumps(plain, default=_spelled)


def to_work(text: str) -> Work:
    """The work again."""
    plain: dict[str, Any] = json.loads(text)
    plain |= {name: Path(plain[name]) for name in _PATHS}
    kept = {"skip": frozenset(plain["skip"]), "notes": tuple(plain["notes"]), "engine": Engine(plain["engine"])}
    return Work(**plain | kept)


def _spelled(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    return dict(value)  # type: ignore[call-overload]  # what is left are mappings; anything else is refused


class Lines:
    """Lines over a socket, both ways."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self._rest = b""

    def say(self, line: str) -> None:
        """Send a line; wait until there is room for it."""
        self.channel.sendall(line.encode() + b"\n")

    def heard(self) -> Iterator[str]:
        """The lines that arrive with the next bytes.

        Raises
        ------
        EOFError
            If the other side is gone.
        """
        data = self.channel.recv(1 << 16)
        if not data:
            raise EOFError
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield line.decode()
