"""Whether two predictions are alike, whatever a model gives: arrays, tables, texts, several outputs, lists in lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

SAME, CLOSE, DIFFERENT, NOT_TRIED = "same", "close", "different", "not tried"


def compared(expected: Any, found: Any) -> str:
    """Whether two predictions are equal to the last bit, equal but for rounding, or different.

    What is missing is like what is missing. Things that nothing can tell apart are not tried.
    """
    try:
        return _compared(expected, found)
    except Exception:  # noqa: BLE001 (a prediction can be any object, and its code can fail in any way)
        return NOT_TRIED


def _compared(first: Any, second: Any) -> str:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _worst(_compared(first[key], second[key]) for key in first) if set(first) == set(second) else DIFFERENT
    if hasattr(first, "tocsr") and hasattr(second, "tocsr"):
        return _of_sparse(first, second)
    try:
        return _of_arrays(first, second)
    except ValueError:
        # numpy makes no array of rows that differ in length
        return _of_several(list(first), list(second))


def _of_sparse(first: Any, second: Any) -> str:
    if first.shape != second.shape:
        return DIFFERENT
    one, other = first.tocsr(), second.tocsr()
    return _worst(_compared(getattr(one, part), getattr(other, part)) for part in ("indptr", "indices", "data"))


def _of_several(first: list[Any], second: list[Any]) -> str:
    if len(first) != len(second):
        return DIFFERENT
    return _worst(_compared(one, other) for one, other in zip(first, second, strict=True))


def _of_arrays(expected: Any, found: Any) -> str:
    import numpy as np

    first, second = np.asarray(expected), np.asarray(found)
    if first.shape != second.shape:
        return DIFFERENT
    if first.dtype.hasobject or second.dtype.hasobject:
        return _worst(_of_things(one, other) for one, other in zip(first.flat, second.flat, strict=True))
    may_lack = all(each.dtype.kind in "fcmM" for each in (first, second))
    if np.array_equal(first, second, equal_nan=may_lack):
        return SAME
    with suppress(TypeError):
        return CLOSE if np.allclose(first, second, equal_nan=True) else DIFFERENT
    return DIFFERENT


def _of_things(first: Any, second: Any) -> str:
    """Two things out of arrays of objects."""
    if first is second or (_is_missing(first) and _is_missing(second)):
        return SAME
    if isinstance(first, str | bytes) or isinstance(second, str | bytes):
        return SAME if first == second else DIFFERENT
    if isinstance(first, float) and isinstance(second, float):
        close = math.isclose(first, second, rel_tol=1e-5, abs_tol=1e-8)
        return SAME if first == second else CLOSE if close else DIFFERENT
    if isinstance(first, Mapping | list | tuple) or hasattr(first, "__array__") or hasattr(first, "tocsr"):
        return _compared(first, second)
    if first == second:
        return SAME
    # two objects that are equal to nothing but themselves tell nothing
    return DIFFERENT if any("__eq__" in vars(base) for base in type(first).__mro__[:-1]) else NOT_TRIED


def _is_missing(value: Any) -> bool:
    """None, NaN, NaT or pandas' NA, which is equal to nothing, itself included."""
    if value is None:
        return True
    with suppress(Exception):
        return bool(value != value)  # noqa: PLR0124 (only what is missing differs from itself)
    return type(value).__name__ == "NAType"


def _worst(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    return next((each for each in (DIFFERENT, NOT_TRIED, CLOSE) if each in found), SAME)
