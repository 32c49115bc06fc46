"""Wheels of what no index has: packages that were installed from a folder, put together from the files that are here.

Nothing is built: what can be imported is what is packed, which takes milliseconds. The same files give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from importlib import metadata

MOST_BYTES = 32 << 20
"""a larger package is not kept"""
_WHEEL = "Wheel-Version: 1.0\nGenerator: jupyter_mlc\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_LEFT_OUT = frozenset({"__pycache__", "node_modules"})
_TEXTS = frozenset({".cfg", ".ini", ".json", ".py", ".toml", ".txt", ".yaml", ".yml"})
_MOST_TEXT = 1 << 20
"""bytes of a file that is searched for secrets"""
_INSTALLED = re.compile(r"[^/]+\.(?:dist|egg)-info/|.*__pycache__/|\.\./|.*\.pth$|__editable__")
"""in the record of an installed package: what belongs to the installation and not to the package"""


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A package in one file."""

    name: str
    version: str
    content: bytes = b""
    """empty where a secret was found in it"""
    secrets: tuple[str, ...] = ()
    """what was found, and where"""

    @property
    def file(self) -> str:
        """What installers want it to be called."""
        return f"{_escaped(self.name)}-{_escaped(self.version)}-py3-none-any.whl"


Search = Callable[[str, str], tuple[str, ...]]
"""(text, where) to the secrets in it"""


def unsearched(_: str, __: str) -> tuple[str, ...]:
    """Nobody looks."""
    return ()


class Wheels:
    """Packs packages, each anew only where one of its files changed."""

    def __init__(self) -> None:
        self._packed: dict[str, tuple[object, Wheel]] = {}

    def of(self, name: str, url: str, *, editable: bool, search: Search = unsearched) -> Wheel | None:
        """The wheel of a package that was installed from a folder; None where nothing of it can be packed.

        Parameters
        ----------
        name : str
            The distribution's.
        url : str
            Where it was installed from.
        editable : bool
            Whether it is that folder itself that is imported.
        search : callable
            Finds secrets in a text: a package that holds one is not packed.
        """
        from importlib import metadata

        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return None
        files = dict(_imported(name, folder_of(url))) if editable else dict(_recorded(found))
        stamp = tuple((place, *_stamp(path)) for place, path in sorted(files.items()))
        known = self._packed.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        if not files or sum(size for _, size, _ in stamp) > MOST_BYTES:
            return None
        secrets = tuple(one for place, path in files.items() for one in _searched(place, path, search))
        wheel = Wheel(name=name, version="", secrets=secrets) if secrets else packed(found, files)
        self._packed[name] = stamp, wheel
        return wheel


def _searched(place: str, path: Path, search: Search) -> tuple[str, ...]:
    if path.suffix not in _TEXTS or path.stat().st_size > _MOST_TEXT:
        return ()
    return search(path.read_text("utf-8", errors="replace"), place)


def name_of(content: bytes) -> str:
    """The file name of a wheel, by what it says of itself."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        own = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return f"{own.partition('.dist-info/')[0]}-py3-none-any.whl"


def is_folder(url: str) -> bool:
    """Whether a package was installed from a folder of this machine."""
    return url.startswith("file:") and not urlsplit(url).path.endswith((".whl", ".zip", ".tar.gz", ".tgz"))


def folder_of(url: str) -> Path:
    """The folder, as a path."""
    return Path(unquote(urlsplit(url).path))


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """A package's files by their place in a wheel."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder.parent).parts
        hidden = any(part.startswith(".") for part in parts[1:])
        if path.is_file() and not hidden and _LEFT_OUT.isdisjoint(parts) and path.suffix not in {".pyc", ".pyo"}:
            yield "/".join(parts), path


def packed(of: metadata.Distribution, files: Mapping[str, Path]) -> Wheel:
    """Put files together as a wheel that says of itself what the installed package does."""
    name, version = of.metadata["Name"], of.metadata["Version"]
    own = f"{_escaped(name)}-{_escaped(version)}.dist-info"
    contents = {place: path.read_bytes() for place, path in sorted(files.items())}
    contents[f"{own}/METADATA"] = (of.read_text("METADATA") or of.read_text("PKG-INFO") or "").encode()
    contents[f"{own}/WHEEL"] = _WHEEL.encode()
    if entries := of.read_text("entry_points.txt"):
        contents[f"{own}/entry_points.txt"] = entries.encode()
    contents[f"{own}/RECORD"] = _record(contents, f"{own}/RECORD")
    return Wheel(name=name, version=version, content=_zipped(contents))


def _record(contents: Mapping[str, bytes], itself: str) -> bytes:
    lines = [f"{place},sha256={_digest(data)},{len(data)}" for place, data in contents.items()]
    return "".join(f"{line}\n" for line in [*lines, f"{itself},,"]).encode()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, data in contents.items():
            archive.writestr(zipfile.ZipInfo(place), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _escaped(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.+!]+", "_", text)


def _recorded(of: metadata.Distribution) -> Iterator[tuple[str, Path]]:
    """What was installed."""
    for file in of.files or ():
        place, path = file.as_posix(), Path(str(of.locate_file(file)))
        if not _INSTALLED.match(place) and path.suffix != ".pyc" and path.is_file():
            yield place, path


def _imported(name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """What the folder gives to import: what this process imported from it, else what is called like it."""
    tops = {module.partition(".")[0] for module in tuple(sys.modules)}
    found = list(_from(folder, tops)) or list(_below(folder, name))
    for path in dict.fromkeys(found):
        yield from files_below(path) if path.is_dir() else [(path.name, path)]


def _from(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in sorted(names):
        spec = getattr(sys.modules.get(name), "__spec__", None)
        places = list(getattr(spec, "submodule_search_locations", None) or ())
        origin = getattr(spec, "origin", None)
        for place in places or ([origin] if origin else []):
            path = Path(str(place))
            if path.is_relative_to(folder) and "site-packages" not in path.relative_to(folder).parts and path.exists():
                yield path


def _below(folder: Path, name: str) -> Iterator[Path]:
    called = re.sub(r"[-.]+", "_", name)
    for base in (folder, folder / "src"):
        if (base / called / "__init__.py").is_file():
            yield base / called
        if (base / f"{called}.py").is_file():
            yield base / f"{called}.py"


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
