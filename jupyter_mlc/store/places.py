"""Where a registry is: from the words of a person to a database and a folder of artifacts."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from jupyter_mlc.domain.errors import BadInput

FOLDER = ".mlc"
_POSTGRES = ("postgresql", "postgresql+psycopg", "postgres")
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
    """the folder that holds ``blobs/``"""

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return re.sub(r"(//[^:/@]*):[^@]*@", r"\1:***@", self.url)


def place_of(url: str) -> PlaceOfRegistry:
    """Take a registry's URL apart.

    Raises
    ------
    BadInput
        Where nothing of ours lives at such a URL.
    """
    scheme = urlsplit(url).scheme if "://" in url else ""
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
    if not url.strip():
        raise BadInput("an empty word names no registry", hint="name a folder: %mlc use ./registry")
    return _folder(Path(url))


def _folder(path: Path) -> PlaceOfRegistry:
    """A folder is a registry itself, or holds one as ``.mlc``."""
    folder = path.expanduser().absolute()
    if folder.is_file():
        raise BadInput(f"{folder} is a file; a registry is a folder", hint=f"use its folder: %mlc use {folder.parent}")
    if folder.name != FOLDER and (folder / FOLDER).is_dir():
        folder /= FOLDER
    return PlaceOfRegistry(url=str(folder), folder=folder, artifacts=folder)


def _postgres(url: str) -> PlaceOfRegistry:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    artifacts, schema = query.pop("artifacts", ""), query.pop("schema", "mlc")
    if not artifacts:
        raise BadInput(
            "a registry in PostgreSQL needs a folder for its artifacts, shared by those who use it",
            hint=f"add it to the URL: {parts.scheme}://.../{parts.path.lstrip('/')}?artifacts=/path/of/folder",
        )
    if "://" in artifacts and not artifacts.startswith("file://"):
        raise BadInput(f"artifacts cannot lie at {artifacts} in this release", hint="name a folder: ?artifacts=/path")
    if not _SCHEMA.fullmatch(schema):
        raise BadInput(f"{schema!r} cannot name a PostgreSQL schema", hint="use lower-case letters, digits and _")
    folder = Path(artifacts.removeprefix("file://")).expanduser().absolute()
    dsn = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(query), ""))
    return PlaceOfRegistry(url=url, dsn=dsn, schema=schema, artifacts=folder)


def default_url(start: Path | None = None) -> str:
    """``MLC_REGISTRY``, ``[tool.mlc] registry`` of the project, the nearest ``.mlc`` upward, else the user's data folder."""
    named = os.environ.get("MLC_REGISTRY", "")
    if named:
        return named
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        configured = _configured(folder)
        if configured:
            return configured
        if (folder / FOLDER).is_dir():
            return str(folder / FOLDER)
    import platformdirs

    return str(Path(platformdirs.user_data_dir("jupyter_mlc", appauthor=False)) / "registry")


def _configured(folder: Path) -> str:
    """``registry`` under ``[tool.mlc]``; a relative path is meant from the file."""
    try:
        settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return ""
    url = settings.get("tool", {}).get("mlc", {}).get("registry", "")
    if not isinstance(url, str) or not url:
        return ""
    return url if "://" in url else str(folder / Path(url).expanduser())
