"""`pack`: what travels with versions; for `copy`, which writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import Conflict, NotFound
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.store.bundles.packing import Bundle, bundle_of
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Reply, verb
from jupyter_mlc.verbs.context import Context

_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class Pack(Ask):
    """Put together what travels."""

    ref: Annotated[
        str,
        Field(description="a version, a range, or a whole model", positional=True, complete=Complete.VERSION),
    ]


@dataclass(frozen=True, kw_only=True)
class PackReply(Reply):
    """The versions with what is known of them, and the blobs to fetch."""

    registry: str
    """its UUID"""
    bundles: tuple[Bundle, ...]
    left: tuple[str, ...]
    """versions whose bytes are gone"""
    elsewhere: tuple[str, ...] = ()
    """versions whose bytes lie elsewhere: what travels is the record of where"""


@verb(does=Does.READ, plumbing=True, example="pack churn:3")
def pack(ask: Pack, context: Context) -> PackReply:
    """Put together what travels with a version, several, or all of a model: its evidence, and which blobs it needs."""
    registry = context.registry
    with registry.database.reading():
        named = _named(ask.ref, context)
        kept = [version for version in named if version.stage != Stage.PURGED]
        left = tuple(version.ref for version in named if version.stage == Stage.PURGED)
        if not kept:
            raise Conflict(f"{', '.join(left)}: the bytes are gone", hint="the record stays: %mlc history " + left[0])
        bundles = tuple(bundle_of(registry, context.artifacts, version) for version in kept)
        elsewhere = tuple(version.ref for version in kept if version.format == ELSEWHERE)
        return PackReply(registry=registry.uuid, bundles=bundles, left=left, elsewhere=elsewhere)


def _named(text: str, context: Context) -> list[ModelVersion]:
    """The versions in the order of their numbers; a bare name means all of them."""
    reference = parse_reference(text)
    if reference.names_a_version and reference.last is None:
        return [context.registry.version(reference)]
    model = context.registry.model(reference.model)
    found = context.registry.versions(model.name, _MOST, first=reference.number or 1, last=reference.last)
    if not found:
        raise NotFound(f"there is no version in {text}", hint=f"see %mlc list {model.name}")
    return found[::-1]
