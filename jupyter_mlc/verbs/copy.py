"""`copy`: versions into an archive, out of one, and from registry to registry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, Damaged, NotFound
from jupyter_mlc.domain.names import quoted
from jupyter_mlc.store.bundles.layout import write_archive
from jupyter_mlc.store.bundles.opening import opened
from jupyter_mlc.store.elsewhere import shown
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.mlflow.words import is_mlflow
from jupyter_mlc.store.places import FOLDER, PlaceOfRegistry, place_of
from jupyter_mlc.store.registry import exists
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.pack import Pack, PackReply
from jupyter_mlc.verbs.shared import confirmed
from jupyter_mlc.verbs.unpack import Brought, Unpack, UnpackReply, brought_rows

if TYPE_CHECKING:
    from jupyter_mlc.verbs.session import Session

_ARCHIVE = ".tar"


@dataclass(frozen=True, kw_only=True)
class Copy(Writing):
    """Copy versions."""

    what: Annotated[
        str,
        Field(
            description="a version, a range or a whole model; an archive; or another registry, with WHERE in it "
            "(of MLflow's: mlflow://HOST:PORT, or mlflow:///PATH)",
            positional=True,
            complete=Complete.VERSION,
        ),
    ]
    where: Annotated[
        str,
        Field(
            description="an archive (NAME.tar) or another registry; of an archive: the name to come in under; "
            "of MLflow's: which models, e.g. 'churn*'",
            positional=True,
            complete=Complete.PATH,
        ),
    ] = ""


@dataclass(frozen=True, kw_only=True)
class CopyReply(Reply):
    """What was copied, and where it is now."""

    where: str
    """the archive that was written; the registry that the versions came into"""
    packed: tuple[str, ...] = ()
    """versions that were written into an archive"""
    versions: tuple[Brought, ...] = ()
    """versions that came into a registry"""
    blobs: int
    size: int
    """bytes of the archive, or of the blobs"""
    elsewhere: int = 0
    """how many of the versions that came in are known by reference: their bytes stay where they are until fetched"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version."""
        out: list[dict[str, object]] = [{"version": ref, "to": self.where} for ref in self.packed]
        return out + brought_rows(self.versions)


@verb(does=Does.WRITE, where=Where.HERE, example="copy churn:3 churn.tar")
def copy(ask: Copy, context: Context) -> CopyReply:
    """Copy versions with all that is known of them: into an archive, out of one, or to and from another registry.

    `copy churn:3 churn.tar` writes an archive, `copy churn.tar` brings it in; `copy churn:3 /srv/models` copies to
    another registry and `copy /srv/models churn:3` from it. What came in is a candidate without aliases. It keeps its
    number unless that is taken; nothing told of it is believed unless your own key signed it, and loading it runs no
    code unless you say `--trust`. Copying the same version again adds nothing.

    `copy mlflow://HOST:PORT 'churn*'` brings in MLflow's registered models with their versions, aliases, tags,
    parameters and metrics, all claimed. Bytes stay there until `fetch` or `load` wants them.
    """
    if is_mlflow(ask.what):
        return _from_mlflow(ask, context)
    if _is_archive(ask.what):
        return _from_archive(ask, context)
    if _is_archive(ask.where):
        return _to_archive(ask, context)
    if is_mlflow(ask.where):
        raise BadInput(
            f"nothing is written to MLflow: {ask.where} can only be copied from",
            hint=f"an archive can be read anywhere: %mlc copy {ask.what} NAME.tar",
        )
    if not ask.where:
        raise BadInput(
            f"copy {ask.what} where to?",
            hint=f"an archive: %mlc copy {ask.what} NAME.tar; another registry: %mlc copy {ask.what} FOLDER",
        )
    if _is_place(ask.what):
        return _across(ask, _other(ask.what, context), context.session, ask.where, context)
    return _across(ask, context.session, _other(ask.where, context), ask.what, context)


def _from_mlflow(ask: Copy, context: Context) -> CopyReply:
    from jupyter_mlc.store.mlflow.address import theirs_at
    from jupyter_mlc.verbs.from_mlflow import came_from

    came = came_from(theirs_at(ask.what, context.read_yaml), ask.where, context, dry_run=ask.dry_run)
    new = [one for one in came.versions if one.is_new]
    return CopyReply(
        done=not ask.dry_run,
        where=context.session.shown,
        versions=came.versions,
        blobs=came.blobs,
        size=came.size,
        elsewhere=len(new),
        warnings=came.warnings,
        next=f"their bytes come when first loaded, or now: %mlc fetch {new[0].ref}" if new and not ask.dry_run else "",
    )


def _is_archive(word: str) -> bool:
    return word.lower().endswith(_ARCHIVE)


def _is_place(word: str) -> bool:
    return "://" in word or word.startswith(("/", ".", "~"))


def _to_archive(ask: Copy, context: Context) -> CopyReply:
    path = _path(ask.where)
    packed = context.call(Pack(ref=ask.what))
    if not isinstance(packed, PackReply):
        raise TypeError(type(packed))
    refs, layers = tuple(bundle.ref for bundle in packed.bundles), _layers(packed)
    if ask.dry_run:
        size = sum(layers.values()) + sum(len(bundle.evidence) for bundle in packed.bundles)
        return CopyReply(done=False, where=ask.where, packed=refs, blobs=len(layers), size=size, warnings=_left(packed))
    if path.exists():
        state = path.stat()
        confirmed(ask, f"replace {path}?", [*refs, state.st_size, state.st_mtime_ns])
    context.session.fetch(layers)
    written = write_archive(path, packed.bundles, context.artifacts, context.progress)
    return CopyReply(
        where=ask.where,
        packed=refs,
        blobs=written.blobs,
        size=written.size,
        warnings=_left(packed),
        next=f"elsewhere: %mlc copy {quoted(path.name)}",
    )


def _left(packed: PackReply) -> tuple[str, ...]:
    stay = (
        f"{bundle.ref} is a reference: its bytes stay at {shown(bundle.place)} and do not come along"
        for bundle in packed.bundles
        if bundle.place
    )
    return (
        *(f"{ref} was left out: its bytes are gone" for ref in packed.left),
        *(f"{ref} goes without bytes: they lie elsewhere; %mlc fetch {ref} brings them" for ref in packed.elsewhere),
        *stay,
    )


def _path(word: str) -> Path:
    """Where the archive is to be; its folder must be there."""
    path = as_typed(word).absolute()
    if path.is_dir():
        raise BadInput(f"{path} is a folder, not an archive", hint="name a file that ends in .tar")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}", hint="make it, or name another place for the archive")
    return path


def _layers(packed: PackReply) -> dict[Digest, int]:
    return {layer.digest: layer.size for bundle in packed.bundles for layer in bundle.layers}


def _from_archive(ask: Copy, context: Context) -> CopyReply:
    if ask.where and (_is_archive(ask.where) or _is_place(ask.where)):
        raise BadInput(
            "an archive comes into the registry that is used",
            hint=f"first %mlc use REGISTRY, then %mlc copy {ask.what}",
        )
    with opened(as_typed(ask.what).absolute()) as archive:
        versions = archive.versions()
        asked = Unpack(evidence=tuple(_text(version.evidence) for version in versions), name=ask.where)
        planned = _unpacked(context.session, asked, dry_run=True)
        blobs = {digest: size for version in versions for digest, size in version.blobs.items()}
        if ask.dry_run:
            archive.check(blobs, context.progress)
            return _arrived(planned, context.session, blobs)
        if any(one.brings for one in planned.versions):
            archive.keep(blobs, context.artifacts, context.progress)
            context.session.send(blobs)
        return _arrived(_unpacked(context.session, asked), context.session, blobs)


def _text(evidence: bytes) -> str:
    try:
        return evidence.decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"the evidence cannot be read: {error}") from None


def _unpacked(session: Session, asked: Unpack, *, dry_run: bool = False) -> UnpackReply:
    reply = session.call(replace(asked, dry_run=dry_run))
    if not isinstance(reply, UnpackReply):
        raise TypeError(type(reply))
    return reply


def _arrived(reply: UnpackReply, target: Session, blobs: dict[Digest, int]) -> CopyReply:
    new = [one for one in reply.versions if one.is_new]
    carried = blobs if any(one.brings for one in reply.versions) else {}
    return CopyReply(
        done=reply.done,
        where=target.shown,
        versions=reply.versions,
        blobs=len(carried),
        size=sum(carried.values()),
        next=f"%mlc show {(new or reply.versions)[0].ref}" if reply.done else "",
    )


def _other(url: str, context: Context) -> Session:
    """A session on another registry, which must be there already."""
    place = place_of(url)
    if not exists(place):
        raise NotFound(
            f"there is no registry at {place.shown}",
            hint=f"{_making_one(place)}; to write an archive, name a file that ends in {_ARCHIVE}",
        )
    return context.session.beside(place)


def _making_one(place: PlaceOfRegistry) -> str:
    """How to make a registry there and go on with the one that is used."""
    if place.folder is None:
        return f"make one there by %mlc use {quoted(place.shown)}, and come back"
    project = place.folder.parent if place.folder.name == FOLDER else place.folder
    return f"make one there, in a terminal: jupyter mlc init {quoted(str(project))}"


def _across(ask: Copy, source: Session, target: Session, ref: str, context: Context) -> CopyReply:
    """From one registry to another; the one that is not used is closed again."""
    try:
        packed = source.call(Pack(ref=ref))
        if not isinstance(packed, PackReply):
            raise TypeError(type(packed))
        asked = Unpack(evidence=tuple(bundle.evidence for bundle in packed.bundles))
        planned, layers = _unpacked(target, asked, dry_run=True), _layers(packed)
        if not ask.dry_run and any(one.brings for one in planned.versions):
            _carry(source, target, layers, context)
        reply = planned if ask.dry_run else _unpacked(target, asked)
        return replace(_arrived(reply, target, layers), warnings=_left(packed))
    finally:
        for session in (source, target):
            if session is not context.session:
                session.close()


def _carry(source: Session, target: Session, blobs: dict[Digest, int], context: Context) -> None:
    """Copy blobs, sharing their blocks where the disk can; never as a second name of the same file."""
    done, total = 0, sum(blobs.values())
    source.fetch(blobs)
    for digest, size in blobs.items():
        if not target.artifacts.holds(digest, size):
            _check_same(target.artifacts.put_file(source.artifacts.at_hand(digest), is_new=True)[0], digest)
        done += size
        context.progress(done, total, "bytes")
    target.send(blobs)


def _check_same(found: Digest, digest: Digest) -> None:
    if found != digest:
        raise Damaged(
            f"the blob {digest} holds other bytes than were recorded", hint="find out what else: %mlc verify there"
        )
