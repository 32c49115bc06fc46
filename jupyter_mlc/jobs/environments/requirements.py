"""What a lock asks for, and what of it cannot be had again."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlc.capture.environment import canonical
from jupyter_mlc.capture.locks import locked
from jupyter_mlc.capture.wheels import folder_of, is_folder
from jupyter_mlc.domain.reproductions import PackageDifference

OURSELVES = "jupyter-mlc"
_PYTHON = re.compile(r"(?m)^# Python (?P<version>\S+) \((?P<kind>.+)\)$")
_FROM = re.compile(r"(?P<name>[A-Za-z0-9._-]+) @ (?P<url>\S+)  # (?:editable, )?version (?P<version>.+)")
_UNKNOWN = re.compile(r"# (?P<what>[^:]+): (?P<why>its (?:version '.*' is not one that installers accept|metadata .*))")
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==\S+")
_NOT_PACKAGES = ("Python", "platform")


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What is to be installed."""

    lines: tuple[str, ...] = ()
    """as installers take them; without ourselves, who are put in apart"""
    wheels: tuple[str, ...] = ()
    """the names of packages that are installed from what was kept of them"""
    obstacles: tuple[str, ...] = ()
    """why it cannot be had here, each in one line"""


def requirements(lock: str, kept: frozenset[str]) -> Requirements:
    """Read what a lock asks for.

    Parameters
    ----------
    lock : str
        Its text.
    kept : frozenset of str
        The names of packages whose wheels were kept.
    """
    lines: list[str] = []
    wheels: list[str] = []
    obstacles = list(_other_python(lock))
    for line in lock.splitlines():
        name = _name(line)
        if name == OURSELVES:
            continue
        if name in kept:
            wheels.append(name)
        elif reason := _obstacle(line):
            obstacles.append(reason)
        elif not line.startswith("#"):
            lines.append(line.partition("  # ")[0])
    return Requirements(lines=tuple(lines), wheels=tuple(wheels), obstacles=tuple(obstacles))


def _name(line: str) -> str:
    found = _FROM.fullmatch(line) or _PINNED.fullmatch(line)
    return canonical(found["name"]) if found else ""


def _other_python(lock: str) -> Iterator[str]:
    """A reason where the lock is of another Python: its packages are others, and so are its pickles."""
    found = _PYTHON.search(lock)
    here = ".".join(map(str, sys.version_info[:2]))
    if found is None:
        yield "its lock does not tell of which Python it is"
        return
    there = ".".join(found["version"].split(".")[:2])
    kind = platform.python_implementation()
    if found["kind"] != kind:
        yield f"it was made with {found['kind']} {there}, and this is {kind} {here}"
    elif there != here:
        yield f"it was made with Python {there}, and this is Python {here}"


def _obstacle(line: str) -> str:
    if unknown := _UNKNOWN.fullmatch(line):
        return f"package {unknown['what']}: {unknown['why']}"
    told = _FROM.fullmatch(line)
    if told is None:
        return ""
    if is_folder(told["url"]):
        return f"package {told['name']} was installed from a folder that was not kept, {folder_of(told['url'])}"
    if told["url"].startswith("file:") and not folder_of(told["url"]).is_file():
        return f"package {told['name']} was installed from {folder_of(told['url'])}, which is not there"
    return ""


def differences(before: str, now: str) -> tuple[PackageDifference, ...]:
    """The packages that differ between two locks, Python among them; ourselves and the machine apart."""
    first, second = _packages(before), _packages(now)
    names = sorted({*first, *second}, key=lambda name: (name != "Python", name))
    return tuple(
        PackageDifference(name=name, before=first.get(name, ""), now=second.get(name, ""))
        for name in names
        if first.get(name) != second.get(name)
    )


def _packages(lock: str) -> Mapping[str, str]:
    return {name: version for name, version in locked(lock).items() if name not in {"platform", OURSELVES}}


def laid_out(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write wheels where an installer finds them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content)
        paths.append(path)
    return paths
