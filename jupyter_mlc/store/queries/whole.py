"""Versions in full, out of bare rows: a list has many of them, so the facts of each are laid out in one go."""

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
    for (
        id_,
        author,
        model,
        number,
        stage,
        successor,
        sunset,
        reason,
        since,
        promoted,
        run,
        parent,
        job,
        format_,
        artifact,
        size,
        class_name,
        library,
        created,
        note,
        metrics,
        params,
    ) in rows:
        # written out twice, since a dict that is known whole is laid out at once, and one that grows several times
        facts = {
            "model": model,
            "number": number,
            "id": id_,
            "stage": stage,
            "successor": successor,
            "sunset": sunset,
            "reason": reason,
            "since": since,
            "promoted": bool(promoted),
            "run": run,
            "parent": parent,
            "job": job,
            "format": format_,
            "artifact": artifact,
            "size": size,
            "class_name": class_name,
            "library": library,
            "author": people[author],
            "created": created,
            "note": note,
            "aliases": tuple(sorted(aliases[id_])) if id_ in aliases else (),
            "tags": dict(sorted(tags[id_].items())) if id_ in tags else {},
            "metrics": metrics_in(metrics),
            "params": params_in(params),
        }
        found.append(made(ModelVersion, facts))
    return found
