"""From a registry to a bundle: which events, words and keys bear witness to a version, and which blobs it needs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlc.domain.entities import Digest, Layer, ModelVersion, RunFile, Snapshot
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.domain.events import Evaluated, RunEnded, VersionRegistered
from jupyter_mlc.domain.imports import Imported
from jupyter_mlc.store import log
from jupyter_mlc.store.bundles.evidence import BUNDLE, Card, Evidence, Key, Link, Source, encoded
from jupyter_mlc.store.bundles.judgements import judgement_blobs
from jupyter_mlc.store.formats.base import (
    CONFIG_DIGEST,
    REFERENCE,
    looks_like_manifest,
    place_of_artifact,
    read_manifest,
)

if TYPE_CHECKING:
    from jupyter_mlc.store.artifacts import Artifacts
    from jupyter_mlc.store.registry import Registry

ARTIFACT_TYPE = "application/vnd.jupyter.mlc.artifact.v1+json"
"""of the version's own manifest, which is a layer among others in an archive"""
_INTRODUCTIONS = "'PersonAdded', 'KeyAdded', 'KeyRotated'"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """One version, ready to travel: the evidence, and the blobs that go with it."""

    ref: str
    evidence: str
    """the text of an evidence.Evidence"""
    layers: tuple[Layer, ...]
    place: str = ""
    """where the bytes lie, of a version by reference: they do not travel"""


def bundle_of(registry: Registry, artifacts: Artifacts, version: ModelVersion) -> Bundle:
    """Put together what travels with a version; nothing is written anywhere."""
    registered = registry.event(version.id).event
    if not isinstance(registered, VersionRegistered):
        raise Damaged(f"{version.ref}: the tables do not agree with the log", hint="find out where: %mlc verify")
    registered = registry.now_made_of(version.id, registered, version.artifact)
    ended = _end_of_run(registry, version, registered)
    concerning = registry.stored_of_version(version.id)
    judged = list(_judged(registry, concerning))
    evidence = _evidence(registry, version, registered, ended, [*concerning, *_judged_by(registry, judged)])
    layers = tuple(_layers(artifacts, registered, ended[1] if ended else None, judged))
    place = place_of_artifact(registered.artifact, artifacts) if registered.format == REFERENCE else ""
    return Bundle(ref=version.ref, evidence=encoded(evidence).decode(), layers=layers, place=place)


def _end_of_run(
    registry: Registry, version: ModelVersion, registered: VersionRegistered
) -> tuple[str, RunEnded] | None:
    """The event that ended the version's run, stored and read; None where the registration was the whole run."""
    if registered.run is None:
        return None
    actor = registry.event(version.run).actor
    sql = "SELECT stored FROM event WHERE actor = :actor AND seq > :run AND type = 'RunEnded' ORDER BY seq"
    for (stored,) in list(registry.database.stream(sql, {"actor": actor, "run": version.run})):
        event = log.read(stored, registry.words).event
        if isinstance(event, RunEnded) and event.run == version.run:
            return stored, event
    return None


def _judged(registry: Registry, concerning: Iterable[str]) -> Iterator[tuple[int, Evaluated]]:
    """The version's evaluations with their numbers, among the events that concern it."""
    for stored in concerning:
        recorded = log.read(stored, registry.words)
        if isinstance(recorded.event, Evaluated):
            yield recorded.assigned["number"], recorded.event


def _judged_by(registry: Registry, judged: Iterable[tuple[int, Evaluated]]) -> list[str]:
    """The events of the datasets that evaluations are on."""
    return [_stored(registry, dataset) for dataset in sorted({event.dataset for _, event in judged})]


def _evidence(
    registry: Registry,
    version: ModelVersion,
    registered: VersionRegistered,
    ended: tuple[str, RunEnded] | None,
    concerning: Iterable[str],
) -> Evidence:
    head = registry.head()
    links = registry.datasets_of(version.id)
    own = [] if registered.run is None else [_stored(registry, version.run)]
    own += [ended[0]] if ended else []
    own += [_stored(registry, dataset.id) for dataset, _ in links]
    own += concerning
    actors = {log.act_of(log.unwrap(stored)).actor for stored in own}
    events = sorted({*own, *_introductions(registry, actors)}, key=lambda stored: log.unwrap(stored).seq)
    return Evidence(
        bundle=BUNDLE,
        source=Source(registry=head.uuid, seq=head.seq, hash=head.hash),
        version=_card(
            registry, version, tuple(Link(event=dataset.id, standing=standing) for dataset, standing in links)
        ),
        events=tuple(events),
        words=tuple(_words(registry, events)),
        keys=tuple(Key(**row) for row in _keys(registry, actors)),
    )


def _stored(registry: Registry, seq: int) -> str:
    row = registry.database.one("SELECT stored FROM event WHERE seq = :seq", {"seq": seq})
    if row is None:
        raise Damaged(f"event {seq} is missing", hint="find out what else: %mlc verify")
    return str(row["stored"])


def _introductions(registry: Registry, actors: Iterable[str]) -> Iterator[str]:
    """How these people came into the registry, with which keys."""
    sql = f"SELECT stored FROM event WHERE actor = :actor AND type IN ({_INTRODUCTIONS})"  # noqa: S608 (our own words)
    for actor in sorted(actors):
        yield from (row["stored"] for row in registry.database.query(sql, {"actor": actor}))


def _keys(registry: Registry, actors: Iterable[str]) -> Iterator[dict[str, Any]]:
    sql = "SELECT public, person, added, ended FROM actor_key WHERE person = :person ORDER BY added"
    for actor in sorted(actors):
        yield from registry.database.query(sql, {"person": actor})


def _words(registry: Registry, events: Iterable[str]) -> Iterator[log.Words]:
    """What the events leave out, as far as it is still there."""
    for stored in events:
        for id_ in log.words_in(stored.encode()):
            row = registry.database.one("SELECT salt, words FROM words WHERE id = :id", {"id": id_})
            if row is not None and row["words"] is not None:
                yield log.Words(id=id_, salt=row["salt"], words=row["words"])


def _card(registry: Registry, version: ModelVersion, links: tuple[Link, ...]) -> Card:
    model = registry.model(version.model)
    return Card(
        model=model.name,
        number=version.number,
        event=version.id,
        stage=version.stage,
        aliases=version.aliases,
        tier=model.tier,
        owner=model.owner,
        author=version.author,
        description=model.description,
        note=version.note,
        created=version.created,
        tags=version.tags,
        model_tags=model.tags,
        metrics=version.metrics,
        params=version.params,
        data=links,
        parent=registry.registration_of(version.parent) if version.parent is not None else "",
    )


def _layers(
    artifacts: Artifacts,
    registered: VersionRegistered,
    ended: RunEnded | None,
    judged: Iterable[tuple[int, Evaluated]],
) -> Iterator[Layer]:
    """Every blob once, under the name that it has for people."""
    seen: set[Digest] = set()
    found = (_named(artifacts, registered, ended), *(_of_evaluation(artifacts, *one) for one in judged))
    for layer in itertools.chain(*found):
        if layer.digest not in seen:
            seen.add(layer.digest)
            yield layer


def _named(artifacts: Artifacts, registered: VersionRegistered, ended: RunEnded | None) -> Iterator[Layer]:
    artifact = registered.artifact
    if looks_like_manifest(artifact, artifacts):
        yield _layer(artifacts, artifact, "artifact.json", ARTIFACT_TYPE)
        for layer in read_manifest(artifact, artifacts).layers:
            if not layer.url:
                yield _layer(artifacts, layer.digest, f"model/{layer.path}", layer.media_type)
    for snapshot in _snapshots(registered, ended):
        yield from _surroundings(artifacts, snapshot)
    for file in files_of(registered, ended):
        yield _layer(artifacts, file.digest, f"run/{file.name}")
    for digest in blobs_of(registered, ended):
        short = digest.removeprefix("sha256:")[:12]
        yield _layer(artifacts, digest, "empty.json" if digest == CONFIG_DIGEST else f"blob/{short}")


def _of_evaluation(artifacts: Artifacts, number: int, event: Evaluated) -> Iterator[Layer]:
    folder = f"evaluation/{number}"
    for digest in judgement_blobs(event):
        short = digest.removeprefix("sha256:")[:12]
        names = {event.evidence: "evidence.json", event.predictions: "predictions.parquet"}
        yield _layer(artifacts, digest, f"{folder}/{names.get(digest, short)}")


def files_of(registered: VersionRegistered, ended: RunEnded | None) -> tuple[RunFile, ...]:
    """The files that were kept with the run, here or where the version was made."""
    kept = registered.files if isinstance(registered, Imported) else ()
    return (*kept, *(ended.files if ended else ()))


def blobs_of(registered: VersionRegistered, ended: RunEnded | None) -> list[Digest]:
    """Every blob that the version or its run needs."""
    files = [file.digest for file in files_of(registered, ended)]
    return list(dict.fromkeys([*registered.blobs, *(ended.blobs if ended else ()), *files]))


def _snapshots(registered: VersionRegistered, ended: RunEnded | None) -> Iterator[Snapshot]:
    for text in (registered.snapshot, ended.snapshot if ended else ""):
        if text.startswith("{"):
            yield msgspec.json.decode(text, type=Snapshot)


def _surroundings(artifacts: Artifacts, snapshot: Snapshot) -> Iterator[Layer]:
    for digest, name, kind in (
        (snapshot.notebook, "notebook.ipynb", "application/x-ipynb+json"),
        (snapshot.lock, "requirements.txt", "text/plain"),
        (snapshot.git_diff, "uncommitted.diff", "text/x-diff"),
    ):
        if digest:
            yield _layer(artifacts, digest, name, kind)


def _layer(artifacts: Artifacts, digest: Digest, path: str, kind: str = "application/octet-stream") -> Layer:
    return Layer(path=path, digest=digest, size=artifacts.size(digest), media_type=kind)
