"""From events to rows: the one place that writes projections, live, in rebuild and in verify."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

import msgspec

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.entities import Digest, Micros
from jupyter_mlc.domain.imports import BytesFetched, Imported
from jupyter_mlc.domain.jobs import BEGUN, JobAdded, JobEnded, JobStarted
from jupyter_mlc.domain.names import CHAMPION, PREVIOUS, folded
from jupyter_mlc.domain.reproductions import ReproductionJudged
from jupyter_mlc.store import facts
from jupyter_mlc.store.projected import WORD_OF, computed_rows, metric_rows, param_rows, words
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
_EVALUATIONS = "evaluation"
"""the counter of all evaluations"""
_JOBS = "job"
"""the counter of all jobs"""
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
    kind = type(recorded.event)
    projector, concerned = _PROJECTORS.get(kind), _CONCERNED.get(kind)
    if projector is not None:
        projector(rows, recorded, recorded.event)
    if concerned is not None:
        versions = concerned(recorded, recorded.event)
        rows.put("version_event", *[{"version": version, "seq": recorded.seq} for version in versions])


def _of_pointer(at: Recorded, event: e.AliasMoved) -> set[int]:  # noqa: ARG001 (all alike)
    return {end.id for end in (event.pointer.before, event.pointer.after) if end is not None}


_CONCERNED: Mapping[type[e.Event], Callable[[Recorded, Any], Iterable[int]]] = {
    e.VersionRegistered: lambda at, _: (at.seq,),
    Imported: lambda at, _: (at.seq,),
    e.VersionMoved: lambda _, event: {change.version.id for change in event.changes},
    e.AliasMoved: _of_pointer,
    e.Tagged: lambda _, event: () if event.version is None else (event.version.id,),
    e.VersionEdited: lambda _, event: (event.version.id,),
    e.Evaluated: lambda _, event: (event.version.id,),
    BytesFetched: lambda _, event: (event.version.id,),
    ReproductionJudged: lambda _, event: (event.version.id,),
}
"""The ids of the versions that an event belongs to the history of."""


def assign(rows: Rows, event: e.Event) -> dict[str, int]:
    """The numbers that the store gives to this event: the next one of its model, of its dataset, or of its kind."""
    if isinstance(event, e.VersionRegistered):
        model = rows.get("model", folded(event.model))
        numbers = _number_of(event, model["last_number"] if model else 0)
        return numbers if event.run is not None else numbers | {"run": _next(rows, _RUNS)}
    counter = _counter(event)
    return {} if counter is None else {"number": _next(rows, counter)}


def _number_of(event: e.VersionRegistered, last: int) -> dict[str, int]:
    """The next number; what was brought in keeps its own where that is still to come, and skips those before it."""
    if isinstance(event, Imported) and event.origin.number > last + 1:
        return {"number": event.origin.number, "skipped": event.origin.number - last - 1}
    return {"number": last + 1}


def _next(rows: Rows, counter: str) -> int:
    row = rows.get("counter", counter)
    return (row["last"] if row else 0) + 1


def _counter(event: e.Event) -> str | None:
    if isinstance(event, e.RunStarted):
        return _RUNS
    if isinstance(event, e.Evaluated):
        return _EVALUATIONS
    if isinstance(event, JobStarted):
        return _JOBS
    if isinstance(event, e.DatasetAdded):
        return f"dataset/{folded(event.name)}"
    return f"job/{folded(event.name)}" if isinstance(event, JobAdded) else None


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
    rows.put("run_metric", *metric_rows("run", run, event.metrics).values())
    rows.put("run_param", *param_rows("run", run, event).values())
    rows.put("run_file", *({"run": run, "name": f.name, "digest": f.digest, "size": f.size} for f in event.files))
    rows.put("run_dataset", *_links("run", run, event.datasets))
    _hold(rows, at.seq, [*event.blobs, *(file.digest for file in event.files)])


@_projects(e.DatasetAdded)
def _dataset(rows: Rows, at: Recorded, event: e.DatasetAdded) -> None:
    revision = at.assigned["number"]
    row: Row = {"id": at.seq, "name": event.name, "folded": folded(event.name), "revision": revision}
    row |= {"digest": event.digest, "rows": event.rows, "author": at.actor, "created": at.recorded}
    row |= {"source": event.source, "description": event.description, "sealed": int(event.sealed)}
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
    metrics = {**_of_run(rows, "run_metric", event, at.seq), **metric_rows("version", at.seq, event.metrics)}
    params = {**_of_run(rows, "run_param", event, at.seq), **param_rows("version", at.seq, event)}
    rows.put("version", _version_row(at, event, number, run) | _packed(metrics, params))
    rows.put("tag", *[{"version": at.seq, "key": k, "value": v} for k, v in words(event.tags).items()])
    rows.put("metric", *[{**row, "stage": "candidate"} for row in metrics.values()])
    rows.put("param", *params.values())
    of_run = _of_run(rows, "run_dataset", event, at.seq, "dataset").values()
    rows.put("version_dataset", *of_run, *_links("version", at.seq, event.datasets))
    _hold(rows, at.seq, event.blobs)


@_projects(Imported)
def _imported(rows: Rows, at: Recorded, event: Imported) -> None:
    _registered(rows, at, event)
    origin, skipped = event.origin, at.assigned.get("skipped", 0)
    row: Row = {"version": at.seq, "registry": origin.registry, "ref": origin.ref}
    rows.put("imported", row | {"registration": origin.registration, "skipped": skipped})
    rows.put("run_file", *({"run": at.seq, "name": f.name, "digest": f.digest, "size": f.size} for f in event.files))


@_projects(BytesFetched)
def _fetched(rows: Rows, at: Recorded, event: BytesFetched) -> None:  # noqa: ARG001 (all projectors alike)
    values: Row = {"format": event.format, "artifact": event.artifact, "size": event.size, "library": event.library}
    rows.change("version", event.version.id, **values)
    _hold(rows, event.version.id, event.blobs)


def _links(holder: str, id_: int, links: Iterable[e.DatasetLink]) -> list[Row]:
    return [{holder: id_, "dataset": link.dataset, "standing": WORD_OF[link.standing]} for link in links]


def _of_run(rows: Rows, table: str, event: e.VersionRegistered, version: int, key: str = "key") -> dict[Any, Row]:
    """What the run recorded of which a version came, as rows of that version."""
    if event.run is None:
        return {}
    found = rows.select(table, event.run)
    for row in found:
        del row["run"]
    return {row[key]: {"version": version, **row} for row in found}


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


@_projects(e.Evaluated)
def _evaluated(rows: Rows, at: Recorded, event: e.Evaluated) -> None:
    dataset, version = rows.get("dataset", event.dataset), rows.get("version", event.version.id)
    if dataset is None or version is None:
        return
    row: Row = {"id": at.seq, "number": at.assigned["number"], "version": version["id"], "dataset": event.dataset}
    row |= {"digest": dataset["digest"], "target": event.target, "task": event.task, "rows": event.rows}
    row |= {"stage": event.stage, "author": at.actor, "created": at.recorded}
    row |= {"estimates": facts.packed_estimates(event.estimates, words(event.reasons))}
    rows.put("evaluation", row | {"evidence": event.evidence, "predictions": event.predictions})
    rows.put("counter", {"name": _EVALUATIONS, "last": at.assigned["number"]})
    _put_computed(rows, version, event)
    _hold(rows, at.seq, [event.evidence, event.predictions, *event.blobs])


def _put_computed(rows: Rows, version: Row, event: e.Evaluated) -> None:
    """The newest evaluation on a dataset counts: what it could not compute is not known any more."""
    keys, found = computed_rows(version["id"], event)
    for key in keys:
        if key not in found:
            rows.drop("metric", version["id"], key)
    rows.put("metric", *[{**row, "stage": version["stage"]} for row in found.values()])
    rows.change("version", version["id"], metrics=facts.packed_metrics(rows.select("metric", version["id"])))


@_projects(JobAdded)
def _job_added(rows: Rows, at: Recorded, event: JobAdded) -> None:
    revision = at.assigned["number"]
    row: Row = {"folded": folded(event.name), "name": event.name, "id": at.seq, "revision": revision}
    row |= {"notebook": event.notebook, "parameters": event.parameters, "source": event.source}
    rows.put("job_definition", row | {"author": at.actor, "created": at.recorded})
    rows.put("counter", {"name": f"job/{folded(event.name)}", "last": revision})
    _hold(rows, at.seq, [event.notebook])


@_projects(JobStarted)
def _job_started(rows: Rows, at: Recorded, event: JobStarted) -> None:
    number, version = at.assigned["number"], event.version.id if event.version else None
    row: Row = {"id": at.seq, "number": number, "name": event.name, "version": version}
    row |= {"definition": event.definition, "notebook": event.notebook, "key": event.key, "params": event.params}
    row |= {"sweep": at.seq if event.sweep is None else event.sweep, "author": at.actor, "started": at.recorded}
    rows.put("job", row | {"status": BEGUN, "ended": None, "duration": None, "output": None})
    rows.put("counter", {"name": _JOBS, "last": number})
    _hold(rows, at.seq, [event.notebook])


@_projects(JobEnded)
def _job_ended(rows: Rows, at: Recorded, event: JobEnded) -> None:
    duration = max(0, event.ended - event.began)
    rows.change("job", event.job, status=event.exit, ended=at.seq, duration=duration, output=event.notebook)
    _hold(rows, at.seq, [event.notebook] if event.notebook else [])


@_projects(ReproductionJudged)
def _reproduction_judged(rows: Rows, at: Recorded, event: ReproductionJudged) -> None:
    _hold(rows, at.seq, [event.evidence])


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


def _hold(rows: Rows, holder: int, digests: Iterable[Digest]) -> None:
    rows.put("blob_use", *[{"holder": holder, "digest": digest} for digest in dict.fromkeys(digests)])
