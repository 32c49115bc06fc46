"""The notebook: read as JSON, without outputs and whatever else changes by itself, and written in one way only."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.notebook.findings import CodeCell, Document
from jupyter_mlc.capture.words import words
from jupyter_mlc.domain.errors import BadInput, MlcError, Unavailable

if TYPE_CHECKING:
    from jupyter_mlc.capture.notebook.cells import Execution

MOST_BYTES = 64 << 20
"""a larger file is not read"""
VOLATILE = words(
    """
    colab collapsed ExecuteTime execution executionInfo heading_collapsed hidden interpreter
    jp-MarkdownHeadingCollapsed jupyter kernel_info last_executed_text outputId papermill pycharm scrolled signature
    trusted vscode widgets
    """
)
"""metadata that changes without anybody changing the notebook"""
_OURS = frozenset({"cell_type", "execution_count", "id", "outputs", "source"})
"""what is left of a cell when nothing free is"""
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""as notebook files have them; some front ends send addresses of their own instead"""

Clean = Callable[[str, str], str]
"""(text, where) to the text without secrets"""
CleanEntry = Callable[[str, str, str], str]
"""(name, value, where) to the value without secrets"""


@dataclass(frozen=True, kw_only=True)
class Notebook:
    """A notebook file as it was read."""

    path: Path
    saved: int
    """nanoseconds since 1970"""
    content: Mapping[str, Any]
    """without outputs and volatile metadata; never changed"""
    document: Document


class Notebooks:
    """Reads notebook files, each only once as long as it does not change."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[object, Notebook | MlcError]] = {}

    def read(self, path: Path) -> Notebook:
        """Return the notebook in a file.

        Raises
        ------
        Unavailable
            If the file cannot be read.
        BadInput
            If it holds no notebook of format 4.
        """
        status = _status(path)
        stamp = status.st_ino, status.st_mtime_ns, status.st_size
        kept = self._read.get(path)
        if kept is None or kept[0] != stamp:
            if len(self._read) > 64:  # noqa: PLR2004 (files of one kernel's folders)
                self._read.clear()
            kept = self._read[path] = stamp, _open(path, status)
        if isinstance(kept[1], MlcError):
            raise kept[1]
        return kept[1]


def text(content: Mapping[str, Any]) -> bytes:
    """Return a notebook's bytes: the same for the same content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def with_executed(
    notebook: Notebook, executions: Sequence[Execution], clean: Clean, entry: CleanEntry
) -> dict[str, Any]:
    """Return the notebook without secrets, with the cells as executed in its metadata.

    A cell that ran after the file was saved has the source with which it ran: that is what its author saw.
    """
    newer = {one.cell: one.source for one in executions if one.cell and one.began > notebook.saved}
    content: dict[str, Any] = {key: value for key, value in notebook.content.items() if key != "cells"}
    cells = []
    for number, cell in enumerate(notebook.content["cells"], 1):
        where = f"cell {number}"
        source = newer.get(str(cell.get("id", "")), cell["source"])
        free_form = {key: value for key, value in cell.items() if key not in _OURS and value}
        cells.append({**cell, **_cleaned(free_form, where, clean, entry), "source": clean(source, where)})
    places = {
        key: f"cell {cell.number}" for cell in reversed(notebook.document.cells) for key in (cell.id, cell.source)
    }
    return _marked(_cleaned(content, "notebook", clean, entry) | {"cells": cells}, executions, clean, places)


def from_executed(executions: Sequence[Execution], clean: Clean) -> dict[str, Any]:
    """Return a notebook made of the cells as they were executed."""
    taken: set[str] = set()
    cells = []
    for one in executions:
        valid = CELL_ID.fullmatch(one.cell) and one.cell not in taken
        name = one.cell if valid else f"executed-{one.count}"
        taken.add(name)
        code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        cells.append({"id": name, "source": clean(one.source, _place(one, {})), **code})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return _marked({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, executions, clean, {})


def _marked(
    content: dict[str, Any], executions: Iterable[Execution], clean: Clean, places: Mapping[str, str]
) -> dict[str, Any]:
    executed = [
        {"id": one.cell, "source": clean(one.source, _place(one, places)), "ok": one.ok, "count": one.count}
        for one in executions
    ]
    ours = content["metadata"].get("jupyter_mlc")
    mark = {**(ours if isinstance(ours, dict) else {}), "executed": executed}
    return content | {"metadata": content["metadata"] | {"jupyter_mlc": mark}}


def _place(one: Execution, places: Mapping[str, str]) -> str:
    return places.get(one.cell or one.source) or f"executed cell [{one.count}]"


def _cleaned(value: Any, where: str, clean: Clean, entry: CleanEntry) -> Any:
    """Return JSON without secrets; images are left as they are."""
    if isinstance(value, str):
        return clean(value, where)
    if isinstance(value, list):
        return [_cleaned(item, where, clean, entry) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: item
        if key.startswith("image/")
        else entry(key, clean(item, where), where)
        if isinstance(item, str)
        else _cleaned(item, where, clean, entry)
        for key, item in value.items()
    }


def _status(path: Path) -> os.stat_result:
    try:
        status = os.stat(path)  # noqa: PTH116 (on the warm path)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Unavailable(f"{str(path)!r} is no path") from None
    if not stat.S_ISREG(status.st_mode):
        raise Unavailable(f"{path} is no file")
    if status.st_size > MOST_BYTES:
        raise Unavailable(f"{path} is larger than {MOST_BYTES >> 20} MiB", hint="clear its outputs and save it")
    return status


def _open(path: Path, status: os.stat_result) -> Notebook | MlcError:
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=lambda _: None)
    except OSError as error:
        return Unavailable(f"{path} cannot be read: {error.strerror}")
    except (ValueError, RecursionError):
        return BadInput(f"{path} is no notebook: it is not JSON")
    problem = _problem(content)
    if problem:
        return BadInput(f"{path} {problem}", hint="open and save it in JupyterLab")
    stripped = _stripped(content)
    document = Document(cells=tuple(_code_cells(stripped["cells"])), saved=status.st_mtime_ns)
    return Notebook(path=path, saved=status.st_mtime_ns, content=stripped, document=document)


def _problem(content: object) -> str:
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        return "is no notebook: it names no notebook format"
    if content["nbformat"] != 4:  # noqa: PLR2004
        return f"is in notebook format {content['nbformat']}, not 4"
    cells = content.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return "is no notebook: it has no list of cells"
    return ""


def _stripped(content: Mapping[str, Any]) -> dict[str, Any]:
    metadata = _steady(content.get("metadata"))
    if isinstance(metadata.get("language_info"), dict):
        metadata["language_info"] = {
            key: metadata["language_info"][key] for key in ("name",) if key in metadata["language_info"]
        }
    return {**content, "metadata": metadata, "cells": [_stripped_cell(cell) for cell in content["cells"]]}


def _stripped_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    source = cell.get("source", "")
    joined = "".join(map(str, source)) if isinstance(source, list) else str(source)
    kept = {**cell, "source": joined, "metadata": _steady(cell.get("metadata"))}
    if cell.get("cell_type") == "code" or "outputs" in cell:
        kept |= {"outputs": [], "execution_count": None}
    return kept


def _steady(metadata: object) -> dict[str, Any]:
    given = metadata if isinstance(metadata, dict) else {}
    return {key: value for key, value in given.items() if key not in VOLATILE}


def _code_cells(cells: Sequence[Mapping[str, Any]]) -> Iterable[CodeCell]:
    for number, cell in enumerate(cells, 1):
        if cell.get("cell_type") == "code":
            name = cell.get("id")
            yield CodeCell(id=name if isinstance(name, str) else "", source=cell["source"], number=number)
