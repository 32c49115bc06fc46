"""`load`: which bytes to open, and whether they may run code here. The face opens them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Digest, ModelVersion
from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.imports import Imported, registry_shown
from jupyter_mlc.domain.lifecycle import WARNS_ON_LOAD, Stage
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.base import Ask, Complete, Does, Field, Reply, Where, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.opening import planned
from jupyter_mlc.verbs.shared import day_of


@dataclass(frozen=True, kw_only=True)
class Load(Ask):
    """Load a version."""

    ref: Annotated[
        str,
        Field(
            description="the version, by number or alias; a bare name is its champion",
            positional=True,
            complete=Complete.VERSION,
        ),
    ]
    trust: Annotated[bool, Field(description="run the code in it although no key of yours signed it")] = False


@dataclass(frozen=True, kw_only=True)
class LoadReply(Reply):
    """What to open."""

    version: str
    stage: str
    artifact: Digest
    format: str
    blobs: tuple[Digest, ...]
    trusted: bool
    """whether a key of one's own signed it, or the person said --trust"""
    signed_by: str


@verb(does=Does.READ, where=Where.KERNEL, example="load churn@champion")
def load(ask: Load, context: Context) -> LoadReply:
    """Load a version's object into the notebook.

    A deprecated version warns, naming its successor; a retired one is refused. What a key of your own signed is loaded
    as it is; of anything else, what lies outside a list of harmless names is refused unless you say `--trust`.
    """
    plan = planned(context.registry.version(ask.ref), context, trust=ask.trust)
    version, event = plan.version, plan.event
    if plan.own is not None:
        _note(context, version, plan.own)
    return LoadReply(
        version=version.ref,
        stage=version.stage,
        artifact=event.artifact,
        format=event.format,
        blobs=event.blobs,
        trusted=plan.trusted,
        signed_by=_signer(event, version),
        warnings=(*_warnings(version), *plan.warnings),
    )


def _note(context: Context, version: ModelVersion, own: Identity) -> None:
    """Remember who uses the version, as far as the registry knows them."""
    actor = context.registry.person_of_key(own.public)
    if actor is not None:
        context.registry.note_activity("load", version.id, actor, context.clock())


def _signer(event: VersionRegistered, version: ModelVersion) -> str:
    """Who answers for the bytes; whoever copied a version in does not."""
    if isinstance(event, Imported):
        return f"somebody in {registry_shown(event.origin.registry)}, where it is {event.origin.ref}"
    return version.author


def _warnings(version: ModelVersion) -> tuple[str, ...]:
    if Stage(version.stage) not in WARNS_ON_LOAD:
        return ()
    parts = [f"{version.ref} is deprecated"]
    if version.reason:
        parts.append(f"reason: {version.reason}")
    if version.successor:
        parts.append(f"use {version.successor}")
    if version.sunset is not None:
        parts.append(f"retired after {day_of(version.sunset)}")
    return ("; ".join(parts),)
