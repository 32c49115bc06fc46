"""Datasets, as rows."""

from __future__ import annotations

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.rows import Row, Rows


@projects(e.DatasetAdded)
def _dataset(rows: Rows, at: Recorded, event: e.DatasetAdded) -> None:
    revision = at.assigned["number"]
    row: Row = {"id": at.seq, "name": event.name, "folded": folded(event.name), "revision": revision}
    row |= {"digest": event.digest, "rows": event.rows, "author": at.actor, "created": at.recorded}
    row |= {"source": event.source, "description": event.description, "sealed": int(event.sealed)}
    rows.put("dataset", row)
    rows.put("counter", {"name": f"dataset/{folded(event.name)}", "last": revision})
    hold(rows, at.seq, [digest for digest in (event.blob, event.row_digests) if digest])
