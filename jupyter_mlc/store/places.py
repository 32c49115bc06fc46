"""Where a registry is: from the words of a person to a database and a folder of artifacts."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlencode, urlsplit, urlunsplit

from jupyter_mlc.domain.errors import BadInput, Unavailable
from jupyter_mlc.domain.names import quoted
from jupyter_mlc.store.home import as_typed, cache_folder, data_folder

FOLDER = ".mlc"
DATABASE = "registry.db"
_POSTGRES = ("postgresql", "postgresql+psycopg", "postgres")
_BROKEN = re.compile(r"(postgres(?:ql)?(?:\+\w+)?|https?|file|s3|sqlite)(?::(?!//)|//)", re.IGNORECASE)
"""what begins like a URL and goes on like none: whoever types it does not mean a folder of that name"""
_FOR_A_SHELL = re.compile(r"[\"']|.*\$(?:\w|\{)")
"""what a shell would have taken off or replaced; Docker, cron and make hand it on as it is written"""
_ARTIFACTS = re.compile(r"(?<=[?&]artifacts=)[^&#]+")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,50}")


@dataclass(frozen=True, kw_only=True)
class PlaceOfRegistry:
    """A registry's URL, taken apart."""

    url: str
    """as a person would type it again"""
    folder: Path | None = None
    """of an embedded registry"""
    dsn: str = ""
    """of PostgreSQL"""
    schema: str = "mlc"
    artifacts: Path
    """the folder that holds ``blobs/``; where those are in a bucket, the one of this machine in front of it"""
    bucket: str = ""
    """``s3://BUCKET/PREFIX``, where the artifacts are in one"""

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return without_password(self.url)


_PASSWORD = re.compile(r"(?<=//)([^:/?@]*):(?!\d+(?:[/?]|$))([^?]*(?=@)|.*(?=@))@")
"""what stands before the last ``@``, of the address if there is one, and is no port"""
_PASSWORD_OPTION = re.compile(r"(?<=[?&])((?:ssl)?password)=([^&]*)")


def without_password(url: str) -> str:
    """An address as it may be shown."""
    return _PASSWORD_OPTION.sub(r"\1=***", _PASSWORD.sub(r"\1:***@", url))


def secrets_in(url: str) -> list[str]:
    """Every way in which a message may repeat the passwords of an address, the longest first."""
    found = [match[2] for pattern in (_PASSWORD, _PASSWORD_OPTION) for match in pattern.finditer(url)]
    return sorted({way for secret in found for way in (secret, unquote(secret)) if way}, key=len, reverse=True)


def place_of(url: str) -> PlaceOfRegistry:
    """Take a registry's URL apart.

    Raises
    ------
    BadInput
        Where nothing of ours lives at such a URL.
    """
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme[:1] in {"'", '"'}:  # not repeated: it may hold a password
        raise BadInput("the registry's URL begins with a quote that no shell has taken off", hint="write it without")
    if scheme in _POSTGRES:
        return _postgres(url)
    if scheme in {"http", "https"}:
        raise BadInput(f"{url}: a team's server is not part of this release", hint="use a folder, or PostgreSQL")
    if scheme == "file":
        return _folder(Path(unquote(urlsplit(url).path)))
    if scheme:
        raise BadInput(
            f"no registry lives at {scheme}://", hint="use a folder, or postgresql+psycopg://USER@HOST/DATABASE"
        )
    if broken := _BROKEN.match(url):  # not repeated: it may hold a password
        raise BadInput(
            f"this begins like a URL, but not with {broken[1]}://",
            hint=f"write {broken[1]}://..., or for a folder of that name ./{broken[0]}...",
        )
    if not url.strip():
        raise BadInput("an empty word names no registry", hint="name a folder: %mlc use ./registry")
    return _folder(Path(url))


def _folder(path: Path) -> PlaceOfRegistry:
    """A folder is a registry itself, or holds one as ``.mlc``."""
    folder = as_typed(path).absolute()
    with _looking_into(folder, "ask its owner for access, or choose another registry: %mlc use PATH"):
        if ".." in folder.parts:
            folder = folder.resolve()
        _refuse_for_a_shell(folder)
        if (found := _seen(folder)) is not None and stat.S_ISREG(found.st_mode):
            hint = f"use its folder: %mlc use {quoted(str(folder.parent))}"
            raise BadInput(f"{folder} is a file; a registry is a folder", hint=hint)
        if _is_folder(folder / FOLDER) and folder.name != FOLDER:  # whoever may not enter learns it here
            folder /= FOLDER
    return PlaceOfRegistry(url=str(folder), folder=folder, artifacts=folder)


def _refuse_for_a_shell(folder: Path) -> None:
    """Refuse to make ``$HOME/models``, or what begins with a quote; a folder that is there may be called so."""
    for part in (folder, *folder.parents):
        if _FOR_A_SHELL.match(part.name) and _seen(part) is None:
            raise BadInput(
                f"{folder} is not there, and no shell has read its quotes or variables: {part.name}",
                hint="write the whole path, without quotes around it and without $; "
                f"if it is called that: mkdir -p {shlex.quote(str(folder))}",
            )


def _seen(path: Path) -> os.stat_result | None:
    """What lies there; None where nothing does. For ``Path.exists`` of Python 3.14 what one may not see is nothing."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_folder(path: Path) -> bool:
    found = _seen(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


@contextmanager
def _looking_into(folder: Path, hint: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{folder} cannot be looked into: {error.strerror}", hint=hint) from error


def _postgres(url: str) -> PlaceOfRegistry:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadInput(
            f"{without_password(url)} is no address of a database: {error}",
            hint="write postgresql+psycopg://USER@HOST/DATABASE?artifacts=/path/of/folder",
        ) from None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    artifacts, schema = query.pop("artifacts", ""), query.pop("schema", "mlc")
    if not artifacts:
        raise BadInput(
            "a registry in PostgreSQL needs a folder for its artifacts, shared by those who use it",
            hint=f"add it to the URL: {parts.scheme}://.../{parts.path.lstrip('/')}?artifacts=/path/of/folder",
        )
    bucket = artifacts if artifacts.startswith("s3://") else ""
    if "://" in artifacts and not bucket and not artifacts.startswith("file://"):
        hint = "name a folder, ?artifacts=/path, or a bucket, ?artifacts=s3://BUCKET/PREFIX"
        raise BadInput(f"artifacts cannot lie at {without_password(artifacts)}", hint=hint)
    if not _SCHEMA.fullmatch(schema):
        raise BadInput(f"{schema!r} cannot name a PostgreSQL schema", hint="use lower-case letters, digits and _")
    folder = _front_of(bucket) if bucket else as_typed(artifacts.removeprefix("file://"))
    if not folder.is_absolute():
        hint = f"write the whole path: ?artifacts={folder.absolute()}"
        raise BadInput(f"artifacts={folder} would be another folder wherever one works", hint=hint)
    dsn = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(query, quote_via=quote), ""))
    return PlaceOfRegistry(url=url, dsn=dsn, schema=schema, artifacts=folder, bucket=bucket)


def _front_of(bucket: str) -> Path:
    """The folder of this machine for what is brought from a bucket: buckets of other servers have the same names."""
    if "@" in urlsplit(bucket).netloc or not urlsplit(bucket).netloc:
        hint = "write ?artifacts=s3://BUCKET/PREFIX; credentials come from the environment (AWS_ACCESS_KEY_ID)"
        raise BadInput(f"{without_password(bucket)} names no place in a bucket", hint=hint)
    server = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    name = hashlib.sha256(f"{server} {bucket.rstrip('/')}".encode()).hexdigest()[:16]
    return cache_folder() / "buckets" / name


def default_url(start: Path | None = None) -> str:
    """``MLC_REGISTRY``; else the nearest ``[tool.mlc] registry`` or ``.mlc`` upward; else the user's data folder."""
    named = os.environ.get("MLC_REGISTRY", "")
    if named:
        return named
    for folder in _upward(start):
        configured = _configured(folder)
        if configured:
            return configured
        with _looking_into(folder, "say which registry you mean: MLC_REGISTRY=PATH"):
            if _is_folder(folder / FOLDER):
                return str(folder / FOLDER)
    return str(own_registry())


def own_registry() -> Path:
    """The registry of whoever named none and made none."""
    return data_folder() / "registry"


def _upward(start: Path | None) -> tuple[Path, ...]:
    """The folder and all above it; none where the working folder was deleted."""
    try:
        here = (start or Path.cwd()).absolute()
    except FileNotFoundError:
        return ()
    return (here, *here.parents)


def _configured(folder: Path) -> str:
    """``registry`` under ``[tool.mlc]``; a relative path is meant from the file.

    A file that may name a registry and cannot be read is refused: no model must land in another registry silently.
    """
    path = folder / "pyproject.toml"
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    if b"mlc" not in content:
        return ""
    url = _setting(path, content)
    if not isinstance(url, str):
        raise BadInput(f"registry under [tool.mlc] in {path} is no text", hint='write it as: registry = "PATH or URL"')
    if not url or "://" in url or _BROKEN.match(url):
        return _ARTIFACTS.sub(lambda found: _from_file(folder, found[0]), url)
    return str(folder / as_typed(url))


def _from_file(folder: Path, artifacts: str) -> str:
    """Where the artifacts of a database lie, with a relative path meant from the file as well."""
    plain = unquote_plus(artifacts)
    return artifacts if "://" in plain else quote(str(folder / as_typed(plain)))


def _setting(path: Path, content: bytes) -> object:
    try:
        found: object = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}", hint="correct it, or set MLC_REGISTRY") from None
    for key in ("tool", "mlc", "registry"):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return "" if found == {} else found
