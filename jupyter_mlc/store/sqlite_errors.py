"""What SQLite and the operating system say of a database file, in our words."""

from __future__ import annotations

import errno
import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, Unavailable

REFUSALS = sqlite3.Error, OverflowError, OSError
"""what they raise"""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Refuse in our words what they refuse in theirs."""
    try:
        yield
    except BlockingIOError:
        raise
    except REFUSALS as error:
        raise in_our_words(error, path) from error


def in_our_words(error: Exception, path: Path) -> MlcError:
    """One of their refusals."""
    if isinstance(error, OverflowError):
        return BadInput("a number is too large to be kept", hint="whole numbers go up to 2**63 - 1")
    if isinstance(error, OSError):
        return _from_system(error, path)
    return _from_sqlite(str(error), path)


def _from_sqlite(text: str, path: Path) -> MlcError:
    if "disk is full" in text or "disk I/O error" in text:
        return Unavailable(
            f"the disk of {path} is full or failing ({text}); nothing was changed",
            hint="free some space (%mlc admin gc removes what no version needs), then try again",
        )
    if "readonly" in text and (files := unwritable(path)):
        return shut_file(files[0], f"it cannot be written for you ({text})")
    if "readonly" in text or "unable to open" in text:
        return Unavailable(f"{path} cannot be opened for this ({text})", hint="check the folder's permissions")
    if "malformed" in text or "not a database" in text:
        return Damaged(
            f"{path} is damaged ({text})",
            hint=f"move the folder {path.parent} away, then: jupyter mlc admin restore BACKUP {path.parent}",
        )
    if "locked" in text:
        return Unavailable(f"{path} is locked by another process", hint=f"see who holds it: fuser {path}")
    return Unavailable(f"SQLite refused: {text}", hint="nothing was changed; %mlc verify tells whether all is well")


def read_only(path: Path, *, is_backup: bool) -> Unavailable:
    """What is said where a database is only looked at, and what to do."""
    if is_backup:
        folder = shlex.quote(str(path.parent))
        return Unavailable(
            f"{path.parent} is a backup, which is only looked at",
            hint=f"restore it elsewhere to go on with it: jupyter mlc admin restore {folder} PLACE",
        )
    if files := unwritable(path):
        return shut_file(files[0], "you may not write it, though its folder is open to you")
    return Unavailable(
        f"the registry in {path.parent} is read-only for you",
        hint="ask its owner for write access, or choose another registry: %mlc use PATH",
    )


def unwritable(path: Path) -> list[Path]:
    """The files of a database that this user may not write, although the folder is open: SQLite needs all of them."""
    if not os.access(path.parent, os.W_OK):
        return []
    files = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return [file for file in files if file.exists() and not os.access(file, os.W_OK)]


def shut_file(file: Path, why: str) -> Unavailable:
    """What is said of one of them, and who can open it."""
    return Unavailable(f"{file}: {why}", hint=how_to_open(file))


def how_to_open(file: Path) -> str:
    """What its owner has to type."""
    import pwd

    try:
        owner = pwd.getpwuid(file.stat().st_uid).pw_name
    except (KeyError, OSError):
        owner = "its owner"
    return f"{owner} types: chmod ug+w {shlex.quote(str(file))}"


def _from_system(error: OSError, path: Path) -> Unavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable(f"the disk of {path} is full; nothing was changed", hint="free some space, then try again")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Unavailable(f"{path}: {reason}", hint="check that the folder exists and that you may write there")
