"""Reading what `environment` writes: the packages of a lock."""

from __future__ import annotations

import re

_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)")
_FROM = re.compile(r"(?P<name>[A-Za-z0-9._-]+) @ (?P<url>\S+)  # (?:editable, )?version (?P<version>.+)")
_REFUSED = re.compile(r"# (?P<name>[A-Za-z0-9._-]+): its version '(?P<version>.*)' is not one that installers accept")
_PYTHON = re.compile(r"# Python (?P<version>.+)")
_PLATFORM = re.compile(r"# platform (?P<version>.+)")


def locked(text: str) -> dict[str, str]:
    """Return name to version: of Python, of the platform, and of every package; where one is from, beside it."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        found |= _entry(line)
    return found


def _entry(line: str) -> dict[str, str]:
    for name, pattern in (("Python", _PYTHON), ("platform", _PLATFORM)):
        if whole := pattern.fullmatch(line):
            return {name: whole["version"]}
    if one := _FROM.fullmatch(line):
        return {one["name"]: f"{one['version']} from {one['url']}"}
    if one := _PINNED.fullmatch(line) or _REFUSED.fullmatch(line):
        return {one["name"]: one["version"]}
    return {}
