"""An artifact's files laid out as a folder, for programs that want to open them."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.store import disk
from jupyter_mlc.store.formats.base import encoded
from jupyter_mlc.store.walking import inside

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Layer, Manifest

SINGLE = "single"
"""the detail that names the file, where the artifact is one file and no folder"""
EMPTY = "empty-folders"


def laid_out(manifest: Manifest, folder: Path, fill: Callable[[Layer, Path], None]) -> Path:
    """The path of the folder, or of the single file; laid out, read-only, in a cache folder unless it is there.

    Parameters
    ----------
    manifest : Manifest
        What the artifact is made of.
    folder : Path
        The cache folder.
    fill : callable
        Makes a layer's file at a path that is not there yet.
    """
    import hashlib

    target = folder / "files" / hashlib.sha256(encoded(manifest)).hexdigest()
    if not _is_laid_out(target, manifest):
        with disk.refusals(f"lay files out in {folder}"):
            _lay_out(target, manifest, fill)
    single = manifest.details.get(SINGLE)
    return target / inside(single) if single else target


def _is_laid_out(target: Path, manifest: Manifest) -> bool:
    """Whether the files are there already, in full length: somebody may have cleaned the cache."""
    try:
        return all((target / inside(layer.path)).lstat().st_size == layer.size for layer in manifest.layers)
    except OSError:
        return False


def _lay_out(target: Path, manifest: Manifest, fill: Callable[[Layer, Path], None]) -> None:
    """Fill a folder beside the target, then give it the target's name: nobody sees it half filled."""
    fresh = target.with_name(f"{disk.TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        for layer in manifest.layers:
            path = fresh / inside(layer.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            fill(layer, path)
        for empty in json.loads(manifest.details.get(EMPTY, "[]")):
            (fresh / inside(empty)).mkdir(parents=True, exist_ok=True)
        if target.exists() and not _is_laid_out(target, manifest):
            shutil.rmtree(target)
        with contextlib.suppress(OSError):
            # another process may have been quicker, with the same files
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
