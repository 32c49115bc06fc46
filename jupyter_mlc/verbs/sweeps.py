"""What a batch came to: a row a job, sorted by a metric, and the best."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Micros, ModelVersion
from jupyter_mlc.domain.errors import MlcError, did_you_mean
from jupyter_mlc.domain.jobs import SUCCEEDED, Job
from jupyter_mlc.domain.lifecycle import Stage

if TYPE_CHECKING:
    from jupyter_mlc.verbs.context import Context

CACHED = "cached"
GOOD = frozenset({SUCCEEDED, CACHED})
_LESS = re.compile(r"(^|[._ -])(loss|error|err|mae|mse|rmse|mape|brier|deviance|seconds|time|perplexity)([._ -]|$)")
"""what is better the less there is of it, where the catalogue of metrics knows nothing"""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """One job of a batch, and what came of it."""

    job: str
    exit: str
    """how it ended; cached where the record answered; queued where it runs in the background"""
    params: Mapping[str, object]
    version: str = ""
    """that came of it; of several, the best"""
    versions: tuple[str, ...] = ()
    value: float | None = None
    """of the metric that the batch is sorted by"""
    metrics: Mapping[str, float]
    duration: Micros | None = None
    reason: str = ""
    """why nothing came of it, in one line"""
    notebook: str = ""
    """the path of the executed notebook"""


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """A metric, and which way it is better."""

    metric: str = ""
    less: bool = False


def ranking(asked: str, versions: Sequence[ModelVersion], context: Context) -> Ranking:
    """The metric that a batch is sorted by: the one that is asked for, else the first that a version reported.

    Parameters
    ----------
    asked : str
        ``auc``, or with the way that is better: ``score asc``.
    versions : sequence of ModelVersion
        What the batch made.
    context : Context
        Where the registrations are.
    """
    name, _, way = asked.strip().partition(" ")
    metric = name.removeprefix("metrics.") or next((first for one in versions if (first := _first(one, context))), "")
    less = {"asc": True, "desc": False}.get(way.strip().lower())
    return Ranking(metric=metric, less=_less_is_better(metric) if less is None else less)


def _first(version: ModelVersion, context: Context) -> str:
    """The metric that a version reported first."""
    from jupyter_mlc.domain.events import VersionRegistered

    event = context.registry.event(version.id).event
    if isinstance(event, VersionRegistered) and event.metrics:
        return event.metrics[0].key
    known = [one.key for one in version.metrics]
    return known[0] if known else ""


def _less_is_better(metric: str) -> bool:
    from jupyter_mlc.measure.metrics.catalogue import ALIASES, METRICS

    for name in (metric.lower(), metric.lower().rpartition(".")[2], metric.lower().rpartition("_")[2]):
        known = METRICS.get(ALIASES.get(name, name))
        if known is not None:
            return not known.greater_is_better
    return bool(_LESS.search(metric.lower().replace("_", " ")))


def trained(
    jobs: Sequence[tuple[Job, str]], asked: str, context: Context
) -> tuple[tuple[Trained, ...], Ranking, tuple[str, ...]]:
    """The jobs of a batch with what came of them, the best first; the metric; and what is to be said about it.

    Parameters
    ----------
    jobs : sequence of (Job, str)
        Each with how it ended.
    asked : str
        The metric, or nothing.
    context : Context
        Where the versions are.
    """
    made = {job.id: [context.registry.version(ref) for ref in job.versions] for job, _ in jobs}
    versions = [version for several in made.values() for version in several]
    by = ranking(asked, versions, context)
    rows = [_trained(job, exit_, made[job.id], by, context) for job, exit_ in jobs]
    known = {one.key for version in versions for one in version.metrics}
    said: tuple[str, ...] = ()
    if asked and versions and by.metric not in known:
        near = did_you_mean(by.metric, known)
        said = (f"no version of this batch reports {by.metric!r}{f'; {near}' if near else ''}",)
    return tuple(sorted(rows, key=lambda row: _place(row, by))), by, said


def _trained(job: Job, exit_: str, versions: Sequence[ModelVersion], by: Ranking, context: Context) -> Trained:
    from jupyter_mlc.verbs.job_records import folder_of

    best = min(versions, key=lambda one: _order(_value(one, by), by), default=None)
    executed = folder_of(job.number, context).executed()
    return Trained(
        job=job.ref,
        exit=exit_,
        params=job.params,
        version=best.ref if best else "",
        versions=job.versions,
        value=_value(best, by) if best else None,
        metrics={one.key: one.value for one in best.metrics} if best else {},
        duration=job.duration if exit_ != CACHED else None,
        reason=_reason(job, exit_, context),
        notebook=str(executed) if executed else "",
    )


def _reason(job: Job, exit_: str, context: Context) -> str:
    ended = context.registry.job_end(job) if exit_ not in GOOD else None
    if ended is None:
        return ""
    said = ended.message.splitlines()[0] if ended.message else ""
    if ended.exit == "cell failed":
        return f"{ended.exception}: {said}" if said else ended.exception
    return said


def _value(version: ModelVersion, by: Ranking) -> float | None:
    return next((one.value for one in version.metrics if one.key == by.metric), None)


def _order(value: float | None, by: Ranking) -> tuple[bool, float]:
    """What is better comes first; what nobody knows comes last."""
    if value is None or math.isnan(value):
        return True, 0.0
    return False, value if by.less else -value


def _place(row: Trained, by: Ranking) -> tuple[bool, bool, float, int]:
    return row.exit not in GOOD, *_order(row.value, by), int(row.job.rpartition("/")[2])


def best_of(rows: Sequence[Trained]) -> str:
    """The best version; empty where nothing tells."""
    first = next((row for row in rows if row.exit in GOOD and row.version), None)
    if first is None or (first.value is None and sum(bool(row.version) for row in rows) > 1):
        return ""
    return first.version


def promoted(
    best: str, to: Stage | None, rows: Sequence[Trained], by: Ranking, context: Context
) -> tuple[str, tuple[str, ...]]:
    """Promote the best of a batch, where somebody wants that: where to; and what is to be said about it."""
    from jupyter_mlc.verbs.promote import Promote

    if to is None:
        return "", ()
    if not best:
        return "", ("nothing was promoted: no version is known to be the best",)
    told = f" by {by.metric}" if by.metric else ""
    made = sum(bool(row.version) for row in rows)
    try:
        context.call(Promote(ref=best, to=to, reason=f"best of {made}{told}"))
    except MlcError as error:
        return "", (f"{best} was not promoted: {error.message}",)
    return to.value, ()
