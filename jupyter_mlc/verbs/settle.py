"""`settle`: the bytes of a version that was known by reference are here; for `fetch`, which brings them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Artifact
from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.events import VersionKey
from jupyter_mlc.domain.imports import ELSEWHERE, BytesFetched
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.names import parse_version
from jupyter_mlc.store.formats.base import read_manifest
from jupyter_mlc.verbs.base import Does, Field, Parse, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class Settle(Writing):
    """Record where bytes are now."""

    ref: Annotated[str, Field(description="the version", positional=True)]
    artifact: Annotated[Artifact, Field(description="its bytes, stored here", parse=Parse.FILLED)]
    source: Annotated[str, Field(description="where they lay", parse=Parse.FILLED)] = ""


@dataclass(frozen=True, kw_only=True)
class SettleReply(Reply):
    """What the version is made of now."""

    version: str
    artifact: Artifact
    is_new: bool
    """False where its bytes were here already"""


@verb(does=Does.WRITE, where=Where.KERNEL, plumbing=True, example="settle churn:3")
def settle(ask: Settle, context: Context) -> SettleReply:
    """Record by an event that you sign of which bytes a version is made that was known by reference.

    This happens once: bytes that are here are never replaced.
    """
    artifact = ask.artifact
    _check(ask, context)
    if ask.dry_run:
        return SettleReply(done=False, version=context.registry.version(ask.ref).ref, artifact=artifact, is_new=True)
    with context.write() as log:
        version = context.registry.version(parse_version(ask.ref))
        if version.stage == Stage.PURGED:
            raise Conflict(
                f"{version.ref} is purged; its bytes do not come back", hint="see %mlc history " + version.ref
            )
        if version.format != ELSEWHERE:
            now = Artifact(format=version.format, digest=version.artifact, size=version.size, blobs=())
            return SettleReply(version=version.ref, artifact=now, is_new=False)
        log.append(
            BytesFetched(
                model=version.model,
                version=VersionKey(number=version.number, id=version.id),
                format=artifact.format,
                artifact=artifact.digest,
                size=artifact.size,
                blobs=artifact.blobs,
                library=artifact.library,
                source=ask.source,
            )
        )
    return SettleReply(version=version.ref, artifact=artifact, is_new=True)


def _check(ask: Settle, context: Context) -> None:
    """All bytes must be here, and the manifest may name no others."""
    artifact = ask.artifact
    missing = context.artifacts.missing(artifact.blobs)
    if missing or artifact.digest not in artifact.blobs:
        raise Conflict(
            f"{len(missing) or 1} of the blobs of {ask.ref} are not in the registry's artifacts",
            hint=f"they may have been collected meanwhile; fetch it again: %mlc fetch {ask.ref}",
        )
    manifest = read_manifest(artifact.digest, context.artifacts)
    if manifest.format != artifact.format or any(layer.digest not in artifact.blobs for layer in manifest.layers):
        raise Conflict(f"what came for {ask.ref} is not what its manifest says", hint=f"%mlc fetch {ask.ref} again")
