"""A place that a backup is being restored into: until that is done, nobody makes a new registry there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.store import disk

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.store.places import PlaceOfRegistry

NAME = ".restoring"


def mark_at(place: PlaceOfRegistry) -> Path:
    """Where the command lies that makes the registry; a folder of artifacts may be several databases'."""
    if place.folder is not None:
        return place.folder / NAME
    where = f"{place.dsn} {place.schema}"
    return place.artifacts / f"{NAME}-{hashlib.sha256(where.encode()).hexdigest()[:16]}"


def refuse_unfinished(mark: Path, where: str) -> None:
    """Refuse a place that is half restored.

    Raises
    ------
    Conflict
        Where a restoration began, and did not come to its end.
    """
    if not mark.exists():
        return
    with disk.refusals(f"read {mark}"):
        command = mark.read_text(encoding="utf-8", errors="replace").strip()
    raise Conflict(
        f"a backup is being restored into {where}, or that was interrupted",
        hint=f"do it again: {command or 'jupyter mlc admin restore BACKUP PLACE'}; "
        f"or, for a new registry there, delete {mark}",
    )
