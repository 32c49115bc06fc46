"""What of a version's notebook is executed to have the version again: what ran, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jupyter_mlc.jobs.parameters import INJECTED, tags_of
from jupyter_mlc.jobs.preparing import Prepared, of_version

EARLIER = "parameters-of-the-version"
"""the tag of a cell that something injected before: its values belong to the version"""


def replayed(content: Mapping[str, Any], ref: str, *, given_anew: bool, complete: bool = True) -> Prepared:
    """A version's notebook as it was executed: without cells that never ran, or that failed.

    Parameters
    ----------
    content : mapping
        The notebook as it was captured.
    ref : str
        What to call the version in a refusal.
    given_anew : bool
        Whether the values of its parameters are recorded apart, so that what was injected is put in anew.
    complete : bool
        Whether all that ran is told in it; where early executions were forgotten, no cell is left out.

    Raises
    ------
    BadInput
        Where the cell that registered it is no longer in the notebook.
    """
    executed = [one for one in _told(content) if isinstance(one, Mapping)]
    prepared = of_version(content if given_anew else _kept(content), ref)
    ran = [one for one in executed if one.get("ok") is not False]
    ids, sources = ({str(one.get(key) or "").strip() for one in ran} - {""} for key in ("id", "source"))
    cells = prepared.content["cells"]
    above = enumerate(cells[: prepared.last] if complete else [])
    idle = [place for place, cell in above if _is_idle(cell, ids, sources)]
    return replace(prepared, skip=tuple(sorted({*prepared.skip, *idle})))


def _is_idle(cell: Mapping[str, Any], ids: set[str], sources: set[str]) -> bool:
    """Whether a cell of code is none of those that ran."""
    return cell["cell_type"] == "code" and cell.get("id") not in ids and cell["source"].strip() not in sources


def again_and_again(content: Mapping[str, Any]) -> tuple[str, ...]:
    """A word about cells that ran more than once: a notebook runs each once."""
    counts: dict[str, int] = {}
    for one in _told(content):
        name = str(one.get("id") or one.get("source"))
        counts[name] = counts.get(name, 0) + 1
    places = {str(cell.get("id")): place for place, cell in enumerate(content["cells"], 1)}
    often = [(places[name], count) for name, count in counts.items() if count > 1 and name in places]
    return tuple(f"cell {place} ran {count} times then, and once now" for place, count in sorted(often))


def _told(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    ours = content.get("metadata", {}).get("jupyter_mlc", {})
    return ours.get("executed", ()) if isinstance(ours, dict) else ()


def _kept(content: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook with what was injected as a cell like any other."""
    return {**content, "cells": [_renamed(cell) for cell in content["cells"]]}


def _renamed(cell: Mapping[str, Any]) -> dict[str, Any]:
    tags = tags_of(cell)
    if INJECTED not in tags:
        return dict(cell)
    metadata = {**cell["metadata"], "tags": [EARLIER if tag == INJECTED else tag for tag in tags]}
    return {**cell, "metadata": metadata}
