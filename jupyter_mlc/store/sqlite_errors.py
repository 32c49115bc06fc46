"""What SQLite and the operating system say of a database file, in our words."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from types import TracebackType

from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, Unavailable


class _Explained:
    """A context of its own class: every statement enters one, and a generator would cost more than many a statement."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            raise _in_our_words(error, self._path) from error
        if isinstance(error, OverflowError):
            raise BadInput("a number is too large to be kept", hint="whole numbers go up to 2**63 - 1") from error
        if isinstance(error, OSError) and not isinstance(error, BlockingIOError):
            raise _from_system(error, self._path) from error


def explained(path: Path) -> _Explained:
    """Refuse in our words what they refuse in theirs."""
    return _Explained(path)


def _in_our_words(error: sqlite3.Error, path: Path) -> MlcError:
    text = str(error)
    if "disk is full" in text or "disk I/O error" in text:
        return Unavailable(
            f"the disk of {path} is full or failing ({text}); nothing was changed",
            hint="free some space (%mlc admin gc removes what no version needs), then try again",
        )
    if "readonly" in text or "unable to open" in text:
        return Unavailable(f"{path} cannot be opened for this ({text})", hint="check the folder's permissions")
    if "malformed" in text or "not a database" in text:
        return Damaged(
            f"{path} is damaged ({text})", hint="keep a copy, bring the file back from a backup, then: %mlc verify"
        )
    if "locked" in text:
        return Unavailable(f"{path} is locked by another process", hint=f"see who holds it: fuser {path}")
    return Unavailable(f"SQLite refused: {text}", hint="nothing was changed; %mlc verify tells whether all is well")


def _from_system(error: OSError, path: Path) -> Unavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable(f"the disk of {path} is full; nothing was changed", hint="free some space, then try again")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Unavailable(f"{path}: {reason}", hint="check that the folder exists and that you may write there")
