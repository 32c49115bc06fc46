"""How far two values are apart, in relation to their size."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_NUMBERS = "biufc"


def gap(before: Any, now: Any, tolerance: float) -> float:
    """The greatest difference in relation to the greatest magnitude of both; 0 where they are equal.

    What differs in kind, in shape, or is no number at all is infinitely far apart. Values smaller than the tolerance
    count as if they were as large as it.
    """
    if is_number(before) and is_number(now):
        return _of_numbers(float(before), float(now), tolerance)
    first, second = _array(before), _array(now)
    if first is None or second is None:
        return 0.0 if type(before) is type(now) and before == now else math.inf
    return _of_arrays(first, second, tolerance)


def is_number(value: Any) -> bool:
    """Whether it is one real number."""
    return isinstance(value, bool | int | float)


def _of_numbers(before: float, now: float, tolerance: float) -> float:
    if before == now or (math.isnan(before) and math.isnan(now)):
        return 0.0
    if not (math.isfinite(before) and math.isfinite(now)):
        return math.inf
    return abs(before - now) / max(abs(before), abs(now), tolerance)


def _array(value: Any) -> np.ndarray[Any, Any] | None:
    import numpy as np

    return np.asarray(value) if isinstance(value, np.ndarray | np.generic) else None


def _of_arrays(before: np.ndarray[Any, Any], now: np.ndarray[Any, Any], tolerance: float) -> float:
    if before.shape != now.shape or before.dtype.names != now.dtype.names:
        return math.inf
    if before.dtype.names:
        return max((_of_arrays(before[name], now[name], tolerance) for name in before.dtype.names), default=0.0)
    if before.dtype.kind not in _NUMBERS or now.dtype.kind not in _NUMBERS:
        return 0.0 if _same(before, now) else math.inf
    return _of_numeric(before, now, tolerance)


def _same(before: np.ndarray[Any, Any], now: np.ndarray[Any, Any]) -> bool:
    import numpy as np

    if before.dtype.kind == "O" or now.dtype.kind == "O":
        # objects compare in ways of their own; what is shown of them decides
        return [repr(one) for one in before.ravel()] == [repr(one) for one in now.ravel()]
    return bool(np.array_equal(before, now))


def _of_numeric(before: np.ndarray[Any, Any], now: np.ndarray[Any, Any], tolerance: float) -> float:
    import numpy as np

    if not before.size:
        return 0.0
    wide = np.complex128 if "c" in before.dtype.kind + now.dtype.kind else np.float64
    first, second = before.astype(wide), now.astype(wide)
    known = np.isfinite(first)
    both_spelled = np.array_equal(first[~known], second[~known], equal_nan=True)
    if not np.array_equal(known, np.isfinite(second)) or not both_spelled:
        return math.inf
    apart = float(np.max(np.abs(first[known] - second[known]), initial=0.0))
    size = max(float(np.max(np.abs(each[known]), initial=0.0)) for each in (first, second))
    # whole numbers that a float cannot tell apart are not the same for that
    least = 0.0 if np.array_equal(before[known], now[known]) else sys.float_info.min
    return max(apart / max(size, tolerance), least)
