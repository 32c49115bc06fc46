"""What surrounds the caller: captured, and its blobs stored where the verbs look for them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.store.home import working_folder

if TYPE_CHECKING:
    from jupyter_mlc.capture.secrets.scrubbing import Watched
    from jupyter_mlc.faces.desk import Desk


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What surrounded the model, its blobs stored."""

    text: str = ""
    blobs: tuple[Digest, ...] = ()
    summary: str = ""
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    off: tuple[str, ...] = ()

    @property
    def to_tell(self) -> tuple[str, ...]:
        """What a person must know, whatever comes of it."""
        return (*self.findings, *self.warnings)


def snapshot(desk: Desk, uses: Iterable[str] | None, said: Iterable[Watched] = ()) -> Taken:
    """Take a snapshot of what surrounds the caller, and store what belongs to it."""
    captured = desk.surroundings.take(
        folder=working_folder(),
        environ=os.environ,
        namespace=desk.namespace(),
        uses=tuple(uses) if uses is not None else None,
        said=said,
    )
    names = list(captured.blobs)
    digests = dict(zip(names, desk.session.artifacts.put_many(captured.blobs.values()), strict=True)) if names else {}
    desk.session.send(digests.values())
    found = captured.stored(digests)
    return Taken(
        text=msgspec.json.encode(found).decode(),
        blobs=tuple(digests.values()),
        summary=_summary(found),
        findings=tuple(one for one in captured.warnings if one in found.findings),
        warnings=tuple(one for one in captured.warnings if one not in found.findings),
        notes=captured.notes,
        off=found.off,
    )


def _summary(found: Any) -> str:
    """What was captured, in one line."""
    parts = [f"notebook {Path(found.notebook_path).name}" if found.notebook_path else ""]
    parts.append(f"{found.cells} executed cell{'' if found.cells == 1 else 's'}" if found.cells else "")
    parts.append(f"lock of {found.packages} packages" if found.lock else "")
    dirty = " (uncommitted changes)" if found.git_dirty else ""
    parts.append(f"git {found.git_commit[:7]}{dirty}" if found.git_commit else "")
    return ", ".join(part for part in parts if part)
