"""`show`: anything that has an id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated

from jupyter_mlc.domain.entities import Dataset, Micros, Model, ModelVersion, Run, Signature, Snapshot, Standing
from jupyter_mlc.domain.errors import BadInput, Damaged
from jupyter_mlc.domain.evaluations import Evaluation, Evidence
from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.imports import Imported, Origin
from jupyter_mlc.domain.names import Reference, parse_reference
from jupyter_mlc.domain.reproductions import Reproduction
from jupyter_mlc.measure.curves.suitable import Curves
from jupyter_mlc.store.formats.base import REFERENCE, place_of_artifact
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs.base import Complete, Does, Drawn, Field, Reading, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.curves import kept_curves
from jupyter_mlc.verbs.dataset_show import DatasetShowReply, shown_dataset
from jupyter_mlc.verbs.evidence import kept_evidence
from jupyter_mlc.verbs.job_names import number_of
from jupyter_mlc.verbs.job_show import JobShowReply, shown_job
from jupyter_mlc.verbs.judged import evidence_rows
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.rows import known_rows, version_row
from jupyter_mlc.verbs.running import as_they_stand
from jupyter_mlc.verbs.shared import champions_of

_ID = re.compile(r"(?P<kind>run|dataset|evaluation|job)/(?P<rest>.+)")
_LATER = ("request", "report", "finding", "deployment")
_NEWEST = 10


@dataclass(frozen=True, kw_only=True)
class Show(Reading):
    """Show anything."""

    ref: Annotated[
        str,
        Field(
            description="churn, churn:3, churn@champion, run/12, dataset/flights-spring, evaluation/1 or job/17",
            positional=True,
            complete=Complete.ANYTHING,
        ),
    ]
    curves: Annotated[
        bool, Field(description="draw them: of a version those of its newest evaluation and of its run")
    ] = False


@dataclass(frozen=True, kw_only=True)
class VersionDetails:
    """What the log tells of a version, beyond its row."""

    signature: Signature
    load_check: str
    snapshot: Snapshot
    run: Run
    datasets: tuple[Dataset, ...]
    data_standing: Mapping[str, Standing]
    """how it is known that the version was trained on a dataset, by name"""
    parent: str | None
    job: str | None
    """in which it was made"""
    key: str
    """the public key that signed the registration"""
    evaluations: tuple[Evaluation, ...] = ()
    """the newest first, at most ten"""
    origin: Origin | None = None
    """where it was copied in from"""
    captured: Standing = Standing.OBSERVED
    """how what surrounded it is known"""
    place: str = ""
    """where the bytes lie, of a version by reference"""
    reproductions: tuple[Reproduction, ...] = ()
    """the newest verdicts first, at most ten"""


@dataclass(frozen=True, kw_only=True)
class ShowReply(Drawn):
    """One thing, in full."""

    kind: str
    """model, version, run, dataset, evaluation or job"""
    model: Model | None = None
    aliases: tuple[tuple[str, int], ...] = ()
    versions: tuple[ModelVersion, ...] = ()
    """of a model, the newest ten"""
    version: ModelVersion | None = None
    details: VersionDetails | None = None
    run: Run | None = None
    dataset: DatasetShowReply | None = None
    evaluation: Evaluation | None = None
    evidence: Evidence | None = None
    """all that the evaluation found"""
    job: JobShowReply | None = None
    curves: Mapping[str, Curves] = field(default_factory=dict)
    """what can be drawn, where it was asked for; by the name of the version or run"""

    def shows(self) -> tuple[str, ...]:
        if self.job is not None:
            return self.job.shows()
        one = self.version.ref if self.version is not None else ""
        return paged(one, self.model.name if self.model is not None else "")

    def champions(self) -> Iterator[tuple[str, str]]:
        models = [self.model] if self.model is not None else []
        return champions_of(models, [*self.versions, *([self.version] if self.version is not None else [])])

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version of a model; a metric or parameter of a version or run; a metric; a column of a dataset."""
        if self.dataset is not None:
            return self.dataset.to_rows()
        if self.evaluation is not None and self.evidence is not None:
            return evidence_rows(self.evaluation.ref, self.evidence)
        one = self.version or self.run
        if one is not None:
            return known_rows(one.ref, one.metrics, one.params)
        return [version_row(version) for version in self.versions]


@verb(does=Does.READ, example="show churn:3")
def show(ask: Show, context: Context) -> ShowReply:
    """Show anything that has an id: a model, a version, a run, a dataset, an evaluation, a job.

    With `--curves` a notebook draws as well what can be drawn of a version, an evaluation or a run: ROC,
    precision-recall and calibration curves or residuals of what was predicted, and metrics step by step.
    """
    reply = _shown(ask, context)
    return _drawn(reply, context) if ask.curves else reply


def _drawn(reply: ShowReply, context: Context) -> ShowReply:
    name, run, judged = _drawable(reply)
    curves, warnings = kept_curves(run.id if run is not None else None, judged, context)
    if curves != Curves():
        return replace(reply, curves={name: curves}, warnings=warnings)
    wanted = f"%mlc evaluate {name} --data DATASET --target COLUMN" if reply.version is not None else ""
    return replace(reply, warnings=warnings, next=wanted)


def _drawable(reply: ShowReply) -> tuple[str, Run | None, Evaluation | None]:
    """Whose curves they are, and of what."""
    if reply.version is not None and reply.details is not None:
        return reply.version.ref, reply.details.run, next(iter(reply.details.evaluations), None)
    if reply.evaluation is not None:
        return reply.evaluation.version, None, reply.evaluation
    if reply.run is not None:
        return reply.run.ref, reply.run, None
    raise BadInput(
        f"nothing is drawn of a {reply.kind}",
        hint="versions, evaluations and runs have curves: %mlc show NAME:N --curves",
    )


def _shown(ask: Show, context: Context) -> ShowReply:
    registry, text = context.registry, ask.ref.strip()
    found = _ID.fullmatch(text)
    if found is not None and found["kind"] == "run":
        run = registry.run(_number(text, found["rest"]))
        read = f"read a file: data = %mlc load {run.ref} --file NAME" if run.files else ""
        return ShowReply(kind="run", run=as_they_stand([run], registry, ask.at)[0], next=read)
    if found is not None and found["kind"] == "evaluation":
        return _evaluation(text, found["rest"], context)
    if found is not None and found["kind"] == "job":
        job = shown_job(number_of(text), ask.at, context)
        return ShowReply(kind="job", job=job, next=job.next)
    if found is not None:
        return ShowReply(kind="dataset", dataset=shown_dataset(registry, registry.dataset(found["rest"])))
    first = text.partition("/")[0]
    if first in _LATER:
        raise BadInput(
            f"{text}: there are no {first}s in this release",
            hint="it shows models, versions, runs, datasets, evaluations and jobs",
        )
    _refuse_slip(text, registry)
    reference = parse_reference(text)
    if reference.names_a_version and reference.last is None:
        version = registry.version(reference)
        return ShowReply(kind="version", version=version, details=details_of(context, version, ask.at))
    return _model(registry, reference)


_SLIP = re.compile(r"(?P<kind>run|dataset|eval|evaluation|job)s?(?:[/:#](?P<rest>.*))?", re.IGNORECASE)
_LISTED = {
    "run": "run/12; see %mlc list --runs",
    "dataset": "dataset/NAME; see %mlc dataset list",
    "evaluation": "evaluation/12; see %mlc show NAME:N",
    "job": "job/12; see %mlc job list",
}


def _refuse_slip(text: str, registry: Registry) -> None:
    """Refuse ``runs/1`` and ``run:1``, where no model is called so, with the id to write."""
    found = _SLIP.fullmatch(text)
    if found is None or registry.model_row(re.split("[:@]", text)[0]) is not None:
        return
    kind = "evaluation" if found["kind"].lower() == "eval" else found["kind"].lower()
    raise BadInput(
        f"{text!r} is no id", hint=f"write {kind}/{found['rest']}" if found["rest"] else f"write {_LISTED[kind]}"
    )


def _model(registry: Registry, reference: Reference) -> ShowReply:
    model = registry.model(reference.model)
    versions = registry.versions(model.name, _NEWEST, first=reference.number or 1, last=reference.last or None)
    return ShowReply(
        kind="model",
        model=model,
        aliases=tuple(registry.aliases_of_model(model.name).items()),
        versions=tuple(versions),
        next=f"all of them: %mlc list {model.name}" if 0 < len(versions) < model.versions else "",
    )


def _evaluation(text: str, rest: str, context: Context) -> ShowReply:
    if not rest.isdecimal():
        raise BadInput(f"{text!r} is no id of an evaluation", hint="write evaluation/12; see %mlc show NAME:N")
    found = context.registry.evaluation(int(rest))
    return ShowReply(
        kind="evaluation", evaluation=found, evidence=kept_evidence(found.evidence, context.artifacts, Evidence)
    )


def _number(text: str, rest: str) -> int:
    if not rest.isdecimal():
        raise BadInput(f"{text!r} is no id of a run", hint="write run/12; see %mlc list NAME --runs")
    return int(rest)


def details_of(context: Context, version: ModelVersion, at: Micros | None) -> VersionDetails:
    """What the log tells of a version."""
    registry = context.registry
    event = registry.event(version.id).event
    if not isinstance(event, VersionRegistered):
        raise TypeError(type(event))
    event = registry.now_made_of(version.id, event, version.artifact)
    linked = registry.datasets_of(version.id)
    parent = registry.versions_by_id([event.parent])[0].ref if event.parent else None
    return VersionDetails(
        signature=event.signature,
        load_check=event.load_check,
        snapshot=_snapshot(event.snapshot),
        run=as_they_stand([registry.run_by_id(version.run)], registry, at)[0],
        datasets=tuple(dataset for dataset, _ in linked),
        data_standing={dataset.name: standing for dataset, standing in linked},
        parent=parent,
        job=registry.job_by_id(event.job).ref if event.job else None,
        key=registry.key_of(version.id),
        evaluations=tuple(registry.evaluations_of(version.id, _NEWEST)),
        origin=event.origin if isinstance(event, Imported) else None,
        captured=event.captured if isinstance(event, Imported) else Standing.OBSERVED,
        place=_place(context, event),
        reproductions=tuple(registry.reproductions_of(version.id, _NEWEST)),
    )


def _place(context: Context, event: VersionRegistered) -> str:
    """Where the bytes lie; empty where the registry keeps them, or does not know any more."""
    if event.format != REFERENCE or not context.artifacts.has(event.artifact):
        return ""
    with suppress(Damaged):
        return place_of_artifact(event.artifact, context.artifacts)
    return ""


def _snapshot(text: str) -> Snapshot:
    """What surrounded the registration; an empty snapshot where nothing was captured, or it was erased."""
    import msgspec

    return msgspec.json.decode(text, type=Snapshot) if text.startswith("{") else Snapshot()
