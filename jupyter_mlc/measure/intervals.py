"""Intervals around a metric's value, and when there can be none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_ROWS = 10
"""with fewer rows there are too few different resamples to reason from"""
_MOST_UNDEFINED = 0.05
"""the share of replicates that may be without a value"""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From where to where, or why not."""

    low: float | None = None
    high: float | None = None
    reason: str = ""
    """why there is none"""


def percentiles(values: NDArray[np.float64], level: float, rows: int) -> Interval:
    """Return the percentile interval of replicates (Efron and Tibshirani 1993, chapter 13).

    Parameters
    ----------
    values : array of shape (replicates,)
        NaN where a replicate has no value.
    level : float
        E.g. 0.95.
    rows : int
        From how many rows the replicates were drawn.
    """
    import numpy as np

    if not len(values):
        return Interval(reason="no resamples were asked for")
    if rows < FEWEST_ROWS:
        return Interval(reason=f"fewer than {FEWEST_ROWS} rows")
    there = values[~np.isnan(values)]
    if len(there) < (1 - _MOST_UNDEFINED) * len(values):
        return Interval(reason=f"{len(values) - len(there)} of {len(values)} resamples have no value")
    if math.isclose(there.min(), there.max(), rel_tol=1e-12, abs_tol=1e-15):
        return Interval(reason="all resamples agree, which rows this few or this alike can do by chance")
    low, high = np.quantile(there, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high))


def wilson(hits: float, rows: float, level: float) -> tuple[float, float]:
    """Return the interval of a share after Wilson (1927), which holds for few rows and for shares of 0 and 1.

    Brown, Cai and DasGupta (2001), "Interval Estimation for a Binomial Proportion", recommend it.

    Parameters
    ----------
    hits, rows : float
        How many, and of how many; `rows` is not 0.
    level : float
        E.g. 0.95.
    """
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    share, shrink = hits / rows, 1 + z**2 / rows
    centre = (share + z**2 / (2 * rows)) / shrink
    reach = z / shrink * math.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)
