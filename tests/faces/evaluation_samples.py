"""Replies of `evaluate`, and of what shows evaluations."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.domain.evaluations import Estimate, Evaluation, Evidence, Part, Seen, Settings, Shared, Whence
from jupyter_mlc.verbs.evaluate import EvaluateReply, Judged
from jupyter_mlc.verbs.show import ShowReply

NOON = 1_782_820_800_000_000
"""2026-06-30 12:00 UTC"""
DIGEST = "sha256:9f3c" + "0" * 60


def estimates(auc: float | None, reason: str = "") -> tuple[Estimate, ...]:
    reach = 0.007 if auc is not None and not reason else None
    return (
        Estimate(
            metric="auc",
            value=auc,
            low=auc - reach if auc is not None and reach else None,
            high=auc + reach if auc is not None and reach else None,
            reason=reason,
        ),
        Estimate(metric="log_loss", value=0.6121, low=0.6042, high=0.6203, greater_is_better=False),
        Estimate(metric="brier", value=0.2113, low=0.2081, high=0.2144, greater_is_better=False),
        Estimate(metric="precision", value=None, reason="no row is predicted positive"),
    )


def part(label: str, rows: int, auc: float | None, reason: str = "") -> Part:
    return Part(column="origin", label=label, kind="value", rows=rows, estimates=estimates(auc, reason))


EVIDENCE = Evidence(
    version="late-flights:1",
    artifact=DIGEST,
    dataset="june",
    digest="rows1:0fcc" + "0" * 60,
    rows=27_075,
    target="late",
    task="binary",
    positive="True",
    settings=Settings(by=("origin",)),
    estimates=estimates(0.683),
    parts=(
        part("EWR", 9_736, 0.691),
        part("JFK", 9_182, 0.672),
        part("LGA", 8, 0.681, "fewer than 10 rows"),
        part("SWF", 3, None, "no row is positive"),
    ),
    shared=(Shared(dataset="spring", rows=12, share=12 / 27_075),),
    scorers={"cost": DIGEST},
    libraries={"python": "3.11.7", "numpy": "2.4.6", "scikit-learn": "1.9.1"},
    predictions=DIGEST,
)
EVALUATION = Evaluation(
    number=1,
    id=9,
    version="late-flights:1",
    dataset="june",
    revision=1,
    digest=EVIDENCE.digest,
    target="late",
    task="binary",
    rows=27_075,
    stage="",
    author="ana@laptop",
    created=NOON,
    estimates=EVIDENCE.estimates,
    evidence=DIGEST,
    predictions=DIGEST,
)
WHENCE = Whence(
    registry="0b5c7d1e-1",
    ref="evaluation/8",
    registration="ab" * 32,
    event=17,
    made=NOON - 3_600_000_000,
    author="7c1d",
    signer="4e" * 32,
)
evaluated = EvaluateReply(
    dataset="june",
    revision=1,
    rows=27_075,
    target="late",
    versions=(Judged(id="evaluation/1", version="late-flights:1", evidence=EVIDENCE),),
    seen=Seen(evaluations=1, versions=1, people=1),
    settings=EVIDENCE.settings,
    warnings=("12 rows of june (0.1%) are also in spring, which late-flights:1 was trained on",),
    notes=("whether late-flights:1 was trained on rows of june cannot be told: the columns of winter differ",),
    next="%mlc promote late-flights:1",
)
_BETTER = replace(
    EVIDENCE,
    version="late-flights:3",
    estimates=estimates(0.694),
    parts=(part("EWR", 9_736, 0.703), part("JFK", 9_182, 0.68), part("LGA", 8, 0.7, "fewer than 10 rows")),
)
evaluated_two = replace(
    evaluated,
    versions=(*evaluated.versions, Judged(id="evaluation/2", version="late-flights:3", evidence=_BETTER)),
    seen=Seen(evaluations=3, versions=3, people=2),
    warnings=("late-flights:2 is retired, and was left out",),
    notes=(),
    next="%mlc promote late-flights:3",
)
would_be = replace(
    evaluated,
    done=False,
    versions=tuple(Judged(id="", version=one.version, evidence=None) for one in evaluated_two.versions),
    seen=Seen(),
    settings=Settings(metrics=("auc", "cost"), by=("origin",)),
    warnings=(),
    notes=(),
    next="",
)
EVALUATIONS = {
    "evaluate": evaluated,
    "evaluate a range": replace(evaluated_two, revision=2),
    "evaluate, seen before": replace(evaluated, seen=Seen(evaluations=4, versions=1, people=1), warnings=(), notes=()),
    "evaluate --dry-run": would_be,
    "show an evaluation": ShowReply(kind="evaluation", evaluation=EVALUATION, evidence=EVIDENCE),
    "show an evaluation that came with a copy": ShowReply(
        kind="evaluation",
        evaluation=replace(EVALUATION, number=3, author="7c1d", standing=Standing.CLAIMED, whence=WHENCE),
        evidence=EVIDENCE,
    ),
    "show an evaluation on sealed data": ShowReply(
        kind="evaluation",
        evaluation=replace(EVALUATION, stage="production"),
        evidence=replace(EVIDENCE, positive="", parts=(), scorers={}, settings=Settings(replicates=0)),
    ),
}
