"""Evaluations that come with a version from elsewhere: checked against their own evidence, and recorded whole."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.domain.evaluations import Evidence
from jupyter_mlc.domain.events import Evaluated, VersionKey
from jupyter_mlc.domain.imports import EvaluationImported
from jupyter_mlc.store.bundles.arriving import Arrival
from jupyter_mlc.store.bundles.evidence import doubtful
from jupyter_mlc.store.bundles.judgements import Judgement
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import arrived_dataset
from jupyter_mlc.verbs.evidence import kept_evidence
from jupyter_mlc.verbs.judged import without_reasons
from jupyter_mlc.verbs.predictions import kept_predictions
from jupyter_mlc.verbs.shared import check_keys

if TYPE_CHECKING:
    from jupyter_mlc.store.writing import Writing as Log


def unknown_evaluations(arrival: Arrival, version: ModelVersion | None, context: Context) -> list[Judgement]:
    """Those that came along and are not here, oldest first."""
    known = context.registry.judged_as(version.id) if version is not None else set()
    return [one for one in arrival.judgements if one.identity not in known]


def check_evaluation(arrival: Arrival, judgement: Judgement, context: Context) -> None:
    """The event may say nothing but what its evidence says: of these bytes, these rows, these predictions.

    Raises
    ------
    Damaged
        Where it says anything else.
    """
    event, ref = judgement.event, arrival.card.ref
    check_keys({one.metric: one.value for one in event.estimates}, "metric")
    try:
        found = kept_evidence(event.evidence, context.artifacts, Evidence)
        rows = kept_predictions(event.predictions, context.artifacts).rows
    except Damaged as error:
        raise doubtful(ref, f"{judgement.whence.ref}: {error.message}") from None
    said = (event.target, event.task, event.rows, event.positive, event.settings, event.estimates, event.predictions)
    told = (found.target, found.task, found.rows, found.positive, found.settings, without_reasons(found)[0])
    if said != (*told, found.predictions) or rows != event.rows:
        raise doubtful(ref, f"{judgement.whence.ref} is not what its own evidence says")
    if (found.artifact, found.digest) != (arrival.registered.artifact, judgement.dataset.digest):
        raise doubtful(ref, f"{judgement.whence.ref} is about other bytes, or other rows")


def bring_evaluations(arrival: Arrival, version: ModelVersion, context: Context, log: Log) -> int:
    """Record the evaluations that are not here; how many those are."""
    new = unknown_evaluations(arrival, version, context)
    for judgement in new:
        dataset = arrived_dataset(judgement.dataset, arrival.evidence.source.registry, context, log)
        log.append(
            EvaluationImported(
                **_as_it_was(judgement.event)
                | {"model": version.model, "version": VersionKey(number=version.number, id=version.id)}
                | {"dataset": dataset.id, "dataset_name": dataset.name},
                whence=judgement.whence,
                standing=judgement.standing,
            )
        )
    return len(new)


def _as_it_was(event: Evaluated) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(Evaluated)}
