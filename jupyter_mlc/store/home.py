"""Where this user's own things lie, by the customs of the system."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlc.domain.errors import BadInput, Unavailable

_APP = "jupyter_mlc"


def data_folder() -> Path:
    """What must not be lost: keys, and the registry of whoever made no other."""
    import platformdirs

    return Path(platformdirs.user_data_dir(_APP, appauthor=False))


def cache_folder() -> Path:
    """What can be made again: notes on checked blobs, files laid out."""
    import platformdirs

    return Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def as_typed(path: str | os.PathLike[str]) -> Path:
    """The path that somebody typed, with ``~`` as their home.

    Raises
    ------
    BadInput
        Where ``~`` is followed by nobody known here, or where no path can be written so.
    Unavailable
        Where it is meant from the working folder, and that was deleted.
    """
    text = os.fspath(path)
    if "\0" in text:
        raise BadInput(f"{text!r} is no path: none holds a NUL", hint="write the path without it")
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        who = Path(text).parts[0]
        raise BadInput(f"{text}: nobody here is called {who[1:]}", hint=f"write the whole path, or ./{text}") from None
    if not path.is_absolute() and not _has_working_folder():
        raise Unavailable(
            f"the working folder was deleted, and {text} is meant from there",
            hint="go to a folder that is there, or write the whole path",
        )
    return path


def working_folder() -> Path:
    """Where somebody works; of a folder that was deleted meanwhile, what is left of those above it."""
    if _has_working_folder():
        return Path.cwd()
    above = Path(os.environ.get("PWD", "/")).absolute().parents
    return next((folder for folder in above if folder.is_dir()), Path("/"))


def _has_working_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True
