"""What of a notebook is executed: from its top through the cell that registered the version, and no other registration.

What papermill or we injected before is taken out; the values that were given are put in anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.jobs import JobParameter
from jupyter_mlc.jobs.parameters import INJECTED, has_parameters, language_of, parameters_of, tags_of

_REGISTERS = re.compile(
    r"^\s*(?:[\w, \t]+=\s*)?%mlc\s+register\b|^\s*%%mlc\s+register\b|\b(?:jupyter_)?mlc\.register\s*\(", re.MULTILINE
)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A notebook, and what of it is executed."""

    content: Mapping[str, Any]
    last: int | None = None
    """the last cell, counted from 0; None: all"""
    skip: tuple[int, ...] = ()
    parameters: tuple[JobParameter, ...] = ()
    tagged: bool = False
    """whether it has a cell of parameters"""

    @property
    def bytes(self) -> bytes:
        """The notebook's file: the same bytes for the same content."""
        return json.dumps(self.content, sort_keys=True, separators=(",", ":")).encode()

    @property
    def sources(self) -> tuple[str, ...]:
        """The source of every cell of code that is executed."""
        end = len(self.content["cells"]) if self.last is None else self.last + 1
        cells = enumerate(self.content["cells"][:end])
        return tuple(cell["source"] for place, cell in cells if cell["cell_type"] == "code" and place not in self.skip)

    @property
    def language(self) -> str:
        return language_of(self.content)


def whole(content: Mapping[str, Any]) -> Prepared:
    """All of a notebook: it was made to be executed so."""
    clean = _without_injected(content)
    return Prepared(content=clean, parameters=parameters_of(clean), tagged=has_parameters(clean))


def of_version(content: Mapping[str, Any], ref: str) -> Prepared:
    """A version's notebook from its top through the cell that registered it, other registrations left out.

    Parameters
    ----------
    content : mapping
        The notebook as it was captured, with what was executed in its metadata.
    ref : str
        What to call the version in a refusal.

    Raises
    ------
    BadInput
        Where the cell that registered it is no longer in the notebook.
    """
    executed = _executed(content)
    clean = _without_injected(content)
    last = _registering(clean["cells"], executed)
    if last is None:
        raise BadInput(
            f"the notebook of {ref} does not hold the cell that registered it, so nobody knows how far to execute it",
            hint="name the notebook as it is now: %mlc retrain NOTEBOOK.ipynb",
        )
    skip = [place for place, cell in enumerate(clean["cells"][:last]) if registers(cell)]
    return Prepared(
        content=clean, last=last, skip=tuple(skip), parameters=parameters_of(clean), tagged=has_parameters(clean)
    )


def again(content: Mapping[str, Any], last: int | None, skip: Sequence[int]) -> Prepared:
    """The same as an earlier job executed."""
    return Prepared(
        content=content,
        last=last,
        skip=tuple(skip),
        parameters=parameters_of(content),
        tagged=has_parameters(content),
    )


def registers(cell: Mapping[str, Any]) -> bool:
    """Whether a cell of code calls `register`, in any of its spellings."""
    return cell["cell_type"] == "code" and bool(_REGISTERS.search(_COMMENT.sub("", cell["source"])))


def _executed(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What ran, oldest first; the cell that registered is the last."""
    ours = content.get("metadata", {}).get("jupyter_mlc", {})
    found = ours.get("executed", ()) if isinstance(ours, dict) else ()
    return [one for one in found if isinstance(one, dict)]


def _registering(cells: Sequence[Mapping[str, Any]], executed: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the cell that ran last: by its id, else by its source; of equal ones the lowest."""
    if not executed:
        return None
    last = executed[-1]
    if _is_made_of(cells, executed):
        return len(cells) - 1
    by_id = [place for place, cell in enumerate(cells) if last.get("id") and cell.get("id") == last["id"]]
    source = str(last.get("source", "")).strip()
    by_source = [place for place, cell in enumerate(cells) if source and cell["source"].strip() == source]
    return max(by_id or by_source, default=None)


def _is_made_of(cells: Sequence[Mapping[str, Any]], executed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the notebook was put together of the cells as they ran: then a cell that ran twice is there twice."""
    return [cell["source"] for cell in cells] == [one.get("source") for one in executed]


def _without_injected(content: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook without what an earlier execution put into it."""
    metadata = {key: value for key, value in content.get("metadata", {}).items() if key != "papermill"}
    ours = metadata.get("jupyter_mlc")
    if isinstance(ours, dict):
        metadata["jupyter_mlc"] = {key: value for key, value in ours.items() if key != "executed"}
        if not metadata["jupyter_mlc"]:
            del metadata["jupyter_mlc"]
    cells = [cell for cell in content["cells"] if INJECTED not in tags_of(cell)]
    return {**content, "metadata": metadata, "cells": cells}
