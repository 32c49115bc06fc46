"""What a format is, and the manifest that every format's blobs hang on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mlc.domain.entities import Artifact, Digest, Layer, Manifest
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store.together import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlc.store.artifacts import Artifacts

MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"
ARTIFACT_TYPE = "application/vnd.jupyter.mlc.version.v1"
# skopeo takes no other type of configuration
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
CONFIG = b"{}"
CONFIG_DIGEST = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
TITLE = "org.opencontainers.image.title"
OURS = "io.jupyter.mlc."
REFERENCE = "reference"
"""the format that keeps no bytes"""
PLACE = "place"
"""the detail of a manifest that names the file or folder which its layers by reference make up"""
LARGEST = 4 << 20
"""bytes of a manifest: registries take no larger one"""


def ignored(text: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, kw_only=True)
class Storing:
    """How an object is to be stored."""

    chosen: bool = False
    """whether a person asked for this very format"""
    cells: tuple[str, ...] = ()
    """sources of cells that were executed, for definitions that Python itself no longer knows the text of"""
    progress: Progress = silent
    """told (done, total, text) of what takes long"""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How an artifact is to be opened."""

    trusted: bool
    """whether a trusted key vouches for it: only then may it bring its own code"""
    folder: Path
    """a cache folder, where files can be laid out"""
    warn: Callable[[str], None] = ignored
    """takes what is worth a word"""


class Outgrown(Exception):
    """The object turned out to be one for another format."""

    def __init__(self, better: str) -> None:
        super().__init__(better)
        self.better = better


class Format(Protocol):
    """One way of storing an object. Other packages add theirs as entry points of the group ``jupyter_mlc.formats``."""

    @property
    def name(self) -> str: ...

    @property
    def runs_code(self) -> bool:
        """Whether reading may run code that came with the bytes; such a format must obey `Opening.trusted`."""

    def accepts(self, obj: object) -> bool:
        """Whether the format is meant for this object; quick, and without importing any library."""

    def write(self, obj: Any, artifacts: Artifacts, storing: Storing) -> Manifest:
        """Store the object's blobs. Where the person has not chosen the format it may raise `Outgrown`."""

    def read(self, manifest: Manifest, artifacts: Artifacts, opening: Opening) -> object:
        """Open the object; every blob has been checked already."""


def store_manifest(manifest: Manifest, artifacts: Artifacts, class_name: str = "") -> Artifact:
    """Store the manifest and what it needs beside its layers; the artifact as it is recorded."""
    digests = artifacts.put_many([CONFIG, encoded(manifest)])
    kept = {layer.digest: layer.size for layer in manifest.layers if not layer.url}
    sizes = kept | {digest: artifacts.size(digest) for digest in digests}
    elsewhere = {layer.digest: layer.size for layer in manifest.layers if layer.digest not in sizes}
    return Artifact(
        format=manifest.format,
        digest=digests[1],
        size=sum(sizes.values()) + sum(elsewhere.values()),
        blobs=(digests[1], *(digest for digest in sizes if digest != digests[1])),
        class_name=class_name,
        place=manifest.details.get(PLACE, ""),
    )


def encoded(manifest: Manifest) -> bytes:
    """The manifest as canonical JSON: the same layers give the same bytes, whenever and wherever."""
    import rfc8785

    return rfc8785.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MEDIA_TYPE,
            "artifactType": ARTIFACT_TYPE,
            "config": {"mediaType": CONFIG_TYPE, "digest": CONFIG_DIGEST, "size": len(CONFIG)},
            "layers": [_descriptor(layer) for layer in manifest.layers],
            "annotations": {OURS + "format": manifest.format}
            | {OURS + key: value for key, value in manifest.details.items()},
        }
    )


def _descriptor(layer: Layer) -> dict[str, Any]:
    return {
        "mediaType": layer.media_type,
        "digest": layer.digest,
        "size": layer.size,
        "annotations": {TITLE: layer.path},
        **({"urls": [layer.url]} if layer.url else {}),
    }


def looks_like_manifest(digest: Digest, artifacts: Artifacts) -> bool:
    """Whether the blob calls itself a manifest of ours, whole or not."""
    with artifacts.open(digest) as file:
        return ARTIFACT_TYPE.encode() in file.read(LARGEST)


def read_manifest(digest: Digest, artifacts: Artifacts) -> Manifest:
    """Read a manifest that may come from anywhere; raises Damaged where it is none."""
    artifacts.ensure(digest)
    if artifacts.size(digest) > LARGEST:
        raise _no_manifest(digest, "it is too large")
    try:
        found = json.loads(artifacts.read(digest))
        if found["artifactType"] != ARTIFACT_TYPE:
            raise _no_manifest(digest, f"its type is {found['artifactType']!r}")
        layers = tuple(_layer(item) for item in found["layers"])
        notes: Mapping[str, str] = {str(key): str(value) for key, value in found["annotations"].items()}
        form = notes[OURS + "format"]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _no_manifest(digest, f"{type(error).__name__}: {error}") from error
    ours = {key.removeprefix(OURS): value for key, value in notes.items() if key.startswith(OURS)}
    return Manifest(format=form, layers=layers, details={key: ours[key] for key in ours if key != "format"})


def _layer(item: Any) -> Layer:
    return Layer(
        path=str(item["annotations"][TITLE]),
        digest=str(item["digest"]),
        size=int(item["size"]),
        media_type=str(item["mediaType"]),
        url=str(item["urls"][0]) if "urls" in item else "",
    )


def _no_manifest(digest: Digest, reason: str) -> Damaged:
    return Damaged(
        f"the blob {digest} is not the manifest of a version: {reason}",
        hint="verify the registry: %mlc verify",
    )


def place_of_artifact(digest: Digest, artifacts: Artifacts) -> str:
    """Where the bytes of an artifact by reference lie; empty where it tells none."""
    return read_manifest(digest, artifacts).details.get(PLACE, "")


def only_layer(manifest: Manifest, path: str) -> Layer:
    """The layer under this path; raises Damaged where the manifest has none."""
    for layer in manifest.layers:
        if layer.path == path:
            return layer
    raise Damaged(
        f"the artifact holds no {path!r}, which the format {manifest.format!r} needs",
        hint="verify the registry: %mlc verify",
    )
