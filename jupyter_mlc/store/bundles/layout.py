"""Bundles as an archive that the world of containers reads: an OCI image layout in a tar, one manifest a version."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jupyter_mlc.domain.entities import Digest, Layer
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.store import disk
from jupyter_mlc.store.bundles import tar
from jupyter_mlc.store.bundles.evidence import BUNDLE, MEDIA_TYPE, Evidence, decoded
from jupyter_mlc.store.formats.base import CONFIG_TYPE, OURS, TITLE
from jupyter_mlc.store.formats.base import MEDIA_TYPE as MANIFEST_TYPE
from jupyter_mlc.store.log import canonical

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.bundles.packing import Bundle

BUNDLE_TYPE = "application/vnd.jupyter.mlc.bundle.v1"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
REF = "org.opencontainers.image.ref.name"
BLOBS = "blobs/sha256/"
LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An archive as it was written."""

    size: int
    blobs: int


@dataclass(frozen=True, kw_only=True)
class _Page:
    """Bytes that are made for the archive, known by their digest like all others."""

    data: bytes

    @property
    def digest(self) -> Digest:
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"


def write_archive(path: Path, bundles: Sequence[Bundle], artifacts: Artifacts, progress: Progress) -> Archive:
    """Write an archive under its name once it is whole and durable; what stood there is replaced.

    Raises
    ------
    Damaged
        Where a blob is missing or is not what was recorded; no archive is left.
    Unavailable
        Where the disk refuses; no archive is left.
    """
    made, stored, index = _contents(bundles)
    total = sum(stored.values())
    with _placed(path) as file:
        for name, data in (("oci-layout", LAYOUT), ("index.json", index)):
            _write(file, name, data)
        for page in made:
            _write(file, BLOBS + page.digest.removeprefix("sha256:"), page.data)
        done = 0
        for digest, size in stored.items():
            _copy(file, artifacts, digest, size)
            done += size
            progress(done, total, "bytes")
        file.write(tar.END)
        return Archive(size=file.tell(), blobs=len(made) + len(stored))


def _contents(bundles: Sequence[Bundle]) -> tuple[list[_Page], dict[Digest, int], bytes]:
    """What is made for the archive, what comes from the store, and the index of both."""
    made: dict[Digest, _Page] = {}
    stored: dict[Digest, int] = {}
    entries = []
    for bundle in bundles:
        evidence = _Page(data=bundle.evidence.encode())
        known = decoded(evidence.data)
        config = _Page(data=_config(known))
        manifest = _Page(data=_manifest(bundle, known, evidence, config))
        made |= {page.digest: page for page in (manifest, config, evidence)}
        stored |= {layer.digest: layer.size for layer in bundle.layers}
        entries.append(_descriptor(manifest, MANIFEST_TYPE, {REF: bundle.ref}) | {"artifactType": BUNDLE_TYPE})
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": entries}
    return list(made.values()), stored, canonical(index)


def _descriptor(page: _Page, kind: str, annotations: dict[str, str]) -> dict[str, object]:
    return {"mediaType": kind, "digest": page.digest, "size": len(page.data), "annotations": annotations}


def _manifest(bundle: Bundle, known: Evidence, evidence: _Page, config: _Page) -> bytes:
    layers = [_descriptor(evidence, MEDIA_TYPE, {TITLE: "evidence.json"}), *map(_layer, bundle.layers)]
    return canonical(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": BUNDLE_TYPE,
            "config": {"mediaType": CONFIG_TYPE, "digest": config.digest, "size": len(config.data)},
            "layers": layers,
            "annotations": _labels(known),
        }
    )


def _layer(layer: Layer) -> dict[str, object]:
    return {
        "mediaType": layer.media_type,
        "digest": layer.digest,
        "size": layer.size,
        "annotations": {TITLE: layer.path},
    }


def _config(known: Evidence) -> bytes:
    """What ``skopeo inspect`` shows as labels: the version at a glance."""
    return canonical(
        {
            "architecture": "unknown",
            "os": "unknown",
            "created": _time(known.version.created),
            "config": {"Labels": _labels(known)},
            "rootfs": {"type": "layers", "diff_ids": []},
        }
    )


def _labels(known: Evidence) -> dict[str, str]:
    card, source = known.version, known.source
    said = {
        "bundle": str(BUNDLE),
        "registry": source.registry,
        "registry.seq": str(source.seq),
        "registry.hash": source.hash,
        "model": card.model,
        "number": str(card.number),
        "owner": card.owner,
        "tier": card.tier,
        "author": card.author,
        "tags": _json(dict(card.tags)),
        "metrics": _json({one.key: {"value": _figure(one.value), "standing": one.standing} for one in card.metrics}),
        "params": _json({one.key: {"value": one.value, "standing": one.standing} for one in card.params}),
        "signature": _json(_signature(known)),
    }
    return {
        "org.opencontainers.image.title": card.model,
        "org.opencontainers.image.version": str(card.number),
        "org.opencontainers.image.description": card.description or card.note,
        "org.opencontainers.image.created": _time(card.created),
        **{OURS + key: value for key, value in said.items()},
    }


def _signature(known: Evidence) -> object:
    """The schema, as the registration tells it."""
    for stored in known.events:
        wrapper = json.loads(stored)
        if wrapper["seq"] == known.version.event:
            return wrapper["act"]["body"]["signature"]
    return {}


def _figure(value: float) -> float | str:
    """JSON has no word for numbers that are none."""
    return value if value - value == 0 else repr(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _time(micros: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(micros / 1_000_000, tz=UTC).isoformat().replace("+00:00", "Z")


@contextlib.contextmanager
def _placed(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and durable, and leaves nothing behind otherwise."""
    part = path.with_name(f"{disk.TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        with disk.refusals(f"write {path}"), part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
        with disk.refusals(f"write {path}"):
            disk.sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _write(file: BinaryIO, name: str, data: bytes) -> None:
    file.write(tar.header(name, len(data)) + data + tar.padding(len(data)))


def _copy(file: BinaryIO, artifacts: Artifacts, digest: Digest, size: int) -> None:
    """A blob, hashed on its way."""
    file.write(tar.header(BLOBS + digest.removeprefix("sha256:"), size))
    hashed, copied = hashlib.sha256(), 0
    with artifacts.open(digest) as blob:
        while piece := blob.read(disk.CHUNK):
            hashed.update(piece)
            copied += file.write(piece)
    if copied != size or f"sha256:{hashed.hexdigest()}" != digest:
        raise Damaged(
            f"the blob {digest} holds other bytes than were recorded",
            hint="bring it back from a backup of the registry; no archive was written",
        )
    file.write(tar.padding(size))
