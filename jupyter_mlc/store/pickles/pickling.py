"""Pickling objects that were made in a notebook: two streams, one rule for what the notebook itself defined."""

from __future__ import annotations

import io
import pickle
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.store.code.notebook_code import NotebookCode
from jupyter_mlc.store.code.sources import home_of
from jupyter_mlc.store.code.whereabouts import where_is

if TYPE_CHECKING:
    from collections.abc import Callable

# joblib's own; with protocol 5 the pickler in Python fails at the second empty buffer of a stream
IN_ONE_FILE = 4
OUT_OF_BAND = 5
# the pure Python pickler: the other one insists that a class of __main__ still is what __main__ calls by that name
_Pickler: Any = pickle._Pickler  # noqa: SLF001 (it is documented as the one to subclass)


class NotebookPickler(_Pickler):  # type: ignore[misc]
    """Writes definitions of the notebook by name, and notes in `code` that they must travel along."""

    def __init__(
        self, file: Any, code: NotebookCode, buffer_callback: Callable[[pickle.PickleBuffer], Any] | None = None
    ) -> None:
        protocol = IN_ONE_FILE if buffer_callback is None else OUT_OF_BAND
        super().__init__(file, protocol=protocol, buffer_callback=buffer_callback)
        self._code = code

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write a class or function."""
        called = name or getattr(obj, "__qualname__", None) or obj.__name__
        module = self._code.written_as(obj, called)
        if module is None:
            _refuse_replaced(obj, called)
            super().save_global(obj, name)
            return
        self.save(module)
        self.save(called)
        self.write(pickle.STACK_GLOBAL)
        self.memoize(obj)

    dispatch: ClassVar[dict[Any, Any]] = _Pickler.dispatch | {FunctionType: save_global}


def _refuse_replaced(obj: Any, name: str) -> None:
    """Refuse what a module has another of by now, which is what reloading it leaves behind."""
    home = home_of(obj, name)
    found: Any = sys.modules.get(home)
    for part in name.split("."):
        found = getattr(found, part, None)
    if type(found) is type(obj) and found is not obj and getattr(found, "__module__", None) == home:
        raise BadInput(
            f"the object was made with the {name} that {home} had before it was loaded anew",
            hint="make the object again, all of it, with what the module has now",
        )


class JoblibPickler(NotebookPickler):
    """Writes the stream that plain ``joblib.load`` reads: an array's bytes follow the wrapper that describes them."""

    def __init__(self, file: Any, code: NotebookCode, enough: int | None = None) -> None:
        import numpy as np

        super().__init__(file, code)
        # joblib's wrapper writes through these two
        self.file_handle = file
        self.np = np
        self._enough = enough
        self._bytes_of_arrays = 0

    def save(self, obj: Any, *rest: Any) -> None:
        """Write an object; arrays in joblib's manner."""
        if type(obj) in (self.np.ndarray, self.np.memmap, self.np.matrix):
            self._save_array(obj)
        else:
            super().save(obj, *rest)

    def _save_array(self, array: Any) -> None:
        from joblib.numpy_pickle import NumpyArrayWrapper

        self._count(array.nbytes)
        # a mapped file is no part of the model, its numbers are
        plain = self.np.asarray(array) if type(array) is self.np.memmap else array
        order = "F" if plain.flags.f_contiguous and not plain.flags.c_contiguous else "C"
        wrapper = NumpyArrayWrapper(type(plain), plain.shape, order, plain.dtype, allow_mmap=not plain.dtype.hasobject)
        super().save(wrapper)
        self.framer.commit_frame(force=True)
        if plain.dtype.hasobject:
            NotebookPickler(self.file_handle, self._code).dump(plain)
        else:
            wrapper.write_array(plain, self)

    def _count(self, size: int) -> None:
        self._bytes_of_arrays += size
        if self._enough is not None and self._bytes_of_arrays > self._enough:
            raise Enough


class Enough(Exception):
    """The arrays are so large that another format serves them better."""


class ArraysPickler(NotebookPickler):
    """Hands the bytes of arrays out instead of writing them, however the arrays lie in memory."""

    def reducer_override(self, obj: Any) -> Any:
        """Give arrays that are mapped, or have gaps, as plain ones: only those can be handed out."""
        import numpy as np

        if type(obj) is np.memmap or (type(obj) is np.ndarray and _has_gaps(obj)):
            return np.ascontiguousarray(obj).__reduce_ex__(OUT_OF_BAND)
        return NotImplemented


def _has_gaps(array: Any) -> bool:
    return not (array.flags.c_contiguous or array.flags.f_contiguous or array.dtype.hasobject)


def explained(obj: object, pickle_it: Callable[[], Any]) -> Any:
    """Run a pickling; what goes wrong is told by what cannot be stored and where in the object it is.

    Raises
    ------
    BadInput
        Where the object, or something in it, cannot be pickled.
    """
    kind = type(obj).__name__
    try:
        return pickle_it()
    except (MlcError, Enough, OSError, MemoryError):
        raise
    except RecursionError as error:
        raise BadInput(
            f"{kind} cannot be stored: it is nested too deeply", hint="flatten it, or store files"
        ) from error
    except Exception as error:
        if type(error).__module__.startswith("jupyter_mlc"):
            raise
        culprit = _culprit(obj)
        place = where_is(obj, culprit)
        whole = "if its library can write it to a file, register that file; else what holds its numbers"
        part = "remove that part before registering, or leave it out in __getstate__"
        raise BadInput(
            f"{kind} cannot be stored: {error}{f' at {place}' if place else ''}",
            hint=whole if culprit is obj else part,
        ) from error


def _culprit(obj: object) -> object:
    """The innermost thing that cannot be pickled."""
    tracer = _Tracer(io.BytesIO(), NotebookCode(obj, mixed=True), buffer_callback=lambda buffer: None)
    try:
        tracer.dump(obj)
    except Exception:  # noqa: BLE001 (the failure is known already; here we ask only where)
        return tracer.innermost
    return obj


class _Tracer(NotebookPickler):
    """Remembers at which object a failure began."""

    innermost: object = None
    _failed = False

    def save(self, obj: Any, *rest: Any) -> None:
        try:
            super().save(obj, *rest)
        except Exception:
            if not self._failed:
                self.innermost, self._failed = obj, True
            raise
