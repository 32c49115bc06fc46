"""Versions, made here or brought in, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.imports import BytesFetched, Imported
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store import facts
from jupyter_mlc.store.projected import metric_rows, param_rows, words
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.projections.runs import links, put_run
from jupyter_mlc.store.rows import Row, Rows


@projects(e.VersionRegistered)
def _registered(rows: Rows, at: Recorded, event: e.VersionRegistered) -> None:
    model, number = folded(event.model), at.assigned["number"]
    run = at.seq if event.run is None else event.run
    if event.run is None:
        own = {"name": event.model, "note": "", "status": "finished", "duration": event.duration}
        put_run(rows, at, at.assigned["run"], **own)
    line = rows.get("model", model)
    rows.change("model", model, last_number=number, versions=(line["versions"] if line else 0) + 1)
    metrics = {**_of_run(rows, "run_metric", event, at.seq), **metric_rows("version", at.seq, event.metrics)}
    params = {**_of_run(rows, "run_param", event, at.seq), **param_rows("version", at.seq, event)}
    rows.put("version", _version_row(at, event, number, run) | _packed(metrics, params))
    rows.put("tag", *[{"version": at.seq, "key": k, "value": v} for k, v in words(event.tags).items()])
    for row in metrics.values():
        row["stage"] = "candidate"
    rows.put("metric", *metrics.values())
    rows.put("param", *params.values())
    of_run = _of_run(rows, "run_dataset", event, at.seq, "dataset").values()
    rows.put("version_dataset", *of_run, *links("version", at.seq, event.datasets))
    hold(rows, at.seq, event.blobs)


@projects(Imported)
def _imported(rows: Rows, at: Recorded, event: Imported) -> None:
    _registered(rows, at, event)
    origin, skipped = event.origin, at.assigned.get("skipped", 0)
    row: Row = {"version": at.seq, "registry": origin.registry, "ref": origin.ref}
    rows.put("imported", row | {"registration": origin.registration, "skipped": skipped})
    rows.put("run_file", *({"run": at.seq, "name": f.name, "digest": f.digest, "size": f.size} for f in event.files))


@projects(BytesFetched)
def _fetched(rows: Rows, at: Recorded, event: BytesFetched) -> None:  # noqa: ARG001 (all projectors alike)
    values: Row = {"format": event.format, "artifact": event.artifact, "size": event.size, "library": event.library}
    rows.change("version", event.version.id, **values)
    hold(rows, event.version.id, event.blobs)


def _of_run(rows: Rows, table: str, event: e.VersionRegistered, version: int, key: str = "key") -> dict[Any, Row]:
    """What the run recorded of which a version came, as rows of that version."""
    if event.run is None:
        return {}
    found: dict[Any, Row] = {}
    for row in rows.select(table, event.run):
        own = {"version": version, **row}
        del own["run"]
        found[own[key]] = own
    return found


def _version_row(at: Recorded, event: e.VersionRegistered, number: int, run: int) -> Row:
    return {
        "id": at.seq,
        "model": folded(event.model),
        "number": number,
        "stage": "candidate",
        "successor": None,
        "sunset": None,
        "reason": "",
        "since": at.recorded,
        "promoted": 0,
        "run": run,
        "parent": event.parent,
        "job": event.job,
        "format": event.format,
        "artifact": event.artifact,
        "size": event.size,
        "class_name": event.class_name,
        "library": event.library,
        "author": at.actor,
        "created": at.recorded,
        "note": event.note,
    }


def _packed(metrics: Mapping[str, Row], params: Mapping[str, Row]) -> Row:
    return {"metrics": facts.packed_metrics(metrics.values()), "params": facts.packed_params(params.values())}
