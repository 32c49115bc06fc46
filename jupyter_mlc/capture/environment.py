"""The environment lock: what is installed, as a list that ``uv pip install -r`` and ``pip install -r`` accept.

importlib.metadata reads whole files and parses them as mail; the names, versions and origins alone are had in a tenth
of the time, and once read a folder is read again only when its modification time says so.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

_HEAD = 16_384
_OURSELVES = "jupyter-mlc"
"""put into every environment that is built, from what runs"""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(  # PEP 440, as installers read it
    r"(?i)v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?"
    r"(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?"
)
_FIELD = re.compile(r"(?m)^(Name|Version):[ \t]*(\S[^\r\n]*?)[ \t]*\r?$")


@dataclass(frozen=True, kw_only=True)
class Package:
    """One installed distribution."""

    name: str
    """canonical: lower case, words joined by hyphens"""
    version: str
    url: str = ""
    """where it was installed from, if not from an index; without credentials"""
    editable: bool = False
    changed: int = 0
    """nanoseconds since 1970; of two records of one package in one folder the later counts"""

    @property
    def line(self) -> str:
        """The requirement, or a comment where installers would refuse it."""
        if self.url:
            return f"{self.name} @ {self.url}  # {'editable, ' if self.editable else ''}version {self.version}"
        if _VERSION.fullmatch(self.version):
            return f"{self.name}=={self.version}"
        return f"# {self.name}: its version {self.version!r} is not one that installers accept"


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The environment as it was."""

    text: str
    packages: int
    python: str
    platform: str


@dataclass(frozen=True, kw_only=True)
class _Folder:
    stamp: tuple[int, int]
    packages: tuple[Package, ...]
    broken: tuple[str, ...]


class Environment:
    """Locks the environment; a folder is read anew only when it changed."""

    def __init__(self) -> None:
        self._folders: dict[str, _Folder] = {}
        self._locked: tuple[tuple[_Folder, ...], Lock] | None = None

    def lock(self, path: Sequence[str] | None = None) -> Lock:
        """Return the lock of what can be imported through a path, by default ``sys.path``."""
        folders = tuple(self._read(sys.path if path is None else path))
        if self._locked is None or self._locked[0] != folders:
            self._locked = folders, _lock(folders)
        return self._locked[1]

    def from_folders(self, path: Sequence[str] | None = None) -> list[tuple[str, str, bool]]:
        """Name, address and whether it is the folder itself, of every package from a folder but ourselves."""
        from jupyter_mlc.capture.wheels import is_folder

        found = {
            one.name: (one.name, one.url, one.editable)
            for folder in self._read(sys.path if path is None else path)
            for one in folder.packages
            if one.url and is_folder(one.url) and one.name != _OURSELVES
        }
        return [found[name] for name in sorted(found)]

    def _read(self, path: Sequence[str]) -> Iterator[_Folder]:
        for entry in dict.fromkeys(os.path.abspath(entry) for entry in path):  # noqa: PTH100 ("" is the working folder)
            try:
                status = os.stat(entry)  # noqa: PTH116 (on the warm path)
                stamp = status.st_mtime_ns, status.st_ino
                known = self._folders.get(entry)
                if known is None or known.stamp != stamp:
                    known = self._folders[entry] = _folder(entry, stamp)
            except OSError:  # not there, not readable, or an archive
                continue
            yield known


def canonical(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _lock(folders: Iterable[_Folder]) -> Lock:
    packages: dict[str, Package] = {}
    broken: list[str] = []
    for folder in folders:
        broken += folder.broken
        for package in folder.packages:
            packages.setdefault(package.name, package)
    python, system = platform.python_version(), platform.platform()
    lines = [
        f"# Python {python} ({platform.python_implementation()})",
        f"# platform {system}",
        *(f"# {name}: its metadata cannot be read" for name in sorted(set(broken))),
        *(packages[name].line for name in sorted(packages)),
    ]
    return Lock(text="\n".join(lines) + "\n", packages=len(packages), python=python, platform=system)


def _folder(entry: str, stamp: tuple[int, int]) -> _Folder:
    found: dict[str, Package] = {}
    broken = []
    with os.scandir(entry) as listing:
        names = sorted(one.name for one in listing if one.name.endswith((".dist-info", ".egg-info")))
    for name in names:
        if name.startswith("~"):  # what an interrupted pip leaves behind
            continue
        package = _package(Path(entry, name))
        if package is None:
            broken.append(name)
        elif package.name not in found or found[package.name].changed < package.changed:
            found[package.name] = package
    return _Folder(stamp=stamp, packages=tuple(found.values()), broken=tuple(broken))


def _package(record: Path) -> Package | None:
    for file in (record / "METADATA", record / "PKG-INFO", record):
        try:
            with file.open("rb") as opened:
                head = opened.read(_HEAD).decode(errors="replace")
            changed = record.stat().st_mtime_ns
        except OSError:
            continue
        fields = dict(reversed(_FIELD.findall(head.split("\n\n")[0])))
        name = fields.get("Name", "")
        if _NAME.fullmatch(name) and "Version" in fields:
            url, editable = _origin(record / "direct_url.json")
            return Package(name=canonical(name), version=fields["Version"], url=url, editable=editable, changed=changed)
    return None


def _origin(file: Path) -> tuple[str, bool]:
    """Return where a distribution came from (PEP 610), and whether it is the folder itself that is imported."""
    try:
        told = json.loads(file.read_bytes())
        return _address(told), (told.get("dir_info") or {}).get("editable") is True
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", False


def _address(told: Mapping[str, Any]) -> str:
    url, vcs = without_credentials(told["url"]), told.get("vcs_info")
    if vcs:
        url = f"{vcs.get('vcs', 'git')}+{url}@{vcs.get('commit_id', 'HEAD')}"
    fragments = [
        _hash(told.get("archive_info") or {}),
        told.get("subdirectory") and f"subdirectory={told['subdirectory']}",
    ]
    fragment = "&".join(filter(None, fragments))
    return quote(f"{url}#{fragment}" if fragment else url, safe=":/@#?&=+%~,;!$'()*[]")


def _hash(archive: Mapping[str, Any]) -> str:
    hashes = archive.get("hashes")
    if isinstance(hashes, dict) and "sha256" in hashes:
        return f"sha256={hashes['sha256']}"
    return str(archive.get("hash") or "")


def without_credentials(url: str) -> str:
    """Return an address without its password; where that is all that a user name is for, without the name too."""
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    if not at:
        return url
    keep = (
        login
        if "ssh" in parts.scheme and ":" not in login
        else login.partition(":")[0]
        if "ssh" in parts.scheme
        else ""
    )
    return urlunsplit(parts._replace(netloc=f"{keep}@{host}" if keep else host))
