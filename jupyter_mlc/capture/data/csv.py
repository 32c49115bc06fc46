"""CSV files as tables: every value is read as text first, for Arrow guesses a type from the first rows alone.

A column becomes integers, else floats, else booleans where every value in it can be one, and text otherwise; times stay
text, as pandas leaves them. The words for a missing value are pandas' own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    import pyarrow as pa

_MISSING = (
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"),
    *("NULL", "NaN", "None", "n/a", "nan", "null"),
)
_BLOCK = 1 << 26
"""bytes that are parsed at a time; no row may be longer"""
_RAGGED = re.compile(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)")
_INTEGER = r"^[+-]?[0-9]+$"


def read_csv(source: str) -> pa.Table:
    """Return a CSV file, gzipped if its name ends so, as a table.

    Raises
    ------
    BadInput
        Where its lines are ragged; other faults come as Arrow's own errors.
    """
    import pyarrow as pa

    try:
        texts = _texts(source)
    except pa.ArrowInvalid as error:
        ragged = _RAGGED.search(str(error))
        if ragged is None:
            raise
        raise _ragged(source, *ragged.groups()) from None
    return pa.table([_guessed(column) for column in texts.columns], names=texts.column_names)


def _texts(source: str) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    how = {
        "read_options": csv.ReadOptions(use_threads=False, block_size=_BLOCK),  # threads forget the rows' numbers
        "parse_options": csv.ParseOptions(newlines_in_values=True),
    }
    with _opened(source) as stream:
        names = csv.open_csv(stream, **how).schema.names
    as_text = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.large_string()), null_values=_MISSING, strings_can_be_null=True
    )
    with _opened(source) as stream:
        return csv.read_csv(stream, convert_options=as_text, **how)


def _opened(source: str) -> pa.NativeFile:
    import pyarrow as pa

    return pa.input_stream(source, compression="gzip" if source.lower().endswith(".gz") else None)


def _ragged(source: str, row: str | None, expected: str, got: str) -> BadInput:
    where = f"row {row}" if row else "a row"
    return BadInput(
        f"{source} has ragged lines: {where} has {_values(got)}, the first has {expected}",
        hint="repair the file, or read it yourself and give the DataFrame",
    )


def _values(count: str) -> str:
    return f"{count} value" if count == "1" else f"{count} values"


def _guessed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if texts.null_count == len(texts):
        return texts
    if pc.all(pc.match_substring_regex(texts, _INTEGER)).as_py():
        # an integer too long for 64 bits stays text: a float would forget digits
        return _cast(pc.utf8_ltrim(texts, "+"), pa.int64()) or texts
    numbers = _cast(pc.utf8_trim_whitespace(texts), pa.float64())
    if numbers is not None:
        return numbers
    words = pc.unique(pc.utf8_lower(texts)).drop_null().to_pylist()
    return texts.cast(pa.bool_()) if set(words) <= {"true", "false"} else texts


def _cast(texts: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray | None:
    import pyarrow as pa

    try:
        return texts.cast(to)
    except pa.ArrowInvalid:
        return None
