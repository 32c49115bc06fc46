"""Plain tar archives, written and read as streams.

The reader takes only what an OCI layout is made of: regular files and folders with short plain names, each once. Links,
devices, holes and paths that lead elsewhere are refused by name; nothing is ever laid out on the disk under a name
that the archive gave.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store.disk import CHUNK

BLOCK = 512
MOST_ENTRIES = 200_000
_CHECKSUM = slice(148, 156)
_FILES, _FOLDER, _REMARKS = (b"0", b"\0"), b"5", (b"x", b"g")
_LONGEST_REMARK = 1 << 16
_KINDS = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe"}
_KINDS |= {b"S": "a file with holes", b"L": "a long name", b"K": "a long link"}
_MEANT = ("path", "linkpath", "size", "GNU.sparse")
"""remarks that would change what an entry is; others (times, owners) say nothing to us"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file in an archive."""

    name: str
    offset: int
    """of its first byte"""
    size: int


def header(name: str, size: int) -> bytes:
    """The block before a file of this size."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info.tobuf(tarfile.GNU_FORMAT)


def padding(size: int) -> bytes:
    """What fills the last block of a file."""
    return b"\0" * (-size % BLOCK)


END = b"\0" * (2 * BLOCK)


def entries(file: BinaryIO, whole: int) -> Iterator[Entry]:
    """The files of an archive of `whole` bytes, in their order; their bytes are passed over.

    Raises
    ------
    Damaged
        Where it is no such archive, is cut off, or holds what no OCI layout holds.
    """
    offset = 0
    for _ in range(MOST_ENTRIES):
        file.seek(offset)
        block = file.read(BLOCK)
        if len(block) == BLOCK and not any(block):
            return
        entry, kind = _entry(block, offset)
        offset = entry.offset + entry.size + len(padding(entry.size))
        if entry.offset + entry.size > whole:
            raise Damaged(f"it ends in the middle of {entry.name}")
        if kind in _REMARKS:
            _check_remark(file.read(min(entry.size, _LONGEST_REMARK + 1)))
        elif kind in _FILES:
            yield entry
        elif kind != _FOLDER:
            raise Damaged(f"{entry.name!r} in it is {_KINDS.get(kind, 'nothing that we know')}, not a file")
    raise Damaged(f"it has more than {MOST_ENTRIES:,} entries")


def _entry(block: bytes, offset: int) -> tuple[Entry, bytes]:
    if len(block) < BLOCK:
        raise Damaged("it is cut off")
    if _number(block[_CHECKSUM]) != sum(block) - sum(block[_CHECKSUM]) + 8 * ord(" "):
        raise Damaged(f"what stands at byte {offset:,} is no entry of a tar archive")
    prefix, name = _text(block[345:500]) if block[257:263] == b"ustar\0" else "", _text(block[:100])
    whole = f"{prefix}/{name}" if prefix else name
    return Entry(name=whole, offset=offset + BLOCK, size=_number(block[124:136])), block[156:157]


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _number(field: bytes) -> int:
    """Octal digits, or where they do not suffice the bare bytes after a mark."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b"\0 ")
    if not digits.isdigit():
        raise Damaged("it has a number that is none")
    try:
        return int(digits, 8)
    except ValueError:
        raise Damaged("it has a number that is none") from None


def _check_remark(text: bytes) -> None:
    """A remark before an entry (``27 mtime=1.5``) may not change its name or size."""
    if len(text) > _LONGEST_REMARK:
        raise Damaged("it has a remark that is too long")
    keys = [line.partition(b"=")[0].rpartition(b" ")[2].decode("utf-8", "replace") for line in text.split(b"\n")]
    for key in keys:
        if key.startswith(_MEANT):
            raise Damaged(f"it gives the {key} of an entry twice")


def pieces(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The bytes of an entry, a piece at a time."""
    file.seek(entry.offset)
    left = entry.size
    while left:
        piece = file.read(min(left, CHUNK))
        if not piece:
            raise Damaged(f"it ends in the middle of {entry.name}")
        left -= len(piece)
        yield piece
