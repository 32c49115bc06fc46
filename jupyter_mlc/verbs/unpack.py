"""`unpack`: versions that were made elsewhere; for `copy`, which brings their bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from jupyter_mlc.domain.entities import Digest, ModelVersion, Standing
from jupyter_mlc.domain.errors import BadInput, Conflict, Unavailable
from jupyter_mlc.domain.events import DatasetLink, ModelCreated, ModelEdited, Tagged
from jupyter_mlc.domain.imports import Imported, Origin
from jupyter_mlc.domain.lifecycle import Tier
from jupyter_mlc.domain.names import check_name, folded
from jupyter_mlc.store.bundles.arriving import Arrival, examined
from jupyter_mlc.store.bundles.evidence import doubtful
from jupyter_mlc.store.formats.base import looks_like_manifest, read_manifest
from jupyter_mlc.verbs.base import Does, Field, Reply, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import arrived_dataset
from jupyter_mlc.verbs.shared import as_json, check_keys, split_params
from jupyter_mlc.verbs.unpack_evaluations import bring_evaluations, check_evaluation, unknown_evaluations

if TYPE_CHECKING:
    from jupyter_mlc.store.writing import Writing as Log


@dataclass(frozen=True, kw_only=True)
class Unpack(Writing):
    """Take in versions that were made elsewhere."""

    evidence: Annotated[tuple[str, ...], Field(description="what is known of each version", positional=True)]
    name: Annotated[str, Field(description="the model that they become versions of; their own unless named")] = ""


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A version that came in, or was here already."""

    ref: str
    was: str
    """what it is called where it comes from"""
    registry: str
    """the UUID of that registry"""
    is_new: bool
    is_trusted: bool
    """whether a key of one's own signed it there"""
    skipped: int = 0
    """how many numbers were passed over so that it keeps its own"""
    datasets: tuple[str, ...] = ()
    evaluations: int = 0
    """how many of its evaluations came along that were not here"""

    @property
    def brings(self) -> bool:
        """Whether anything came that was not here."""
        return self.is_new or self.evaluations > 0


def brought_rows(versions: Iterable[Brought]) -> list[dict[str, object]]:
    """One row a version that came in, or was here already."""
    return [
        {"version": one.ref, "was": one.was, "registry": one.registry, "new": one.is_new, "trusted": one.is_trusted}
        for one in versions
    ]


@dataclass(frozen=True, kw_only=True)
class UnpackReply(Reply):
    """What came in."""

    versions: tuple[Brought, ...]

    def to_rows(self) -> list[dict[str, object]]:
        """One row a version."""
        return brought_rows(self.versions)


@verb(does=Does.WRITE, where=Where.KERNEL, plumbing=True, example="unpack EVIDENCE")
def unpack(ask: Unpack, context: Context) -> UnpackReply:
    """Record versions that were made elsewhere, each by one event that you sign; their blobs must be here already.

    Nothing of what the evidence tells is believed for being told: a fact keeps its standing where one of your own keys
    signed it, else it is claimed.
    """
    check_schema(context)
    own = context.identity.own_keys
    arrivals = sorted((examined(text.encode(), own) for text in ask.evidence), key=_place_in_line)
    _check_name(ask, arrivals)
    planned = tuple(_planned(ask, arrivals, context))
    if ask.dry_run or not any(one.brings for one in planned):
        return UnpackReply(done=not ask.dry_run, versions=planned)
    for arrival in arrivals:
        _check(arrival, context)
    kept = context.artifacts.put_many([arrival.text for arrival in arrivals])
    with context.write() as log:
        came = [_brought(ask, *pair, context, log) for pair in zip(arrivals, kept, strict=True)]
    return UnpackReply(versions=tuple(came))


def check_schema(context: Context) -> None:
    """Refuse a registry whose tables do not know of copies yet."""
    if not context.registry.takes_imports():
        raise Unavailable(
            f"the tables of {context.place.shown} are of an earlier release, which takes no copies",
            hint="bring them up to date: jupyter mlc admin upgrade",
        )


def _place_in_line(arrival: Arrival) -> tuple[str, int]:
    """Numbers increase, so the lower ones come in first."""
    return folded(arrival.card.model), arrival.card.number


def _check_name(ask: Unpack, arrivals: Iterable[Arrival]) -> None:
    models = sorted({arrival.card.model for arrival in arrivals})
    if ask.name:
        check_name(ask.name)
    if ask.name and len(models) > 1:
        raise BadInput(
            f"versions of {len(models)} models cannot all become {ask.name}", hint=f"there are {', '.join(models)}"
        )


def _known(arrival: Arrival, context: Context) -> ModelVersion | None:
    """The version, where it is here already."""
    found = context.registry.registered_as(*arrival.root, arrival.registered.artifact)
    return context.registry.versions_by_id([found])[0] if found is not None else None


def _planned(ask: Unpack, arrivals: Iterable[Arrival], context: Context) -> Iterable[Brought]:
    """What would come in, and as what."""
    newest: dict[str, int] = {}
    for arrival in arrivals:
        name, known = ask.name or arrival.card.model, _known(arrival, context)
        row = context.registry.model_row(name)
        last = newest.get(folded(name), row["last_number"] if row else 0)
        number = max(last + 1, arrival.card.number)
        if known is None:
            newest[folded(name)] = number
        judged = len(unknown_evaluations(arrival, known, context))
        yield _told(arrival, known.ref if known else f"{name}:{number}", is_new=known is None, evaluations=judged)


def _told(arrival: Arrival, ref: str, *, is_new: bool, **more: Any) -> Brought:
    return Brought(
        ref=ref,
        was=arrival.card.ref,
        registry=arrival.evidence.source.registry,
        is_new=is_new,
        is_trusted=arrival.is_trusted,
        **more,
    )


def _check(arrival: Arrival, context: Context) -> None:
    """Everything that the record will say must be so, as far as it can be seen."""
    card, artifacts = arrival.card, context.artifacts
    check_keys(card.tags, "tag")
    check_keys(card.model_tags, "tag")
    check_keys({one.key: one.value for one in card.metrics}, "metric")
    check_keys({one.key: one.value for one in card.params}, "parameter")
    if card.tier not in set(Tier):
        raise doubtful(card.ref, f"there is no tier {card.tier!r}")
    missing = artifacts.missing([*arrival.blobs, *(blob for one in arrival.judgements for blob in one.blobs)])
    if missing:
        raise Conflict(
            f"{len(missing)} of the blobs of {card.ref} are not in the registry's artifacts",
            hint="they may have been collected meanwhile; copy it again",
        )
    _check_artifact(arrival, context)
    for judgement in arrival.judgements:
        check_evaluation(arrival, judgement, context)


def _check_artifact(arrival: Arrival, context: Context) -> None:
    """The version's own manifest may name only blobs that come with it, as large as it says."""
    artifact, artifacts = arrival.registered.artifact, context.artifacts
    if artifact not in arrival.blobs:
        raise doubtful(arrival.card.ref, "its artifact is not among its blobs")
    if not looks_like_manifest(artifact, artifacts):
        return
    for layer in read_manifest(artifact, artifacts).layers:
        if layer.url:
            continue
        if layer.digest not in arrival.blobs or artifacts.size(layer.digest) != layer.size:
            raise doubtful(arrival.card.ref, f"its artifact names {layer.path!r}, which did not come with it")


def _brought(ask: Unpack, arrival: Arrival, evidence: Digest, context: Context, log: Log) -> Brought:
    known = _known(arrival, context)
    if known is not None:
        return _told(arrival, known.ref, is_new=False, evaluations=bring_evaluations(arrival, known, context, log))
    name = _model(ask.name or arrival.card.model, arrival, context, log)
    source = arrival.evidence.source.registry
    added = [(arrived_dataset(event, source, context, log), standing) for event, standing in arrival.data]
    links = tuple(DatasetLink(dataset=dataset.id, standing=standing) for dataset, standing in added)
    recorded = log.append(_event(arrival, name, evidence, links, _parent(arrival, context)))
    (version,) = context.registry.versions_by_id([recorded.seq])
    return _told(
        arrival,
        version.ref,
        is_new=True,
        skipped=recorded.assigned.get("skipped", 0),
        datasets=tuple(dataset.line for dataset, _ in added),
        evaluations=bring_evaluations(arrival, version, context, log),
    )


def _model(name: str, arrival: Arrival, context: Context, log: Log) -> str:
    """The model's name as it is spelled here; where it is new, it is made with what is said of it there."""
    row = context.registry.model_row(name)
    if row is not None:
        return str(row["name"])
    card, owner = arrival.card, log.actor
    log.append(ModelCreated(model=name, tier=card.tier, owner=owner))
    if card.description:
        log.append(
            ModelEdited(
                model=name,
                owner_before=owner,
                owner=owner,
                tier_before=card.tier,
                tier=card.tier,
                description=card.description,
            )
        )
    if card.model_tags:
        before = dict.fromkeys(card.model_tags)
        log.append(Tagged(model=name, before=as_json(before), after=as_json(card.model_tags)))
    return name


def _parent(arrival: Arrival, context: Context) -> int | None:
    """The version that it was retrained from, where that is here too."""
    return context.registry.brought_in_as(arrival.card.parent) if arrival.card.parent else None


def _event(
    arrival: Arrival, name: str, evidence: Digest, links: tuple[DatasetLink, ...], parent: int | None
) -> Imported:
    card, there, end = arrival.card, arrival.registered, arrival.end
    numbers, texts = split_params({one.key: one.value for one in arrival.params})
    return Imported(
        model=name,
        run=None,
        duration=end.duration if end else there.duration,
        format=there.format,
        artifact=there.artifact,
        size=there.size,
        blobs=(*arrival.blobs, evidence),
        class_name=there.class_name,
        library=there.library,
        signature=there.signature,
        load_check=there.load_check if arrival.is_trusted else _hearsay(there.load_check),
        snapshot=there.snapshot if there.snapshot.startswith("{") else "",
        parent=parent,
        metrics=arrival.metrics,
        datasets=links,
        params=numbers,
        standings={one.key: one.standing for one in arrival.params if one.standing is not Standing.CLAIMED},
        param_words=texts,
        note=card.note,
        tags=as_json(card.tags),
        origin=_origin(arrival),
        evidence=evidence,
        captured=Standing.OBSERVED if arrival.is_trusted else Standing.CLAIMED,
        files=arrival.files,
    )


def _hearsay(load_check: str) -> str:
    """A load check that others say they made."""
    return load_check if load_check.startswith("skipped: copied in") else f"skipped: copied in; there: {load_check}"


def _origin(arrival: Arrival) -> Origin:
    source, recorded = arrival.evidence.source, arrival.registration.recorded
    registration, event = arrival.root
    return Origin(
        registry=source.registry,
        head=source.seq,
        head_hash=source.hash,
        ref=arrival.card.ref,
        number=arrival.card.number,
        registration=registration,
        event=event,
        registered=recorded.recorded,
        author=recorded.actor,
        signer=arrival.signer,
    )
