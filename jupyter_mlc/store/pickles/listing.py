"""Which globals a pickle names, found without running any of it."""

from __future__ import annotations

import itertools
import pickle
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from jupyter_mlc.domain.errors import MlcError, Untrusted
from jupyter_mlc.store.pickles import allowlist
from jupyter_mlc.store.pickles.payloads import ArrayPayload, check_dtype
from jupyter_mlc.store.pickles.unpacking import unpacked
from jupyter_mlc.store.pickles.unpickling import Beside, Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DTYPE = ("numpy", "dtype")


class _Inert:
    """Stands for anything that a pickle would make, and does nothing whatever is done to it."""

    def __new__(cls, *_: Any, **__: Any) -> Any:
        return object.__new__(_Inert)

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take anything."""

    @staticmethod
    def nothing(*_: Any, **__: Any) -> Any:
        return object.__new__(_Inert)

    __call__ = __setitem__ = append = extend = add = update = __setstate__ = nothing


def globals_of(path: Path, beside: Beside | None = None) -> set[tuple[str, str]]:
    """Every global that the pickle or joblib file at `path` names, as (module, name); nothing of it is executed.

    Parameters
    ----------
    path : Path
        Of the file.
    beside : callable, optional
        What stands for the parts that the stream keeps outside of itself; where there is none it may keep none.

    Raises
    ------
    Untrusted
        Where the file cannot be read to its end.
    """
    with path.open("rb") as file:
        return globals_in(file, beside)


def globals_in(file: BinaryIO, beside: Beside | None = None) -> set[tuple[str, str]]:
    """Every global that an open pickle or joblib file names."""
    found: set[tuple[str, str]] = set()
    try:
        _Lister(unpacked(file, bounded=True), _recorder(found), itertools.repeat(b""), beside).load()
    except MlcError:
        raise
    except Exception as error:
        raise Untrusted(
            f"the stored object was not loaded: it cannot be examined ({type(error).__name__}: {error})",
            hint="load it with --trust if you know where it comes from",
        ) from error
    return found


def _recorder(found: set[tuple[str, str]]) -> Callable[[str, str], Any]:
    def find(module: str, name: str) -> Any:
        found.add((module, name))
        # the length of an array in the stream follows from its dtype, so that one must be real
        return allowlist.allowed(module, name) if (module, name) == _DTYPE else _Inert

    return find


class _Lister(Reader):
    """Goes through a stream with things that do nothing."""

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        function = self.stack[-1]
        self.stack[-1] = function(*arguments) if callable(function) else _Inert()

    def load_build(self) -> None:
        super().load_build()
        check_dtype(self.stack[-1])

    def made(self, payload: ArrayPayload) -> Any:
        payload.read(self)
        return _Inert()

    def get_extension(self, code: int) -> None:
        self.find("copyreg", f"extension {code}")
        self.append(_Inert())

    dispatch: ClassVar[dict[int, Any]] = Reader.dispatch | {
        pickle.REDUCE[0]: load_reduce,
        pickle.BUILD[0]: load_build,
    }
