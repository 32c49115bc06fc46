"""The bytes of a joblib file, unpacked where they are compressed, never more of them than is reasonable."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mlc.domain.errors import BadInput, Conflict, Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_LIMIT = 1 << 28
MOST_TIMES = 200
"""how many times its own size a file may unpack to before it looks like a trap"""
_OLD = b"ZF"


class Bounded:
    """A file for unpicklers that ends loudly: at its own end, and where it grows beyond `limit` bytes."""

    def __init__(self, file: BinaryIO, limit: int | None = None) -> None:
        self._file = file
        self._limit = limit
        self._read = 0

    def read(self, size: int) -> bytes:
        self.promise(size)
        return self._file.read(size)

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as bytes are left."""
        with memoryview(buffer) as given, given.cast("B") as view:
            self.promise(len(view))
            done = 0
            while done < len(view) and (count := self._file.readinto(view[done:])):  # type: ignore[attr-defined]
                done += count
            return done

    def readline(self) -> bytes:
        line = self._file.readline(1 << 16)
        self.promise(len(line))
        return line

    def promise(self, size: int) -> None:
        """Count bytes that are about to be read."""
        self._read += size
        if self._limit is not None and self._read > self._limit:
            raise Untrusted(
                f"the stored object was not loaded: it unpacks to more than {self._limit >> 20} MiB",
                hint="load it with --trust if you know where it comes from",
            )


def unpacked(file: BinaryIO, *, bounded: bool) -> Bounded:
    """The file's content, by the same magic numbers as joblib."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(_OLD):
        raise BadInput(
            "the stored object was written by a joblib older than 0.10, in several files",
            hint="load it with that joblib and write it again",
        )
    limit = max(LEAST_LIMIT, MOST_TIMES * _size(file)) if bounded else None
    for magic, opener in _OPENERS.items():
        if start.startswith(magic):
            return Bounded(io.BufferedReader(opener(file), 1 << 20), limit)
    return Bounded(file, limit)


def _size(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


class _Zlib(io.RawIOBase):
    """A zlib stream as a file; Python has none of its own."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._engine = zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with memoryview(buffer) as view:
            while not self._engine.eof:
                packed = self._engine.unconsumed_tail or self._file.read(1 << 16)
                data = self._engine.decompress(packed, len(view))
                view[: len(data)] = data
                if data:
                    return len(data)
                if not packed:
                    raise EOFError("the compressed stream ends early")
            return 0


def _lz4(file: BinaryIO) -> Any:
    try:
        from lz4.frame import LZ4FrameFile  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise Conflict(
            "the stored object is compressed with lz4, which is not installed here", hint="install it: %pip install lz4"
        ) from None
    return LZ4FrameFile(file, "rb")


_OPENERS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x78": _Zlib,
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    b"BZ": bz2.BZ2File,
    b"\x5d\x00": lzma.LZMAFile,
    b"\xfd7zXZ": lzma.LZMAFile,
    b"\x04\x22\x4d\x18": _lz4,
}
