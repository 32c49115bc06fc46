"""Arrays between the opcodes of a joblib stream, read only as far as their description makes sense."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Untrusted

if TYPE_CHECKING:
    from jupyter_mlc.store.pickles.unpickling import Reader

_HINT = "load it with --trust if you know where it comes from, or register the model again"


class ArrayPayload:
    """Stands for joblib's NumpyArrayWrapper, which describes the array that follows it."""

    __slots__ = ("dtype", "numpy_array_alignment_bytes", "order", "shape", "subclass")

    def __setstate__(self, state: Any) -> None:
        """Take what joblib writes, and nothing that would hide a method."""
        self.subclass, self.shape, self.order, self.dtype = (
            state[key] for key in ("subclass", "shape", "order", "dtype")
        )
        self.numpy_array_alignment_bytes = state.get("numpy_array_alignment_bytes")

    def read(self, reader: Reader) -> Any:
        """The array, from the bytes that follow in the stream."""
        self._check()
        if self.dtype.hasobject:
            array = reader.nested()
        else:
            self._skip_padding(reader)
            array = self._native(self._numbers(reader))
        return self._as_subclass(array)

    def _check(self) -> None:
        import numpy as np

        sound = (
            isinstance(self.dtype, np.dtype)
            and self.order in ("C", "F")
            and isinstance(self.shape, tuple)
            and all(type(length) is int and length >= 0 for length in self.shape)
            and math.prod(self.shape) * self.dtype.itemsize < 1 << 62
        )
        if not sound:
            raise _nonsense()
        check_dtype(self.dtype)

    def _skip_padding(self, reader: Reader) -> None:
        if self.numpy_array_alignment_bytes is not None:
            reader.file.read(reader.file.read(1)[0])

    def _numbers(self, reader: Reader) -> Any:
        """The array's numbers, straight into its memory."""
        import numpy as np

        # memory is taken when it is filled, so a false promise of many numbers costs nothing
        flat = np.empty(math.prod(self.shape), self.dtype)
        if flat.nbytes and reader.file.readinto(flat.view(np.uint8)) < flat.nbytes:
            raise EOFError("the stream ends inside an array")
        return flat.reshape(self.shape[::-1]).transpose() if self.order == "F" else flat.reshape(self.shape)

    def _native(self, array: Any) -> Any:
        """In this machine's byte order, which compiled code expects."""
        other = ">" if sys.byteorder == "little" else "<"
        fields = self.dtype.fields or {"": (self.dtype, 0)}
        if all(kind[0].byteorder == other for kind in fields.values()):
            return array.byteswap().view(array.dtype.newbyteorder("="))
        return array

    def _as_subclass(self, array: Any) -> Any:
        import numpy as np

        return array.view(np.matrix) if self.subclass is np.matrix else array


def check_dtype(found: Any) -> None:
    """Refuse a dtype whose stored state contradicts itself: arrays of it would read memory that is not theirs."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(found, numpy.dtype):
        return
    parts = [(kind, offset) for kind, offset, *_ in (found.fields or {}).values()]
    if found.subdtype is not None:
        parts.append((found.subdtype[0], found.itemsize - found.subdtype[0].itemsize * math.prod(found.subdtype[1])))
    for kind, offset in parts:
        if offset < 0 or offset + kind.itemsize > found.itemsize or (kind.hasobject and not found.hasobject):
            raise _nonsense()
        check_dtype(kind)
    if found.kind == "O" and not found.hasobject:
        raise _nonsense()


def _nonsense() -> Untrusted:
    return Untrusted("the stored object was not loaded: it describes an array that cannot be", hint=_HINT)
