"""A scored version, measured: its estimates on all rows and part by part, and the evidence that is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.domain.evaluations import Estimate, Evidence, Part, Settings
from jupyter_mlc.measure.judging import Figure, judge
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.measure.slices import judge_slices
from jupyter_mlc.measure.slicing import Slicing, crossed, slicing
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.exam import Exam
from jupyter_mlc.verbs.own_metrics import Asked
from jupyter_mlc.verbs.predictions import keep_predictions
from jupyter_mlc.verbs.scoring import Scored
from jupyter_mlc.verbs.shared_rows import shared_rows, told_shared

if TYPE_CHECKING:
    from jupyter_mlc.measure.outcomes import Outcome

_TOGETHER = ","
"""between columns whose combinations part the rows"""


def slicings(by: Sequence[str], exam: Exam) -> tuple[Slicing, ...]:
    """Part the rows of an exam by columns; by several together where they are written with a comma."""
    return tuple(_slicing(name, exam) for name in by)


def _slicing(name: str, exam: Exam) -> Slicing:
    if name in exam.table.column_names or _TOGETHER not in name:
        return slicing(name, exam.column(name))
    return crossed([slicing(part.strip(), exam.column(part.strip())) for part in name.split(_TOGETHER)])


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What several versions are asked alike."""

    exam: Exam
    asked: Asked
    settings: Settings


def judged(scored: Scored, question: Question, context: Context, step: Callable[[str], None]) -> Evidence:
    """Measure what a version said; predictions are kept, the evidence is not yet.

    Raises
    ------
    BadInput
        Where a metric does not fit, or one that was asked for has no value on these rows.
    """
    exam, asked, settings = question.exam, question.asked, question.settings
    ref, how = scored.version.ref, Resampling(replicates=settings.replicates, seed=settings.seed, level=settings.level)
    step(f"{ref}: resampling")
    estimates = _estimates(ref, exam.name, lambda: judge(scored.outcome, asked.metrics, how))
    parts: list[Part] = []
    for parted in slicings(settings.by, exam):
        step(f"{ref}: by {parted.column}")
        parts += _parts(scored.outcome, parted, asked, how)
    shared = shared_rows(scored.version, exam, context)
    told = [told_shared(ref, exam.name, one) for one in shared if one.rows is not None]
    outcome = scored.outcome
    return Evidence(
        version=ref,
        artifact=scored.version.artifact,
        dataset=exam.name,
        digest=exam.digest,
        rows=exam.rows,
        target=exam.target,
        task=outcome.task.value,
        data=exam.blob or "",
        positive="" if outcome.positive is None else str(outcome.positive),
        settings=settings,
        estimates=estimates,
        parts=tuple(parts),
        shared=shared,
        scorers=asked.scorers,
        libraries=_libraries(scored.version.library),
        warnings=(*scored.warnings, *told),
        predictions=keep_predictions(outcome, context.artifacts),
    )


def _estimates(ref: str, data: str, measure: Callable[[], Sequence[Figure]]) -> tuple[Estimate, ...]:
    try:
        return tuple(map(_estimate, measure()))
    except MlcError as error:
        raise BadInput(f"{ref} on {data}: {error.message}", hint=error.hint) from None


def _parts(outcome: Outcome, parted: Slicing, asked: Asked, how: Resampling) -> list[Part]:
    return [
        Part(
            column=one.column,
            label=one.label,
            kind=one.kind.value,
            rows=one.rows,
            estimates=tuple(map(_estimate, one.figures)),
        )
        for one in judge_slices(outcome, parted, asked.metrics, how)
    ]


def _estimate(figure: Figure) -> Estimate:
    value, low, high = (None if one is None else one + 0.0 for one in (figure.value, figure.low, figure.high))
    return Estimate(  # canonical JSON has no negative zero
        metric=figure.metric,
        value=value,
        low=low,
        high=high,
        greater_is_better=figure.greater_is_better,
        reason=figure.reason,
    )


def _libraries(library: str) -> dict[str, str]:
    """The releases of what predicted and measured."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in dict.fromkeys(("jupyter-mlc", "numpy", "scikit-learn", library)):
        try:
            found[name] = version(name)
        except (PackageNotFoundError, ValueError):  # what the notebook defined has no release
            continue
    return found


def without_reasons(evidence: Evidence) -> tuple[tuple[Estimate, ...], dict[str, str]]:
    """The estimates as the log has them, and the reasons, which lie beside it."""
    reasons = {one.metric: one.reason for one in evidence.estimates if one.reason}
    return tuple(replace(one, reason="") for one in evidence.estimates), reasons


def evidence_rows(id_: str, evidence: Evidence) -> list[dict[str, object]]:
    """One row a metric, on all rows and on each part of them."""
    whole = Part(column="", label="", kind="", rows=evidence.rows, estimates=evidence.estimates)
    about = {"version": evidence.version, "evaluation": id_, "dataset": evidence.dataset, "target": evidence.target}
    return [
        {**about, "by": part.column or None, "slice": part.label or None, "rows": part.rows, "metric": one.metric}
        | {"value": one.value, "low": one.low, "high": one.high, "reason": one.reason}
        for part in (whole, *evidence.parts)
        for one in part.estimates
    ]
