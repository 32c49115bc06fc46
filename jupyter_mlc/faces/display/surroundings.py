"""What surrounded a model when it was made, as facts under labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import Fact, Line, fact, line, quiet, span
from jupyter_mlc.faces.display.figures import digest
from jupyter_mlc.faces.display.words import counted

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Snapshot

_MOST = 10
_COMMIT = 7


def surroundings(snapshot: Snapshot) -> list[Fact]:
    """Notebook, code, environment, and what is to be said of them."""
    return [
        fact("notebook", _notebook(snapshot)),
        fact("code", _code(snapshot)),
        fact("environment", _environment(snapshot)),
        fact("machine", f"{snapshot.user}@{snapshot.host}" if snapshot.user and snapshot.host else ""),
        fact("findings", *_listed(snapshot.findings)),
        fact("notes", *_listed(snapshot.notes)),
        fact("secrets", *_listed([f"{secret} was replaced by ***" for secret in snapshot.secrets])),
        fact("missing", *_listed(snapshot.warnings)),
        fact("switched off", ", ".join(snapshot.off)),
    ]


def _notebook(snapshot: Snapshot) -> Line:
    if not snapshot.notebook and not snapshot.notebook_path:
        return ()
    name = span(snapshot.notebook_path.rpartition("/")[2] or "no file", title=snapshot.notebook_path)
    cells = f", {counted(snapshot.cells, 'executed cell')}" if snapshot.cells else ""
    kept = (", ", digest(snapshot.notebook)) if snapshot.notebook else (", not kept",)
    return line(name, cells, *kept)


def _code(snapshot: Snapshot) -> Line:
    if not snapshot.git_commit:
        return ()
    branch = f" on {snapshot.git_branch}" if snapshot.git_branch else ""
    dirty = " (dirty)" if snapshot.git_dirty else ""
    commit = span(f"git {snapshot.git_commit[:_COMMIT]}", title=snapshot.git_commit)
    diff = (", change kept as ", digest(snapshot.git_diff)) if snapshot.git_diff else ()
    remote = (", ", quiet(snapshot.git_remote)) if snapshot.git_remote else ()
    return line(commit, f"{dirty}{branch}", *remote, *diff)


def _environment(snapshot: Snapshot) -> Line:
    if not snapshot.lock and not snapshot.python:
        return ()
    lock = (f", lock of {counted(snapshot.packages, 'package')}, ", digest(snapshot.lock)) if snapshot.lock else ()
    platform = f", {snapshot.platform}" if snapshot.platform else ""
    return line(f"Python {snapshot.python}{platform}", *lock)


def _listed(found: Sequence[str]) -> list[str]:
    rest = len(found) - _MOST
    return [*found[:_MOST], *([f"and {rest:,} more"] if rest > 0 else [])]
