"""Columns of Python objects: one kind of value in a column, or a refusal that says where the kinds mix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.logical import not_unicode, unsupported
from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    import pyarrow as pa

_MISSING = frozenset({"NoneType", "NAType", "NaTType"})
"""the types of None, and of what pandas puts where a value is missing"""


def check_objects(values: Sequence[Any], name: str) -> None:
    """Refuse a column of Python objects unless they are of one kind.

    Raises
    ------
    BadInput
        Where kinds mix, naming the first row of each, or where a kind cannot be kept.
    """
    kinds = {found: _kind(found) for found in set(map(type, values))}
    for found, kind in kinds.items():
        if kind == "":
            raise unsupported(name, f"objects of type {_called(found)}")
    if len(set(kinds.values()) - {"missing"}) > 1:
        _check_mixture(values, kinds, name)


def _check_mixture(values: Sequence[Any], kinds: Mapping[type, str], name: str) -> None:
    """Refuse where kinds mix in earnest: a float NaN among strings is a null."""
    first: dict[str, str] = {}
    for row, value in enumerate(values):
        kind = kinds[type(value)]
        if kind in first or kind == "missing" or (kind == "number" and value != value):  # noqa: PLR0124 (only NaN is not itself)
            continue
        first[kind] = f"{_called(type(value))} (row {row})"
        if len(first) > 1:
            raise BadInput(
                f"column {name!r} mixes {' and '.join(first.values())}",
                hint=f"make it one type, e.g. df[{name!r}] = df[{name!r}].astype(str)",
            )


def _kind(found: type) -> str:
    """Return the kind of a type's values; the empty string for one that no column keeps."""
    import numpy as np

    if found.__name__ in _MISSING:
        return "missing"
    groups: Mapping[str, tuple[type, ...]] = {
        "bool": (bool, np.bool_),
        "number": (int, float, np.integer, np.floating),
        "str": (str,),
        "bytes": (bytes, bytearray),
        "datetime": (datetime, np.datetime64),
        "date": (date,),
        "time": (time,),
        "timedelta": (timedelta, np.timedelta64),
        "Decimal": (Decimal,),
        "dict": (dict,),
        "list": (list, tuple, np.ndarray),
    }
    return next((kind for kind, types in groups.items() if issubclass(found, types)), "")


def _called(found: type) -> str:
    return found.__name__ if found.__module__ == "builtins" else f"{found.__module__}.{found.__name__}"


def array_of(values: Any, name: str) -> pa.Array:
    """Return any one-dimensional values as an Arrow array.

    Raises
    ------
    BadInput
        Where Arrow has no type for them; `name` is the column that the refusal names.
    """
    import pyarrow as pa

    try:
        made = pa.array(values, from_pandas=True)
    except UnicodeEncodeError:
        raise not_unicode(name) from None
    except OverflowError:
        raise BadInput(
            f"column {name!r} holds an integer of 2**63 or more",
            hint=f"integers have 64 bits with a sign; keep such numbers as text: df[{name!r}].astype(str)",
        ) from None
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise unsupported(name, f"values that are no column ({reason(error)})") from error
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def reason(error: BaseException) -> str:
    """Return the first line of an error, without memory addresses."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", str(error).partition("\n")[0])
