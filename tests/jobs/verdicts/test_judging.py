"""From what was compared to the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jupyter_mlc.domain.reproductions import Compared, Rehearsed, Topic, Verdict
from jupyter_mlc.jobs.verdicts.judging import advice, facts, inside, judged
from jupyter_mlc.jobs.verdicts.likeness import Apart, Likeness

MADE = Rehearsed(
    model="churn",
    artifact="sha256:" + "1" * 64,
    format="joblib",
    class_name="Logit",
    features=("x: float",),
    metrics={"auc": 0.7, "fit_seconds": 3.0},
    params={"C": 1.0, "random_state": None},
    datasets={"train": "rows1:aa"},
)


def apart(**changes: Any) -> list[tuple[str, str, str, str]]:
    """What differs where something else came of it."""
    found, _ = facts(MADE, replace(MADE, **changes), 1e-6)
    return [(one.topic.value, one.name, one.before, one.now) for one in found if not one.agrees]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"metrics": {"auc": 0.7 + 1e-9}}, []),
        ({"metrics": {"auc": 0.6}}, [("metric", "auc", "0.7", "0.6")]),
        ({"metrics": {}}, [("metric", "auc", "0.7", "nothing")]),
        ({"params": {"C": 1, "random_state": None}}, []),
        ({"params": {"C": 1.0 + 1e-9, "random_state": None}}, [("parameter", "C", "1", "1.000000001")]),
        ({"params": {"C": 1.0}}, [("parameter", "random_state", "None", "nothing")]),
        ({"datasets": {"train": "rows1:bb"}}, [("data", "train", "rows1:aa", "rows1:bb")]),
        ({"class_name": "Tree"}, [("object", "class", "Logit", "Tree")]),
    ],
)
def test_facts_are_set_against_each_other(changes: dict[str, Any], found: list[tuple[str, str, str, str]]) -> None:
    assert apart(**changes) == found


def test_how_long_something_took_is_not_compared() -> None:
    _, unknown = facts(MADE, replace(MADE, metrics={"auc": 0.7, "fit_seconds": 9.0}), 1e-6)
    assert unknown == ["metric fit_seconds: how long something took is never the same again"]


def test_a_metric_that_is_new_is_told_and_decides_nothing() -> None:
    found, _ = facts(MADE, replace(MADE, metrics={"auc": 0.7, "f1": 0.3}), 1e-6)
    assert judged(found, same_bytes=True) == (Verdict.IDENTICAL, "the same bytes")


def told(topic: Topic, *, agrees: bool, decides: bool = True, name: str = "one") -> Compared:
    return Compared(topic=topic, name=name, before="1", now="2", agrees=agrees, decides=decides)


def test_equal_bytes_prove_identity_whatever_else_differs() -> None:
    assert judged([told(Topic.PARAMETER, agrees=False)], same_bytes=True) == (Verdict.IDENTICAL, "the same bytes")


def test_a_metric_that_does_not_come_again_is_told_even_of_the_same_bytes() -> None:
    assert judged([told(Topic.METRIC, agrees=False, name="auc")], same_bytes=True) == (
        Verdict.DIVERGED,
        "the object is the same to the last bit, but metric auc: 1 then, 2 now",
    )


def test_what_comes_first_in_the_making_is_where_it_diverged() -> None:
    found = [told(topic, agrees=False) for topic in (Topic.METRIC, Topic.PREDICTIONS, Topic.DATA)]
    assert judged(found, same_bytes=False) == (Verdict.DIVERGED, "data one: 1 then, 2 now, and 2 more")


def test_unequal_bytes_of_which_nothing_else_is_known_prove_nothing() -> None:
    assert judged([told(Topic.PARAMETER, agrees=True)], same_bytes=False) == (
        Verdict.NOT_REPRODUCIBLE,
        "its bytes are others, and nothing else of it can be compared",
    )


def test_where_both_could_be_asked_differences_inside_decide_nothing() -> None:
    same = Apart(name="predictions", before="float64 9", now="float64 9", gap=0.0)
    path = Apart(name="seeds_[0]", before="1", now="2", gap=0.5)
    found = inside(Likeness(leaves=3, same=2, apart=(path,), predicted=same, rows=9), 1e-6)
    assert judged(found, same_bytes=False) == (
        Verdict.EQUIVALENT,
        "other bytes, and within the tolerance what it predicts",
    )
    alone = inside(Likeness(leaves=3, same=2, apart=(path,)), 1e-6)
    assert judged(alone, same_bytes=False) == (Verdict.DIVERGED, "seeds_[0]: 1 then, 2 now")


def test_a_seed_that_is_not_set_is_named_where_it_diverged() -> None:
    assert advice(Verdict.EQUIVALENT, MADE) == ()
    assert advice(Verdict.DIVERGED, MADE) == ("random_state is not set, so that chance has a part in every fit",)
    assert advice(Verdict.DIVERGED, replace(MADE, params={"random_state": 3})) == ()
    several = {f"step{place}__random_state": None for place in range(4)}
    assert advice(Verdict.DIVERGED, replace(MADE, params=several)) == (
        "step0__random_state, step1__random_state, step2__random_state are not set, so that chance has a part in "
        "every fit",
    )
