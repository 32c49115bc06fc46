"""Which parts are captured: ``[tool.mlc] capture = [...]`` in the nearest pyproject.toml; absent means all."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jupyter_mlc.domain.errors import did_you_mean

PARTS = ("notebook", "cells", "git", "environment", "secrets", "parameters", "signature", "user")
_KEYS = ("capture", "registry")
"""what may stand under [tool.mlc]"""


@dataclass(frozen=True, kw_only=True)
class Switches:
    """The parts that are on, and what is wrong with how they were given."""

    on: frozenset[str] = frozenset(PARTS)
    warnings: tuple[str, ...] = ()

    @property
    def off(self) -> tuple[str, ...]:
        """The parts that are switched off."""
        return tuple(part for part in PARTS if part not in self.on)


def switches(folder: Path) -> Switches:
    """Read the switches that hold in a folder; what cannot be read switches nothing off."""
    for file in _looked_for(folder):
        try:
            status = os.stat(file)  # noqa: PTH116 (every request asks, and a Path would have to make its text each time)
        except OSError:
            continue
        return _read(Path(file), status.st_mtime_ns, status.st_size)
    return Switches()


@lru_cache(maxsize=64)
def _looked_for(folder: Path) -> tuple[str, ...]:
    """The files that may say it, the nearest first."""
    return tuple(str(place / "pyproject.toml") for place in (folder, *folder.parents))


@lru_cache(maxsize=64)
def _read(file: Path, _changed: int, _size: int) -> Switches:
    try:
        ours = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("mlc", {})
        strange = tuple(_meaningless(key, file) for key in sorted(ours.keys() - {*_KEYS}))
        named = ours.get("capture", list(PARTS))
    except (OSError, ValueError, AttributeError) as error:
        return Switches(warnings=(f"{file} cannot be read, so everything is captured: {error}",))
    if not isinstance(named, list):
        return Switches(warnings=(*strange, f"capture in {file} is no list, so everything is captured"))
    unknown = [word for word in named if word not in PARTS]
    return Switches(
        on=frozenset(PARTS) & {str(word) for word in named},
        warnings=(*strange, *(_refused(word, file) for word in unknown)),
    )


def _meaningless(key: str, file: Path) -> str:
    """A slip in a switch's name would leave captured what somebody wants left out."""
    known = did_you_mean(key, _KEYS) or f"known are {' and '.join(_KEYS)}"
    return f"{key} under [tool.mlc] in {file} means nothing; {known}"


def _refused(word: object, file: Path) -> str:
    known = f"what can be captured: {', '.join(PARTS)}"
    return f"capture in {file} names {word!r}, which is not known; {did_you_mean(str(word), PARTS) or known}"
