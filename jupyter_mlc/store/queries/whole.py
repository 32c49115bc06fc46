"""Versions in full, out of bare rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.store.facts import metrics_in, params_in
from jupyter_mlc.store.queries.base import made

COLUMNS = (
    *("id", "author", "model_name", "number", "stage", "successor", "sunset", "reason", "since", "promoted", "run"),
    *("parent", "job", "format", "artifact", "size", "class_name", "library", "created", "note", "metrics", "params"),
)
"""what `whole` wants to know of a version, in this order"""
_FIELDS = tuple("model" if column == "model_name" else column for column in COLUMNS)


def whole(
    rows: Iterable[tuple[Any, ...]],
    people: Mapping[str, str],
    aliases: Mapping[int, list[str]],
    tags: Mapping[int, dict[str, str]],
) -> list[ModelVersion]:
    """The versions of these rows.

    Parameters
    ----------
    rows : iterable of tuple
        What is kept of each, as `COLUMNS` says.
    people : mapping
        What each author is called.
    aliases, tags : mapping
        Those of each version, by its id; a version without any is not in it.
    """
    found = []
    for row in rows:
        facts: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
        id_ = facts["id"]
        facts["author"], facts["promoted"] = people[facts["author"]], bool(facts["promoted"])
        facts["metrics"], facts["params"] = metrics_in(facts["metrics"]), params_in(facts["params"])
        facts["aliases"] = tuple(sorted(aliases[id_])) if id_ in aliases else ()
        facts["tags"] = dict(sorted(tags[id_].items())) if id_ in tags else {}
        found.append(made(ModelVersion, facts))
    return found
