"""Reading pickles: plain ones, those of joblib with arrays between the opcodes, compressed or not.

The reader is our own from end to end, so that what was judged is what is loaded: a second parser could see a different
stream. Names are resolved by a function that is passed in; where the stream is not trusted, opcodes that go around that
function, that change shared things, or that build arrays over memory they do not own, are refused as well.

An allow-list keeps code out. It does not make a model right, nor its numbers safe: compiled code in scikit-learn trusts
the indices in a stored tree.
"""

from __future__ import annotations

import pickle
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, ClassVar

from jupyter_mlc.domain.errors import Conflict, MlcError, Untrusted
from jupyter_mlc.store.pickles.payloads import ArrayPayload, check_dtype
from jupyter_mlc.store.pickles.unpacking import Bounded, unpacked

Find = Callable[[str, str], Any]
Beside = Callable[[Any], Any]
"""what a stream keeps outside of itself, by the id that it writes instead"""
WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_Unpickler: Any = pickle._Unpickler  # noqa: SLF001 (joblib's stream can only be read by the one in Python)
# streams of older protocols name things as Python 2 did
_PYTHON_3 = 3
_TRUST = "load it with --trust if you know where it comes from, or register the model again"

_INSTALL = "install it, or put its file beside the notebook; the version's environment lock names packages"
_DIFFER = "the packages here may differ from those that it was made with: compare the version's environment lock"


class Reader(_Unpickler):  # type: ignore[misc]
    """Reads one stream, in joblib's manner, and resolves names by `find`."""

    def __init__(
        self, file: Bounded, find: Find, buffers: Iterable[Any] | None = None, beside: Beside | None = None
    ) -> None:
        super().__init__(file, buffers=buffers)
        self.file = file
        self.find = find
        self.beside = beside

    def persistent_load(self, pid: Any) -> Any:
        """Find what the stream keeps outside of itself."""
        return _beside(pid, self.beside)

    def find_class(self, module: str, name: str) -> Any:
        """Resolve a global."""
        if self.proto < _PYTHON_3:
            module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
        sys.audit("pickle.find_class", module, name)
        return ArrayPayload if (module, name) == WRAPPER else self.find(module, name)

    def nested(self) -> Any:
        """Read a pickle that stands in the middle of this one, by the same rules."""
        return type(self)(self.file, self.find).load()

    def load_build(self) -> None:
        """Set a state; an array's description is replaced by the array that follows it."""
        super().load_build()
        if isinstance(self.stack[-1], ArrayPayload):
            self.stack.append(self.made(self.stack.pop()))

    def made(self, payload: ArrayPayload) -> Any:
        """The array that a description and the bytes after it give."""
        return payload.read(self)

    dispatch: ClassVar[dict[int, Any]] = _Unpickler.dispatch | {pickle.BUILD[0]: load_build}


class StrictReader(Reader):
    """Reads a stream that nobody vouches for."""

    def __init__(
        self, file: Bounded, find: Find, buffers: Iterable[Any] | None = None, beside: Beside | None = None
    ) -> None:
        super().__init__(file, find, buffers, beside)
        self._resolved: dict[int, Any] = {}

    def persistent_load(self, pid: Any) -> Any:
        """Find what the stream keeps outside of itself, which is not the stream's to change."""
        found = super().persistent_load(pid)
        self._resolved[id(found)] = found
        return found

    def find_class(self, module: str, name: str) -> Any:
        """Resolve a global, and remember that it may be called."""
        found = super().find_class(module, name)
        self._resolved[id(found)] = found
        return found

    def load_reduce(self) -> None:
        """Call what a name stood for, never an object that the stream has put together."""
        self._refuse_made(self.stack[-2])
        super().load_reduce()

    def load_newobj(self) -> None:
        self._refuse_made(self.stack[-2])
        super().load_newobj()

    def load_newobj_ex(self) -> None:
        self._refuse_made(self.stack[-3])
        super().load_newobj_ex()

    def load_obj(self) -> None:
        self._refuse_made(self.stack[0])
        super().load_obj()

    def _refuse_shared(self, target: Any) -> None:
        """Classes, functions and all that has a name belong to the whole process: a stream must not change them."""
        if isinstance(target, type) or self._resolved.get(id(target)) is target:
            raise _refused("it changes a class or function instead of making an object")

    def _refuse_made(self, called: Any) -> None:
        if self._resolved.get(id(called)) is not called:
            raise _refused("it calls something that is not a global")

    def load_build(self) -> None:
        """Set a state on something that the stream itself made."""
        self._refuse_shared(self.stack[-2])
        super().load_build()
        check_dtype(self.stack[-1])

    def load_setitem(self) -> None:
        self._refuse_shared(self.stack[-3])
        super().load_setitem()

    def load_setitems(self) -> None:
        self._refuse_shared(self.metastack[-1][-1])
        super().load_setitems()

    def load_append(self) -> None:
        self._refuse_shared(self.stack[-2])
        super().load_append()

    def load_appends(self) -> None:
        self._refuse_shared(self.metastack[-1][-1])
        super().load_appends()

    def load_additems(self) -> None:
        self._refuse_shared(self.metastack[-1][-1])
        super().load_additems()

    def get_extension(self, code: int) -> None:
        """An extension code stands for a global that another part of the program registered, past the allow-list."""
        raise _refused(f"it uses the extension code {code}")

    dispatch: ClassVar[dict[int, Any]] = Reader.dispatch | {
        pickle.REDUCE[0]: load_reduce,
        pickle.NEWOBJ[0]: load_newobj,
        pickle.NEWOBJ_EX[0]: load_newobj_ex,
        pickle.OBJ[0]: load_obj,
        pickle.BUILD[0]: load_build,
        pickle.SETITEM[0]: load_setitem,
        pickle.SETITEMS[0]: load_setitems,
        pickle.APPEND[0]: load_append,
        pickle.APPENDS[0]: load_appends,
        pickle.ADDITEMS[0]: load_additems,
    }


def read_joblib(file: BinaryIO, find: Find, *, trusted: bool) -> Any:
    """Read what ``joblib.dump`` or ``pickle.dump`` wrote.

    Raises
    ------
    Untrusted
        Where the stream is not trusted and does what only a trusted one may do.
    Conflict
        Where it cannot be read with the packages that are here, or is no such stream.
    """
    if trusted:
        return reading(lambda: Reader(unpacked(file, bounded=False), find).load())
    return reading(lambda: StrictReader(unpacked(file, bounded=True), find).load())


def read_head(
    file: BinaryIO, find: Find, buffers: Iterable[Any] = (), *, trusted: bool, beside: Beside | None = None
) -> Any:
    """Read a plain pickle whose buffers, or other parts, lie beside it."""
    if trusted:
        return reading(lambda: _Quick(file, find, buffers, beside).load())
    return reading(lambda: StrictReader(Bounded(file), find, buffers, beside).load())


class _Quick(pickle.Unpickler):
    """The fast unpickler with our way of resolving names."""

    def __init__(self, file: BinaryIO, find: Find, buffers: Iterable[Any], beside: Beside | None) -> None:
        super().__init__(file, buffers=buffers)
        self._find = find
        self._beside = beside

    def find_class(self, module: str, name: str) -> Any:
        return self._find(module, name)

    def persistent_load(self, pid: Any) -> Any:
        return _beside(pid, self._beside)


def _beside(pid: Any, beside: Beside | None) -> Any:
    if beside is None:
        raise pickle.UnpicklingError("it wants something from outside of the stream")
    return beside(pid)


def reading(load: Callable[[], Any]) -> Any:
    """Run a part of loading; tell what goes wrong by what is missing or differs here."""
    try:
        return load()
    except MlcError:
        raise
    except ModuleNotFoundError as error:
        raise Conflict(f"loading needs the module {error.name}, which is not here", hint=_INSTALL) from error
    except (MemoryError, RecursionError) as error:
        short = "memory" if isinstance(error, MemoryError) else "stack: it is nested too deeply"
        raise Conflict(
            f"the stored object cannot be read: not enough {short}", hint="try on a larger machine"
        ) from error
    except Exception as error:
        # libraries in C++ add their stack
        reason = next(iter(str(error).strip().splitlines()), "")
        raise Conflict(f"the stored object cannot be read: {type(error).__name__}: {reason}", hint=_DIFFER) from error


def _refused(reason: str) -> Untrusted:
    return Untrusted(f"the stored object was not loaded: {reason}", hint=_TRUST)
