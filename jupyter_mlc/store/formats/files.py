"""``files``: a file or a folder as it is, for models that other programs have written."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store import disk
from jupyter_mlc.store.formats.base import Opening, Storing, encoded

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

MOST_FILES = 10_000
"""a manifest with more layers is larger than registries take"""
_SINGLE = "single"
_EMPTY = "empty-folders"


@dataclass(frozen=True, kw_only=True)
class FilesFormat:
    """The path of a file or folder."""

    name: str = "files"
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:
        """A path, as text or as an object."""
        return isinstance(obj, str | os.PathLike)

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store every file under its path in the folder.

        Links to files of the same folder are stored as those files; a link that leads anywhere else is refused, since
        what it leads to is no part of the model. Folders without files are kept by name.
        """
        path = Path(os.fspath(obj)).expanduser()
        try:
            mode = path.stat().st_mode
        except OSError as error:
            hint = f"the working folder is {Path.cwd()}"
            raise BadInput(f"cannot read {path}: {error.strerror}", hint=hint) from error
        if not stat.S_ISDIR(mode):
            return self._manifest([(path, _name(path.name))], artifacts, {_SINGLE: path.name}, storing)
        files, empty = _walked(path)
        if not files:
            raise BadInput(f"the folder {path} holds no files", hint="give the path of the folder with the model")
        return self._manifest(files, artifacts, {_EMPTY: json.dumps(empty)} if empty else {}, storing)

    def _manifest(
        self, files: list[tuple[Path, str]], artifacts: Artifacts, details: dict[str, str], storing: Storing
    ) -> Manifest:
        stored = artifacts.put_files([path for path, _ in files], storing.progress)
        layers = tuple(
            Layer(path=name, digest=digest, size=size) for (_, name), (digest, size) in zip(files, stored, strict=True)
        )
        return Manifest(format=self.name, layers=layers, details=details)

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> Path:
        """Lay the files out, read-only, in the cache folder; the path of the folder, or of the single file."""
        import hashlib

        target = opening.folder / "files" / hashlib.sha256(encoded(manifest)).hexdigest()
        if not _laid_out(target, manifest):
            with disk.refusals(f"lay files out in {opening.folder}"):
                _lay_out(target, manifest, artifacts)
        single = manifest.details.get(_SINGLE)
        return target / _inside(single) if single else target


def _walked(folder: Path) -> tuple[list[tuple[Path, str]], list[str]]:
    """All files with their paths in the folder, in order, and the folders that hold nothing."""
    found: list[tuple[Path, str]] = []
    empty: list[str] = []
    for here, folders, files in os.walk(folder, onerror=_unreadable):
        folders.sort()
        place = Path(here)
        for name in folders:
            if (place / name).is_symlink():
                raise BadInput(f"{place / name} is a link to a folder", hint="put a copy of the folder in its place")
        found += [(_checked(place / name, folder), _relative(place / name, folder)) for name in sorted(files)]
        if not folders and not files and place != folder:
            empty.append(_relative(place, folder))
        if len(found) > MOST_FILES:
            raise BadInput(f"the folder {folder} holds more than {MOST_FILES} files", hint="register an archive of it")
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
    return "/".join(_name(part) for part in path.relative_to(folder).parts)


def _name(name: str) -> str:
    """A name that every system can hold and show."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise BadInput(f"the file name {name!r} is not valid UTF-8", hint="rename the file") from None
    if "\\" in name or any(unicodedata.category(letter) == "Cc" for letter in name):
        raise BadInput(f"the file name {name!r} holds a backslash or control characters", hint="rename the file")
    return name


def _inside(path: str) -> Path:
    """A layer's path as one that stays inside the folder, wherever the manifest came from."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\0" in path or "\\" in path:
        raise Damaged(
            f"the artifact names a file {path!r}, which would lie outside its folder",
            hint="do not use this artifact; ask where it came from",
        )
    return Path(*parts)


def _laid_out(target: Path, manifest: Manifest) -> bool:
    """Whether the files are there already, in full length: somebody may have cleaned the cache."""
    try:
        return all((target / _inside(layer.path)).lstat().st_size == layer.size for layer in manifest.layers)
    except OSError:
        return False


def _lay_out(target: Path, manifest: Manifest, artifacts: Artifacts) -> None:
    """Fill a folder beside the target, then give it the target's name: nobody sees it half filled."""
    fresh = target.with_name(f"{disk.TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        for layer in manifest.layers:
            _copy(artifacts.path(layer.digest), fresh / _inside(layer.path))
        for folder in json.loads(manifest.details.get(_EMPTY, "[]")):
            (fresh / _inside(folder)).mkdir(parents=True, exist_ok=True)
        if target.exists() and not _laid_out(target, manifest):
            shutil.rmtree(target)
        with contextlib.suppress(OSError):
            # another process may have been quicker, with the same files
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with disk.opened_regular(source) as descriptor:
        writer = disk.Writer(target.parent)
        try:
            writer.take(descriptor)
            writer.settle()
            writer.land(target)
        finally:
            writer.discard()
