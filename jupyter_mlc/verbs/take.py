"""`take`: versions that another tool tells of; for `copy`, which reads them there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Artifact, Measured, Micros, Scalar, Signature, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.events import AliasMoved, ModelCreated, ModelEdited, Pointer, Tagged, VersionKey
from jupyter_mlc.domain.imports import HIGHEST_NUMBER, Imported, Origin, is_address
from jupyter_mlc.domain.lifecycle import Stage, Tier
from jupyter_mlc.domain.names import check_alias, check_name
from jupyter_mlc.store.formats.elsewhere import record_of
from jupyter_mlc.verbs.base import Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import as_json, check_keys, split_params
from jupyter_mlc.verbs.unpack import Brought, brought_rows, check_schema

if TYPE_CHECKING:
    from jupyter_mlc.store.writing import Writing as Log

_NOT_HERE = "skipped: its bytes lie elsewhere"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A version as another tool tells of it."""

    ref: str
    """what it is called there"""
    number: int
    registration: str
    """what it is recognised by"""
    registered: Micros = 0
    artifact: Artifact | None = None
    """stands for its bytes, and holds all that was told; only a trial can do without"""
    metrics: Mapping[str, float] = field(default_factory=dict)
    series: Mapping[str, tuple[tuple[int, float, Micros], ...]] = field(default_factory=dict)
    """how metrics went: step, value and time"""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    snapshot: str = ""
    duration: Micros | None = None


@dataclass(frozen=True, kw_only=True)
class Take(Writing):
    """Take in versions that another tool tells of."""

    registry: Annotated[str, Field(description="the address that they were read from", positional=True)]
    model: Annotated[str, Field(description="the model that they become versions of", positional=True)]
    versions: Annotated[tuple[Told, ...], Field(description="what is told of each")] = ()
    description: Annotated[str, Field(description="of a model that is new here", words="description")] = ""
    tags: Annotated[Mapping[str, str], Field(description="of a model that is new here", words="tag")] = field(
        default_factory=dict
    )
    aliases: Annotated[
        tuple[tuple[str, str], ...], Field(description="each with what the version that it points to is recognised by")
    ] = ()


@dataclass(frozen=True, kw_only=True)
class TakeReply(Reply):
    """What came in."""

    versions: tuple[Brought, ...]
    aliases: tuple[str, ...] = ()
    """that were set or moved"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version."""
        return brought_rows(self.versions)


@verb(does=Does.WRITE, where=Where.KERNEL, plumbing=True, example="take ADDRESS MODEL")
def take(ask: Take, context: Context) -> TakeReply:
    """Record versions that another tool tells of, each by one event that you sign; all that is told is claimed.

    What is here already is left as it is, whatever became of it. An alias is set where it never was here, and moved
    where it points at a version that came from there too; one that somebody here has set or removed is left alone.
    """
    check_schema(context)
    check_name(ask.model)
    if not is_address(ask.registry):
        raise BadInput(f"{ask.registry!r} is no address of another tool's registry", hint="give it with its ://")
    if ask.dry_run:
        return TakeReply(done=False, versions=tuple(_planned(ask, context)))
    here = context.registry.all_brought_in_as(told.registration for told in ask.versions)
    for told in ask.versions:
        if told.registration not in here:
            _check(told, context)
    with context.write() as log:
        known = context.registry.all_brought_in_as(told.registration for told in ask.versions)
        came = [_brought(ask, told, known, context, log) for told in _in_line(ask)]
        aliases, left = _aliases(ask, context, log)
    return TakeReply(versions=tuple(came), aliases=aliases, warnings=left)


def _in_line(ask: Take) -> list[Told]:
    """Numbers increase, so the lower ones come in first."""
    return sorted(ask.versions, key=lambda told: told.number)


def _planned(ask: Take, context: Context) -> Iterable[Brought]:
    """What would come in, and as what."""
    known = context.registry.all_brought_in_as(told.registration for told in ask.versions)
    refs = dict(zip(known, _refs(known.values(), context), strict=True))
    row = context.registry.model_row(ask.model)
    last = row["last_number"] if row else 0
    for told in _in_line(ask):
        if told.registration in refs:
            yield _told(ask, told, refs[told.registration], is_new=False)
            continue
        last = max(last + 1, told.number)
        yield _told(ask, told, f"{row['name'] if row else ask.model}:{last}", is_new=True)


def _refs(ids: Iterable[int], context: Context) -> list[str]:
    return [version.ref for version in context.registry.versions_by_id(list(ids))]


def _told(ask: Take, told: Told, ref: str, *, is_new: bool, skipped: int = 0) -> Brought:
    return Brought(ref=ref, was=told.ref, registry=ask.registry, is_new=is_new, is_trusted=False, skipped=skipped)


def _check(told: Told, context: Context) -> None:
    """Everything that the record will say must be so, as far as it can be seen."""
    if not 1 <= told.number <= HIGHEST_NUMBER:
        raise BadInput(f"{told.ref}: no version has so high a number", hint="correct it there")
    metrics = {**told.metrics, **told.series}
    for pairs, what in ((metrics, "metric"), (told.params, "parameter"), (told.tags, "tag")):
        check_keys(pairs, what)
    if told.artifact is None:
        raise BadInput(f"{told.ref} comes without a record of where it is", hint="only a trial can do without")
    if context.artifacts.missing(told.artifact.blobs) or told.artifact.digest not in told.artifact.blobs:
        raise Conflict(
            f"the record of {told.ref} is not in the registry's artifacts",
            hint="it may have been collected meanwhile; copy it again",
        )
    if record_of(told.artifact.digest, context.artifacts) not in told.artifact.blobs:
        raise Conflict(f"the record of {told.ref} did not come with it", hint="copy it again")


def _brought(ask: Take, told: Told, known: dict[str, int], context: Context, log: Log) -> Brought:
    if told.registration in known:
        return _told(ask, told, _refs([known[told.registration]], context)[0], is_new=False)
    name = _model(ask, context, log)
    recorded = log.append(_event(ask, told, name, log.actor))
    known[told.registration] = recorded.seq
    points = [(key, *point) for key, series in told.series.items() for point in series]
    if points:
        context.registry.put_series(recorded.seq, points)
    ref, skipped = f"{name}:{recorded.assigned['number']}", recorded.assigned.get("skipped", 0)
    return _told(ask, told, ref, is_new=True, skipped=skipped)


def _model(ask: Take, context: Context, log: Log) -> str:
    """The model's name as it is spelled here; where it is new, it is made with what is said of it there."""
    row = context.registry.model_row(ask.model)
    if row is not None:
        return str(row["name"])
    owner, tier = log.actor, Tier.MINIMAL.value
    log.append(ModelCreated(model=ask.model, tier=tier, owner=owner))
    if ask.description:
        log.append(
            ModelEdited(
                model=ask.model,
                owner_before=owner,
                owner=owner,
                tier_before=tier,
                tier=tier,
                description=ask.description,
            )
        )
    if ask.tags:
        before = as_json(dict.fromkeys(ask.tags))
        log.append(Tagged(model=ask.model, before=before, after=as_json(ask.tags)))
    return ask.model


def _event(ask: Take, told: Told, name: str, author: str) -> Imported:
    artifact = told.artifact
    if artifact is None:
        raise TypeError(told.ref)
    numbers, texts = split_params(told.params)
    return Imported(
        model=name,
        run=None,
        duration=told.duration,
        format=artifact.format,
        artifact=artifact.digest,
        size=artifact.size,
        blobs=artifact.blobs,
        class_name=artifact.class_name,
        library=artifact.library,
        signature=Signature(),
        load_check=_NOT_HERE,
        snapshot=told.snapshot,
        metrics=tuple(Measured(key=key, value=value, standing=Standing.CLAIMED) for key, value in told.metrics.items()),
        params=numbers,
        param_words=texts,
        note=told.note,
        tags=as_json(told.tags),
        origin=Origin(
            registry=ask.registry,
            head=0,
            head_hash="",
            ref=told.ref,
            number=told.number,
            registration=told.registration,
            event=0,
            registered=told.registered,
            author=author,
            signer="",
        ),
        evidence=artifact.blobs[1],
    )


def _aliases(ask: Take, context: Context, log: Log) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Let aliases point where they point there; those that were set, and a word about those that were left alone."""
    registry = context.registry
    known = registry.all_brought_in_as(registration for _, registration in ask.aliases)
    moved, left = [], []
    for alias, registration in sorted(ask.aliases):
        check_alias(alias)
        if registration not in known:
            continue
        (version,) = registry.versions_by_id([known[registration]])
        before = registry.alias_key(version.model, alias)
        after = VersionKey(number=version.number, id=version.id)
        if before == after or version.stage == Stage.PURGED:
            continue
        if not registry.follows(version.model, alias, ask.registry):
            left.append(f"{version.model}@{alias} was set or removed here, and stays; there it is {version.ref}")
            continue
        log.append(AliasMoved(model=version.model, alias=alias, pointer=Pointer(before=before, after=after)))
        moved.append(f"{version.model}@{alias}")
    return tuple(moved), tuple(left)
