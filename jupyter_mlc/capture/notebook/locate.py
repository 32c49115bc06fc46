"""Which file is the notebook that is running? Nobody tells a kernel for certain, so every hint is checked.

A path is believed only if the file holds the executing cell, by id or by source. ``JPY_SESSION_NAME`` in particular
keeps the old name after a rename, when another notebook may have taken it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.capture.notebook.document import Notebook, Notebooks
from jupyter_mlc.domain.errors import MlcError

if TYPE_CHECKING:
    from jupyter_mlc.capture.notebook.cells import Execution

MOST_FILES = 20
"""newest first, in each folder that is searched"""
MOST_SEARCHED = 32 << 20
"""bytes of files that are read because they might be it"""
ENOUGH = 0.5
"""of what ran, to be in a file that nobody named"""
TOLD_BY_ENVIRON = ("PAPERMILL_OUTPUT_PATH", "PAPERMILL_INPUT_PATH", "JPY_SESSION_NAME")
TOLD_BY_NAMESPACE = ("PAPERMILL_OUTPUT_PATH", "PAPERMILL_INPUT_PATH", "__vsc_ipynb_file__", "__session__")

_DRIVE = re.compile(r"[A-Za-z][\w-]+:(?!//)")
"""of a collaborative session: ``RTC:notebook.ipynb``"""


@dataclass(frozen=True, kw_only=True)
class Located:
    """The notebook, or why there is none."""

    notebook: Notebook | None = None
    reason: str = ""
    named: bool = False
    """whether anything named a file"""


@dataclass(frozen=True, kw_only=True)
class Hints:
    """Where a front end may have left the notebook's path."""

    namespace: Mapping[str, object]
    environ: Mapping[str, str]
    folder: Path


def locate(notebooks: Notebooks, executions: Sequence[Execution], running: Execution | None, hints: Hints) -> Located:
    """Find the notebook file of the cell that is running, or ran last."""
    cell = running or (executions[-1] if executions else None)
    if cell is None:
        return Located(reason="no cell was executed")
    paths = tuple(dict.fromkeys(_told(hints)))
    reasons: list[str] = []
    told = [found for path in paths if (found := _read(notebooks, path, reasons))]
    named = next((found for found in told if _holds_id(found, cell)), None)
    if named:
        return Located(notebook=named)
    folders = dict.fromkeys([*(path.parent for path in paths), hints.folder])
    others = [found for path in _nearby(folders, paths) if (found := _read(notebooks, path, []))]
    best = _by_id(others, executions, cell) or _by_source(told, others, executions, cell)
    best = best or _unsaved(told, others, executions)
    if best:
        return Located(notebook=best)
    return Located(reason="; ".join(reasons) or "no file holds the executing cell", named=bool(paths))


def _told(hints: Hints) -> Iterator[Path]:
    told = [*map(hints.namespace.get, TOLD_BY_NAMESPACE), *map(hints.environ.get, TOLD_BY_ENVIRON)]
    for path in told:
        if isinstance(path, str) and path.endswith(".ipynb") and "://" not in path and "\0" not in path:
            yield hints.folder / path
            if _DRIVE.match(path):
                yield hints.folder / path.partition(":")[2]


def _nearby(folders: Mapping[Path, None], known: Sequence[Path]) -> Iterator[Path]:
    """Yield the newest notebooks of some folders, as far as they may be read."""
    left = MOST_SEARCHED
    for folder in folders:
        for _, size, path in sorted(_listed(folder), reverse=True)[:MOST_FILES]:
            if path in known:
                continue
            left -= size
            if left < 0:
                return
            yield path


def _listed(folder: Path) -> Iterator[tuple[int, int, Path]]:
    try:
        with os.scandir(folder) as listing:
            for one in listing:
                if one.name.endswith(".ipynb") and one.is_file():
                    status = one.stat()
                    yield status.st_mtime_ns, status.st_size, folder / one.name
    except OSError:
        return


def _read(notebooks: Notebooks, path: Path, reasons: list[str]) -> Notebook | None:
    try:
        return notebooks.read(path)
    except MlcError as error:
        reasons.append(error.message)
        return None


def _holds_id(notebook: Notebook, cell: Execution) -> bool:
    return bool(cell.cell) and any(one.id == cell.cell for one in notebook.document.cells)


def _holds_source(notebook: Notebook, cell: Execution) -> bool:
    return any(one.source.strip() == cell.source.strip() for one in notebook.document.cells)


def _by_id(others: Sequence[Notebook], executions: Sequence[Execution], cell: Execution) -> Notebook | None:
    """Return the file that nobody named with the cell's id; a copy has the same ids, so most of what ran decides."""
    ran = _ran(executions)
    holding = [found for found in others if _holds_id(found, cell)]
    return max(holding, key=lambda found: (_share(found, ran), found.saved), default=None)


def _by_source(
    told: Sequence[Notebook], others: Sequence[Notebook], executions: Sequence[Execution], cell: Execution
) -> Notebook | None:
    """Return the file with the cell's source: one that was named, else one that has half of what ran besides.

    Not all front ends send ids, and old notebooks have none. That a file happens to lie in the folder is no evidence.
    """
    ran = _ran(executions)
    ranked = [(found in told, _share(found, ran), found.saved, found) for found in (*told, *others)]
    holding = [rank for rank in ranked if _holds_source(rank[3], cell)]
    named, share, _, best = max(holding, key=lambda rank: rank[:3], default=(False, 0.0, 0, None))
    return best if named or share >= ENOUGH else None


def _ran(executions: Sequence[Execution]) -> set[tuple[str, str]]:
    return {(one.cell, one.source.strip()) for one in executions}


def _unsaved(told: Sequence[Notebook], others: Sequence[Notebook], executions: Sequence[Execution]) -> Notebook | None:
    """Return the notebook when no file holds the executing cell, because it was added since the last save.

    The ids of the other cells that ran decide in its stead; they are random, so a stranger's file has none of them.
    """
    ran = {(one.cell, "") for one in executions if one.cell}
    ranked = [(_share(one, ran), one in told, one.saved, one) for one in (*told, *others)]
    share, is_told, _, best = max(ranked, key=lambda rank: rank[:3], default=(0.0, False, 0, None))
    return best if share >= ENOUGH or (is_told and share > 0) else None


def _share(notebook: Notebook, ran: Collection[tuple[str, str]]) -> float:
    """Return which part of what ran, as (id, source), is in the notebook."""
    ids = {one.id for one in notebook.document.cells if one.id}
    sources = {one.source.strip() for one in notebook.document.cells} - {""}
    return sum(name in ids or source in sources for name, source in ran) / max(len(ran), 1)
