"""What crosses between cells and their supervisor: whole packets, whichever thread or forked child sends them.

A message larger than a packet goes in pieces that carry its number; what a killed child left unfinished is forgotten.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import struct
from collections.abc import Iterator
from typing import Any

PACKET = 1 << 16
"""bytes that fit into any socket's buffer"""
_HEAD = struct.Struct("<cIQ")
"""kind, cell and number of the message"""
_MESSAGE, _PIECE, _STREAMS = b"m", b"p", {"stdout": b"o", "stderr": b"e"}
_NAMES = {kind: name for name, kind in _STREAMS.items()}
_CHARACTERS = (PACKET - _HEAD.size) // 4
"""that certainly fit into a packet, whatever they are"""


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Sender:
    """The end where cells run."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._numbers = itertools.count()

    def text(self, name: str, text: str, cell: int) -> None:
        """Send what was printed."""
        for start in range(0, len(text), _CHARACTERS):
            piece = text[start : start + _CHARACTERS].encode("utf-8", "surrogatepass")
            self._channel.sendall(_HEAD.pack(_STREAMS[name], cell, 0) + piece)

    def message(self, message: dict[str, Any], cell: int) -> None:
        """Send a message."""
        data = json.dumps(message).encode()
        size = PACKET - _HEAD.size
        number = os.getpid() << 32 | next(self._numbers)
        starts = range(0, len(data), size)
        for start in starts:
            kind = _MESSAGE if start == starts[-1] else _PIECE
            self._channel.sendall(_HEAD.pack(kind, cell, number) + data[start : start + size])


class Receiver:
    """The end where the supervisor is: packets become the messages of a kernel."""

    def __init__(self) -> None:
        self._pieces: dict[int, list[bytes]] = {}

    def understood(self, packets: list[bytes]) -> Iterator[dict[str, Any]]:
        """The messages that these packets complete; what was printed in a row comes as one."""
        streams = itertools.groupby(packets, key=lambda packet: (packet[:1], packet[1:5]))
        for (kind, _), group in streams:
            if kind in _NAMES:
                first, *others = group
                text = b"".join([first[_HEAD.size :], *(packet[_HEAD.size :] for packet in others)])
                content = {"name": _NAMES[kind], "text": text.decode("utf-8", "surrogatepass")}
                yield _message({"msg_type": "stream", "content": content}, _HEAD.unpack_from(first)[1])
            else:
                yield from self._completed(group)

    def _completed(self, packets: Iterator[bytes]) -> Iterator[dict[str, Any]]:
        for packet in packets:
            kind, cell, number = _HEAD.unpack_from(packet)
            pieces = self._pieces.setdefault(number, [])
            pieces.append(packet[_HEAD.size :])
            if kind == _MESSAGE:
                yield _message(json.loads(b"".join(self._pieces.pop(number))), cell)


def _message(given: dict[str, Any], cell: int) -> dict[str, Any]:
    """As a kernel's client has it."""
    header = {"msg_type": given["msg_type"]}
    return {"metadata": {}, "buffers": [], **given, "header": header, "parent_header": {"msg_id": str(cell)}}
