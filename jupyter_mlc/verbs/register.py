"""`register`: a version of a model, with all that is known of how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Artifact, DatasetFacts, Digest, Measured, Micros, Scalar, Signature, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.events import DatasetLink, ModelCreated, VersionRegistered
from jupyter_mlc.domain.jobs import Job
from jupyter_mlc.domain.names import check_name, slip_of
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.curves import keep_curves
from jupyter_mlc.verbs.datasets import displaced, find_dataset, links, resolve_dataset, would_be
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.rehearsals import is_rehearsal, rehearse
from jupyter_mlc.verbs.shared import as_json, check_keys, check_snapshot, split_params

if TYPE_CHECKING:
    from jupyter_mlc.store.writing import Signed
    from jupyter_mlc.store.writing import Writing as Log


_LOOKED_AT = 10_000
"""models whose names are compared with a new one's"""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the face captured around the model."""

    snapshot: str = ""
    """entities.Snapshot as JSON: it names the user and paths, and so lies beside the log"""
    blobs: tuple[Digest, ...] = ()
    """that the snapshot needs"""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    """read from the model"""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """that its library measured while it was trained"""
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """a number a step of the training, by metric"""
    signature: Signature = field(default_factory=Signature)
    load_check: str = "skipped: not asked for"
    duration: Micros | None = None
    summary: str = ""
    """one line for the reader: what was captured"""
    findings: tuple[str, ...] = ()
    """cells on which the model may depend and that the notebook no longer tells"""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    run: int | None = None
    """the id of the run to which the version belongs, where one was open"""
    logged: tuple[str, ...] = ()
    """metrics and parameters that come from that run"""
    job: str = ""
    """``UUID/17``: the registry and the number of the job whose cells register it"""


@dataclass(frozen=True, kw_only=True)
class Register(Writing):
    """Make a version of a model."""

    name: Annotated[
        str, Field(description="the model's name, e.g. churn or ops/churn", positional=True, complete=Complete.MODEL)
    ]
    object: Annotated[
        Artifact,
        Field(
            description="the fitted model, or the path of a file or folder",
            positional=True,
            parse=Parse.OBJECT,
            complete=Complete.VARIABLE,
        ),
    ]
    note: Annotated[
        str, Field(description="what is special about it, in quotes", positional=True, metavar='"note"', words="note")
    ] = ""
    data: Annotated[
        tuple[DatasetFacts | str, ...],
        Field(description="what it was trained on", parse=Parse.DATA, complete=Complete.DATASET),
    ] = ()
    metric: Annotated[
        Mapping[str, float],
        Field(description="a number that you computed, e.g. auc=0.71", parse=Parse.VALUES, complete=Complete.METRIC),
    ] = field(default_factory=dict)
    param: Annotated[
        Mapping[str, Scalar],
        Field(
            description="a parameter that the model does not know itself",
            short="p",
            parse=Parse.VALUES,
            words="parameter",
        ),
    ] = field(default_factory=dict)
    tag: Annotated[
        Mapping[str, str], Field(description="e.g. team=ops", parse=Parse.VALUES, words="tag", complete=Complete.TAG)
    ] = field(default_factory=dict)
    sample: Annotated[
        DatasetFacts | str | None,
        Field(
            description="a few rows that the model predicts in a fresh process too",
            parse=Parse.DATA,
            complete=Complete.VARIABLE,
        ),
    ] = None
    format: Annotated[
        str, Field(description="how it is stored; chosen by the object unless named", complete=Complete.FORMAT)
    ] = ""
    by_reference: Annotated[
        bool, Field(description="leave the bytes where they lie (a path, or s3://...); record the digest of each file")
    ] = False
    no_load_check: Annotated[bool, Field(description="do not load it once in a fresh process first")] = False
    facts: Annotated[Facts, Field(description="what was captured", parse=Parse.FILLED)] = field(default_factory=Facts)


@dataclass(frozen=True, kw_only=True)
class RegisterReply(Reply):
    """The new version, and what was captured with it."""

    version: str
    stage: str
    run: str
    logged: tuple[str, ...] | None
    """metrics and parameters that come from the run; None where the registration was all there was of it"""
    class_name: str
    format: str
    size: int
    place: str
    """where the bytes lie, of a version by reference"""
    params: int
    """how many were read from the model"""
    summary: str
    datasets: tuple[str, ...]
    signature: Signature
    load_check: str
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    same_bytes_as: str | None
    """an earlier version with exactly these bytes"""
    seq: int | None
    job: str = ""
    """in which it was made"""
    parent: str = ""
    """the version that it was retrained from"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.version)


@verb(does=Does.WRITE, where=Where.KERNEL, example='register churn clf --data train --metric auc=auc "first try"')
def register(ask: Register, context: Context) -> RegisterReply:
    """Make a version of a model, with notebook, environment, code state, data and parameters as they are now.

    The first version of a name makes the model. A version is a candidate until it is promoted; its number is never
    used again, whatever becomes of it. With `--by-reference` nothing of the bytes is kept: whoever loads the version
    reads them where they lie, and is told where they are others than were registered.
    """
    _check(ask)
    if ask.dry_run or is_rehearsal(_job_of(ask, context), context):
        return _rehearsed(ask, context)
    signed = _signed(ask, context)
    other = tuple(word for data in ask.data for word in displaced(data, context))
    near = _near(ask, context)
    with context.write() as log:
        _check_blobs(ask, context)  # not before as well: until now they could have been collected
        name = _model(ask, context, log)
        datasets = tuple(resolve_dataset(data, context, log) for data in ask.data)
        recorded = log.append(_in_place(ask, name, links(datasets), signed, context), signed)
    keep_curves(ask.facts.curves, ask.facts.run or recorded.seq, context)
    ref = f"{name}:{recorded.assigned['number']}"
    made = _run_of(ask, context) or f"run/{recorded.assigned['run']}"
    reply = _reply(ask, context, ref, made, tuple(added.line for added in datasets), recorded.seq)
    return replace(reply, notes=(*reply.notes, *other), warnings=(*reply.warnings, *near))


def _near(ask: Register, context: Context) -> tuple[str, ...]:
    """A word about a model whose name the new one's may be a slip of."""
    if context.registry.model_row(ask.name) is not None:
        return ()
    meant = slip_of(ask.name, context.registry.model_names(_LOOKED_AT))
    if meant is None:
        return ()
    told = f"{ask.name} is a new model beside {meant}"
    return (told if ask.dry_run else f"{told}; if that was meant, register it there, then: %mlc discard {ask.name}:1",)


def _rehearsed(ask: Register, context: Context) -> RegisterReply:
    """What would be recorded; in a reproduction it is noted, to be set against the version that is reproduced."""
    _check_blobs(ask, context)
    row, job = context.registry.model_row(ask.name), _job_of(ask, context)
    name = row["name"] if row else ask.name
    if job is not None and not ask.dry_run:
        rehearse(job, ask, _event(ask, name, context), context)
    number = (row["last_number"] if row else 0) + 1
    datasets = tuple(would_be(data, context) for data in ask.data) if ask.dry_run else ()
    reply = _reply(ask, context, f"{name}:{number}", _run_of(ask, context), datasets, None)
    return replace(reply, warnings=(*reply.warnings, *_near(ask, context)))


def _signed(ask: Register, context: Context) -> Signed | None:
    """The act, signed before others have to wait; None where model or datasets are new, whose ids it will name."""
    row = context.registry.model_row(ask.name)
    datasets = [find_dataset(data, context) for data in ask.data] if row is not None else []
    known = [dataset for dataset in datasets if dataset is not None]
    if row is None or len(known) < len(ask.data):
        return None
    event = replace(_event(ask, row["name"], context), datasets=links(known))
    return context.registry.sign(event, context.identity, context.clock)


def _in_place(
    ask: Register, name: str, datasets: tuple[DatasetLink, ...], signed: Signed | None, context: Context
) -> VersionRegistered:
    """What is recorded now that others wait: what was signed, where model and datasets are still the same."""
    event = signed.event if signed is not None else None
    if isinstance(event, VersionRegistered) and (event.model, event.datasets) == (name, datasets):
        return event
    return replace(_event(ask, name, context), datasets=datasets)


def _job_of(ask: Register, context: Context) -> Job | None:
    """The job whose cells register it; one of another registry is none here."""
    uuid, _, number = ask.facts.job.partition("/")
    if not number.isdecimal() or uuid != context.registry.uuid:
        return None
    return context.registry.job(int(number))


def _check(ask: Register) -> None:
    check_name(ask.name)
    check_keys({**ask.metric, **ask.facts.metrics}, "metric")
    check_keys(ask.param, "parameter")
    check_keys(ask.tag, "tag")
    check_snapshot(ask.facts.snapshot)
    for key, value in ask.metric.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadInput(f"metric {key} is {value!r}, not a number", hint=f"give a number: --metric {key}=0.71")


def _check_blobs(ask: Register, context: Context) -> None:
    missing = context.artifacts.missing([*ask.object.blobs, *ask.facts.blobs])
    if missing or ask.object.digest not in ask.object.blobs:
        raise Conflict(
            f"{len(missing) or 1} of the model's blobs are not in the registry's artifacts",
            hint="they may have been collected meanwhile; register again",
        )


def _model(ask: Register, context: Context, log: Log) -> str:
    """The model's name as it is spelled there; made where it is new."""
    row = context.registry.model_row(ask.name)
    if row is not None:
        return str(row["name"])
    log.append(ModelCreated(model=ask.name, tier="minimal", owner=log.actor))
    return ask.name


def _measured(ask: Register) -> tuple[Measured, ...]:
    """What was typed, and what the model's library measured where nothing was typed of that name."""
    observed = {key: value for key, value in ask.facts.metrics.items() if key not in ask.metric}
    return (
        *(Measured(key=key, value=float(value)) for key, value in ask.metric.items()),
        *(Measured(key=key, value=value, standing=Standing.OBSERVED) for key, value in observed.items()),
    )


def _run_of(ask: Register, context: Context) -> str:
    return context.registry.run_ref(ask.facts.run) if ask.facts.run is not None else ""


def contradictions(observed: Mapping[str, Scalar], claimed: Mapping[str, Scalar]) -> tuple[str, ...]:
    """A word about every parameter that somebody says otherwise than the model itself, which is believed."""
    return tuple(
        f"parameter {key} is {observed[key]!r} in the model, and recorded so; {value!r} was given for it"
        for key, value in claimed.items()
        if key in observed and value != observed[key] and str(value) != str(observed[key])  # no NaN equals itself
    )


def _event(ask: Register, name: str, context: Context) -> VersionRegistered:
    facts, job = ask.facts, _job_of(ask, context)
    parent = context.registry.job_asked(job.id).version if job is not None else None
    numbers, texts = split_params({**facts.params, **{k: v for k, v in ask.param.items() if k not in facts.params}})
    return VersionRegistered(
        model=name,
        run=facts.run,
        duration=facts.duration if facts.run is None else None,
        format=ask.object.format,
        artifact=ask.object.digest,
        size=ask.object.size,
        blobs=tuple(dict.fromkeys((*ask.object.blobs, *facts.blobs))),
        class_name=ask.object.class_name,
        library=ask.object.library,
        signature=facts.signature,
        load_check=facts.load_check,
        snapshot=facts.snapshot,
        parent=parent.id if parent is not None else None,
        job=job.id if job is not None else None,
        metrics=_measured(ask),
        params=numbers,
        standings=dict.fromkeys(facts.params, Standing.OBSERVED),
        param_words=texts,
        note=ask.note,
        tags=as_json(ask.tag),
    )


def _reply(  # noqa: PLR0913 (what came of it, besides what was asked)
    ask: Register, context: Context, ref: str, run: str, datasets: tuple[str, ...], seq: int | None
) -> RegisterReply:
    facts, job = ask.facts, _job_of(ask, context)
    return RegisterReply(
        done=seq is not None,
        version=ref,
        stage="candidate",
        run=run,
        logged=facts.logged if facts.run is not None else None,
        class_name=ask.object.class_name,
        format=ask.object.format,
        size=ask.object.size,
        place=ask.object.place,
        params=len(facts.params),
        summary=facts.summary,
        datasets=datasets,
        signature=facts.signature,
        load_check=facts.load_check,
        findings=facts.findings,
        warnings=(*facts.warnings, *contradictions(facts.params, ask.param)),
        notes=facts.notes,
        same_bytes_as=context.registry.same_bytes(ask.object.digest, before=seq),
        seq=seq,
        job=job.ref if job is not None else "",
        parent=(job.parent or "") if job is not None else "",
        next=f"%mlc promote {ref}" if seq is not None else "nothing was registered; without --dry-run it will be",
    )
