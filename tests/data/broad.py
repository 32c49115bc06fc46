"""A table of every kind of column, digested: what it prints must be the same wherever it runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jupyter_mlc.capture.data.datasets import facts, read_data


def broad_frame() -> pd.DataFrame:
    """Return ten rows of every kind that a DataFrame can hold."""
    tenth = dt.timezone(dt.timedelta(hours=10))
    columns: dict[str, Any] = {
        "bool": np.arange(10) % 3 == 0,
        "bool with nulls": pd.Series(
            [True, None, False, float("nan"), True, True, None, False, False, True], dtype=object
        ),
        "nullable bool": pd.array([True, None] * 5, dtype="boolean"),
        "int8": np.arange(-5, 5, dtype="int8"),
        "uint64": np.arange(2**62, 2**62 + 10, dtype="uint64"),
        "nullable int": pd.array([1, None, 3, 4, 5, 6, 7, 8, 9, 2**53], dtype="Int64"),
        "great nullable int": pd.array([1, None, 3, 4, 5, 6, 7, 8, 9, 2**53 + 1], dtype="Int64"),
        "big-endian": np.arange(10, dtype=">i4"),
        "float": [0.0, -0.0, float("nan"), float("inf"), -float("inf"), 1 / 3, 1e300, 5e-324, 2.0**60, -1.5],
        "float32": np.linspace(0, 1, 10, dtype="float32"),
        "float16": np.linspace(0, 1, 10, dtype="float16"),
        "text": ["a", "", None, "ä", "a\u0308", "日本", "😀", "a\0b", "line\nbreak", "a"],
        "text with NaN": pd.Series(["a", float("nan")] * 5, dtype=object),
        "nullable text": pd.array(["x", None, "y", "z", ""] * 2, dtype="string"),
        "category": pd.Categorical(["b", "a", None, "b", "b"] * 2, categories=["unused", "b", "a"]),
        "category of int": pd.Categorical([3, 1, 1, 3, 2] * 2),
        "category of ranges": pd.cut(np.arange(10), [-1, 3, 6, 9]),
        "time": pd.to_datetime(["2013-01-01 05:00", ""] * 5),
        "nanoseconds": pd.Series(np.array([-1, 1, 999, 1000, 1001, 0, 5, 6, 7, 8], dtype="M8[ns]")),
        "seconds": np.arange(10).astype("M8[s]"),
        "zoned time": pd.date_range("2013-03-30", periods=10, freq="h", tz="Europe/Berlin"),
        "time object": [dt.datetime(2020, 1, day, 12, tzinfo=tenth) for day in range(1, 11)],
        "date": [dt.date(1969, 12, 22 + day) for day in range(10)],
        "time of day": [dt.time(23, 59, second, 7) for second in range(10)],
        "duration": pd.to_timedelta([-1, 0, None, 1, 2] * 2, unit="h"),
        "decimal": [Decimal("0.10"), Decimal(-3), None, Decimal("1E+2"), Decimal("0.30000000000000004")] * 2,
        "bytes": [b"", b"\xff\x00", None, b"abc", b"abc"] * 2,
        "list": [[1, 2], [], None, [3], [4, 5, 6]] * 2,
        "list of floats": [[0.5, -0.0], [], None, [float("nan")], [1e22]] * 2,
        "struct": [{"b": "x", "a": 1}, {"a": 2}, None, {"b": "ü", "a": 3}, {}] * 2,
        "nothing": [None] * 10,
        "NaN alone": [float("nan")] * 10,
        "sparse": pd.arrays.SparseArray([0.0, 0, 1, 0, 0, 2, 0, 0, 0, 3]),
        "period": pd.period_range("2020-01", periods=10, freq="M"),
    }
    return pd.DataFrame(columns)


def parquet(table: pa.Table) -> pa.Table:
    """Return the table as it comes back from Parquet."""
    stream = io.BytesIO()
    pq.write_table(table, stream, row_group_size=3)
    stream.seek(0)
    return pq.read_table(stream)


def told(value: object) -> dict[str, Any]:
    """Return what must be the same everywhere."""
    found, content = facts(read_data(value), name="broad", time="time")
    return {
        "digest": found.digest,
        "row digests": hashlib.sha256(content.row_digests).hexdigest(),
        "span": [found.start, found.end],
        "columns": {column.name: f"{column.type} {column.nulls} {column.distinct}" for column in found.columns},
    }


def answer() -> dict[str, Any]:
    """Return how pandas holds text here, and what the table is as a frame, in Arrow, and back from Parquet."""
    frame = broad_frame()
    table = read_data(frame).arrow
    ways = {"frame": frame, "arrow": table, "parquet": parquet(table)}
    return {"text": str(frame["text"].dtype), **{way: told(value) for way, value in ways.items()}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer()))
