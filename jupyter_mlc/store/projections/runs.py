"""Runs, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.projected import WORD_OF, metric_rows, param_rows, words
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.rows import Row, Rows

RUNS = "run"
"""the counter of all runs"""


@projects(e.RunStarted)
def _run(rows: Rows, at: Recorded, event: e.RunStarted) -> None:
    put_run(rows, at, at.assigned["number"], name=event.name, note=event.note, status="running", duration=None)
    rows.put("run_tag", *({"run": at.seq, "key": k, "value": v} for k, v in words(event.tags).items()))


def put_run(rows: Rows, at: Recorded, number: int, **facts: Any) -> None:
    """A run, known by the event that began it."""
    row: Row = {"id": at.seq, "number": number, "folded": folded(facts["name"]), "author": at.actor}
    rows.put("run", row | {"started": at.recorded, "snapshot": ""} | facts)
    rows.put("counter", {"name": RUNS, "last": number})


@projects(e.RunEnded)
def _run_ended(rows: Rows, at: Recorded, event: e.RunEnded) -> None:
    run = event.run
    rows.change("run", run, status=event.status, duration=event.duration, snapshot=event.snapshot)
    rows.put("run_metric", *metric_rows("run", run, event.metrics).values())
    rows.put("run_param", *param_rows("run", run, event).values())
    rows.put("run_file", *({"run": run, "name": f.name, "digest": f.digest, "size": f.size} for f in event.files))
    rows.put("run_dataset", *links("run", run, event.datasets))
    hold(rows, at.seq, [*event.blobs, *(file.digest for file in event.files)])


def links(holder: str, id_: int, found: Iterable[e.DatasetLink]) -> list[Row]:
    """What a run or a version was trained on."""
    return [{holder: id_, "dataset": link.dataset, "standing": WORD_OF[link.standing]} for link in found]
