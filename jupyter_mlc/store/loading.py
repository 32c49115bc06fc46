"""Opening what is stored: digest first, then whether a trusted key vouches for it, then the allow-list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlc.store import disk
from jupyter_mlc.store.formats import format_named
from jupyter_mlc.store.formats.base import Opening, ignored, read_manifest
from jupyter_mlc.store.formats.libraries import check_libraries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mlc.domain.entities import Digest, Manifest
    from jupyter_mlc.store.artifacts import Artifacts


def load(
    digest: Digest, artifacts: Artifacts, *, trusted: bool, folder: Path, warn: Callable[[str], None] = ignored
) -> Any:
    """Open the object whose manifest has this digest.

    Parameters
    ----------
    digest : Digest
        Of the manifest.
    artifacts : Artifacts
        Where the blobs are; its checks remember which of them this machine knows to be whole.
    trusted : bool
        Whether the caller found the signature of a trusted key, or a person said ``--trust``. Only then is code run
        that came with the artifact.
    folder : Path
        A cache folder, where files can be laid out.
    warn : callable, optional
        Takes what is worth a word, such as a library of another major release.

    Raises
    ------
    Damaged
        Where bytes are missing or are not what was recorded.
    Untrusted
        Where loading would run code that nobody vouches for; names that code.
    Conflict
        Where a package that the object needs is not here, or is another one.
    """
    manifest = ensured(digest, artifacts)
    check_libraries(manifest, warn)
    return format_named(manifest.format).read(manifest, artifacts, Opening(trusted=trusted, folder=folder, warn=warn))


def ensured(digest: Digest, artifacts: Artifacts) -> Manifest:
    """The manifest, after every blob of it was found whole; what it names by reference may have none."""
    manifest = read_manifest(digest, artifacts)
    kept = [layer for layer in manifest.layers if not layer.url or artifacts.has(layer.digest)]
    sizes = {layer.digest: layer.size for layer in kept if not artifacts.is_known(layer.digest)}
    disk.each(artifacts.ensure, list(sizes), sum(sizes.values()))
    return manifest
