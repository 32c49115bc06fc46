"""How far two values are apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from jupyter_mlc.jobs.verdicts.gaps import gap

HUGE = 2**60


@pytest.mark.parametrize(
    ("before", "now", "wide"),
    [
        (1.0, 1.0, 0.0),
        (100.0, 99.0, 0.01),
        (0.0, 1e-12, 1e-6),
        (math.nan, math.nan, 0.0),
        (math.nan, 1.0, math.inf),
        (math.inf, math.inf, 0.0),
        (True, 1, 0.0),
        ("a", "a", 0.0),
        ("a", "b", math.inf),
        (None, None, 0.0),
        (None, 0, math.inf),
        (np.array([1.0, 100.0]), np.array([2.0, 100.0]), 0.01),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), 0.0),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), math.inf),
        (np.array([1.0]), np.array([1.0, 2.0]), math.inf),
        (np.array(["a", "b"]), np.array(["a", "b"]), 0.0),
        (np.array(["a"]), np.array(["c"]), math.inf),
        (np.array([1 + 1j]), np.array([1 + 1j]), 0.0),
        (np.array([(1, 2.0)], dtype="i4,f8"), np.array([(1, 1.0)], dtype="i4,f8"), 0.5),
        (np.array([(1, 2.0)], dtype="i4,f8"), np.array([1.0]), math.inf),
        (np.array([], dtype=float), np.array([], dtype=float), 0.0),
        (np.float32(2.0), np.float32(1.0), 0.5),
        (np.array([1, None], dtype=object), np.array([1, None], dtype=object), 0.0),
    ],
)
def test_the_gap_is_the_difference_in_relation_to_the_size(before: Any, now: Any, wide: float) -> None:
    assert gap(before, now, 1e-6) == pytest.approx(wide, rel=1e-12)


def test_whole_numbers_that_a_float_cannot_tell_apart_are_not_the_same() -> None:
    assert 0 < gap(np.array([HUGE]), np.array([HUGE + 1]), 1e-6) < 1e-12
