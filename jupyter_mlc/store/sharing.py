"""Which registries keep their blobs in one folder: where another one does, nothing is deleted for want of use.

A registry in a database leaves a mark in its folder of artifacts, ``registries/UUID-PLACE``; one in a folder is known
by its database there. PLACE tells a registry from its restored copy in another database or schema. It does not depend
on the names under which people reach the server, and a mark is looked for by one question to the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.store import disk
from jupyter_mlc.store.places import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.store.places import PlaceOfRegistry
    from jupyter_mlc.store.registry import Registry

_FOLDER = "registries"
_DIGITS = 16


def mark(place: PlaceOfRegistry, uuid: str) -> None:
    """Note in its folder of artifacts that a registry in a database uses it."""
    if place.folder is not None or place.bucket:
        return
    path = _mark_of(place, uuid)
    if not path.exists():
        with disk.refusals(f"store bytes in {place.artifacts}"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(place.shown + "\n", encoding="utf-8")


def sharers(registry: Registry) -> dict[Path, str]:
    """The other registries in this one's folder of artifacts: what tells of each, and where it is."""
    place = registry.place
    if place.bucket:
        return {}
    found = {}
    with disk.refusals(f"look for registries in {place.artifacts}"):
        with contextlib.suppress(FileNotFoundError):
            own = None if place.folder is not None else _mark_of(place, registry.uuid)
            for path in sorted((place.artifacts / _FOLDER).iterdir()):
                if path != own and not path.name.startswith("."):
                    found[path] = path.read_text(encoding="utf-8", errors="replace").strip() or path.name
        if place.folder is None and (path := place.artifacts / DATABASE).exists():
            found[path] = str(place.artifacts)
    return found


def refuse_shared(registry: Registry, doing: str) -> None:
    """Refuse to delete what another registry in the same folder may need.

    Raises
    ------
    Conflict
        Where another registry is known there.
    """
    found = sharers(registry)
    if not found:
        return
    path, where = next(iter(found.items()))
    raise Conflict(
        f"{doing}: another registry, {where}, keeps its bytes in {registry.place.artifacts} too, "
        "and may need what this one does not",
        hint=f"give each registry a folder of artifacts of its own; or, where that one is gone for good, delete {path}",
    )


def _mark_of(place: PlaceOfRegistry, uuid: str) -> Path:
    where = f"{urlsplit(place.dsn).path.strip('/')} {place.schema}"
    return place.artifacts / _FOLDER / f"{uuid}-{hashlib.sha256(where.encode()).hexdigest()[:_DIGITS]}"
