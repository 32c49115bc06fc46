"""Rows parted by what columns hold."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.bins import binned, quantile_edges
from jupyter_mlc.measure.slicing import Kind, Slicing, crossed, slicing


def counted(parted: Slicing) -> dict[str, int]:
    counts = Counter(parted.places.tolist())
    return {part.label: counts[place] for place, part in enumerate(parted.parts)}


def kinds(parted: Slicing) -> list[Kind]:
    return [part.kind for part in parted.parts]


@pytest.mark.parametrize(
    "values",
    [
        list("bbbaac"),
        np.array(list("bbbaac"), object),
        pd.Series(list("bbbaac")),
        pd.Categorical(list("bbbaac"), categories=list("cabz")),
    ],
    ids=lambda values: type(values).__name__,
)
def test_words_part_rows_by_value_the_most_frequent_first(values: object) -> None:
    parted = slicing("origin", values)
    assert (parted.column, counted(parted)) == ("origin", {"b": 3, "a": 2, "c": 1})
    assert kinds(parted) == [Kind.VALUE] * 3


def test_few_numbers_part_rows_by_value_in_order() -> None:
    assert counted(slicing("month", [3, 1, 3, 2])) == {"1": 1, "2": 1, "3": 2}
    assert counted(slicing("late", [True, False, True])) == {"True": 2, "False": 1}
    assert counted(slicing("rate", [0.5, 2.0, 0.5])) == {"0.5": 2, "2": 1}


def test_many_numbers_are_binned_by_quantiles() -> None:
    parted = slicing("distance", np.arange(100))
    assert counted(parted) == {"[0, 25)": 25, "[25, 50)": 25, "[50, 75)": 25, "[75, 99]": 25}
    assert kinds(parted) == [Kind.RANGE] * 4


def test_edges_have_as_many_digits_as_tell_them_apart() -> None:
    close = 1000 + np.arange(40) / 1000
    assert [part.label for part in slicing("x", close, bins=2).parts] == ["[1000, 1000.02)", "[1000.02, 1000.04]"]


def test_a_value_that_most_rows_have_is_a_bin_of_its_own() -> None:
    assert counted(slicing("delay", [*range(-20, 0), *[0] * 80])) == {"[-20, 0)": 20, "0": 80}
    assert counted(slicing("delay", [*[0] * 80, *range(1, 21)])) == {"[0, 1)": 80, "[1, 20]": 20}
    assert counted(slicing("delay", [*range(-10, 0), *[0] * 80, *range(1, 11)])) == {
        "[-10, 0)": 10,
        "[0, 1)": 80,
        "[1, 10]": 10,
    }


def test_times_are_binned_and_named_by_the_day_or_the_moment() -> None:
    days = pd.date_range("2013-03-01", periods=40, freq="D", tz="UTC")
    assert counted(slicing("day", pd.Series(days), bins=2)) == {
        "[2013-03-01, 2013-03-21)": 20,
        "[2013-03-21, 2013-04-09]": 20,
    }
    seconds = pd.Series(pd.date_range("2013-03-01", periods=40, freq="s"))
    assert [part.label for part in slicing("at", seconds, bins=2).parts] == [
        "[2013-03-01T00:00:00.000000, 2013-03-01T00:00:20.000000)",
        "[2013-03-01T00:00:20.000000, 2013-03-01T00:00:39.000000]",
    ]
    assert counted(slicing("date", np.array([date(2013, 3, 1), date(2013, 3, 2)], object))) == {
        "2013-03-01": 1,
        "2013-03-02": 1,
    }


def test_missing_values_are_a_part_of_their_own() -> None:
    parted = slicing("x", pd.array([1, None, 3, None], dtype="Int64"))
    assert counted(parted) == {"1": 1, "3": 1, "missing": 2}
    assert kinds(parted)[-1] is Kind.MISSING
    assert counted(slicing("x", [np.nan, np.nan])) == {"missing": 2}
    assert counted(slicing("x", [*range(50), np.nan], bins=1)) == {"[0, 49]": 50, "missing": 1}


def test_infinite_numbers_are_numbers() -> None:
    assert counted(slicing("x", [*range(50), np.inf, -np.inf], bins=2)) == {"[-inf, 25)": 26, "[25, inf]": 26}


def test_rare_values_are_one_part_together() -> None:
    parted = slicing("dest", list("aaabbcdee"), most=2)
    assert counted(parted) == {"a": 3, "b": 2, "3 others": 4}
    assert kinds(parted)[-1] is Kind.OTHERS
    assert counted(slicing("dest", list("aabc"), most=2)) == {"a": 2, "b": 1, "1 other": 1}


def test_a_value_that_is_named_like_a_part_is_told_apart_by_its_kind() -> None:
    parted = slicing("x", ["missing", None])
    assert [(part.label, part.kind) for part in parted.parts] == [("missing", Kind.VALUE), ("missing", Kind.MISSING)]


def test_a_column_without_rows_has_no_parts() -> None:
    assert slicing("x", []).parts == ()


def test_several_columns_part_rows_by_their_combinations() -> None:
    parted = crossed([slicing("origin", list("aabb")), slicing("late", [1, 1, 1, 0])])
    assert (parted.column, counted(parted)) == ("origin x late", {"a, 1": 2, "b, 0": 1, "b, 1": 1})
    rest = crossed([slicing("origin", list("aabb")), slicing("late", [1, 1, 1, 0])], most=1)
    assert counted(rest) == {"a, 1": 2, "2 others": 2}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (np.ones((2, 2)), "column 'x': one value a row is needed\npass one column"),
        (np.array([[1], {}], object), "column 'x': its values cannot part rows\nuse words, numbers or times"),
    ],
)
def test_what_cannot_part_rows_is_refused(values: object, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        slicing("x", values)
    assert refused.value.text == text


def test_less_than_one_slice_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        slicing("x", [1, 2], bins=0)
    assert refused.value.text == "column 'x' cannot be parted into less than one slice\nask for one or more"


def test_columns_of_other_rows_cannot_be_crossed() -> None:
    with pytest.raises(BadInput) as refused:
        crossed([slicing("a", [1, 2]), slicing("b", [1, 2, 3])])
    assert refused.value.message == "column 'b': 3 rows, and the target has 2"


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=60), st.integers(1, 8))
def test_every_value_is_in_the_bin_between_its_edges(values: list[int], bins: int) -> None:
    array = np.array(values)
    edges = quantile_edges(array, bins)
    places = binned(array, edges)
    last = len(edges) - 2
    assert len(edges) <= bins + 1
    for value, place in zip(values, places.tolist(), strict=True):
        assert edges[place] <= value
        assert place == last or value < edges[place + 1]
    assert edges[-1] == max(values)
