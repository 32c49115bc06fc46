"""Buckets of S3 and of what speaks its language: objects by their key, with refusals told as a person reads them.

Credentials, region and address come from where every program of AWS takes them, the environment first (``AWS_*``).
Nothing of that is ever part of a URL, nor stored.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_mlc.domain.errors import BadInput, Conflict, Unavailable
from jupyter_mlc.store import disk
from jupyter_mlc.store.elsewhere import Found, Lying, differs
from jupyter_mlc.store.formats.laying_out import laid_out
from jupyter_mlc.store.walking import MOST_FILES, checked_name, inside

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Digest, Layer, Manifest

PIECE = 8 << 20
"""bytes of a request"""
_AT_ONCE = 4
"""requests of one upload"""
_CONNECT, _ANSWER = 10, 60
"""seconds"""
_ATTEMPTS = 3
_CREDENTIALS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_TO_BE_HAD = "pip install 'jupyter-mlc[s3]'"
_LONGEST = 200
"""letters of somebody else's message"""


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """An upload in parts that nobody completed."""

    key: str
    id: str
    began: int
    """microseconds since 1970, by the bucket's clock"""


@contextlib.contextmanager
def refusals(doing: str) -> Iterator[None]:
    """Tell what a bucket refuses, or that it cannot be reached; FileNotFoundError and FileExistsError pass."""
    from aiohttp import ClientError
    from botocore.exceptions import BotoCoreError, NoCredentialsError

    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except PermissionError as error:
        what = f"cannot {doing}: the bucket refuses it ({_said(error)})"
        raise Unavailable(what, hint=f"{_CREDENTIALS} to what may do it, or ask whoever owns the bucket") from error
    except NoCredentialsError as error:
        raise Unavailable(f"cannot {doing}: no credentials were found", hint=_CREDENTIALS) from error
    except (OSError, BotoCoreError, ClientError, TimeoutError) as error:
        hint = "is the network there, and is AWS_ENDPOINT_URL right? then repeat the command"
        raise Unavailable(f"cannot {doing}: {_said(error)}", hint=hint) from error


def _said(error: BaseException) -> str:
    """What the other side said, in a line; never an address with a password in it."""
    from jupyter_mlc.store.places import without_password

    text = (str(error).splitlines() or [""])[0].strip() or type(error).__name__
    return without_password(text)[:_LONGEST]


class Bucket:
    """One bucket.

    Parameters
    ----------
    name : str
        As its owner calls it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _system(self) -> Any:
        try:
            import s3fs
        except ModuleNotFoundError:
            raise Unavailable("reading s3:// needs s3fs, which is not installed", hint=_TO_BE_HAD) from None
        config = {
            "connect_timeout": _CONNECT,
            "read_timeout": _ANSWER,
            "retries": {"max_attempts": _ATTEMPTS, "mode": "standard"},
        }
        return s3fs.S3FileSystem(config_kwargs=config, skip_instance_cache=True, use_listings_cache=False)

    def _path(self, key: str) -> str:
        return f"{self.name}/{key}"

    def url(self, key: str) -> str:
        """How a person names an object."""
        return f"s3://{self.name}/{key}"

    def listed(self, prefix: str) -> list[tuple[str, int]]:
        """Keys and sizes of all objects under a prefix, in order; none where there are none."""
        system = self._system
        with refusals(f"list {self.url(prefix)}"):
            try:
                found = system.find(self._path(prefix), detail=True)
            except FileNotFoundError:
                self._check_exists()
                return []
            if not found:
                self._check_exists()
        start = len(self.name) + 1
        objects = {path[start:]: int(one["size"]) for path, one in found.items() if one["type"] == "file"}
        return sorted((key, size) for key, size in objects.items() if key and not key.endswith("/"))

    def _check_exists(self) -> None:
        """An empty answer is told from a bucket that is not there."""
        try:
            self._system.call_s3("list_objects_v2", Bucket=self.name, MaxKeys=1)
        except FileNotFoundError:
            raise Unavailable(
                f"there is no bucket {self.name!r}", hint="check its name, and that AWS_ENDPOINT_URL is right"
            ) from None

    def size(self, key: str) -> int:
        """Bytes of an object; raises FileNotFoundError where it is gone."""
        system = self._system
        with refusals(f"look at {self.url(key)}"):
            found = system.call_s3("head_object", Bucket=self.name, Key=key)
        return int(found["ContentLength"])

    def pieces(self, key: str) -> Iterator[bytes]:
        """What an object holds, a request at a time; raises FileNotFoundError where it is gone."""
        system = self._system
        with refusals(f"read {self.url(key)}"), system.open(self._path(key), "rb", cache_type="none") as file:
            while piece := file.read(PIECE):
                yield piece

    def upload(self, path: Path, key: str) -> None:
        """Make a new object of a file, in parts where it is large; FileExistsError where there is one already."""
        system = self._system
        with refusals(f"store {self.url(key)}"):
            system.put_file(str(path), self._path(key), mode="create", chunksize=PIECE, max_concurrency=_AT_ONCE)

    def delete(self, key: str) -> None:
        """Remove an object, whether or not it is there."""
        system = self._system
        with refusals(f"delete {self.url(key)}"):
            system.call_s3("delete_object", Bucket=self.name, Key=key)

    def unfinished(self, prefix: str) -> list[Unfinished]:
        """Uploads in parts under a prefix that nobody completed."""
        system = self._system
        with refusals(f"list unfinished uploads in {self.url(prefix)}"):
            found = system.call_s3("list_multipart_uploads", Bucket=self.name, Prefix=prefix).get("Uploads") or []
        return [
            Unfinished(key=one["Key"], id=one["UploadId"], began=int(one["Initiated"].timestamp() * 1_000_000))
            for one in found
        ]

    def give_up(self, upload: Unfinished) -> None:
        """Remove the parts of an upload that nobody will complete."""
        system = self._system
        with refusals(f"remove an unfinished upload of {self.url(upload.key)}"), contextlib.suppress(FileNotFoundError):
            system.call_s3("abort_multipart_upload", Bucket=self.name, Key=upload.key, UploadId=upload.id)


def parsed(url: str) -> tuple[str, str]:
    """The bucket and the key of an ``s3://`` URL; raises BadInput where it is none."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise BadInput("an address with a password in it is not kept", hint=_CREDENTIALS)
    if parts.scheme != "s3" or not parts.netloc or parts.query:
        raise BadInput(f"{url} names no place in a bucket", hint="write s3://BUCKET/PREFIX")
    return parts.netloc, parts.path.strip("/") + (f"#{parts.fragment}" if parts.fragment else "")


class ForeignBucket:
    """Objects that somebody keeps in a bucket, as a model by reference; see `elsewhere.Keeper`."""

    def found(self, text: str) -> Found:
        """The object, or all objects under the prefix."""
        name, prefix = parsed(text)
        bucket = Bucket(name)
        listed = [
            one
            for one in bucket.listed(prefix)
            if one[0] == prefix or one[0].startswith(f"{prefix}/" if prefix else "")
        ]
        if not listed:
            raise BadInput(f"nothing lies at {text}", hint="check the name; large and small letters count")
        if len(listed) > MOST_FILES:
            raise BadInput(f"more than {MOST_FILES} objects lie at {text}", hint="register an archive of them")
        single = next((one for one in listed if one[0] == prefix), None)
        objects = [single] if single else listed
        start = prefix.rfind("/") + 1 if single else len(prefix) + bool(prefix)
        files = tuple(Lying(path=_checked(key[start:]), url=bucket.url(key), size=size) for key, size in objects)
        return Found(place=bucket.url(prefix), files=files, is_single=single is not None)

    def size(self, url: str) -> int:
        """Bytes of an object."""
        name, key = parsed(url)
        return Bucket(name).size(key)

    def hashed(self, url: str, told: disk.Told, *, anew: bool) -> tuple[Digest, int]:  # noqa: ARG002 (none is remembered)
        """Digest and size of an object, read once and kept nowhere."""
        import hashlib

        name, key = parsed(url)
        digest, size = hashlib.sha256(), 0
        try:
            for piece in Bucket(name).pieces(key):
                digest.update(piece)
                size += len(piece)
                told(len(piece))
        except FileExistsError:  # what s3fs makes of a precondition that does not hold: another object took the place
            raise Conflict(f"{url} was changed while it was read", hint="repeat the command") from None
        return f"sha256:{digest.hexdigest()}", size

    def opened(self, manifest: Manifest, folder: Path, warn: Callable[[str], None]) -> Path:  # noqa: ARG002 (nothing to say)
        """A copy in the cache folder: programs open files, not objects."""
        return laid_out(manifest, folder, _fetch)


def _checked(path: str) -> str:
    """A path in the folder that the objects make up."""
    for part in path.split("/"):
        checked_name(part)
    inside(path)
    return path


def _fetch(layer: Layer, target: Path) -> None:
    """Bring an object as a file, hashed on its way."""
    name, key = parsed(layer.url)
    writer = disk.Writer(target.parent)
    try:
        for piece in Bucket(name).pieces(key):
            writer.write(piece)
        writer.settle()
        if f"sha256:{writer.hex}" != layer.digest:
            raise differs(layer)
        writer.land(target)
    finally:
        writer.discard()
