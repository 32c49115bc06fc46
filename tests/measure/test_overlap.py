"""Shared rows, counted exactly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.capture.data.datasets import facts, read_data
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.measure.overlap import Overlap, overlap

ROWS = st.lists(st.sampled_from([0, 1, 2, 3, 2**63, 2**64 - 1]), max_size=12)


@given(ROWS, ROWS)
def test_shared_rows_are_those_that_counting_finds(first: list[int], second: list[int]) -> None:
    found = overlap(np.array(first, np.uint64), np.array(second, np.uint64))
    assert (found.first_rows, found.second_rows) == (len(first), len(second))
    assert found.shared == (Counter(first) & Counter(second)).total()
    assert found.first_seen == sum(row in second for row in first)
    assert found.second_seen == sum(row in first for row in second)


@given(ROWS, ROWS)
def test_the_overlap_turned_round_is_the_overlap(first: list[int], second: list[int]) -> None:
    one, other = (
        overlap(np.array(a, np.uint64), np.array(b, np.uint64)) for a, b in [(first, second), (second, first)]
    )
    assert (one.shared, one.first_seen, one.second_seen) == (other.shared, other.second_seen, other.first_seen)


def test_shares_are_of_each_datasets_rows() -> None:
    found = overlap(np.array([1, 1, 2, 3], np.uint64), np.array([1, 9], np.uint64))
    assert found == Overlap(first_rows=4, second_rows=2, shared=1, first_seen=2, second_seen=1)
    assert (found.first_share, found.second_share) == (0.5, 0.5)
    empty = overlap(np.array([], np.uint64), np.array([], np.uint64))
    assert (empty.first_share, empty.second_share) == (0, 0)


def test_the_row_digests_of_datasets_are_what_is_compared() -> None:
    frames = pd.DataFrame({"a": [1, 2, 2, 3]}), pd.DataFrame({"a": [2.0, 2.0, 2.0, 7.0]})
    contents = [facts(read_data(frame), name="d")[1] for frame in frames]
    first, second = (np.frombuffer(content.row_digests, "<u8") for content in contents)
    found = overlap(first, second)
    assert (found.shared, found.first_seen, found.second_seen) == (2, 2, 3)


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [(np.array([1, 2]), "int64 of 1 dimensions"), (np.ones((2, 2), np.uint64), "uint64 of 2 dimensions")],
)
def test_what_is_no_list_of_digests_is_refused(wrong: np.ndarray, shown: str) -> None:
    with pytest.raises(BadInput) as refused:
        overlap(np.array([1], np.uint64), wrong)
    assert refused.value.text == (
        f"the second dataset's row digests are {shown}\npass unsigned integers of 64 bits, one a row"
    )
