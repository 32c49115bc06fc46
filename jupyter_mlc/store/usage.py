"""What takes how much: blobs by who needs them, each counted once."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Digest, Micros
from jupyter_mlc.store.sharing import sharers

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.registry import Registry

_HELD = (
    "SELECT b.digest, m.name, v.number, e.type FROM blob_use b LEFT JOIN version v ON v.id = b.holder "
    "LEFT JOIN model m ON m.folded = v.model LEFT JOIN event e ON e.seq = b.holder"
)
_OTHERS = {"DatasetAdded": "(datasets)", "RunEnded": "(runs)"}
_OTHERS |= dict.fromkeys(("JobAdded", "JobStarted", "JobEnded", "ReproductionJudged"), "(jobs)")
_ELSE = "(other records)"
_LARGEST = 5


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a model, a version or a kind of record needs."""

    name: str
    versions: int = 0
    """that have bytes"""
    size: int
    """bytes of all blobs that it needs"""
    alone: int
    """bytes of those that nothing else needs"""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The whole registry, counted."""

    uses: tuple[Use, ...]
    """models and kinds of records, the largest first"""
    largest: tuple[Use, ...]
    """versions, the largest first"""
    blobs: int
    size: int
    unneeded: int
    """bytes of blobs that nothing needs"""
    collectable: int
    """bytes that a collection would remove now"""
    free: int
    """bytes that the disk has left"""


def usage(registry: Registry, artifacts: Artifacts, now: Micros) -> Usage:
    """Count what lies in the artifacts by what needs it."""
    sizes = artifacts.sizes_of_all()
    by_group, by_version, models = _needs(registry)
    held = {digest for needed in by_group.values() for digest in needed}
    counts: dict[str, int] = defaultdict(int)
    for name in models.values():
        counts[name] += 1
    return Usage(
        uses=_largest_first(by_group, sizes, counts),
        largest=_largest_first(by_version, sizes, {})[:_LARGEST],
        blobs=len(sizes),
        size=sum(sizes.values()),
        unneeded=sum(size for digest, size in sizes.items() if digest not in held),
        collectable=0 if sharers(registry) else artifacts.collect(held, now, since=registry.made, dry_run=True).size,
        free=shutil.disk_usage(artifacts.root).free,
    )


def _needs(registry: Registry) -> tuple[dict[str, set[Digest]], dict[str, set[Digest]], dict[str, str]]:
    """Blobs by model or kind of record, blobs by version, and the model of each version."""
    by_group: dict[str, set[Digest]] = defaultdict(set)
    by_version: dict[str, set[Digest]] = defaultdict(set)
    models = {}
    for digest, model, number, kind in registry.database.stream(_HELD):
        by_group[model or _OTHERS.get(kind, _ELSE)].add(digest)
        if model is not None:
            by_version[f"{model}:{number}"].add(digest)
            models[f"{model}:{number}"] = model
    return by_group, by_version, models


def _largest_first(
    needs: Mapping[str, set[Digest]], sizes: Mapping[Digest, int], counts: Mapping[str, int]
) -> tuple[Use, ...]:
    holders: dict[Digest, int] = defaultdict(int)
    for digests in needs.values():
        for digest in digests:
            holders[digest] += 1
    found = [
        Use(
            name=name,
            versions=counts.get(name, 0),
            size=_sum(digests, sizes),
            alone=_sum((digest for digest in digests if holders[digest] == 1), sizes),
        )
        for name, digests in needs.items()
    ]
    return tuple(sorted(found, key=lambda use: (-use.size, use.name)))


def _sum(digests: Iterable[Digest], sizes: Mapping[Digest, int]) -> int:
    return sum(sizes.get(digest, 0) for digest in digests)
