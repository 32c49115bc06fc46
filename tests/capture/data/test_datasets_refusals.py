"""What cannot be a dataset is refused with the column, the reason and the next step."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import scipy.sparse

from jupyter_mlc.capture.data.datasets import facts, read_data
from jupyter_mlc.capture.data.tables import ACCEPTED
from jupyter_mlc.domain.errors import BadInput, MlcError, Unavailable

AS_TEXT = "integers have 64 bits with a sign; keep such numbers as text: df['x'].astype(str)"
ONE_TYPE = "make it one type, e.g. df['x'] = df['x'].astype(str)"
CONVERT = "columns hold booleans, numbers, text, times, bytes, or lists of these: convert it, or leave it out"
REPAIR = "repair it: df['x'].str.encode('utf-8', 'replace').str.decode('utf-8')"
NO_COLUMN = "column 'x' holds values that are no column"
UNREADABLE = "column 'x' holds lists or structs that cannot be read"
CANNOT_KEEP = ", which a dataset cannot keep"
NO_TABLE = "no table can be read from an object of type Streamed"
ONE_VALUE = "a column is a list, an array or a Series with one value a row"


class Thing:
    """Something that no column keeps."""


class Streamed:
    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.chunked_array([[1, 2]]).__arrow_c_stream__(requested_schema)


def mixed(*values: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": pd.Series(list(values), dtype=object)})


def twice() -> pd.DataFrame:
    return pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])


NO_DATA = {
    "None": (None, "no data can be read from an object of type NoneType", ACCEPTED),
    "number": (3, "no data can be read from an object of type int", ACCEPTED),
    "list": ([1, 2], "no data can be read from an object of type list", ACCEPTED),
    "rows and answers": (
        (np.zeros((2, 2)), np.zeros(2)),
        "no data can be read from an object of type tuple",
        "put rows and answers side by side: X.assign(target=y), or np.column_stack([X, y])",
    ),
    "thing": (Thing(), "no data can be read from an object of type Thing", ACCEPTED),
    "class": (pd.DataFrame, "no data can be read from an object of type type", ACCEPTED),
    "sparse": (
        scipy.sparse.csr_matrix(np.eye(2)),
        "a sparse matrix (csr_matrix) cannot be kept as a dataset",
        "make it dense, if that fits into memory: matrix.toarray()",
    ),
    "reader": (
        pa.table({"a": [1]}).to_reader(),
        "a RecordBatchReader can be read only once",
        "read it yourself: reader.read_all()",
    ),
    "empty mapping": ({}, "the data has no columns", ACCEPTED),
    "empty frame": (pd.DataFrame(index=[1, 2]), "the data has no columns", ACCEPTED),
    "empty array": (np.zeros((3, 0)), "the data has no columns", ACCEPTED),
    "cube": (
        np.zeros((2, 3, 4)),
        "an array of 3 dimensions is no table",
        "give rows and columns, e.g. array.reshape(len(array), -1)",
    ),
    "scalar array": (
        np.array(1.0),
        "an array of 0 dimensions is no table",
        "give rows and columns, e.g. array.reshape(1, -1)",
    ),
    "names twice": (
        twice(),
        "2 columns are called 'a'",
        "rename them, or keep the first of each: df.loc[:, ~df.columns.duplicated()]",
    ),
    "names twice as text": (
        pd.DataFrame([[1, 2]], columns=[1, "1"]),
        "2 columns are called '1'",
        "rename them, or keep the first of each: df.loc[:, ~df.columns.duplicated()]",
    ),
    "names twice in Arrow": (
        pa.table([[1], [2]], names=["a", "a"]),
        "2 columns are called 'a'",
        "rename them, or keep the first of each: df.loc[:, ~df.columns.duplicated()]",
    ),
    "names of levels": (
        pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "mean")])),
        "the column ('a', 'mean') has a name of several levels",
        "join them: df.columns = ['_'.join(map(str, levels)) for levels in df.columns]",
    ),
    "half a surrogate in a name": (
        {"a\ud800": [1]},
        "the column name 'a\\ud800' is not Unicode",
        "rename the column",
    ),
    "lengths": (
        {"a": [1, 2], "b": [1]},
        "the columns differ in length: 'a' has 2 rows, 'b' has 1",
        "every column of a dataset has one value a row",
    ),
    "scalar column": ({"x": 3}, "column 'x' is an object of type int", ONE_VALUE),
    "text as a column": ({"x": "abc"}, "column 'x' is an object of type str", ONE_VALUE),
    "wide column": ({"x": np.zeros((2, 2))}, "column 'x' is an array of 2 dimensions", ONE_VALUE),
    "wide field": (np.zeros(2, dtype=[("x", "f8", 3)]), "column 'x' is an array of 2 dimensions", ONE_VALUE),
    "mixed": (mixed(1, None, "a"), "column 'x' mixes int (row 0) and str (row 2)", ONE_TYPE),
    "mixed late": (
        mixed(*["a"] * 70_000, 1.5),
        "column 'x' mixes str (row 0) and float (row 70000)",
        ONE_TYPE,
    ),
    "mixed with NaN": (mixed(float("nan"), "a", 2.5), "column 'x' mixes str (row 1) and float (row 2)", ONE_TYPE),
    "mixed booleans": (mixed(*[True, 1]), "column 'x' mixes bool (row 0) and int (row 1)", ONE_TYPE),
    "mixed times": (
        mixed(dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
        "column 'x' mixes datetime.date (row 0) and datetime.datetime (row 1)",
        ONE_TYPE,
    ),
    "mixed decimals": (mixed(Decimal(1), 1), "column 'x' mixes decimal.Decimal (row 0) and int (row 1)", ONE_TYPE),
    "mixed in an array": (
        np.array(["a", b"a"], dtype=object),
        "column 'x0' mixes str (row 0) and bytes (row 1)",
        "make it one type, e.g. df['x0'] = df['x0'].astype(str)",
    ),
    "mixed categories": (
        pd.DataFrame({"x": pd.Categorical([1, "a"])}),
        "column 'x' mixes int (row 0) and str (row 1)",
        ONE_TYPE,
    ),
    "things": (
        mixed(None, Thing()),
        f"column 'x' holds objects of type {Thing.__module__}.Thing, which a dataset cannot keep",
        CONVERT,
    ),
    "sets": (mixed({1}), "column 'x' holds objects of type set, which a dataset cannot keep", CONVERT),
    "complex": (np.array([1j]), "column 'x0' holds complex numbers, which a dataset cannot keep", CONVERT),
    "complex frame": (
        pd.DataFrame({"x": [1j]}),
        "column 'x' holds complex numbers, which a dataset cannot keep",
        CONVERT,
    ),
    "unions": (
        pa.table({"x": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])}),
        "column 'x' holds values of type sparse_union<0: int64=0>, which a dataset cannot keep",
        CONVERT,
    ),
    "void": (
        np.array([b"abc"], dtype="V3"),
        "column 'x0' holds values that are no column (Unsupported numpy type 20), which a dataset cannot keep",
        CONVERT,
    ),
    "half a surrogate": (
        mixed("\ud800"),
        "column 'x' holds text that is not Unicode",
        REPAIR,
    ),
    "great integers": (mixed(2**64), "column 'x' holds an integer of 2**63 or more", AS_TEXT),
    "lists of two kinds": (
        mixed([1], ["a"]),
        f"{NO_COLUMN} (Could not convert 'a' with type str: tried to convert to int64), which a dataset cannot keep",
        CONVERT,
    ),
    "a series that streams": (
        Streamed(),
        f"{NO_TABLE}: Cannot import schema: ArrowSchema describes non-struct type int64",
        ACCEPTED,
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=what.replace(" ", "-")) for what, case in NO_DATA.items()])
def test_what_is_no_data_is_refused_with_the_next_step(case: tuple[object, str, str]) -> None:
    value, message, hint = case
    with pytest.raises(BadInput) as refused:
        read_data(value)
    assert refused.value.text == f"{message}\n{hint}"


LOST = {
    "great unsigned integers": (
        np.array([1, 2**63], dtype="uint64"),
        "column 'x' holds an integer of 2**63 or more: 9223372036854775808",
        AS_TEXT,
    ),
    "distant times": (
        np.array(["2020-01-01", "300000-01-01"], "M8[s]"),
        "column 'x' holds a time that 64-bit microseconds cannot reach",
        "times lie within 292,000 years of 1970: put nulls where others stand for 'never'",
    ),
    "distant past": (
        np.array([-(2**62)], "M8[ms]"),
        "column 'x' holds a time that 64-bit microseconds cannot reach",
        "times lie within 292,000 years of 1970: put nulls where others stand for 'never'",
    ),
    "text that is not UTF-8": (
        pa.array([b"\xff", b"\xff"]).view(pa.string()),
        "column 'x' holds text that is not Unicode",
        REPAIR,
    ),
    "a struct with two fields of one name": (
        pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),
        f"{UNREADABLE} (Converting to Python dictionary is not supported when duplicate field names are present)"
        + CANNOT_KEEP,
        CONVERT,
    ),
    "nested identifiers": (
        pa.ListArray.from_arrays(
            [0, 1], pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(16)], pa.binary(16)))
        ),
        "column 'x' holds UUID inside of lists, which a dataset cannot keep",
        CONVERT,
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=what.replace(" ", "-")) for what, case in LOST.items()])
def test_what_no_logical_type_can_carry_is_refused_when_the_facts_are_taken(case: tuple[Any, str, str]) -> None:
    values, message, hint = case
    with pytest.raises(BadInput) as refused:
        facts(read_data({"x": values}), name="d")
    assert refused.value.text == f"{message}\n{hint}"


TIMES = {
    "misspelt": ("tme_hour", "the data has no column 'tme_hour'", "did you mean time_hour?"),
    "unknown": ("zzz", "the data has no column 'zzz'", "the columns are time_hour, n, word"),
    "number": (
        "n",
        "column 'n' is int, not a time",
        "turn it into one first, e.g. df['n'] = pd.to_datetime(df['n'], unit='s')",
    ),
    "word": (
        "word",
        "column 'word' is no column of times: 'yesterday' is not in ISO 8601",
        "turn it into times first: df['word'] = pd.to_datetime(df['word'])",
    ),
}


@pytest.mark.parametrize("case", TIMES.values(), ids=TIMES)
def test_what_is_no_column_of_times_is_refused(case: tuple[str, str, str]) -> None:
    column, message, hint = case
    data = read_data({"time_hour": np.array(["2020"], "M8[s]"), "n": [1], "word": ["yesterday"]})
    with pytest.raises(BadInput) as refused:
        facts(data, name="d", time=column)
    assert refused.value.text == f"{message}\n{hint}"


def test_of_many_columns_a_hint_names_ten() -> None:
    data = read_data({f"c{number}": [1] for number in range(30)})
    with pytest.raises(BadInput, match=re.escape("the columns are c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ...")):
        facts(data, name="d", time="zzzzzzz")


def test_data_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    _, content = facts(read_data({"a": [1]}), name="d")
    target = tmp_path / "no folder" / "data.parquet"
    with pytest.raises(Unavailable) as refused:
        content.write_parquet(target)
    assert refused.value.message.startswith(f"the data cannot be written to {target}: ")
    assert refused.value.hint == "is there such a folder, and space left?"
    assert not target.exists()


def test_a_column_that_parquet_cannot_hold_is_refused_when_it_is_written(tmp_path: Path) -> None:
    _, content = facts(read_data({"x": pa.array([{}], pa.struct([]))}), name="d")
    with pytest.raises(BadInput) as refused:
        content.write_parquet(tmp_path / "data.parquet")
    assert refused.value.message.startswith("the data cannot be kept as Parquet: Cannot write struct type 'x'")
    assert refused.value.hint == "convert the column, or leave it out"
    assert list(tmp_path.iterdir()) == []


def test_every_refusal_is_of_our_own_kind() -> None:
    for value in (object(), 1.5, b"bytes", {1: {2: 3}}, [[1], [2, 3]], np.datetime64("2020")):
        with pytest.raises(MlcError):
            read_data(value)
