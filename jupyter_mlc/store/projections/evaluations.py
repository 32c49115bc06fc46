"""Evaluations, and the metrics that they computed, as rows."""

from __future__ import annotations

from jupyter_mlc.domain import events as e
from jupyter_mlc.store import facts
from jupyter_mlc.store.projected import computed_rows, words
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.rows import Row, Rows

EVALUATIONS = "evaluation"
"""the counter of all evaluations"""


@projects(e.Evaluated)
def _evaluated(rows: Rows, at: Recorded, event: e.Evaluated) -> None:
    dataset, version = rows.get("dataset", event.dataset), rows.get("version", event.version.id)
    if dataset is None or version is None:
        return
    row: Row = {"id": at.seq, "number": at.assigned["number"], "version": version["id"], "dataset": event.dataset}
    row |= {"digest": dataset["digest"], "target": event.target, "task": event.task, "rows": event.rows}
    row |= {"stage": event.stage, "author": at.actor, "created": at.recorded}
    row |= {"estimates": facts.packed_estimates(event.estimates, words(event.reasons))}
    rows.put("evaluation", row | {"evidence": event.evidence, "predictions": event.predictions})
    rows.put("counter", {"name": EVALUATIONS, "last": at.assigned["number"]})
    _put_computed(rows, version, event)
    hold(rows, at.seq, [event.evidence, event.predictions, *event.blobs])


def _put_computed(rows: Rows, version: Row, event: e.Evaluated) -> None:
    """The newest evaluation on a dataset counts: what it could not compute is not known any more."""
    keys, found = computed_rows(version["id"], event)
    for key in keys:
        if key not in found:
            rows.drop("metric", version["id"], key)
    rows.put("metric", *[{**row, "stage": version["stage"]} for row in found.values()])
    rows.change("version", version["id"], metrics=facts.packed_metrics(rows.select("metric", version["id"])))
