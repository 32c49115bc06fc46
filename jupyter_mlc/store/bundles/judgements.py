"""Evaluations that come with a version: what was found, and whose word it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from jupyter_mlc.domain.entities import Digest, Standing
from jupyter_mlc.domain.evaluations import Whence
from jupyter_mlc.domain.events import DatasetAdded, Evaluated
from jupyter_mlc.domain.imports import EvaluationImported
from jupyter_mlc.store.bundles.evidence import Evidence, doubtful
from jupyter_mlc.store.bundles.witnesses import Witness
from jupyter_mlc.store.projected import judged_rows, words


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One evaluation as the event tells it that recorded it there."""

    event: Evaluated
    dataset: DatasetAdded
    whence: Whence
    standing: Standing

    @property
    def identity(self) -> tuple[str, Digest]:
        """What it is recognised by, through any number of registries."""
        return self.whence.registration, self.event.evidence

    @property
    def blobs(self) -> tuple[Digest, ...]:
        return judgement_blobs(self.event)

    @property
    def keys(self) -> list[str]:
        """The metrics that it tells, as the version's list of metrics calls them."""
        return judged_rows(0, self.event, self.standing)[0]


def judgement_blobs(event: Evaluated) -> tuple[Digest, ...]:
    """Every blob that an evaluation needs."""
    return tuple(dict.fromkeys([event.evidence, event.predictions, *event.blobs]))


def judgements(
    evidence: Evidence, witnesses: Iterable[Witness], datasets: Mapping[int, DatasetAdded], own_keys: Collection[str]
) -> tuple[Judgement, ...]:
    """The evaluations of the version, oldest first; an earlier release sent none whole, only what they came to."""
    found = []
    for witness in sorted(witnesses, key=lambda one: one.recorded.seq):
        event = witness.recorded.event
        if isinstance(event, Evaluated) and event.version.id == evidence.version.event and event.dataset in datasets:
            dataset = datasets[event.dataset]
            _check(evidence, event, dataset)
            found.append(_judgement(evidence, witness, event, dataset, own_keys))
    return tuple(found)


def _judgement(
    evidence: Evidence, witness: Witness, event: Evaluated, dataset: DatasetAdded, own_keys: Collection[str]
) -> Judgement:
    whence = _whence(evidence, witness, event, own_keys)
    said = event.standing if isinstance(event, EvaluationImported) else Standing.COMPUTED
    is_own = witness.public in own_keys and whence.signer in own_keys
    return Judgement(event=event, dataset=dataset, whence=whence, standing=said if is_own else Standing.CLAIMED)


def _whence(evidence: Evidence, witness: Witness, event: Evaluated, own_keys: Collection[str]) -> Whence:
    """Where it was before; of one that was brought there too, who made it is told by whoever is trusted to tell."""
    recorded, registry = witness.recorded, evidence.source.registry
    ref = f"evaluation/{recorded.assigned.get('number', 0)}"
    if isinstance(event, EvaluationImported):
        signer = event.whence.signer if witness.public in own_keys else ""
        return replace(event.whence, registry=registry, ref=ref, signer=signer)
    return Whence(
        registry=registry,
        ref=ref,
        registration=witness.hash,
        event=recorded.seq,
        made=recorded.recorded,
        author=recorded.actor,
        signer=witness.public,
    )


def _check(evidence: Evidence, event: Evaluated, dataset: DatasetAdded) -> None:
    if event.rows != dataset.rows:
        raise doubtful(
            evidence.version.ref,
            f"it was judged by {event.rows:,} rows of {event.dataset_name}, which has {dataset.rows:,}",
        )
    words(event.reasons)
