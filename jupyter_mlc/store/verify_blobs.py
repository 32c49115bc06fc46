"""The bytes: every blob that a version, run or dataset needs is there and holds what its digest says."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.store.formats.base import looks_like_manifest, read_manifest
from jupyter_mlc.store.verify_findings import shown
from jupyter_mlc.store.verify_references import compare_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_mlc.domain.entities import Layer
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.database import Database
    from jupyter_mlc.store.verify_events import Progress
    from jupyter_mlc.store.verify_findings import Findings


class Reading(Enum):
    """Of which blobs the bytes are read."""

    ALL = auto()
    NEW = auto()
    """those that were not found whole before, or changed since"""
    NONE = auto()


_USED = "SELECT DISTINCT digest FROM blob_use"
_SIZES = "SELECT digest, size FROM run_file"
_CALLED = (
    "SELECT 'dataset/' || name || ':' || revision AS name FROM dataset WHERE id = :seq "
    "UNION ALL SELECT 'evaluation/' || number FROM evaluation WHERE id = :seq"
)
"""what an event made that keeps bytes"""
_MANIFESTS = "SELECT DISTINCT artifact FROM version WHERE stage <> 'purged'"


def compare_blobs(
    database: Database, artifacts: Artifacts, findings: Findings, progress: Progress, reading: Reading
) -> tuple[int, int]:
    """Look at every blob once, and at what is named by reference; only at presence and size where nothing is read.

    Returns
    -------
    tuple of int
        How many blobs there are, and how many files by reference.
    """
    manifests = _digests(database, _MANIFESTS, findings)
    needed = sorted(_digests(database, _USED, findings) | manifests)
    sizes = dict(database.stream(_SIZES))
    there = artifacts.sizes_of_all()

    def wrong(digest: str) -> str:
        return _wrong(artifacts, digest, there, sizes.get(digest), reading)

    broken: set[str] = set()
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        for done, (digest, what) in enumerate(zip(needed, pool.map(wrong, needed), strict=True), start=1):
            if what:
                broken.add(digest)
                findings.add(f"blob {digest}", f"{what}; needed by {_holders(database, digest)}")
            if done % 100 == 0 or done == len(needed):
                progress(done, len(needed), "blobs")
    elsewhere = _compare_layers(artifacts, sorted(manifests - broken), broken, findings)
    return len(needed), compare_references(elsewhere, findings, progress, hashing=reading is Reading.ALL)


def _digests(database: Database, sql: str, findings: Findings) -> set[str]:
    """What a table names; whoever changed the schema may have named what is no text."""
    found = {digest for (digest,) in database.stream(sql)}
    for odd in (each for each in found if not isinstance(each, str)):
        findings.add("blobs", f"{shown(odd)} stands where a digest should be")
    return {each for each in found if isinstance(each, str)}


def _wrong(artifacts: Artifacts, digest: str, there: Mapping[str, int], size: int | None, reading: Reading) -> str:
    """What is wrong with a blob; empty where nothing is."""
    try:
        if reading is Reading.ALL or (reading is Reading.NEW and not artifacts.was_hashed(digest)):
            artifacts.check(digest)
        found = there[digest] if digest in there else artifacts.size(digest)
    except MlcError as error:
        return error.message.removeprefix(f"the blob {digest} ").replace("is missing", "it is missing")
    return "" if size is None or size == found else f"it has {found} bytes, {size} were recorded"


def _compare_layers(
    artifacts: Artifacts, manifests: Iterable[str], broken: set[str], findings: Findings
) -> list[Layer]:
    """What a manifest says of its layers; those that are named by reference are returned."""
    elsewhere: list[Layer] = []
    for digest in manifests:
        try:
            if not looks_like_manifest(digest, artifacts):
                continue
            layers = read_manifest(digest, artifacts).layers
            elsewhere += [layer for layer in layers if layer.url]
            for layer in layers:
                if not layer.url and layer.digest not in broken and artifacts.size(layer.digest) != layer.size:
                    what = f"it has {artifacts.size(layer.digest)} bytes, the manifest {digest} says {layer.size}"
                    findings.add(f"blob {layer.digest}", what)
        except MlcError as error:
            findings.add(f"manifest {digest}", error.message)
    return elsewhere


def _holders(database: Database, digest: str) -> str:
    """What needs a blob, as people call it."""
    found = database.query(
        "SELECT m.name, v.number FROM blob_use b JOIN version v ON v.id = b.holder JOIN model m ON m.folded = v.model "
        "WHERE b.digest = :digest ORDER BY v.id LIMIT 4",
        {"digest": digest},
    ) or database.query(
        "SELECT m.name, v.number FROM version v JOIN model m ON m.folded = v.model "
        "WHERE v.artifact = :digest ORDER BY v.id LIMIT 4",
        {"digest": digest},
    )
    if found:
        named = [f"{row['name']}:{row['number']}" for row in found]
        return ", ".join(named[:3]) + (" and others" if len(named) > 3 else "")  # noqa: PLR2004
    holder = database.one("SELECT min(holder) AS seq FROM blob_use WHERE digest = :digest", {"digest": digest})
    if not holder or not holder["seq"]:
        return "nothing"
    called = database.one(_CALLED, {"seq": holder["seq"]})
    return str(called["name"]) if called else f"event {holder['seq']}"
