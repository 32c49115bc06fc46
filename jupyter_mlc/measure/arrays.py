"""Columns from wherever they come, as one-dimensional numpy arrays without holes."""

from __future__ import annotations

from decimal import Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WIDEST = 2**63
"""integers from this one on fit in no int64"""
_SHOWN = 3
"""places that a refusal names"""


def as_array(values: object, what: str) -> NDArray[Any]:
    """Return values as an array; times with a zone become those of UTC.

    Raises
    ------
    BadInput
        Where its rows are of several lengths.
    """
    import numpy as np

    try:
        if str(getattr(values, "dtype", "")).startswith("datetime64["):
            return np.asarray(values, "datetime64[us]")
        return np.asarray(values)
    except ValueError:
        raise BadInput(f"{what}: the rows are not all of the same length", hint="pass an array") from None


def column(values: object, what: str) -> NDArray[Any]:
    """Return values as an array of shape (n,); one of shape (n, 1) counts as such.

    Raises
    ------
    BadInput
        Where the values have another shape, there are none, some are missing, or some cannot be compared.
    """
    array = as_array(values, what)
    if array.ndim == 2 and array.shape[1] == 1:  # noqa: PLR2004 (one column)
        array = array[:, 0]
    if array.ndim != 1:
        raise BadInput(f"{what}: one value a row is needed, and the shape is {_shape(array)}", hint="pass one column")
    if not len(array):
        raise BadInput(f"{what}: there are no rows", hint="choose data that has rows")
    _refuse(missing(array), what, "missing", "drop those rows, or fill them, before judging")
    return _typed(array, what)


def numbers(values: object, what: str) -> NDArray[np.float64]:
    """Return values as finite floats, of whatever shape they have.

    Raises
    ------
    BadInput
        Where a value is no number, or is NaN or infinite.
    """
    import numpy as np

    array = as_array(values, what)
    hint = "numbers are needed here; convert them first, e.g. with astype(float)"
    if array.dtype.kind in "SUMmVc":
        raise BadInput(f"{what}: {_type_name(array)} is no number", hint=hint)
    try:
        found = array.astype(np.float64)
    except (TypeError, ValueError):
        raise BadInput(f"{what}: {_type_name(array)} is no number", hint=hint) from None
    _refuse(~np.isfinite(found), what, "NaN or infinite", "look at those rows of the input")
    return found


def missing(array: NDArray[Any]) -> NDArray[np.bool_]:
    """Say of every value whether it is None, NaN, NaT or pandas' NA."""
    import numpy as np

    if array.dtype.kind == "O":
        return np.fromiter((_is_missing(value) for value in array.tolist()), np.bool_, len(array))
    if array.dtype.kind in "fMm":
        found: NDArray[np.bool_] = np.isnan(array) if array.dtype.kind == "f" else np.isnat(array)
        return found
    return np.zeros(len(array), np.bool_)


def same_rows(array: NDArray[Any], what: str, rows: int) -> None:
    """Raise BadInput where an array has not one entry for each row of the target."""
    if len(array) != rows:
        raise BadInput(
            f"{what}: {len(array)} rows, and the target has {rows}",
            hint="predict on exactly the rows whose target you pass, in the same order",
        )


def _typed(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Give an array of Python objects the type of numbers or truth values where all of them are such."""
    import numpy as np

    if array.dtype.kind != "O":
        return array
    held = array.tolist()
    if all(isinstance(value, bool | np.bool_) for value in held):
        return array.astype(np.bool_)
    if all(isinstance(value, Real | Decimal) and not isinstance(value, bool) for value in held):
        whole = all(isinstance(value, Integral) and abs(int(value)) < _WIDEST for value in held)
        return array.astype(np.int64 if whole else np.float64)
    try:
        set(held)
    except TypeError:
        raise BadInput(f"{what}: the values are neither classes nor numbers", hint="pass words or numbers") from None
    return array


def _is_missing(value: object) -> bool:
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 (NaN differs from itself)
    except TypeError:  # pandas' NA compares as NA, which is neither true nor false
        return True


def _refuse(bad: NDArray[np.bool_], what: str, how: str, hint: str) -> None:
    import numpy as np

    rows = np.unique(np.nonzero(bad)[0])
    if not len(rows):
        return
    places = ", ".join(str(row) for row in rows[:_SHOWN].tolist())
    more = ", ..." if len(rows) > _SHOWN else ""
    raise BadInput(
        f"{what}: {len(rows)} of {len(bad)} rows {'is' if len(rows) == 1 else 'are'} {how} "
        f"(counted from 0: {places}{more})",
        hint=hint,
    )


def _shape(array: NDArray[Any]) -> str:
    return " x ".join(str(length) for length in array.shape) or "that of a single value"


def _type_name(array: NDArray[Any]) -> str:
    if array.dtype.kind in "OSU":
        texts = [value for value in array.ravel().tolist() if isinstance(value, str | bytes)]
        return f"text such as {texts[0]!r}" if texts else "an object"
    return str(array.dtype)
