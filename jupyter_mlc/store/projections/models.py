"""Models, aliases, tags and notes, as rows."""

from __future__ import annotations

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.projected import words
from jupyter_mlc.store.projections.base import Recorded, projects
from jupyter_mlc.store.rows import Row, Rows


@projects(e.ModelCreated)
def _model(rows: Rows, at: Recorded, event: e.ModelCreated) -> None:
    row: Row = {"folded": folded(event.model), "name": event.model, "id": at.seq, "owner": event.owner}
    row |= {"tier": event.tier, "description": "", "created": at.recorded, "last_number": 0, "versions": 0}
    rows.put("model", row)


@projects(e.ModelEdited)
def _model_edited(rows: Rows, at: Recorded, event: e.ModelEdited) -> None:  # noqa: ARG001 (all projectors alike)
    rows.change("model", folded(event.model), owner=event.owner, tier=event.tier, description=event.description)


@projects(e.VersionEdited)
def _version_edited(rows: Rows, at: Recorded, event: e.VersionEdited) -> None:  # noqa: ARG001 (all projectors alike)
    rows.change("version", event.version.id, note=event.note)


@projects(e.Tagged)
def _tagged(rows: Rows, at: Recorded, event: e.Tagged) -> None:  # noqa: ARG001 (all projectors alike)
    table, group = ("model_tag", folded(event.model)) if event.version is None else ("tag", event.version.id)
    column = "model" if event.version is None else "version"
    for key, value in words(event.after).items():
        if value is None:
            rows.drop(table, group, key)
        else:
            rows.put(table, {column: group, "key": key, "value": value})


@projects(e.AliasMoved)
def _alias(rows: Rows, at: Recorded, event: e.AliasMoved) -> None:
    point(rows, at, event.model, event.alias, event.pointer)


def point(rows: Rows, at: Recorded, model: str, alias: str, pointer: e.Pointer) -> None:
    """Let an alias point to what it points to from now on, and remember since when."""
    group, after = folded(model), pointer.after.id if pointer.after else None
    if after is None:
        rows.drop("alias", group, alias)
    else:
        rows.put("alias", {"model": group, "alias": alias, "version": after})
    move = {"model": group, "alias": alias, "seq": at.seq, "version": after, "recorded": at.recorded}
    rows.put("alias_move", move)
