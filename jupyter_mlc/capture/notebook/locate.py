"""Which file is the notebook that is running? Nobody tells a kernel for certain, so every hint is checked.

A path is believed only if the file holds the executing cell, by its id; where there are no ids, by its source. A cell
with the same source and another id is another cell: the same line stands in many notebooks. ``JPY_SESSION_NAME`` in
particular keeps the old name after a rename, when another notebook may have taken it, and after "Save as", when the old
file holds the cell too: a newer one beside it that holds more of what ran, as it ran, is believed in its stead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.capture.notebook.document import CELL_ID, Notebook, Notebooks
from jupyter_mlc.domain.errors import MlcError

if TYPE_CHECKING:
    from jupyter_mlc.capture.notebook.cells import Execution
    from jupyter_mlc.capture.notebook.findings import CodeCell

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
    rival: Notebook | None = None
    """another file that nobody named either and that holds as much of what ran"""


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
    folders = dict.fromkeys([*(path.parent for path in paths), hints.folder])
    if named:
        newer = _nearby(folders, paths, since=named.saved) if _differs(named, executions) else ()
        saved_as = _saved_as(
            named, [found for path in newer if (found := _read(notebooks, path, []))], executions, cell
        )
        return Located(notebook=saved_as or named)
    others = [found for path in _nearby(folders, paths) if (found := _read(notebooks, path, []))]
    best = _by_id(others, executions, cell) or _by_source(told, others, executions, cell)
    best = best or _unsaved(told, others, executions)
    if best:
        return Located(notebook=best, rival=None if best in told else _rival(best, others, executions))
    return Located(reason="; ".join(reasons) or _nowhere(named=bool(paths)), named=bool(paths))


def _nowhere(*, named: bool) -> str:
    return "no file holds the executing cell" + (": save the notebook, then register again" if named else "")


def _told(hints: Hints) -> Iterator[Path]:
    told = [*map(hints.namespace.get, TOLD_BY_NAMESPACE), *map(hints.environ.get, TOLD_BY_ENVIRON)]
    for path in told:
        if isinstance(path, str) and path.endswith(".ipynb") and "://" not in path and "\0" not in path:
            yield hints.folder / path
            if _DRIVE.match(path):
                yield hints.folder / path.partition(":")[2]


def _nearby(folders: Mapping[Path, None], known: Sequence[Path], *, since: int = 0) -> Iterator[Path]:
    """Yield the newest notebooks of some folders, as far as they may be read."""
    left = MOST_SEARCHED
    for folder in folders:
        for saved, size, path in sorted(_listed(folder), reverse=True)[:MOST_FILES]:
            if path in known or saved <= since:
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


def _by_id(others: Sequence[Notebook], executions: Sequence[Execution], cell: Execution) -> Notebook | None:
    """Return the file that nobody named with the cell's id; a copy has the same ids, so most of what ran decides."""
    holding = [found for found in others if _holds_id(found, cell)]
    return max(holding, key=lambda found: (*_likeness(found, executions), found.saved), default=None)


def _saved_as(
    named: Notebook, newer: Sequence[Notebook], executions: Sequence[Execution], cell: Execution
) -> Notebook | None:
    """Return the file as which a named one was saved since: it holds the cell, and more of the others, as they ran."""
    least = _as_they_ran(named, executions)
    holding = [
        found for found in newer if any(one.id == cell.cell and _same(one, cell) for one in found.document.cells)
    ]
    better = [found for found in holding if _as_they_ran(found, executions) > least]
    return max(better, key=lambda found: (*_likeness(found, executions), found.saved), default=None)


def _rival(best: Notebook, others: Sequence[Notebook], executions: Sequence[Execution]) -> Notebook | None:
    least = _likeness(best, executions)
    return next((found for found in others if found != best and _likeness(found, executions) == least), None)


def _by_source(
    told: Sequence[Notebook], others: Sequence[Notebook], executions: Sequence[Execution], cell: Execution
) -> Notebook | None:
    """Return the file with the cell's source: one that was named, else one that has half of what ran besides.

    Not all front ends send the ids of the file, and old notebooks have none.
    """
    return _likeliest(told, others, executions, ran=_ran(executions), holding=_ran([cell]))


def _unsaved(told: Sequence[Notebook], others: Sequence[Notebook], executions: Sequence[Execution]) -> Notebook | None:
    """Return the notebook when no file holds the executing cell, because it was added since the last save.

    The ids of the other cells that ran decide in its stead; they are random, so a stranger's file has none of them.
    """
    ids = {(name, "") for name, _ in _ran(executions) if name}
    return _likeliest(told, others, executions, ran=ids, holding=ids)


Ran = Collection[tuple[str, str]]
"""executed cells as (id, source); without an id where the front end sends none that a file could have"""


def _ran(executions: Sequence[Execution]) -> Ran:
    return {(one.cell if CELL_ID.fullmatch(one.cell) else "", one.source.strip()) for one in executions}


def _likeliest(
    told: Sequence[Notebook], others: Sequence[Notebook], executions: Sequence[Execution], *, ran: Ran, holding: Ran
) -> Notebook | None:
    """Return the file with most of what ran, among those that hold a part of something.

    One that was named goes first; that another happens to lie in the folder is no evidence, so it must have half.
    """
    files = [found for found in (*told, *others) if _share(found, holding)]
    best = max(
        files,
        key=lambda found: (found in told, _share(found, ran), *_likeness(found, executions), found.saved),
        default=None,
    )
    return best if best in told or (best and _share(best, ran) >= ENOUGH) else None


def _likeness(notebook: Notebook, executions: Sequence[Execution]) -> tuple[float, int, int]:
    """Return what tells a notebook from its copies: how much of it ran, how much as it is, how little did not."""
    same = _as_they_ran(notebook, executions)
    return _share(notebook, _ran(executions)), same, same - len(notebook.document.cells)


def _as_they_ran(notebook: Notebook, executions: Sequence[Execution]) -> int:
    """Return how many of a notebook's cells are as they ran last."""
    ran = _ran(_last(executions))
    sources = {source for _, source in ran}
    cells = ((cell.id, cell.source.strip()) for cell in notebook.document.cells)
    return sum(
        (name, source) in ran or ("", source) in ran or (not name and source in sources) for name, source in cells
    )


def _differs(notebook: Notebook, executions: Sequence[Execution]) -> bool:
    return _as_they_ran(notebook, executions) < len(_ran(_last(executions)))


def _last(executions: Sequence[Execution]) -> list[Execution]:
    """Return the last execution of each cell."""
    return list({one.cell or one.source: one for one in executions}.values())


def _same(cell: CodeCell, execution: Execution) -> bool:
    return cell.source.strip() == execution.source.strip()


def _share(notebook: Notebook, ran: Ran) -> float:
    """Return which part of what ran is in the notebook."""
    cells = [(one.id, one.source.strip()) for one in notebook.document.cells]
    ids = {name for name, _ in cells if name}
    sources = {source for _, source in cells if source}
    nameless = {source for name, source in cells if source and not name}
    held = (name in ids or source in (nameless if name else sources) for name, source in ran)
    return sum(held) / max(len(ran), 1)
