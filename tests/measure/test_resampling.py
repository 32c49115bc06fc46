"""Resamples: the same from the same seed, with every class in them, each row as often as chance has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.metrics.catalogue import METRICS
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling, draws, replicates


def drawn(made: Outcome, replicates: int = 50, seed: int = 0) -> np.ndarray:
    return np.stack(list(draws(made, Resampling(replicates=replicates, seed=seed))))


def test_every_resample_has_as_many_rows(binary: Outcome) -> None:
    counts = drawn(binary)
    assert counts.shape == (50, 400)
    assert (counts.sum(axis=1) == 400).all()


def test_a_row_is_left_out_of_a_resample_as_often_as_chance_has_it(binary: Outcome) -> None:
    assert (drawn(binary, 500) == 0).mean() == pytest.approx((1 - 1 / 400) ** 400, abs=0.005)


def test_the_same_seed_draws_the_same_rows_and_another_seed_others(binary: Outcome) -> None:
    assert (drawn(binary) == drawn(binary)).all()
    assert (drawn(binary) != drawn(binary, seed=1)).any()


def test_rows_are_drawn_within_classes_where_one_is_rare() -> None:
    rare = outcome([True] * 3 + [False] * 497, [False] * 500)
    counts = drawn(rare)
    assert (counts[:, :3].sum(axis=1) == 3).all()
    assert (counts[:, 3:].sum(axis=1) == 497).all()
    common = outcome([True] * 20 + [False] * 480, [False] * 500)
    assert len(set(drawn(common)[:, :20].sum(axis=1))) > 1


def test_rows_that_count_more_count_more_when_drawn(binary: Outcome) -> None:
    weights = np.arange(400) / 2
    assert (drawn(replace(binary, weights=weights)) == drawn(binary) * weights).all()


def test_a_replicate_of_a_metric_is_the_metric_of_the_rows_drawn(binary: Outcome, values: Outcome) -> None:
    for made, name in ((binary, "auc"), (binary, "f1"), (values, "medae"), (values, "r2")):
        metric = METRICS[name]
        found = replicates([made], [metric], Resampling(replicates=5))[:, 0, 0]
        repeated = [made.take(np.repeat(np.arange(made.rows), counts.astype(int))) for counts in drawn(made, 5)]
        assert found == pytest.approx([metric.formula(metric.tally(one)(np.ones(one.rows))) for one in repeated])


def test_a_replicate_is_the_same_whatever_else_is_asked(binary: Outcome) -> None:
    alone = replicates([binary], [METRICS["auc"]], Resampling(replicates=20))
    among = replicates([binary, binary], [METRICS["f1"], METRICS["auc"]], Resampling(replicates=20))
    assert (among[:, :, 1] == alone[:, :, 0]).all()


def test_a_resample_without_a_value_is_told_apart() -> None:
    seldom = outcome([True, False] * 30, [True] + [False] * 59)
    found = replicates([seldom], [METRICS["precision"]], Resampling(replicates=200))
    assert 0.2 < np.isnan(found).mean() < 0.5


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"replicates": -1}, "-1 replicates cannot be drawn\nfrom 0 to 1000000; 1000 serve well"),
        ({"replicates": 1_000_001}, "1000001 replicates cannot be drawn\nfrom 0 to 1000000; 1000 serve well"),
        ({"seed": -1}, "the seed -1 is negative\nchoose a whole number from 0 on"),
        ({"level": 95}, "the level 95 is not between 0 and 1\n0.95 is usual"),
        ({"level": 0.0}, "the level 0 is not between 0 and 1\n0.95 is usual"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change: dict[str, int], text: str) -> None:
    with pytest.raises(BadInput) as refused:
        Resampling(**change)
    assert refused.value.text == text
