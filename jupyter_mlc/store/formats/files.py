"""``files``: a file or a folder as it is, for models that other programs have written."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import Layer, Manifest
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.store import disk
from jupyter_mlc.store.formats.laying_out import EMPTY, SINGLE, laid_out
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.walking import checked_name, folder_or_file, walked

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.formats.base import Opening, Storing


@dataclass(frozen=True, kw_only=True)
class FilesFormat:
    """The path of a file or folder."""

    name: str = "files"
    runs_code: bool = False

    def accepts(self, obj: object) -> bool:
        """A path, as text or as an object."""
        return isinstance(obj, str | os.PathLike)

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store every file under its path in the folder; folders without files are kept by name."""
        if not self.accepts(obj):
            raise BadInput(
                f"{type(obj).__name__} is no path, and files stores a file or a folder",
                hint="leave --format out: the format is then chosen by the object",
            )
        text = os.fspath(obj)
        if "://" in text and not Path(text).exists():
            raise BadInput(f"{text} is not on this machine", hint="register it where it lies: --by-reference")
        path = as_typed(text)
        if not folder_or_file(path):
            return self._manifest([(path, checked_name(path.name))], artifacts, {SINGLE: path.name}, storing)
        files, empty = walked(path)
        return self._manifest(files, artifacts, {EMPTY: json.dumps(empty)} if empty else {}, storing)

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
        return laid_out(manifest, opening.folder, lambda layer, target: _copy(artifacts.path(layer.digest), target))


def _copy(source: Path, target: Path) -> None:
    with disk.opened_regular(source) as descriptor:
        writer = disk.Writer(target.parent)
        try:
            writer.take(descriptor)
            writer.settle()
            writer.land(target)
        finally:
            writer.discard()
