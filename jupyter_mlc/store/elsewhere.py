"""Bytes that others keep: what lies at a URL, how large it is, and whether it is still what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from jupyter_mlc.domain.errors import BadInput, Damaged, Unavailable
from jupyter_mlc.store import disk
from jupyter_mlc.store.hashed_files import HashedFiles, hashed
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.store.walking import checked_name, folder_or_file, walked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlc.domain.entities import Digest, Layer

_NOT_KEPT = "the registry does not keep the bytes: bring them back there, or register what is there now"


@dataclass(frozen=True, kw_only=True)
class Lying:
    """A file that lies somewhere."""

    path: str
    """in the folder that was named"""
    url: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found under a URL."""

    place: str
    """the URL, in full"""
    files: tuple[Lying, ...]
    is_single: bool
    """whether it is one file, and no folder"""


class Keeper(Protocol):
    """Whoever keeps the bytes of one kind of URL."""

    def found(self, text: str) -> Found:
        """The files of what was named; raises BadInput where there are none."""

    def size(self, url: str) -> int:
        """Bytes of a file; raises FileNotFoundError where it is gone."""

    def hashed(self, url: str, told: disk.Told, *, anew: bool) -> tuple[Digest, int]:
        """Digest and size of a file; read again although it is known where `anew`."""

    @property
    def is_here(self) -> bool:
        """Whether programs of this machine can open the files where they lie."""

    def fetch(self, layer: Layer, target: Path) -> None:
        """Make a file of what lies elsewhere; raises Damaged where it holds other bytes than were recorded."""


def keeper_of(url: str, hashed_files: HashedFiles | None) -> Keeper:
    """Who keeps what this URL or path names.

    Raises
    ------
    BadInput
        Where nobody here can read such a URL, or it holds a password.
    """
    scheme = urlsplit(url).scheme if "://" in url else "file"
    if scheme == "file":
        return OwnDisk(hashed_files)
    if "@" in urlsplit(url).netloc:
        raise BadInput("an address with a password in it is not kept", hint="give credentials by the environment")
    if scheme == "s3":
        from jupyter_mlc.store.foreign_buckets import ForeignBucket

        return ForeignBucket()
    raise BadInput(f"nothing is read by reference from {scheme}://", hint="name a path, or s3://BUCKET/PREFIX")


def shown(url: str) -> str:
    """A URL as a person would type it: a path where it names one."""
    return unquote(urlsplit(url).path) if url.startswith("file://") else url


class OwnDisk:
    """The file systems of this machine; see `Keeper`.

    Parameters
    ----------
    hashed_files : HashedFiles or None
        What is known of files that did not change since they were hashed.
    """

    def __init__(self, hashed_files: HashedFiles | None) -> None:
        self._hashed_files = hashed_files

    def found(self, text: str) -> Found:
        """The file, or the files of the folder."""
        path = as_typed(shown(text)).absolute()
        is_single = not folder_or_file(path)
        files = [(path, checked_name(path.name))] if is_single else walked(path)[0]
        lying = tuple(Lying(path=name, url=file.as_uri(), size=file.stat().st_size) for file, name in files)
        return Found(place=path.as_uri(), files=lying, is_single=is_single)

    def size(self, url: str) -> int:
        """Bytes of a file."""
        path = Path(shown(url))
        try:
            return path.stat().st_size
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unavailable(f"cannot read {path}: {error.strerror}", hint="check its permissions") from error

    def hashed(self, url: str, told: disk.Told, *, anew: bool) -> tuple[Digest, int]:
        """Digest and size of a file."""
        return hashed(Path(shown(url)), None if anew else self._hashed_files, told)

    @property
    def is_here(self) -> bool:
        """They are."""
        return True

    def fetch(self, layer: Layer, target: Path) -> None:
        """Nobody needs to: the files are here."""
        raise NotImplementedError(layer.url, target)


def unknown_in(place: Path, layers: Iterable[Layer]) -> list[str]:
    """Files of a folder that nobody registered."""
    known = {layer.path for layer in layers}
    return [name for _, name in walked(place)[0] if name not in known] if place.is_dir() else []


def check(
    layer: Layer, keeper: Keeper, told: disk.Told = disk.untold, *, hashing: bool = True, anew: bool = False
) -> None:
    """Compare what lies at a layer's URL with what was recorded.

    Raises
    ------
    Damaged
        Where it is gone, or other bytes lie there.
    """
    try:
        size = keeper.size(layer.url)
        digest = keeper.hashed(layer.url, told, anew=anew)[0] if hashing and size == layer.size else layer.digest
    except FileNotFoundError:
        raise Damaged(f"{shown(layer.url)} is not there any more", hint=_NOT_KEPT) from None
    if size != layer.size:
        raise Damaged(f"{shown(layer.url)} has {size:,} bytes, {layer.size:,} were recorded", hint=_NOT_KEPT)
    if digest != layer.digest:
        raise differs(layer)


def differs(layer: Layer) -> Damaged:
    """What to say of a file that holds other bytes than were recorded."""
    return Damaged(f"{shown(layer.url)} holds other bytes than were recorded", hint=_NOT_KEPT)
