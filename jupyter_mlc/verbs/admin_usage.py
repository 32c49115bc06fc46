"""`admin usage`: what takes how much."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlc.store.usage import Use, usage
from jupyter_mlc.verbs.base import Ask, Does, Reply, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class AdminUsage(Ask):
    """Count bytes."""


@dataclass(frozen=True, kw_only=True)
class AdminUsageReply(Reply):
    """Bytes, by what needs them."""

    where: str
    uses: tuple[Use, ...]
    largest: tuple[Use, ...]
    blobs: int
    size: int
    unneeded: int
    collectable: int
    free: int

    def to_rows(self) -> list[dict[str, object]]:
        """One row a model or kind of record."""
        return [{"what": use.name, "versions": use.versions, "size": use.size, "alone": use.alone} for use in self.uses]


@verb(does=Does.READ, name="admin usage", example="admin usage")
def admin_usage(ask: AdminUsage, context: Context) -> AdminUsageReply:
    """Tell what takes how much: by model, what of it nothing else needs, the largest versions, what a collection frees.

    Versions share what they have in common, so the sum of what each needs may be more than what is there.
    """
    found = usage(context.registry, context.artifacts, context.clock())
    return AdminUsageReply(
        where=context.place.shown,
        uses=found.uses,
        largest=found.largest,
        blobs=found.blobs,
        size=found.size,
        unneeded=found.unneeded,
        collectable=found.collectable,
        free=found.free,
        next="%mlc admin gc" if found.collectable else "",
    )
