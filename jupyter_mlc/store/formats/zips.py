"""Zip archives whose bytes depend on what is in them, and not on when they were made."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_THEN = (1980, 1, 1, 0, 0, 0)
"""the earliest time that an archive can tell"""


def settled(
    archive: bytes | Path, change: Callable[[Mapping[str, bytes]], Mapping[str, bytes]] = lambda members: members
) -> bytes:
    """The archive with its members, as `change` gives them, in order of their names and without their times."""
    with _opened(archive) as given:
        # libraries compress all members of an archive alike
        how = next((info.compress_type for info in given.infolist()), zipfile.ZIP_STORED)
        members = change({name: given.read(name) for name in given.namelist()})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as written:
        for name in sorted(members):
            written.writestr(zipfile.ZipInfo(name, _THEN), members[name], how)
    return made.getvalue()


def member(archive: bytes | Path, name: str) -> bytes:
    """One member of the archive."""
    with _opened(archive) as given:
        return given.read(name)


def _opened(archive: bytes | Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive)
