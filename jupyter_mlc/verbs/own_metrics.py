"""Which metrics were asked for: by name, as a function or scorer of the notebook, or as one that was saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.domain.names import parse_reference
from jupyter_mlc.measure.metrics.base import Metric
from jupyter_mlc.measure.metrics.catalogue import find
from jupyter_mlc.store.home import cache_folder
from jupyter_mlc.store.identity import Identity, signature_holds
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.opening import planned
from jupyter_mlc.verbs.shared import own_identity


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """A metric that came as an object: stored like a model, and vouched for by whoever asked."""

    name: str
    artifact: Digest
    blobs: tuple[Digest, ...] = ()
    signature: str = ""
    """over the artifact's digest, by the key of whoever defined it; empty where it came from a file"""
    less_is_better: bool = False
    """whether the live object says so: what a notebook sets on a function is not stored with its source"""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The metrics to measure, and what came as objects."""

    metrics: tuple[Metric, ...] = ()
    """none: those that suit the task"""
    scorers: Mapping[str, Digest] = field(default_factory=dict)
    blobs: tuple[Digest, ...] = ()


def is_name(asked: Scorer | str) -> TypeGuard[str]:
    """Whether it is a name alone: no object, and no version that holds one."""
    return isinstance(asked, str) and ":" not in asked and "@" not in asked


def vouched(artifact: Digest, identity: Identity) -> str:
    """The signature by which somebody vouches for code of their own."""
    return identity.sign(_words(artifact))


def asked_metrics(asked: Sequence[Scorer | str], context: Context, *, trust: bool) -> Asked:
    """Find the metrics that were asked for.

    Raises
    ------
    BadInput
        Where a name is unknown, two have the same one, or an object is no metric.
    Untrusted, Damaged, Conflict
        As `store.loading.load` does.
    """
    found: dict[str, Metric] = {}
    scorers: dict[str, Digest] = {}
    for one in asked:
        metric, digest = _metric(one, context, trust=trust)
        if metric.name in found and (digest or metric.name in scorers):
            raise BadInput(f"two metrics are called {metric.name}", hint="rename one of them")
        found[metric.name] = metric
        if digest:
            scorers[metric.name] = digest
    blobs = [digest for one in asked if isinstance(one, Scorer) for digest in one.blobs]
    return Asked(metrics=tuple(found.values()), scorers=scorers, blobs=tuple(dict.fromkeys(blobs)))


def _metric(one: Scorer | str, context: Context, *, trust: bool) -> tuple[Metric, Digest]:
    if isinstance(one, Scorer):
        trusted = trust or _is_own(one, context)
        metric = _opened(one.name, one.artifact, context, trusted=trusted)
        greater = metric.greater_is_better and not one.less_is_better
        return replace(metric, greater_is_better=greater), one.artifact
    if is_name(one):
        return find(one), ""
    plan = planned(context.registry.version(parse_reference(one)), context, trust=trust)
    name = plan.version.model.rpartition("/")[2]
    return _opened(name, plan.event.artifact, context, trusted=plan.trusted), plan.event.artifact


def _opened(name: str, artifact: Digest, context: Context, *, trusted: bool) -> Metric:
    from jupyter_mlc.store.loading import load

    thing: Any = load(artifact, context.artifacts, trusted=trusted, folder=cache_folder())
    try:
        return replace(find(thing), name=name)
    except MlcError as error:
        raise BadInput(f"{name}: {error.message}", hint=error.hint) from None


def _is_own(scorer: Scorer, context: Context) -> bool:
    """Whether a key of one's own vouches for it."""
    own, _ = own_identity(context)
    if own is None or not scorer.signature:
        return False
    return any(signature_holds(public, _words(scorer.artifact), scorer.signature) for public in own.own_keys)


def _words(artifact: Digest) -> bytes:
    """What is signed: nothing that could be taken for an act of the log."""
    return f"metric {artifact}".encode()
