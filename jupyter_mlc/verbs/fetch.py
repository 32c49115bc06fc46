"""`fetch`: the bytes of versions that are known by reference."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from jupyter_mlc.domain.entities import Artifact, Digest, ModelVersion
from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound
from jupyter_mlc.domain.imports import ELSEWHERE
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.store.formats.elsewhere import record_of
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.mlflow.models import stored
from jupyter_mlc.store.mlflow.records import Record, decoded
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.settle import Settle, SettleReply
from jupyter_mlc.verbs.shared import confirmed
from jupyter_mlc.verbs.show import Show, ShowReply

_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class Fetch(Writing):
    """Fetch bytes."""

    ref: Annotated[
        str, Field(description="a version, a range, or a whole model", positional=True, complete=Complete.VERSION)
    ]
    files: Annotated[
        str,
        Field(
            description="the folder or file with the model, where you have it yourself",
            metavar="PATH",
            complete=Complete.PATH,
        ),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One version, and where its bytes are."""

    ref: str
    source: str
    """where they lay"""
    is_new: bool
    """False where they were here already"""
    artifact: Artifact


@dataclass(frozen=True, kw_only=True)
class FetchReply(Reply):
    """What was fetched."""

    versions: tuple[Fetched, ...]

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version."""
        return [
            {
                "version": one.ref,
                "new": one.is_new,
                "from": one.source,
                "format": one.artifact.format,
                "bytes": one.artifact.size,
            }
            for one in self.versions
        ]


@verb(does=Does.WRITE, where=Where.HERE, example="fetch churn:3")
def fetch(ask: Fetch, context: Context) -> FetchReply:
    """Bring the bytes of versions here that were copied in by reference, from where they lie.

    `load` does so by itself at first use. A pickle of scikit-learn's becomes one that `load` opens by the rules for
    what strangers made; any other model stays the files that it is. `--files` takes them from a folder of yours.
    """
    versions = _named(ask.ref, context)
    if ask.files and len(versions) > 1:
        raise BadInput(f"{ask.files} cannot be the files of {len(versions)} versions", hint="name one: NAME:N")
    found = []
    for done, version in enumerate(versions):
        context.progress(done, len(versions), "versions")
        found.append(_fetched(ask, version, context))
    return FetchReply(done=not ask.dry_run, versions=tuple(found), next=_next(found) if not ask.dry_run else "")


def _next(found: list[Fetched]) -> str:
    return f"m = %mlc load {found[0].ref}" if len(found) == 1 else ""


def _named(text: str, context: Context) -> list[ModelVersion]:
    """The versions in the order of their numbers; a bare name means all of them."""
    reference = parse_reference(text)
    if reference.names_a_version and reference.last is None:
        return [_shown(text, context)[0]]
    reply = context.call(List(what=text, limit=_MOST))
    if not isinstance(reply, ListReply):
        raise TypeError(type(reply))
    kept = [version for version in reply.versions if version.stage != Stage.PURGED]
    if not kept:
        raise NotFound(f"there is no version in {text}", hint=f"see %mlc list {reference.model}")
    return kept[::-1]


def _shown(ref: str, context: Context) -> tuple[ModelVersion, str]:
    """A version, and the registry that it was copied from."""
    reply = context.call(Show(ref=ref))
    if not isinstance(reply, ShowReply) or reply.version is None or reply.details is None:
        raise TypeError(type(reply))
    origin = reply.details.origin
    return reply.version, origin.registry if origin else ""


def _fetched(ask: Fetch, version: ModelVersion, context: Context) -> Fetched:
    if version.stage == Stage.PURGED:
        raise Conflict(f"{version.ref} is purged; its bytes do not come back", hint=f"see %mlc history {version.ref}")
    if version.format != ELSEWHERE:
        here = Artifact(format=version.format, digest=version.artifact, size=version.size, blobs=())
        return Fetched(ref=version.ref, source="", is_new=False, artifact=here)
    record = _record(version.artifact, context)
    if not ask.files:
        _ask_before_strangers(ask, version, record, context)
    with tempfile.TemporaryDirectory() as folder:
        source, path = _files(ask, record, context, Path(folder))
        if ask.dry_run:
            return Fetched(ref=version.ref, source=source, is_new=True, artifact=_none(version))
        artifact = stored(path, context.artifacts, context.read_yaml)
    context.session.send(artifact.blobs)
    settled = context.call(Settle(ref=version.ref, artifact=artifact, source=source))
    if not isinstance(settled, SettleReply):
        raise TypeError(type(settled))
    return Fetched(ref=version.ref, source=source, is_new=settled.is_new, artifact=settled.artifact)


def _none(version: ModelVersion) -> Artifact:
    return Artifact(format=version.format, digest=version.artifact, size=0, blobs=())


def _record(artifact: Digest, context: Context) -> Record:
    context.session.fetch([artifact])
    digest = record_of(artifact, context.artifacts)
    context.session.fetch([digest])
    return decoded(context.artifacts.read(digest))


def _ask_before_strangers(ask: Fetch, version: ModelVersion, record: Record, context: Context) -> None:
    """An archive may name any address; passwords are not sent there because somebody else wrote it down."""
    _, registry = _shown(version.ref, context)
    if registry != record.registry:
        question = f"fetch the bytes of {version.ref} from {record.registry}? The address came with a copy"
        confirmed(ask, question, [version.artifact])


def _files(ask: Fetch, record: Record, context: Context, folder: Path) -> tuple[str, Path]:
    """Where the files of a version lie, and the path on this machine at which they are."""
    from jupyter_mlc.store.mlflow.address import theirs_at

    if ask.files:
        path = as_typed(ask.files).absolute()
        return str(path), path
    theirs = theirs_at(record.registry, context.read_yaml)
    location = theirs.location(record.version)
    if ask.dry_run:
        return location, folder
    return location, theirs.laid_out(location, folder)
