"""From events to rows: the one place that writes projections, live, in rebuild and in verify."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

import msgspec

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.entities import Digest, Measured, Micros
from jupyter_mlc.domain.names import CHAMPION, PREVIOUS, folded
from jupyter_mlc.store import facts
from jupyter_mlc.store.rows import Row, Rows


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the store recorded it."""

    seq: int
    recorded: Micros
    actor: str
    writer_time: Micros
    event: e.Event
    assigned: Mapping[str, int]


_RUNS = "run"
"""the counter of all runs"""
_WRITTEN_OUT = 1e21
"""RFC 8785 writes whole numbers below this without an exponent"""
E = TypeVar("E", bound=e.Event)
Projector: TypeAlias = Callable[[Rows, Recorded, Any], None]
_PROJECTORS: dict[type[e.Event], Projector] = {}


def _projects(kind: type[E]) -> Callable[[Callable[[Rows, Recorded, E], None]], Callable[[Rows, Recorded, E], None]]:
    def enter(function: Callable[[Rows, Recorded, E], None]) -> Callable[[Rows, Recorded, E], None]:
        _PROJECTORS[kind] = function
        return function

    return enter


def project(rows: Rows, recorded: Recorded) -> None:
    """Bring the projections up to date with one more event."""
    projector = _PROJECTORS.get(type(recorded.event))
    if projector is not None:
        projector(rows, recorded, recorded.event)
    rows.put("version_event", *({"version": version, "seq": recorded.seq} for version in concerned(recorded)))


def concerned(recorded: Recorded) -> set[int]:
    """The ids of the versions that an event belongs to the history of."""
    event = recorded.event
    if isinstance(event, e.VersionRegistered):
        return {recorded.seq}
    if isinstance(event, e.VersionMoved):
        return {change.version.id for change in event.changes}
    if isinstance(event, e.AliasMoved):
        return {end.id for end in (event.pointer.before, event.pointer.after) if end is not None}
    if isinstance(event, e.Tagged | e.VersionEdited) and event.version is not None:
        return {event.version.id}
    return set()


def assign(rows: Rows, event: e.Event) -> dict[str, int]:
    """The numbers that the store gives to this event: the next one of its model, its dataset, or of all runs."""
    if isinstance(event, e.VersionRegistered):
        model = rows.get("model", folded(event.model))
        number = {"number": (model["last_number"] if model else 0) + 1}
        return number if event.run is not None else number | {"run": _next(rows, _RUNS)}
    counter = _counter(event)
    return {} if counter is None else {"number": _next(rows, counter)}


def _next(rows: Rows, counter: str) -> int:
    row = rows.get("counter", counter)
    return (row["last"] if row else 0) + 1


def _counter(event: e.Event) -> str | None:
    if isinstance(event, e.RunStarted):
        return _RUNS
    if isinstance(event, e.DatasetAdded):
        return f"dataset/{folded(event.name)}"
    return None


@_projects(e.PersonAdded)
def _person(rows: Rows, at: Recorded, event: e.PersonAdded) -> None:
    rows.put("person", {"id": event.person, "kind": event.kind, "name": event.name, "added": at.seq})


@_projects(e.KeyAdded)
def _key(rows: Rows, at: Recorded, event: e.KeyAdded) -> None:
    rows.put("actor_key", {"public": event.public, "person": event.person, "added": at.seq, "ended": None})


@_projects(e.KeyRotated)
def _rotated(rows: Rows, at: Recorded, event: e.KeyRotated) -> None:
    rows.change("actor_key", event.old, ended=at.seq)
    rows.put("actor_key", {"public": event.new, "person": event.person, "added": at.seq, "ended": None})


@_projects(e.ModelCreated)
def _model(rows: Rows, at: Recorded, event: e.ModelCreated) -> None:
    row: Row = {"folded": folded(event.model), "name": event.model, "id": at.seq, "owner": event.owner}
    row |= {"tier": event.tier, "description": "", "created": at.recorded, "last_number": 0, "versions": 0}
    rows.put("model", row)


@_projects(e.ModelEdited)
def _model_edited(rows: Rows, at: Recorded, event: e.ModelEdited) -> None:  # noqa: ARG001 (all projectors alike)
    rows.change("model", folded(event.model), owner=event.owner, tier=event.tier, description=event.description)


@_projects(e.VersionEdited)
def _version_edited(rows: Rows, at: Recorded, event: e.VersionEdited) -> None:  # noqa: ARG001 (all projectors alike)
    rows.change("version", event.version.id, note=event.note)


@_projects(e.Tagged)
def _tagged(rows: Rows, at: Recorded, event: e.Tagged) -> None:  # noqa: ARG001 (all projectors alike)
    table, group = ("model_tag", folded(event.model)) if event.version is None else ("tag", event.version.id)
    column = "model" if event.version is None else "version"
    for key, value in words(event.after).items():
        if value is None:
            rows.drop(table, group, key)
        else:
            rows.put(table, {column: group, "key": key, "value": value})


@_projects(e.AliasMoved)
def _alias(rows: Rows, at: Recorded, event: e.AliasMoved) -> None:
    _point(rows, at, event.model, event.alias, event.pointer)


def _point(rows: Rows, at: Recorded, model: str, alias: str, pointer: e.Pointer) -> None:
    group, after = folded(model), pointer.after.id if pointer.after else None
    if after is None:
        rows.drop("alias", group, alias)
    else:
        rows.put("alias", {"model": group, "alias": alias, "version": after})
    move = {"model": group, "alias": alias, "seq": at.seq, "version": after, "recorded": at.recorded}
    rows.put("alias_move", move)


@_projects(e.RunStarted)
def _run(rows: Rows, at: Recorded, event: e.RunStarted) -> None:
    _put_run(rows, at, at.assigned["number"], name=event.name, note=event.note, status="running", duration=None)
    rows.put("run_tag", *({"run": at.seq, "key": k, "value": v} for k, v in words(event.tags).items()))


def _put_run(rows: Rows, at: Recorded, number: int, **facts: Any) -> None:
    """A run, known by the event that began it."""
    row: Row = {"id": at.seq, "number": number, "folded": folded(facts["name"]), "author": at.actor}
    rows.put("run", row | {"started": at.recorded, "snapshot": ""} | facts)
    rows.put("counter", {"name": _RUNS, "last": number})


@_projects(e.RunEnded)
def _run_ended(rows: Rows, at: Recorded, event: e.RunEnded) -> None:
    run = event.run
    rows.change("run", run, status=event.status, duration=event.duration, snapshot=event.snapshot)
    rows.put("run_metric", *({"run": run, **row} for row in _metric_rows(event.metrics)))
    rows.put("run_param", *({"run": run, **row} for row in _param_rows(event)))
    rows.put("run_file", *({"run": run, "name": f.name, "digest": f.digest, "size": f.size} for f in event.files))
    rows.put("run_dataset", *({"run": run, **row} for row in _links(event.datasets)))
    _hold(rows, at.seq, [*event.blobs, *(file.digest for file in event.files)])


@_projects(e.DatasetAdded)
def _dataset(rows: Rows, at: Recorded, event: e.DatasetAdded) -> None:
    revision = at.assigned["number"]
    row: Row = {"id": at.seq, "name": event.name, "folded": folded(event.name), "revision": revision}
    row |= {"digest": event.digest, "rows": event.rows, "author": at.actor, "created": at.recorded}
    row |= {"source": event.source, "description": event.description}
    rows.put("dataset", row)
    rows.put("counter", {"name": f"dataset/{folded(event.name)}", "last": revision})
    _hold(rows, at.seq, [digest for digest in (event.blob, event.row_digests) if digest])


@_projects(e.VersionRegistered)
def _registered(rows: Rows, at: Recorded, event: e.VersionRegistered) -> None:
    model, number = folded(event.model), at.assigned["number"]
    run = at.seq if event.run is None else event.run
    if event.run is None:
        own = {"name": event.model, "note": "", "status": "finished", "duration": event.duration}
        _put_run(rows, at, at.assigned["run"], **own)
    line = rows.get("model", model)
    rows.change("model", model, last_number=number, versions=(line["versions"] if line else 0) + 1)
    row: Row = {"id": at.seq, "model": model, "number": number, "stage": "candidate", "successor": None}
    row |= {"sunset": None, "reason": "", "since": at.recorded, "promoted": 0, "run": run}
    row |= {"parent": event.parent, "format": event.format, "artifact": event.artifact, "size": event.size}
    row |= {"class_name": event.class_name, "library": event.library, "author": at.actor}
    metrics = {r["key"]: r for r in _metric_rows(event.metrics)}
    params = {r["key"]: r for r in _param_rows(event)}
    of_run: list[Row] = []
    if event.run is not None:
        metrics = {r["key"]: r for r in rows.select("run_metric", run)} | metrics
        params = {r["key"]: r for r in rows.select("run_param", run)} | params
        of_run = [_moved(r, at.seq) for r in rows.select("run_dataset", run)]
    row |= {"created": at.recorded, "note": event.note, "metrics": facts.packed_metrics(metrics.values())}
    row["params"] = facts.packed_params(params.values())
    rows.put("version", row)
    rows.put("tag", *({"version": at.seq, "key": k, "value": v} for k, v in words(event.tags).items()))
    rows.put("metric", *({**_moved(r, at.seq), "stage": "candidate"} for r in metrics.values()))
    rows.put("param", *(_moved(r, at.seq) for r in params.values()))
    rows.put("version_dataset", *of_run, *({"version": at.seq, **row} for row in _links(event.datasets)))
    _hold(rows, at.seq, event.blobs)


def _links(links: Iterable[e.DatasetLink]) -> list[Row]:
    return [{"dataset": link.dataset, "standing": str(link.standing)} for link in links]


def _moved(row: Row, version: int) -> Row:
    return {"version": version, **{column: value for column, value in row.items() if column != "run"}}


@_projects(e.VersionMoved)
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
            _point(rows, at, event.model, alias, pointer)
    for entry in event.popped:
        rows.drop("former", model, entry.position)
    if event.pushed is not None:
        rows.put("former", {"model": model, "position": at.seq, "version": event.pushed.id})


def words(text: str) -> dict[str, Any]:
    """A JSON object kept as personal words; empty where it was erased."""
    if not text or text == e.ERASED:
        return {}
    found: dict[str, Any] = json.loads(text)
    return found


def _metric_rows(metrics: Iterable[Measured]) -> list[Row]:
    """NaN cannot be compared and some databases cannot keep it: it is spelled beside an empty value."""
    return [
        {
            "key": metric.key,
            "value": None if math.isnan(metric.value) else metric.value,
            "spelled": "nan" if math.isnan(metric.value) else None,
            "standing": str(metric.standing),
        }
        for metric in metrics
    ]


def _param_rows(event: e.RunEnded | e.VersionRegistered) -> list[Row]:
    values = {**event.params, **words(event.param_words)}
    return [
        {
            "key": key,
            "number": _number(value),
            "value": _spelled(value),
            "word": int(isinstance(value, str)),
            "standing": event.standings.get(key, "claimed"),
        }
        for key, value in values.items()
    ]


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else None


def _spelled(value: Any) -> str:
    """A word as it is, anything else as JSON spells it, so that ``params.shuffle = true`` finds True.

    Canonical JSON writes a whole number without a point: 1.0 comes back from the log as 1, and must be spelled alike.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _WRITTEN_OUT:
        value = int(value)
    return str(value) if type(value) is int else json.dumps(value)


def _hold(rows: Rows, holder: int, digests: Iterable[Digest]) -> None:
    rows.put("blob_use", *({"holder": holder, "digest": digest} for digest in dict.fromkeys(digests)))
