"""The files of a folder, as a model that consists of them: in order, under names that every system can hold."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store.home import working_folder
from jupyter_mlc.store.places import DATABASE

MOST_FILES = 10_000
"""a manifest with more layers is larger than registries take"""


def folder_or_file(path: Path) -> bool:
    """Whether it is a folder; raises BadInput where nothing is there."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        hint = f"the working folder is {working_folder()}"
        raise BadInput(f"cannot read {path}: {error.strerror}", hint=hint) from error


def walked(folder: Path) -> tuple[list[tuple[Path, str]], list[str]]:
    """All files with their paths in the folder, in order, and the folders that hold nothing.

    Links to files of the same folder count as those files; a link that leads anywhere else is refused, since what it
    leads to is no part of the model.

    Raises
    ------
    BadInput
        Where there is no file, there are too many, one cannot be kept, or a registry lies there.
    """
    found: list[tuple[Path, str]] = []
    empty: list[str] = []
    for here, folders, files in os.walk(folder, onerror=_unreadable):
        folders.sort()
        place = Path(here)
        for name in folders:
            if (place / name).is_symlink():
                raise BadInput(f"{place / name} is a link to a folder", hint="put a copy of the folder in its place")
        if DATABASE in files and "blobs" in folders:
            raise BadInput(
                f"{place} is a registry, and what it keeps is no part of a model",
                hint="put the files of the model into a folder of their own, and register that",
            )
        found += [(_checked(place / name, folder), _relative(place / name, folder)) for name in sorted(files)]
        if not folders and not files and place != folder:
            empty.append(_relative(place, folder))
        if len(found) > MOST_FILES:
            raise BadInput(f"the folder {folder} holds more than {MOST_FILES} files", hint="register an archive of it")
    if not found:
        raise BadInput(f"the folder {folder} holds no files", hint="give the path of the folder with the model")
    return found, empty


def _unreadable(error: OSError) -> None:
    raise BadInput(f"cannot read {error.filename}: {error.strerror}", hint="check its permissions") from error


def _checked(path: Path, folder: Path) -> Path:
    """The file itself; raises BadInput for what is no file, or lies outside the folder."""
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}", hint="remove it, or mend it, and try again") from error
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"{path} is a link that leads out of the folder", hint="put a copy of the file in its place")
    if not regular:
        raise BadInput(f"{path} is neither a file nor a folder", hint="remove it and try again")
    return path


def _relative(path: Path, folder: Path) -> str:
    return "/".join(checked_name(part) for part in path.relative_to(folder).parts)


def checked_name(name: str) -> str:
    """A name that every system can hold and show."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise BadInput(f"the file name {name!r} is not valid UTF-8", hint="rename the file") from None
    if "\\" in name or any(unicodedata.category(letter) == "Cc" for letter in name):
        raise BadInput(f"the file name {name!r} holds a backslash or control characters", hint="rename the file")
    return name


def inside(path: str) -> Path:
    """A layer's path as one that stays inside the folder, wherever the manifest came from."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\0" in path or "\\" in path:
        raise Damaged(
            f"the artifact names a file {path!r}, which would lie outside its folder",
            hint="do not use this artifact; ask where it came from",
        )
    return Path(*parts)
