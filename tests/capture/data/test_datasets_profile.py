"""What the facts say of each column."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jupyter_mlc.capture.data.datasets import facts, read_data
from jupyter_mlc.domain.entities import Column, DatasetFacts


def seen(values: Any, **options: Any) -> DatasetFacts:
    return facts(read_data({"x": values}), name="d", **options)[0]


def column(values: Any) -> Column:
    return seen(values).columns[0]


def test_numbers_are_described_as_pandas_describes_them() -> None:
    values = np.random.default_rng(0).normal(size=997)
    said, expected = column([*values, None]), pd.Series(values)
    assert (said.type, said.nulls, said.distinct) == ("float", 1, 997)
    assert (said.low, said.high) == (expected.min(), expected.max())
    assert (said.mean, said.std) == pytest.approx((expected.mean(), expected.std()))
    assert said.quantiles == pytest.approx(expected.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).tolist())


def test_integers_have_frequent_values_too() -> None:
    assert column([5, 3, 3, None]) == Column(
        name="x",
        type="int",
        nulls=1,
        distinct=2,
        low=3,
        high=5,
        mean=pytest.approx(11 / 3),  # type: ignore[arg-type]
        std=pytest.approx(1.1547005),  # type: ignore[arg-type]
        quantiles=pytest.approx((3.0, 3.0, 3.0, 4.0, 4.8)),  # type: ignore[arg-type]
        top=(("3", 2),),
    )


def test_great_integers_keep_all_their_digits() -> None:
    said = column([2**63 - 1, -(2**63)])
    assert (said.low, said.high) == (-(2**63), 2**63 - 1)


def test_infinite_numbers_are_extremes_and_no_more() -> None:
    said = column([np.inf, 1.0, 3.0, -np.inf])
    assert (said.low, said.high, said.mean, said.quantiles[2]) == (-np.inf, np.inf, 2.0, 2.0)
    alone = column([np.inf])
    assert (alone.high, alone.mean, alone.std, alone.quantiles) == (np.inf, None, None, ())


def test_moments_that_overflow_are_left_out() -> None:
    said = column([1.7e308, 1.7e308, -1.7e308])
    assert said.std is None
    assert said.quantiles[0] == pytest.approx(-1.36e308)


def test_one_number_has_no_deviation() -> None:
    said = column([2.5])
    assert (said.mean, said.std, said.quantiles) == (2.5, None, (2.5,) * 5)


def test_booleans_have_a_share() -> None:
    said = column([True, False, True, None, True])
    assert (said.type, said.mean, said.distinct, said.top) == ("bool", 0.75, 2, (("True", 3),))


def test_strings_have_frequent_values_and_no_extremes() -> None:
    said = column(["b", "a", "b", "c", "a", None, "b"])
    assert (said.type, said.nulls, said.distinct) == ("string", 1, 3)
    assert (said.low, said.high, said.top) == (None, None, (("b", 3), ("a", 2)))


def test_values_that_occur_once_are_not_shown() -> None:
    assert column(["Ana Lima", "Bo Chen"]).top == ()


def test_at_most_ten_frequent_values_are_shown_by_the_alphabet_where_they_are_as_frequent() -> None:
    words = [f"w{number:02}" for number in range(30)]
    assert column(words[::-1] * 2).top == tuple((word, 2) for word in words[:10])
    assert column([*words, *words, "w29"]).top[0] == ("w29", 3)


def test_long_values_are_cut() -> None:
    assert column(["x" * 500] * 2).top == (("x" * 77 + "...", 2),)


def test_a_category_counts_the_values_that_occur() -> None:
    said = column(pd.Categorical(["a", "a", None], categories=["z", "a", "b"]))
    assert (said.distinct, said.nulls, said.top) == (1, 1, (("a", 2),))


def test_times_have_extremes_in_iso_8601() -> None:
    said = column(pd.to_datetime(["2013-03-01 05:00:00.00", "2013-03-01 05:00:00.25", ""]))
    assert (said.type, said.low, said.high) == ("time", "2013-03-01T05:00:00Z", "2013-03-01T05:00:00.250000Z")


def test_times_outside_the_calendar_of_python_have_extremes() -> None:
    assert column(np.array(["12000-01-01"], "M8[s]")).high == "12000-01-01T00:00:00Z"


def test_durations_and_periods_have_extremes_as_one_writes_them() -> None:
    hours = column(pd.Series(pd.to_timedelta([-1, 0, 30], unit="h")))
    assert (hours.type, hours.low, hours.high) == ("duration", "-1 day, 23:00:00", "1 day, 6:00:00")
    quarters = column(pd.Series(pd.period_range("2026Q1", periods=3, freq="Q")))
    assert (quarters.type, quarters.low, quarters.high) == ("period[Q-DEC]", "2026Q1", "2026Q3")


def test_the_longest_durations_have_extremes() -> None:
    longest = column(pa.array([-(2**63) + 1, 2**63 - 1], pa.duration("us")))
    assert longest.low is not None
    assert longest.high is not None


def test_a_column_without_values_has_none() -> None:
    assert column([None, None]) == Column(name="x", type="string", nulls=2, distinct=0)


def micros(moment: str) -> int:
    return int(dt.datetime.fromisoformat(moment).timestamp()) * 1_000_000


CATEGORIES = ["2013-03-01T01:00-04:00", "2013-05-31 23:00", "never"]


@pytest.mark.parametrize(
    "values",
    [
        pd.to_datetime(["2013-05-31 23:00", "", "2013-03-01 05:00"]),
        ["2013-05-31T23:00:00Z", None, "2013-03-01 05:00"],
        pd.Categorical(["2013-05-31 23:00", "2013-03-01T01:00-04:00"], categories=CATEGORIES),
    ],
    ids=["times", "strings", "categories"],
)  # fmt: skip
def test_the_time_column_gives_the_span(values: Any) -> None:
    found = seen(values, time="x")
    assert (found.time_column, found.start, found.end) == ("x", micros("2013-03-01T05Z"), micros("2013-05-31T23Z"))


def test_a_time_column_without_times_gives_no_span() -> None:
    found = seen([None], time="x")
    assert (found.time_column, found.start, found.end) == ("x", None, None)


def test_without_a_time_column_there_is_no_span() -> None:
    found = seen(pd.to_datetime(["2013"]))
    assert (found.time_column, found.start, found.end) == (None, None, None)


def test_the_facts_name_the_dataset_and_count_its_rows() -> None:
    found = seen([1, 2, 3])
    assert (found.name, found.rows, found.source) == ("d", 3, "memory")
    assert found.digest.startswith("rows1:")
