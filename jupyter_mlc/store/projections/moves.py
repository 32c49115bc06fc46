"""Moves through the stages, as rows."""

from __future__ import annotations

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.names import CHAMPION, PREVIOUS, folded
from jupyter_mlc.store.projections.base import Recorded, projects
from jupyter_mlc.store.projections.models import point
from jupyter_mlc.store.rows import Row, Rows


@projects(e.VersionMoved)
def _version_moved(rows: Rows, at: Recorded, event: e.VersionMoved) -> None:
    for change in event.changes:
        values: Row = {"stage": change.after.stage, "successor": change.after.successor, "sunset": change.after.sunset}
        values |= {"reason": event.reason, "since": at.recorded}
        if event.kind == "promote":
            values["promoted"] = 1
        rows.change("version", change.version.id, **values)
        rows.change_group("metric", change.version.id, stage=change.after.stage)
        if change.after.stage == "purged":
            rows.drop_group("blob_use", change.version.id)
    model = folded(event.model)
    for alias, pointer in ((CHAMPION, event.champion), (PREVIOUS, event.previous)):
        if pointer is not None and pointer.before != pointer.after:
            point(rows, at, event.model, alias, pointer)
    for entry in event.popped:
        rows.drop("former", model, entry.position)
    if event.pushed is not None:
        rows.put("former", {"model": model, "position": at.seq, "version": event.pushed.id})
