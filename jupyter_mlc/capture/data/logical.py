"""The logical types of data: what a column's values are, however they are stored.

There are seven, and every storage type counts as one of them:

========  =========================================================================================================
bool      booleans
int       integers that fit in 64 bits with a sign; times of day, in microseconds
float     64-bit floats: narrower ones are widened, a decimal is the float nearest to it
string    text; bytes as ``bytes:`` and hex digits; lists and structs as ``json:`` and JSON with sorted keys
time      microseconds since 1970 in UTC: a naive time is taken as UTC, a date as its midnight
duration  microseconds
period    months, days or the like since 1970, as pandas counts them; its name tells which: ``period[M]``
========  =========================================================================================================

A category counts as what its values are. NaN and NaT are nulls, and -0.0 is 0.0. What lies below a microsecond is cut
off towards the past. Integers from 2**63, times that 64-bit microseconds cannot hold, and complex numbers are refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from jupyter_mlc.domain.errors import BadInput


class LogicalType(StrEnum):
    """What a column's values are."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STRING = "string"
    TIME = "time"
    DURATION = "duration"
    PERIOD = "period"


PERIODS = "pandas.period"
"""what pandas calls its periods in Arrow"""
_BY_KIND = {
    **dict.fromkeys("b", LogicalType.BOOL),
    **dict.fromkeys("iu", LogicalType.INT),
    **dict.fromkeys("m", LogicalType.DURATION),
    **dict.fromkeys("f", LogicalType.FLOAT),
    **dict.fromkeys("M", LogicalType.TIME),
    **dict.fromkeys("OSTU", LogicalType.STRING),
}
"""by the letter that NumPy and pandas give a kind of type"""


def logical_type(dtype: object) -> str:
    """Return the logical type of a NumPy, pandas or Arrow type; the empty string where it has none.

    An object dtype counts as string: its values are not looked at.
    """
    if type(dtype).__module__.startswith("pyarrow") or hasattr(dtype, "extension_name"):
        return type_name(of_arrow(dtype) or "", period_of(dtype))
    if type(dtype).__name__ == "PeriodDtype":
        return str(dtype)
    categories = getattr(dtype, "categories", None)
    if categories is not None:
        return logical_type(categories.dtype)
    return str(_BY_KIND.get(getattr(dtype, "kind", ""), ""))


def type_name(kind: str, period: str) -> str:
    """Return what a logical type is called: of a period with its length."""
    return f"{kind}[{period}]" if period else str(kind)


def period_of(dtype: Any) -> str:
    """Return the length of the periods of an Arrow type (``M``, ``D``, ``Q-DEC``); empty where it holds none."""
    while hasattr(dtype, "value_type") and not is_nested(dtype):
        dtype = dtype.value_type
    return str(dtype.freq) if is_period(dtype) else ""


def is_period(dtype: Any) -> bool:
    """Tell whether an Arrow type is that which pandas made for its periods."""
    return is_extension(dtype) and getattr(dtype, "extension_name", "") == PERIODS


def of_arrow(dtype: Any) -> LogicalType | None:
    """Return the logical type of an Arrow type; None where no logical type can carry it."""
    import pyarrow.types as pat

    if pat.is_dictionary(dtype):
        return of_arrow(dtype.value_type)
    if pat.is_run_end_encoded(dtype):
        return of_arrow(dtype.value_type)
    if is_period(dtype):
        return LogicalType.PERIOD
    if is_extension(dtype):
        return of_arrow(dtype.storage_type)
    groups = {
        LogicalType.BOOL: (pat.is_boolean,),
        LogicalType.INT: (pat.is_integer, pat.is_time),
        LogicalType.DURATION: (pat.is_duration,),
        LogicalType.FLOAT: (pat.is_floating, pat.is_decimal),
        LogicalType.TIME: (pat.is_timestamp, pat.is_date),
        LogicalType.STRING: (is_text, is_bytes, is_nested),
    }
    return next((kind for kind, tests in groups.items() if any(test(dtype) for test in tests)), None)


def is_extension(dtype: Any) -> bool:
    """Tell whether an Arrow type is another one under a name of its own."""
    import pyarrow as pa

    return isinstance(dtype, pa.BaseExtensionType)


def is_text(dtype: Any) -> bool:
    """Tell whether an Arrow type holds text, or nothing but nulls."""
    return str(dtype) in {"string", "large_string", "string_view", "null"}


def is_bytes(dtype: Any) -> bool:
    """Tell whether an Arrow type holds bytes."""
    return str(dtype).startswith(("binary", "large_binary", "fixed_size_binary"))


def is_nested(dtype: Any) -> bool:
    """Tell whether an Arrow type holds lists, structs or maps."""
    import pyarrow.types as pat

    return bool(pat.is_nested(dtype)) and not pat.is_union(dtype) and not pat.is_run_end_encoded(dtype)


def unsupported(name: str, what: str) -> BadInput:
    """Return the refusal of a column that no logical type can carry."""
    return BadInput(
        f"column {name!r} holds {what}, which a dataset cannot keep",
        hint="columns hold booleans, numbers, text, times, bytes, or lists of these: convert it, or leave it out",
    )


def not_unicode(name: str) -> BadInput:
    """Return the refusal of a column whose text cannot be written in UTF-8, or is not written in it."""
    return BadInput(
        f"column {name!r} holds text that is not Unicode",
        hint=f"repair it: df[{name!r}].str.encode('utf-8', 'replace').str.decode('utf-8')",
    )
