"""Objects that others keep in buckets of S3, and that are read where they lie."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.store import disk
from jupyter_mlc.store.buckets import Bucket, parsed
from jupyter_mlc.store.elsewhere import Found, Lying, differs
from jupyter_mlc.store.walking import MOST_FILES, checked_name, inside

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest, Layer


class ForeignBucket:
    """Objects that somebody keeps in a bucket, as a model by reference; see `elsewhere.Keeper`."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def _bucket(self, name: str) -> Bucket:
        """Connections are kept, since they are dear."""
        return self._buckets.setdefault(name, Bucket(name))

    def found(self, text: str) -> Found:
        """The object, or all objects under the prefix."""
        name, prefix = parsed(text)
        bucket = self._bucket(name)
        inside_of = f"{prefix}/" if prefix else ""
        listed = [one for one in bucket.listed(prefix) if one.key == prefix or one.key.startswith(inside_of)]
        if not listed:
            raise BadInput(f"nothing lies at {text}", hint="check the name; large and small letters count")
        if len(listed) > MOST_FILES:
            raise BadInput(f"more than {MOST_FILES} objects lie at {text}", hint="register an archive of them")
        single = [one for one in listed if one.key == prefix]
        start = prefix.rfind("/") + 1 if single else len(inside_of)
        files = tuple(
            Lying(path=_checked(one.key[start:]), url=bucket.url(one.key), size=one.size) for one in single or listed
        )
        return Found(place=bucket.url(prefix), files=files, is_single=bool(single))

    def size(self, url: str) -> int:
        """Bytes of an object."""
        name, key = parsed(url)
        return self._bucket(name).size(key)

    def hashed(self, url: str, told: disk.Told, *, anew: bool) -> tuple[Digest, int]:  # noqa: ARG002 (none is remembered)
        """Digest and size of an object, read once and kept nowhere."""
        import hashlib

        name, key = parsed(url)
        digest, size = hashlib.sha256(), 0
        try:
            for piece in self._bucket(name).pieces(key):
                digest.update(piece)
                size += len(piece)
                told(len(piece))
        except FileExistsError:  # what s3fs makes of a precondition that does not hold: another object took the place
            raise Conflict(f"{url} was changed while it was read", hint="repeat the command") from None
        return f"sha256:{digest.hexdigest()}", size

    @property
    def is_here(self) -> bool:
        """Programs open files, not objects."""
        return False

    def fetch(self, layer: Layer, target: Path) -> None:
        """Bring an object as a file, hashed on its way."""
        with self._written(layer.url, target) as writer:
            if f"sha256:{writer.hex}" != layer.digest:
                raise differs(layer)

    def download(self, url: str, target: Path) -> None:
        """Bring an object of which nothing is recorded as a file."""
        with self._written(url, target):
            pass

    @contextlib.contextmanager
    def _written(self, url: str, target: Path) -> Iterator[disk.Writer]:
        """A file with the bytes of an object, which gets its name when the block ends well."""
        name, key = parsed(url)
        writer = disk.Writer(target.parent)
        try:
            for piece in self._bucket(name).pieces(key):
                writer.write(piece)
            writer.settle()
            yield writer
            writer.land(target)
        finally:
            writer.discard()


def _checked(path: str) -> str:
    """A path in the folder that the objects make up."""
    for part in path.split("/"):
        checked_name(part)
    inside(path)
    return path
