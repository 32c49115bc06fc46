"""What stands in for names that a pickle needs and that could do more than make data."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from jupyter_mlc.domain.errors import Untrusted

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def _ndarray() -> Any:
    """For ``numpy.memmap``, which opens and truncates files when it is called."""
    import numpy as np

    return np.ndarray


def _dtype() -> Any:
    """For ``numpy.dtype``: always a new one, so that a state that is set on it reaches no other array."""
    import numpy as np

    def dtype(kind: str, *_: object) -> np.dtype[Any]:
        if not isinstance(kind, str):
            raise TypeError("a dtype is described by text")
        return np.dtype(kind, align=False, copy=True)

    return dtype


def _encode() -> Any:
    """For ``_codecs.encode``, by which old pickles write bytes, and which would import a codec of any name."""

    def encode(text: str, encoding: str = "latin1") -> bytes:
        if encoding != "latin1":
            raise ValueError("bytes in a pickle are written as latin1")
        return text.encode("latin1")

    return encode


class _CheckArray(functools.partial[Any]):
    """scikit-learn's check of arrays with some of its arguments, as models with categorical features hold it.

    With any other function a ``functools.partial`` is refused: it would call it with arguments from the stream.
    """

    def __new__(cls, function: Any) -> Self:
        """Begin with the bare function, as pickles do."""
        _refuse_other(function)
        return super().__new__(cls, function)

    def __setstate__(self, state: Any) -> None:
        """Take the arguments."""
        _refuse_other(state[0])
        super().__setstate__(state)  # type: ignore[misc] # typeshed does not know it

    def __reduce__(self) -> Any:
        """Pickle as what it stands for."""
        return functools.partial, (self.func,), (self.func, self.args, self.keywords, vars(self))


def _refuse_other(function: Any) -> None:
    from sklearn.utils.validation import check_array

    if function is not check_array:
        name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__name__)}"
        raise Untrusted(
            f"the stored object was not loaded: it binds arguments to {name}",
            hint="load it with --trust if you know where it comes from, or register the model again",
        )


def _check_array() -> Any:
    """For ``functools.partial``."""
    return _CheckArray


def _buffer() -> Any:
    """For ``pyarrow.lib.py_buffer``: over a copy, which the stream cannot change after an array was checked."""
    import pyarrow as pa

    def py_buffer(data: bytes) -> pa.Buffer:
        return pa.py_buffer(bytes(memoryview(data)))

    return py_buffer


def _arrow_array() -> Any:
    """For ``pyarrow.lib._restore_array``, which believes whatever lengths and offsets it is told."""
    import pyarrow as pa

    def restore_array(parts: tuple[Any, ...]) -> pa.Array:
        kind, length, _, offset, buffers, children, *dictionary = parts
        is_nested = bool(children) or any(part is not None for part in dictionary)
        if is_nested or not _is_plain(kind) or min(length, offset) < 0:
            raise ValueError(f"an array of {kind} is not read from a pickle")
        if length + offset > 8 * max((buffer.size for buffer in buffers if buffer is not None), default=0):
            raise ValueError("an array is longer than its bytes")
        array = pa.Array.from_buffers(kind, length, buffers, -1, offset)
        array.validate(full=True)
        return array

    return restore_array


def _is_plain(kind: Any) -> bool:
    """Whether Arrow checks all of such an array: it follows the addresses in a view of strings without looking."""
    import pyarrow.types as kinds

    checks = (kinds.is_primitive, kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary)
    return any(check(kind) for check in checks)


STAND_INS: Mapping[tuple[str, str], Callable[[], Any]] = {
    ("numpy", "dtype"): _dtype,
    ("numpy", "memmap"): _ndarray,
    ("_codecs", "encode"): _encode,
    ("functools", "partial"): _check_array,
    ("pyarrow.lib", "py_buffer"): _buffer,
    ("pyarrow.lib", "_restore_array"): _arrow_array,
}
