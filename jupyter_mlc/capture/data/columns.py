"""A column as logical values: what digests and profiles are computed over, whatever the column was stored as."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.logical import (
    LogicalType,
    is_bytes,
    is_extension,
    is_nested,
    is_text,
    not_unicode,
    of_arrow,
    period_of,
    type_name,
    unsupported,
)
from jupyter_mlc.capture.data.objects import reason
from jupyter_mlc.capture.data.times import micros_of
from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np  # noqa: TC004 (nobody evaluates these hints)
    import pyarrow as pa  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray  # noqa: TC004 (nobody evaluates these hints)

_LARGEST = 2**63 - 1
_MICROS = {"s": 1_000_000, "ms": 1_000, "us": 1, "D": 86_400_000_000}
_WIDEST = 128
"""bits of the decimals that every release of Arrow knows"""
_BLOCK = 65_536
"""rows that are turned into Python objects at a time"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Values:
    """One column: which rows are null, and the values of the others in row order."""

    type: LogicalType
    nulls: NDArray[np.bool_]
    """one a row"""
    values: NDArray[Any]
    """bool, int64 or float64; for strings their positions in `words`"""
    words: pa.Array | None = None
    """the distinct strings, as large_string; a category's may be unused"""
    period: str = ""
    """how long the periods are: M, D, Q-DEC"""

    @property
    def type_name(self) -> str:
        return type_name(self.type, self.period)


def values_of(column: pa.ChunkedArray, name: str) -> Values:
    """Return the logical values of an Arrow column.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        The column as it is stored.
    name : str
        What the refusal calls it.

    Raises
    ------
    BadInput
        Where the column holds what no logical type can carry.
    """
    import pyarrow as pa
    import pyarrow.types as pat

    if pat.is_dictionary(column.type):
        return _through_categories(column, name)
    if is_extension(column.type):
        stored = values_of(
            pa.chunked_array([chunk.storage for chunk in column.chunks], type=column.type.storage_type), name
        )
        period = period_of(column.type)
        return replace(stored, type=LogicalType.PERIOD, period=period) if period else stored
    kind = of_arrow(column.type)
    if kind is None:
        raise unsupported(name, f"values of type {column.type}")
    return _READERS[kind](column, name)


def _through_categories(column: pa.ChunkedArray, name: str) -> Values:
    """Read the categories once, and give every row its own."""
    import numpy as np
    import pyarrow as pa

    if not column.num_chunks:
        return values_of(pa.chunked_array([], type=column.type.value_type), name)
    chunks = column.unify_dictionaries().chunks
    words = values_of(pa.chunked_array([chunks[0].dictionary]), name)
    codes = pa.chunked_array([chunk.indices for chunk in chunks])
    used = _dense(codes).astype(np.int64)
    void = words.nulls[used]
    dense = (np.cumsum(~words.nulls) - 1)[used[~void]]
    nulls = _also(_nulls(codes), void)
    return replace(words, nulls=nulls, values=words.values[dense])


def _nulls(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column.is_null().to_numpy()
    return found


def _dense(column: pa.ChunkedArray) -> NDArray[Any]:
    values: NDArray[Any] = column.drop_null().to_numpy()
    return values


def _also(nulls: NDArray[np.bool_], void: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add those of the rows that are not null yet, but void."""
    import numpy as np

    if not void.any():
        return nulls
    more = nulls.copy()
    more[np.flatnonzero(~nulls)[void]] = True
    return more


def _bools(column: pa.ChunkedArray, _name: str) -> Values:
    return Values(type=LogicalType.BOOL, nulls=_nulls(column), values=_dense(column))


def _ints(column: pa.ChunkedArray, name: str) -> Values:
    import numpy as np
    import pyarrow as pa
    import pyarrow.types as pat

    if pat.is_time32(column.type):
        column = column.cast(pa.time64("us"))
    values = _dense(column.cast(pa.int64()) if pat.is_time(column.type) else column)
    if pat.is_time(column.type) or pat.is_duration(column.type):
        values = _micros(values.view(np.int64), column.type.unit, name)
    if values.dtype == np.uint64 and len(values) and values.max() > _LARGEST:
        raise BadInput(
            f"column {name!r} holds an integer of 2**63 or more: {values.max()}",
            hint=f"integers have 64 bits with a sign; keep such numbers as text: df[{name!r}].astype(str)",
        )
    kind = LogicalType.DURATION if pat.is_duration(column.type) else LogicalType.INT
    return Values(type=kind, nulls=_nulls(column), values=values.astype(np.int64, copy=False))


def _micros(values: NDArray[np.int64], unit: str, name: str) -> NDArray[np.int64]:
    import numpy as np

    if unit == "ns":
        return values // 1_000
    factor = _MICROS[unit]
    if len(values) and max(-int(values.min()), int(values.max())) > _LARGEST // factor:
        raise BadInput(
            f"column {name!r} holds a time that 64-bit microseconds cannot reach",
            hint="times lie within 292,000 years of 1970: put nulls where others stand for 'never'",
        )
    return values * np.int64(factor)


def _floats(column: pa.ChunkedArray, _name: str) -> Values:
    import numpy as np
    import pyarrow.types as pat

    dense = _decimals(column) if pat.is_decimal(column.type) else _dense(column)
    void = np.isnan(dense)
    values = dense[~void].astype(np.float64)
    # adding 0.0 turns -0.0 into 0.0 and leaves every other number as it is
    return Values(type=LogicalType.FLOAT, nulls=_also(_nulls(column), void), values=values + 0.0)


def _decimals(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return the floats nearest to the decimals, by Python: Arrow's cast promises no exact rounding."""
    import numpy as np
    import pyarrow as pa

    if column.type.bit_width < _WIDEST:  # which not every function of Arrow knows
        column = column.cast(pa.decimal128(column.type.precision, column.type.scale))
    codes, words = _encoded(column)
    return np.array([float(word) for word in words.to_pylist()], dtype=np.float64)[codes]


def _times(column: pa.ChunkedArray, name: str) -> Values:
    import numpy as np

    values = _dense(column)
    unit = np.datetime_data(values.dtype)[0]
    micros = _micros(values.view(np.int64), unit, name)
    return Values(type=LogicalType.TIME, nulls=_nulls(column), values=micros)


def _texts(column: pa.ChunkedArray, name: str) -> Values:
    import pyarrow as pa

    nulls, kind = _nulls(column), column.type
    if is_nested(kind):
        column = _nested_texts(column, name)
    codes, words = _encoded(column.cast(pa.large_string()) if is_text(kind) else column)
    _check_unicode(words, name)
    if is_bytes(kind):
        words = _written(pa.chunked_array([words]), lambda value: f"bytes:{value.hex()}").combine_chunks()
    return Values(type=LogicalType.STRING, nulls=nulls, values=codes, words=words)


def _check_unicode(words: pa.Array, name: str) -> None:
    import pyarrow as pa

    try:
        words.validate(full=True)
    except pa.ArrowInvalid:
        raise not_unicode(name) from None


def _nested_texts(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return lists and structs as text; not everything that Arrow can nest can be a Python object."""
    import pyarrow as pa

    try:
        return _written(column, lambda value: json_text(value, name))
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise unsupported(name, f"lists or structs that cannot be read ({reason(error)})") from error


def _encoded(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """Return the distinct values, and before them the place among these of every value that is not null."""
    import numpy as np
    import pyarrow as pa

    chunks = column.dictionary_encode().unify_dictionaries().chunks
    if not chunks:
        return np.zeros(0, np.int64), pa.array([], type=column.type)
    return _dense(pa.chunked_array([chunk.indices for chunk in chunks])).astype(np.int64), chunks[0].dictionary


def _written(column: pa.ChunkedArray, write: Callable[[Any], str]) -> pa.ChunkedArray:
    """Return the values as text, a block at a time, so that few of them are Python objects at once."""
    import pyarrow as pa

    blocks = [chunk.slice(start, _BLOCK) for chunk in column.chunks for start in range(0, len(chunk), _BLOCK)]
    texts = [
        pa.array([None if value is None else write(value) for value in block.to_pylist()], type=pa.large_string())
        for block in blocks
    ]
    return pa.chunked_array(texts, type=pa.large_string())


def json_text(value: Any, name: str) -> str:
    """Return a list or a struct as canonical text.

    Raises
    ------
    BadInput
        Where it holds what JSON cannot carry; `name` is the column that the refusal names.
    """
    return "json:" + json.dumps(_plain(value, name), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return _plain_number(float(value))
    if isinstance(value, dict):
        return {key: _plain(item, name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, bytes):
        return f"bytes:{value.hex()}"
    if isinstance(value, date | time | timedelta):
        return _plain_time(value)
    raise unsupported(name, f"{type(value).__name__} inside of lists")


def _plain_number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value + 0.0 if math.isfinite(value) else str(value)


def _plain_time(value: date | time | timedelta) -> str:
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, timedelta):
        return f"micros:{value // timedelta(microseconds=1)}"
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return f"time:{micros_of(value)}"


_READERS: dict[LogicalType, Callable[[pa.ChunkedArray, str], Values]] = {
    LogicalType.BOOL: _bools,
    LogicalType.INT: _ints,
    LogicalType.DURATION: _ints,
    LogicalType.FLOAT: _floats,
    LogicalType.STRING: _texts,
    LogicalType.TIME: _times,
}
