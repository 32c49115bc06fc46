"""Large registries, written as events, many to a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.ours import MODEL, small_artifact

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Artifact
    from jupyter_mlc.domain.events import VersionRegistered
    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.store.writing import Writing
    from jupyter_mlc.verbs.session import LocalSession

_BATCH = 500
EVENTS_EACH = 3
"""of a version"""


def populate(session: LocalSession, who: Identity, versions: int) -> None:
    """Make one model with so many versions, each with a run, two metrics and three parameters: three events."""
    from jupyter_mlc.domain.events import ModelCreated
    from jupyter_mlc.verbs.session import now

    artifact = small_artifact(session)
    with session.registry.write(who, now) as log:
        log.append(ModelCreated(model=MODEL, tier="minimal", owner=log.actor))
    for start in range(0, versions, _BATCH):
        with session.registry.write(who, now) as log:
            for number in range(start + 1, min(start + _BATCH, versions) + 1):
                _version(log, artifact, number)


def stage(session: LocalSession, who: Identity, numbers: range) -> None:
    """Move versions on to staging."""
    from jupyter_mlc.domain.lifecycle import Stage, plan_promotion
    from jupyter_mlc.domain.names import Reference
    from jupyter_mlc.store.queries import standpoint
    from jupyter_mlc.verbs.session import now

    registry = session.registry
    with registry.write(who, now) as log:
        for number in numbers:
            row = registry.version_row(Reference(model=MODEL, number=number))
            log.append(plan_promotion(registry.line(MODEL), standpoint(row), Stage.STAGING))


def _version(log: Writing, artifact: Artifact, number: int) -> None:
    from jupyter_mlc.domain.events import RunEnded, RunStarted

    run = log.append(RunStarted(name=MODEL)).seq
    log.append(RunEnded(run=run, status="finished", duration=1_000_000))
    log.append(_registered(artifact, run, number))


def _registered(artifact: Artifact, run: int, number: int) -> VersionRegistered:
    from jupyter_mlc.domain.entities import Measured, Signature
    from jupyter_mlc.domain.events import VersionRegistered

    return VersionRegistered(
        model=MODEL,
        run=run,
        format=artifact.format,
        artifact=artifact.digest,
        size=artifact.size,
        blobs=artifact.blobs,
        class_name="LogisticRegression",
        library="scikit-learn",
        signature=Signature(),
        load_check="skipped: a benchmark",
        metrics=(Measured(key="auc", value=auc(number)), Measured(key="loss", value=1 - auc(number))),
        params={"C": number, "max_iter": 100, "tol": 0.0001},
    )


def auc(number: int) -> float:
    """The metric of a version: between 0 and 1, in no order."""
    return number * 7919 % 10007 / 10007
