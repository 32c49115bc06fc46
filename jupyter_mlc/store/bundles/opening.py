"""Archives that may come from anywhere: what is in one is known and checked before anything of it is kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.store import disk
from jupyter_mlc.store.bundles import tar
from jupyter_mlc.store.bundles.evidence import LARGEST as LARGEST_EVIDENCE
from jupyter_mlc.store.bundles.evidence import MEDIA_TYPE
from jupyter_mlc.store.bundles.layout import BLOBS, BUNDLE_TYPE, Progress
from jupyter_mlc.store.digests import hex_of
from jupyter_mlc.store.formats.base import LARGEST as LARGEST_MANIFEST

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts

_NAMES = re.compile(r"(?:\./)?(oci-layout|index\.json|blobs/sha256/[0-9a-f]{64})")
_ASK_AGAIN = "ask for the archive anew; nothing was changed here"


@dataclass(frozen=True, kw_only=True)
class Packed:
    """One version in an archive."""

    evidence: bytes
    blobs: Mapping[Digest, int]
    """what its manifest names beside the evidence, and how large that is"""


class Opened:
    """An archive, open."""

    def __init__(self, file: BinaryIO, whole: int) -> None:
        self._file = file
        self._entries = self._listed(whole)

    def _listed(self, whole: int) -> dict[str, tar.Entry]:
        found: dict[str, tar.Entry] = {}
        for entry in tar.entries(self._file, whole):
            name = _NAMES.fullmatch(entry.name)
            if name is None:
                raise Damaged(f"{entry.name!r} is no part of an OCI layout")
            if name[1] in found:
                raise Damaged(f"it holds {name[1]} twice")
            found[name[1]] = entry
        return found

    def versions(self) -> list[Packed]:
        """The versions in it, each manifest checked against what the archive holds."""
        layout = self._json("oci-layout", self._bytes("oci-layout", LARGEST_MANIFEST))
        if not str(_get(layout, "imageLayoutVersion", "oci-layout")).startswith("1."):
            raise Damaged("it is an OCI layout of a version that is not known here")
        index = self._json("index.json", self._bytes("index.json", LARGEST_MANIFEST))
        listed = _get(index, "manifests", "index.json")
        if not isinstance(listed, list) or not listed:
            raise Damaged("its index names no manifest")
        digests = [str(_get(entry, "digest", "index.json")) for entry in listed]
        if len(set(digests)) < len(digests):
            raise Damaged("its index names a manifest twice")
        return [self._version(entry) for entry in listed]

    def _version(self, entry: Any) -> Packed:
        digest = str(_get(entry, "digest", "index.json"))
        manifest = self._json("its manifest", self._blob(digest, _get(entry, "size", "index.json"), LARGEST_MANIFEST))
        if manifest.get("artifactType") != BUNDLE_TYPE:
            raise Damaged(f"its manifest {_short(digest)} is not that of a version, but of something else")
        layers = _get(manifest, "layers", "its manifest")
        if not isinstance(layers, list):
            raise Damaged(f"its manifest {_short(digest)} has no list of layers")
        named = {str(_get(layer, "digest", "a layer")): _get(layer, "size", "a layer") for layer in layers}
        told = [layer for layer in layers if layer.get("mediaType") == MEDIA_TYPE]
        if len(told) != 1:
            raise Damaged(f"its manifest {_short(digest)} names {len(told)} layers of evidence, not one")
        evidence = str(told[0]["digest"])
        blobs = {name: self._sized(name, size).size for name, size in named.items() if name != evidence}
        return Packed(evidence=self._blob(evidence, named[evidence], LARGEST_EVIDENCE), blobs=blobs)

    def _sized(self, digest: str, size: object) -> tar.Entry:
        """The entry of a blob that the archive declares to have this size."""
        try:
            entry = self._entries.get(BLOBS + hex_of(digest))
        except BadInput as error:
            raise Damaged(error.message) from None
        if entry is None:
            raise Damaged(f"the blob {_short(digest)} is missing in it")
        if entry.size != size:
            raise Damaged(f"the blob {_short(digest)} has {entry.size} bytes in it, {size} are declared")
        return entry

    def _blob(self, digest: str, size: object, most: int) -> bytes:
        entry = self._sized(digest, size)
        data = self._bytes(BLOBS + hex_of(digest), most)
        if hashlib.sha256(data).hexdigest() != hex_of(digest):
            raise Damaged(f"the bytes of {entry.name} are not what its name says")
        return data

    def _bytes(self, name: str, most: int) -> bytes:
        entry = self._entries.get(name)
        if entry is None:
            raise Damaged(f"it holds no {name}")
        if entry.size > most:
            raise Damaged(f"{name} has {entry.size:,} bytes, at most {most:,} are read")
        return b"".join(tar.pieces(self._file, entry))

    def _json(self, what: str, data: bytes) -> Any:
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise Damaged(f"{what} cannot be read: {error}") from None
        if not isinstance(found, dict):
            raise Damaged(f"{what} is no JSON object")
        return found

    def keep(self, blobs: Mapping[Digest, int], artifacts: Artifacts, progress: Progress) -> None:
        """Store the blobs that are not there yet, a piece at a time; one with other bytes is never stored."""
        done, total = 0, sum(blobs.values())
        for digest, size in blobs.items():
            if not artifacts.holds(digest, size):
                self._keep(digest, artifacts)
            done += size
            progress(done, total, "bytes")

    def check(self, blobs: Mapping[Digest, int], progress: Progress) -> None:
        """Hash the blobs without keeping them."""
        done, total = 0, sum(blobs.values())
        for digest, size in blobs.items():
            self._each(digest, lambda piece: None)
            done += size
            progress(done, total, "bytes")

    def _keep(self, digest: Digest, artifacts: Artifacts) -> None:
        with artifacts.writing() as writer:
            self._each(digest, writer.write)

    def _each(self, digest: Digest, take: Callable[[bytes], object]) -> None:
        entry, hashed = self._entries[BLOBS + hex_of(digest)], hashlib.sha256()
        for piece in tar.pieces(self._file, entry):
            hashed.update(piece)
            take(piece)
        if hashed.hexdigest() != hex_of(digest):
            raise Damaged(f"the bytes of {entry.name} are not what its name says")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open an archive of versions.

    Raises
    ------
    Damaged
        Where it is none, or anything in it is not what it says; the message names the archive.
    BadInput
        Where there is no such file.
    """
    with (
        disk.opened_regular(path) as descriptor,
        disk.refusals(f"read {path}"),
        open(descriptor, "rb", closefd=False) as file,
    ):
        try:
            yield Opened(file, os.fstat(descriptor).st_size)
        except Damaged as error:
            raise Damaged(f"{path.name} cannot be copied in: {error.message}", hint=error.hint or _ASK_AGAIN) from None


def _get(found: Any, key: str, what: str) -> Any:
    if not isinstance(found, dict) or key not in found:
        raise Damaged(f"{what} tells no {key}")
    return found[key]


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
