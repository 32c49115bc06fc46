"""`load`: which bytes to open, and whether they may run code here. The face opens them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Digest, ModelVersion
from jupyter_mlc.domain.errors import Conflict, Damaged, Unavailable
from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.imports import Imported, registry_shown
from jupyter_mlc.domain.lifecycle import REFUSES_LOAD, WARNS_ON_LOAD, Stage
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.base import Ask, Complete, Context, Does, Field, Reply, Where, verb
from jupyter_mlc.verbs.shared import day_of, own_identity


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
    registry = context.registry
    version = registry.version(ask.ref)
    _refuse_retired(version)
    event = registry.event(version.id).event
    if isinstance(event, VersionRegistered):
        event = registry.now_made_of(version.id, event, version.artifact)
    if not isinstance(event, VersionRegistered) or event.artifact != version.artifact:
        raise Damaged(f"{version.ref}: the tables do not agree with the log", hint="find out where: %mlc verify")
    own, keyless = own_identity(context)
    trusted = ask.trust or (own is not None and _is_own(event, registry.signer_of(version.id), own.own_keys))
    if own is not None:
        _note(context, version, own)
    return LoadReply(
        version=version.ref,
        stage=version.stage,
        artifact=event.artifact,
        format=event.format,
        blobs=event.blobs,
        trusted=trusted,
        signed_by=_signer(event, version),
        warnings=(*_warnings(version), *(_nobody(keyless) if keyless and not trusted else ())),
    )


def _note(context: Context, version: ModelVersion, own: Identity) -> None:
    """Remember who uses the version, as far as the registry knows them."""
    actor = context.registry.person_of_key(own.public)
    if actor is not None:
        context.registry.note_activity("load", version.id, actor, context.clock())


def _nobody(keyless: Unavailable) -> tuple[str]:
    return (f"{keyless.message}; without it no signature is yours, and only what is known to be harmless is loaded",)


def _is_own(event: VersionRegistered, signer: str | None, own_keys: Collection[str]) -> bool:
    """Whether a key of one's own signed it; of what was copied in, also where it was made."""
    return signer in own_keys and (not isinstance(event, Imported) or event.origin.signer in own_keys)


def _signer(event: VersionRegistered, version: ModelVersion) -> str:
    """Who answers for the bytes; whoever copied a version in does not."""
    if isinstance(event, Imported):
        return f"somebody in {registry_shown(event.origin.registry)}, where it is {event.origin.ref}"
    return version.author


def _refuse_retired(version: ModelVersion) -> None:
    if Stage(version.stage) not in REFUSES_LOAD:
        return
    why = f" ({version.reason})" if version.reason else ""
    instead = f"load {version.successor} instead" if version.successor else f"see %mlc list {version.model}"
    gone = "its bytes are gone" if version.stage == Stage.PURGED else "it is not loaded any more"
    raise Conflict(f"{version.ref} is {version.stage}{why}; {gone}", hint=instead)


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
