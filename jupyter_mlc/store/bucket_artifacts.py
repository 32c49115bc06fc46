"""Blobs in a bucket, as objects ``blobs/sha256/<hex>``, with a folder of this machine in front of it."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.store import disk
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.blob_folder import DAY, Collected
from jupyter_mlc.store.buckets import Bucket, parsed
from jupyter_mlc.store.digests import hex_of, holds_others, is_hex, missing_blob
from jupyter_mlc.store.together import Progress, each, silent

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.domain.entities import Digest, Micros
    from jupyter_mlc.store.checked_blobs import Checks
    from jupyter_mlc.store.hashed_files import HashedFiles

_UNUSED: Micros = 7 * DAY
"""after which a copy on this machine goes; it comes again when it is needed"""
_FEW = 16
"""blobs that are asked for one by one; more of them by one list"""
_PROBE = b"can this be kept?"


class BucketArtifacts(Artifacts):
    """The blobs of one registry, in a bucket.

    What is stored becomes a blob in the folder first, whole and durable, and then a new object; what is opened is
    brought into the folder, and checked there. An object is only ever created, never replaced, unless its length shows
    that it is damaged. An upload in parts appears when its last part is there; what a killed one leaves is listed, and
    collected, as a leftover.

    Parameters
    ----------
    url : str
        ``s3://BUCKET/PREFIX``.
    root : Path
        The folder of this machine; everything in it can be fetched again.
    checks : Checks, optional
        Which blobs in the folder are known to be whole.
    hashed_files : HashedFiles, optional
        Which files of others this machine has hashed.
    """

    def __init__(
        self, url: str, root: Path, checks: Checks | None = None, hashed_files: HashedFiles | None = None
    ) -> None:
        super().__init__(root, checks, hashed_files)
        name, prefix = parsed(url)
        self._bucket = Bucket(name)
        self._prefix = "/".join(part for part in (prefix, "blobs", "sha256/") if part)

    @property
    def where(self) -> str:
        return self._bucket.url(self._prefix.rstrip("/"))

    # -- writing

    def put_many(self, buffers: Iterable[Any]) -> list[Digest]:
        digests = super().put_many(buffers)
        self._send(digests, silent)
        return digests

    def put_files(
        self, paths: Sequence[Path], progress: Progress = silent, *, is_new: bool = False
    ) -> list[tuple[Digest, int]]:
        taken = super().put_files(paths, progress, is_new=is_new)
        self._send([digest for digest, _ in taken], progress)
        return taken

    @contextlib.contextmanager
    def writing(self) -> Iterator[disk.Writer]:
        with super().writing() as writer:
            yield writer
        self._send([f"sha256:{writer.hex}"], silent)

    def _send(self, digests: Iterable[Digest], progress: Progress) -> None:
        """Make objects of blobs in the folder, several at a time; what is there already stays."""
        sizes = {digest: self.path(digest).stat().st_size for digest in digests}
        each(
            lambda one, told: self._send_one(*one, told),
            list(sizes.items()),
            sum(sizes.values()),
            progress,
            "bytes sent",
        )

    def _send_one(self, digest: Digest, size: int, told: disk.Told) -> None:
        there = self._size(digest)
        if there is not None and there != size:
            self._bucket.delete(self._key(digest))
        if there != size:
            with contextlib.suppress(FileExistsError):  # somebody else was quicker, with the same bytes
                self._bucket.upload(self.path(digest), self._key(digest), told)
            self._check_arrived(digest, size)
        else:
            told(size)

    def _check_arrived(self, digest: Digest, size: int) -> None:
        there = self._size(digest)
        if there != size:
            what = "it is not there" if there is None else f"it has {there:,} bytes there, {size:,} were sent"
            raise Unavailable(
                f"{self.where} took the blob {digest}, but {what}",
                hint="repeat the command; if it stays so, do not keep anything in that bucket",
            )

    # -- reading

    def has(self, digest: Digest) -> bool:
        return self._size(digest) is not None

    def size(self, digest: Digest) -> int:
        found = self._size(digest)
        if found is None:
            raise missing_blob(digest)
        return found

    def sizes_of_all(self) -> dict[Digest, int]:
        return {f"sha256:{name}": size for name, size, _ in self._objects() if is_hex(name)}

    def holds(self, digest: Digest, size: int) -> bool:
        return self._size(digest) == size and super().holds(digest, size)

    def open(self, digest: Digest) -> BinaryIO:
        return super().open(self._brought(digest))

    def missing(self, digests: Iterable[Digest]) -> list[Digest]:
        asked = list(digests)
        if len(asked) > _FEW:
            there: Collection[Digest] = self.sizes_of_all()
            return [digest for digest in asked if digest not in there]
        return [digest for digest in asked if not self.has(digest)]

    def check(self, digest: Digest) -> None:
        """Hash the object again; raises Damaged where it is missing or holds other bytes."""
        hashed, size = hashlib.sha256(), 0
        for piece in self._pieces(digest):
            hashed.update(piece)
            size += len(piece)
        if hashed.hexdigest() != hex_of(digest):
            raise holds_others(digest, size, hashed.hexdigest())

    def ensure(self, digest: Digest) -> None:
        super().ensure(self._brought(digest))

    def is_known(self, digest: Digest) -> bool:
        return super().has(digest) and super().is_known(digest)

    def was_hashed(self, digest: Digest) -> bool:  # noqa: ARG002 (that of any)
        """What lies in a bucket is known by reading it alone: what was sent may have been lost there."""
        return False

    def at_hand(self, digest: Digest) -> Path:
        return self.path(self._brought(digest))

    def _brought(self, digest: Digest) -> Digest:
        """Bring a blob into the folder unless it is there; other bytes than were recorded never get its name."""
        if super().has(digest):
            return digest
        with super().writing() as writer:
            for piece in self._pieces(digest):
                writer.write(piece)
            if writer.hex != hex_of(digest):
                raise holds_others(digest, writer.size, writer.hex)
        return digest

    def _pieces(self, digest: Digest) -> Iterator[bytes]:
        try:
            yield from self._bucket.pieces(self._key(digest))
        except FileNotFoundError:
            raise missing_blob(digest) from None

    # -- keeping house

    def delete(self, digest: Digest) -> int:
        size = self._size(digest)
        if size is not None:
            self._bucket.delete(self._key(digest))
        super().delete(digest)
        return size or 0

    def all(self) -> Iterator[Digest]:
        yield from sorted(self.sizes_of_all())

    def collect(
        self, keep: Collection[Digest], now: Micros, min_age: Micros = DAY, *, since: Micros = 0, dry_run: bool = False
    ) -> Collected:
        """As in a folder; uploads that nobody completed are leftovers. Copies here that were long unused go too."""
        kept = {hex_of(digest) for digest in keep}
        unneeded = [one for one in self._objects() if one[0] not in kept]
        others = {name for name, _, made in unneeded if is_hex(name) and made < since}
        old = [(name, size) for name, size, made in unneeded if name not in others and made < now - min_age]
        spare = [(name, size) for name, size in old if is_hex(name) or name.startswith(disk.TEMPORARY)]
        parts = [upload for upload in self._bucket.unfinished(self._prefix) if upload.began < now - min_age]
        if not dry_run:
            for name, _ in spare:
                self._bucket.delete(self._prefix + name)
            for upload in parts:
                self._bucket.give_up(upload)
            super().collect((), now, max(min_age, _UNUSED))
        blobs = tuple(f"sha256:{name}" for name, _ in spare if is_hex(name))
        leftovers = len(spare) - len(blobs) + len(parts)
        return Collected(blobs=blobs, size=sum(size for _, size in spare), leftovers=leftovers, others=len(others))

    def gives_back(self) -> bool:
        key = f"{self._prefix}{disk.TEMPORARY}{secrets.token_hex(8)}"
        path = self.root / key.rpartition("/")[2]
        try:
            path.write_bytes(_PROBE)
            self._bucket.upload(path, key, disk.untold)
            return b"".join(self._bucket.pieces(key)) == _PROBE
        except FileNotFoundError:
            return False
        finally:
            path.unlink(missing_ok=True)
            with contextlib.suppress(Unavailable):  # what was refused before is told before
                self._bucket.delete(key)

    # -- inside

    def _key(self, digest: Digest) -> str:
        return self._prefix + hex_of(digest)

    def _size(self, digest: Digest) -> int | None:
        try:
            return self._bucket.size(self._key(digest))
        except FileNotFoundError:
            return None

    def _objects(self) -> Iterator[tuple[str, int, Micros]]:
        """Name, size and time of every object beside the blobs, and of these."""
        for one in self._bucket.listed(self._prefix):
            yield one.key.removeprefix(self._prefix), one.size, one.made
