"""Replies of `compare`."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlc.domain.differences.cells import CellChange, Change
from jupyter_mlc.domain.differences.facts import Difference, Topic
from jupyter_mlc.domain.entities import Measured, Standing
from jupyter_mlc.measure.comparing import Comparison
from jupyter_mlc.measure.curves.learning import LearningCurve
from jupyter_mlc.measure.curves.suitable import Curves
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.compare import CompareReply, Reported
from jupyter_mlc.verbs.contest import Basis
from jupyter_mlc.verbs.differing import CellsOf, Differences, differs
from jupyter_mlc.verbs.verdict import among, verdict

FIRST, SECOND, THIRD = "late-flights:1", "late-flights:3", "late-flights:4"
OBSERVED, CLAIMED = Standing.OBSERVED, Standing.CLAIMED
BASIS = Basis(
    dataset="june",
    digest="rows1:0fcc" + "0" * 60,
    target="late",
    rows=27_000,
    task="binary",
    positive="True",
    tried=3,
    evaluations={FIRST: "evaluation/1", SECOND: "evaluation/3"},
    scored=(),
)
AUC = Comparison(
    metric="auc",
    candidate=SECOND,
    baseline=FIRST,
    rows=27_000,
    greater_is_better=True,
    value=0.694_2,
    baseline_value=0.683_1,
    difference=0.011_1,
    low=0.006_1,
    high=0.016_2,
    sure=0.9995,
    p_value=0.002,
    adjusted_p=0.004,
    better=SECOND,
)
LOG_LOSS = replace(
    AUC,
    metric="log_loss",
    greater_is_better=False,
    value=0.613,
    baseline_value=0.612,
    difference=0.001,
    low=-0.003,
    high=0.004_6,
    sure=0.35,
    p_value=0.7,
    adjusted_p=1.0,
    better=None,
)
PRECISION = Comparison(
    metric="precision",
    candidate=SECOND,
    baseline=FIRST,
    rows=27_000,
    greater_is_better=True,
    value=0.61,
    baseline_value=None,
    reason="precision has no value for late-flights:1 on these rows",
)


def fact(topic: Topic, name: str, *values: object, standing: Standing | None = None) -> Difference:
    return Difference(
        topic=topic,
        name=name,
        values=values,  # type: ignore[arg-type]
        there=tuple(value is not None for value in values),
        standings=(standing,) * len(values) if standing else (),
    )


TREE = CellChange(
    change=Change.CHANGED,
    title="clf = Tree(max_depth=8)",
    before=3,
    after=3,
    lines=(" if deep:", "-    clf = Tree(max_depth=4)", "+    clf = Tree(max_depth=8)"),
)
CELLS = (
    TREE,
    CellChange(change=Change.ADDED, title="rows = rows.dropna()", after=4, lines=("+rows = rows.dropna()",)),
    CellChange(change=Change.REMOVED, title="!ls", before=4, lines=("-!ls",)),
    CellChange(change=Change.MOVED, title="import numpy as np", before=1, after=5, moved=True),
    replace(TREE, change=Change.ADDED, before=None, copy_of=3, lines=tuple(f"+step({step})" for step in range(20))),
    replace(TREE, moved=True, same_code=True, lines=("-x=1", "+x = 1")),
    *(replace(TREE, lines=("-a", "+b")) for _ in range(3)),
)
FEW = Differences(
    facts=(fact(Topic.PARAMETER, "max_depth", 4, 8, standing=OBSERVED),),
    cells=(CellsOf(version=SECOND, changes=(TREE,)),),
)
MANY = Differences(
    facts=(
        fact(Topic.PARAMETER, "C", 1.0, None, standing=CLAIMED),
        fact(Topic.DATASET, "spring", "82,613 rows, rows1:9f3c" + "0" * 60, None),
        fact(Topic.FEATURE, "in hour", "int", "float"),
        fact(Topic.OBJECT, "class", "LogisticRegression", "HistGradientBoostingClassifier"),
        fact(Topic.OBJECT, "size", 1_234, 412_345),
        fact(Topic.TAG, "team", "ops", None),
        fact(Topic.CODE, "commit", "4be1d0c2" + "0" * 32, "9f3c0000" + "0" * 32),
        *(fact(Topic.PACKAGE, f"package-{place}", "1.0", "2.0") for place in range(9)),
    ),
    cells=(CellsOf(version=SECOND, changes=CELLS),),
    unknown=("signature", "notebook"),
)
LEARNING = Curves(learning=(("loss", LearningCurve(steps=(0, 1), values=(0.9, 0.5), left_out=0)),))

better = CompareReply(
    versions=(FIRST, SECOND),
    verdict=verdict([AUC], BASIS),
    differs=differs(FEW),
    basis=BASIS,
    level=0.95,
    metrics=(AUC, LOG_LOSS, PRECISION),
    differences=FEW,
    next=f"%mlc promote {SECOND}",
)
third = replace(AUC, candidate=THIRD, value=0.684, difference=0.000_9, low=-0.004, high=0.005_5, adjusted_p=0.8)
third = replace(third, better=None)
scored = replace(BASIS, scored=(THIRD,), tried=4)
against_best = replace(
    AUC,
    candidate=THIRD,
    baseline=SECOND,
    value=0.684,
    baseline_value=0.694_2,
    difference=-0.010_2,
    low=-0.015_4,
    high=-0.005_3,
    adjusted_p=0.012,
)
rivals = (against_best, replace(against_best, candidate=FIRST, value=0.683_1, difference=-0.011_1, better=None))
reported = CompareReply(
    versions=(FIRST, SECOND),
    verdict=replace(verdict([AUC], BASIS), sentence=f"{FIRST} and {SECOND}: which is better cannot be told"),
    differs=differs(MANY),
    basis=None,
    level=0.95,
    reported=(
        Reported(
            metric="auc",
            values=(Measured(key="auc", value=0.68), Measured(key="auc", value=0.7, standing=Standing.COMPUTED)),
        ),
        Reported(metric="loss", values=(Measured(key="loss", value=0.3), None)),
    ),
    differences=MANY,
    next=f"%mlc compare {FIRST} {SECOND} --data DATASET --target COLUMN",
)

COMPARISONS: dict[str, Reply] = {
    "compare": better,
    "compare, three": replace(
        better,
        versions=(FIRST, SECOND, THIRD),
        verdict=verdict([AUC, third], scored),
        basis=scored,
        metrics=(AUC, third, LOG_LOSS, replace(LOG_LOSS, candidate=THIRD)),
        rivals=rivals,
        allowed_for=6,
        among=among(rivals, 6),
        differences=Differences(
            facts=(fact(Topic.PARAMETER, "max_depth", 4, 8, 12, standing=OBSERVED),), cells=FEW.cells
        ),
        warnings=("12 rows of june (0.1%) are also in spring, which late-flights:4 was trained on",),
        next=f"%mlc evaluate {THIRD} --data june --target late",
    ),
    "compare, nothing shared": reported,
    "compare, nothing known": replace(
        reported, reported=(), differs="", differences=Differences(facts=(), cells=()), curves={}
    ),
}
"""by what was typed"""
drawn = replace(better, curves={FIRST: LEARNING, SECOND: LEARNING})
