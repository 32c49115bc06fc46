"""Buckets of S3 and of what speaks its language: objects by their key, with refusals told as a person reads them.

Credentials, region and address come from where every program of AWS takes them, the environment first (``AWS_*``).
Nothing of that is ever part of a URL, nor stored.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_mlc.domain.errors import BadInput, Unavailable
from jupyter_mlc.store import disk

PIECE = 8 << 20
"""bytes of a request"""
_AT_ONCE = 4
"""requests of one upload"""
_CONNECT, _ANSWER = 10, 60
"""seconds"""
ATTEMPTS = 3
_A_PAGE = 1000
"""of a list; more no bucket gives at once"""
_OBJECTS = {"ContinuationToken": "NextContinuationToken"}
_UPLOADS = {"KeyMarker": "NextKeyMarker", "UploadIdMarker": "NextUploadIdMarker"}
_CREDENTIALS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_PRECONDITION = {"PreconditionFailed", "412", "ConditionalRequestConflict"}
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


@dataclass(frozen=True, kw_only=True)
class Object:
    """An object, as a list tells of it."""

    key: str
    size: int
    made: int
    """microseconds since 1970, by the bucket's clock"""


@contextlib.contextmanager
def refusals(doing: str) -> Iterator[None]:
    """Tell what a bucket refuses, or that it cannot be reached; FileNotFoundError and FileExistsError pass."""
    from aiohttp import ClientError
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        if _code(error) in _PRECONDITION:
            raise FileExistsError(_said(error)) from error
        raise _told(doing, error) from error
    except (BotoCoreError, ClientError, TimeoutError) as error:
        raise _told(doing, error) from error


def _told(doing: str, error: BaseException) -> Unavailable:
    """The refusal as a person reads it."""
    from botocore.exceptions import NoCredentialsError

    if isinstance(error, PermissionError):
        what = f"cannot {doing}: the bucket refuses it ({_said(error)})"
        return Unavailable(what, hint="ask whoever owns the bucket, or use other credentials")
    if isinstance(error, NoCredentialsError):
        return Unavailable(f"cannot {doing}: no credentials were found", hint=_CREDENTIALS)
    hint = "is the network there, and is AWS_ENDPOINT_URL right? then repeat the command"
    return Unavailable(f"cannot {doing}: {_said(error)}", hint=hint)


def _code(error: OSError) -> str:
    """What S3 calls an error, behind what s3fs made of it."""
    return str(getattr(error.__cause__, "response", {}).get("Error", {}).get("Code", ""))


def _micros(moment: Any) -> int:
    return int(moment.timestamp() * 1_000_000)


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
            "retries": {"max_attempts": ATTEMPTS, "mode": "standard"},
        }
        return s3fs.S3FileSystem(config_kwargs=config, skip_instance_cache=True, use_listings_cache=False)

    def _path(self, key: str) -> str:
        return f"{self.name}/{key}"

    def url(self, key: str) -> str:
        """How a person names an object."""
        return f"s3://{self.name}/{key}"

    def listed(self, prefix: str) -> list[Object]:
        """All objects whose key begins so, in order; none where there are none."""
        with refusals(f"list {self.url(prefix)}"):
            pages = self._pages("list_objects_v2", _OBJECTS, Prefix=prefix, MaxKeys=_A_PAGE)
            try:
                found = [one for page in pages for one in page.get("Contents") or []]
            except FileNotFoundError:
                raise self._gone() from None
        return [
            Object(key=one["Key"], size=int(one["Size"]), made=_micros(one["LastModified"]))
            for one in found
            if not one["Key"].endswith("/")
        ]

    def _pages(self, method: str, marks: Mapping[str, str], **words: str | int) -> Iterator[Any]:
        """The pages of a list; `marks` says under which name the end of a page becomes the beginning of the next."""
        page, more = {"IsTruncated": True}, dict[str, Any]()
        while page.get("IsTruncated"):
            page = self._system.call_s3(method, Bucket=self.name, **words, **more)
            yield page
            before, more = more, {ask: page[told] for ask, told in marks.items() if page.get(told)}
            if page.get("IsTruncated") and more in ({}, before):
                raise Unavailable(
                    f"the bucket {self.name!r} never ends its list", hint="ask whoever runs it; nothing was changed"
                )

    def _gone(self) -> Unavailable:
        return Unavailable(
            f"there is no bucket {self.name!r}", hint="check its name, and that AWS_ENDPOINT_URL is right"
        )

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

    def upload(self, path: Path, key: str, told: disk.Told) -> None:
        """Make a new object of a file, in parts where it is large; FileExistsError where there is one already."""
        from fsspec.callbacks import Callback

        class Way(Callback):  # type: ignore[misc]  # fsspec has no types
            def relative_update(self, inc: int = 1) -> None:
                told(inc)

        system = self._system
        with refusals(f"store {self.url(key)}"):
            try:
                system.put_file(
                    str(path), self._path(key), mode="create", chunksize=PIECE, max_concurrency=_AT_ONCE, callback=Way()
                )
            except FileNotFoundError:
                raise self._gone() from None

    def delete(self, key: str) -> None:
        """Remove an object, whether or not it is there."""
        system = self._system
        with refusals(f"delete {self.url(key)}"):
            system.call_s3("delete_object", Bucket=self.name, Key=key)

    def unfinished(self, prefix: str) -> list[Unfinished]:
        """Uploads in parts under a prefix that nobody completed."""
        with refusals(f"list unfinished uploads in {self.url(prefix)}"):
            pages = self._pages("list_multipart_uploads", _UPLOADS, Prefix=prefix, MaxUploads=_A_PAGE)
            found = [one for page in pages for one in page.get("Uploads") or []]
        return [Unfinished(key=one["Key"], id=one["UploadId"], began=_micros(one["Initiated"])) for one in found]

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
