"""Evaluations, and the metrics that they tell, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.domain.imports import EvaluationImported
from jupyter_mlc.store import facts
from jupyter_mlc.store.projected import WORD_OF, judged_rows, words
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.rows import Row, Rows

EVALUATIONS = "evaluation"
"""the counter of all evaluations"""


@projects(e.Evaluated)
def _evaluated(rows: Rows, at: Recorded, event: e.Evaluated) -> None:
    _put(rows, at, event, at.actor, Standing.COMPUTED)


@projects(EvaluationImported)
def _imported(rows: Rows, at: Recorded, event: EvaluationImported) -> None:
    _put(rows, at, event, event.whence.author, event.standing)


def _put(rows: Rows, at: Recorded, event: e.Evaluated, author: str, standing: Standing) -> None:
    dataset, version = rows.get("dataset", event.dataset), rows.get("version", event.version.id)
    if dataset is None or version is None:
        return
    row: Row = {"id": at.seq, "number": at.assigned["number"], "version": version["id"], "dataset": event.dataset}
    row |= {"digest": dataset["digest"], "target": event.target, "task": event.task, "rows": event.rows}
    row |= {"stage": event.stage, "author": author, "created": at.recorded}
    row |= {"estimates": facts.packed_estimates(event.estimates, words(event.reasons))}
    rows.put("evaluation", row | {"evidence": event.evidence, "predictions": event.predictions})
    rows.put("counter", {"name": EVALUATIONS, "last": at.assigned["number"]})
    _put_metrics(rows, version, event, standing)
    hold(rows, at.seq, [event.evidence, event.predictions, *event.blobs])


def _put_metrics(rows: Rows, version: Mapping[str, Any], event: e.Evaluated, standing: Standing) -> None:
    """The newest evaluation on a dataset counts: what it could not compute is not known any more.

    What is claimed takes the place of nothing that was computed.
    """
    keys, found = judged_rows(version["id"], event, standing)
    known = _computed(rows, version["id"]) if standing is Standing.CLAIMED else set()
    for key in keys:
        if key not in found and key not in known:
            rows.drop("metric", version["id"], key)
    rows.put("metric", *[{**row, "stage": version["stage"]} for key, row in found.items() if key not in known])
    rows.change("version", version["id"], metrics=facts.packed_metrics(rows.select("metric", version["id"])))


def _computed(rows: Rows, version: int) -> set[str]:
    return {row["key"] for row in rows.select("metric", version) if row["standing"] == WORD_OF[Standing.COMPUTED]}
