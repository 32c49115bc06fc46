"""Data in many forms has one digest, and different data has different ones."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlc.capture.data.datasets import Content, columns_of, facts, read_data
from jupyter_mlc.capture.data.logical import logical_type
from jupyter_mlc.domain.entities import DatasetFacts, Feature


def seen(value: object, **options: Any) -> tuple[DatasetFacts, Content]:
    return facts(read_data(value), name="d", **options)


def digest(value: object) -> str:
    return seen(value)[0].digest


def rows(value: object) -> list[int]:
    found: list[int] = np.frombuffer(seen(value)[1].row_digests, "<u8").tolist()
    return found


def series(*values: Any, dtype: Any = None) -> pd.DataFrame:
    return pd.DataFrame({"x": pd.Series(list(values), dtype=dtype)})


class Streamed:
    """A frame of a library that we do not know, but which speaks Arrow."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


SAME = {
    "narrow and wide integers": (series(1, 2, dtype="int8"), series(1, 2, dtype="uint64"), series(1, 2, dtype="Int32")),
    "floats that need no width": (series(0.5, 2, dtype="float32"), series(0.5, 2.0), series(0.5, 2, dtype="float16")),
    "zero and negative zero": (series(0.0), series(-0.0)),
    "NaN and NaN with a payload": (
        series(1.0, np.nan),
        series(1.0, np.frombuffer(struct.pack("<Q", 0xFFF8DEADBEEF0001), "<f8")[0]),
        series(1.0, None, dtype="Float64"),
    ),
    "text however it is held": (
        series("a", None),
        series("a", np.nan, dtype=object),
        series("a", None, dtype="string[python]"),
        series("a", None, dtype="string[pyarrow]"),
        series("a", None, dtype="category"),
        {"x": pa.array(["a", None], pa.large_string())},
        {"x": pa.array(["a", None], pa.string_view())},
        {"x": pa.array(["a", None]).dictionary_encode()},
        {"x": pa.DictionaryArray.from_arrays(pa.array([0, None]), pa.array(["a"], pa.string_view()))},
        {"x": pa.RunEndEncodedArray.from_arrays([1, 2], pa.array(["a", None]))},
    ),
    "categories used and unused": (
        series("b", dtype=pd.CategoricalDtype(["a", "b"])),
        series("b", dtype=pd.CategoricalDtype(["b"], ordered=True)),
    ),
    "a category with a null among its categories": (
        {"x": pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1]), pa.array(["a", None, "b"]))},
        ["a", None, "b", None],
    ),
    "a boolean with nulls": (series(*[True, None]), series(*[True, None], dtype="boolean")),
    "integers with nulls, as pandas has them": (
        series(1, None, dtype="Int64"),
        series(1.0, np.nan),
        {"x": pa.array([1, None], pa.int16())},
    ),
    "no value at all": (
        series(None, None),
        series(np.nan, np.nan),
        series(pd.NaT, pd.NaT),
        series(None, None, dtype="Int64"),
        {"x": pa.nulls(2)},
    ),
    "a time in any zone and unit": (
        series(pd.Timestamp("2020-01-01 12:00")),
        series(pd.Timestamp("2020-01-01 13:00", tz="Europe/Berlin")),
        series(np.datetime64("2020-01-01T12:00", "s"), dtype="M8[s]"),
        series(dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC), dtype=object),
        {"x": np.array(["2020-01-01T12"], "M8[h]")},
    ),
    "a date and its midnight": (
        series(dt.date(1960, 2, 29), dtype=object),
        series(pd.Timestamp("1960-02-29")),
        {"x": pa.array([dt.date(1960, 2, 29)], pa.date64())},
    ),
    "what is lost below a microsecond": (
        {"x": np.array([-1, 1999], "M8[ns]")},
        {"x": np.array([-1, 1], "M8[us]")},
    ),
    "durations in any unit": (
        series(pd.Timedelta("1ms"), pd.Timedelta("-1s")),
        series(pd.Timedelta("1ms"), pd.Timedelta("-1s")).astype("category"),
        {"x": np.array([1, -1000], "m8[ms]")},
    ),
    "a decimal and the nearest float": (series(Decimal("0.10"), Decimal(3)), series(0.1, 3.0)),
    "decimals of any scale": (
        {"x": pa.array([Decimal("1.50")], pa.decimal128(20, 2))},
        {"x": pa.array([Decimal("1.5")], pa.decimal256(40, 1))},
        {"x": pa.array([Decimal("1.5")], pa.decimal32(5, 2))},
    ),
    "bytes of any kind": (
        {"x": [b"ab"]},
        {"x": pa.array([b"ab"], pa.binary(2))},
        {"x": pa.array([b"ab"], pa.large_binary())},
    ),
    "lists of any kind": (
        {"x": [[1, 2], []]},
        {"x": [(1, 2), ()]},
        {"x": [np.array([1, 2]), np.array([], dtype=int)]},
        {"x": pa.array([[1, 2], []], pa.large_list(pa.int8()))},
    ),
    "structs with fields in any order": ({"x": [{"a": 1, "b": None}]}, {"x": [{"b": None, "a": 1}]}),
    "an array and its columns": (
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1.0, 2.0], [3.0, 4.0]], dtype=">f8"),
        {"x0": [1.0, 3.0], "x1": [2.0, 4.0]},
        pd.DataFrame({"x0": [1.0, 3.0], "x1": [2.0, 4.0]}),
        np.array([(1, 2), (3, 4)], dtype=[("x0", "f4"), ("x1", ">f8")]),
        np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]]),
        np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix),
    ),
    "a masked value and a null": (np.ma.masked_array([1.0, 9.0], [False, True]), {"x0": [1.0, None]}),
    "masked text and a null": (
        np.ma.masked_array(np.array(["a", "b"], dtype=object), [False, True]),
        np.array(["a", None], dtype=object),
    ),
    "a Series and its frame": (pd.Series([1, 2], name="x", index=[7, 7]), series(1, 2)),
    "a Series without a name and an array": (pd.Series([1, 2]), np.array([1, 2])),
    "a mapping of anything": (
        MappingProxyType({"x": range(3)}),
        {"x": pd.Series([0, 1, 2], index=[2, 1, 0])},
        {"x": pd.Index([0, 1, 2])},
        {"x": pd.array([0, 1, 2])},
        {"x": pd.Categorical([0, 1, 2])},
        {"x": pa.chunked_array([[0], [1, 2]])},
        pa.record_batch({"x": pa.array([0, 1, 2])}),
        Streamed(pa.table({"x": [0, 1, 2]})),
    ),
    "names that are no strings": (pd.DataFrame({1: [1], 2: [2]}), pd.DataFrame({"1": [1], "2": [2]})),
    "text with variable width in NumPy": (np.array(["a", "bc"]), np.array(["a", "bc"], dtype=np.dtypes.StringDType())),
}


@pytest.mark.parametrize("forms", [pytest.param(forms, id=what.replace(" ", "-")) for what, forms in SAME.items()])
def test_the_same_content_has_the_same_digests(forms: tuple[Any, ...]) -> None:
    plain = [{"x": form} if isinstance(form, list) else form for form in forms]
    assert len({digest(form) for form in plain}) == 1
    assert len({tuple(rows(form)) for form in plain}) == 1


DIFFERENT = {
    "an integer and a float": (series(1, 2), series(1.0, 2.0)),
    "a boolean and an integer": ({"x": [True]}, {"x": [1]}),
    "an integer and its text": (series(1), series("1")),
    "a time and its microseconds": (series(pd.Timestamp(0)), series(0)),
    "null and the empty string": (series("a", None), series("a", "")),
    "null and zero": (series(1.0, None), series(1.0, 0.0)),
    "the order of rows": (series(1, 2), series(2, 1)),
    "the order of columns": (pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [2], "a": [1]})),
    "a name": (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
    "where text is cut": (series("ab", "c"), series("a", "bc")),
    "where names are cut": (pd.DataFrame({"ab": [1], "c": [1]}), pd.DataFrame({"a": [1], "bc": [1]})),
    "where the null is": (series("a", None, "a"), series(None, "a", "a")),
    "how many rows have no value": (series(None), series(None, None)),
    "letters composed and decomposed": (series("é"), series("e\u0301")),
    "integers that floats cannot tell apart": (
        series(2**53 + 1, None, dtype="Int64"),
        series(2**53, None, dtype="Int64"),
    ),
    "infinity and its opposite": (series(np.inf), series(-np.inf)),
}


@pytest.mark.parametrize("two", [pytest.param(two, id=what.replace(" ", "-")) for what, two in DIFFERENT.items()])
def test_different_content_has_different_digests(two: tuple[Any, Any]) -> None:
    assert digest(two[0]) != digest(two[1])


def test_the_digest_is_computed_as_its_description_says() -> None:
    def sha(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(parts)).digest()

    table = {"n": [3, 4], "s": ["é", None], "f": pa.array([1, None], pa.int8())}
    columns = [
        (b"n", b"int", sha(sha(), sha(struct.pack("<2q", 3, 4)))),
        (b"s", b"string", sha(sha(struct.pack("<q", 1)), sha(struct.pack("<q", 2)), sha("é".encode()))),
        (b"f", b"float", sha(sha(struct.pack("<q", 1)), sha(struct.pack("<d", 1.0)))),
    ]
    whole = b"rows1" + struct.pack("<2q", 2, 3)
    for name, kind, inner in columns:
        whole += struct.pack("<q", len(name)) + name + struct.pack("<q", len(kind)) + kind + inner
    assert digest(table) == f"rows1:{hashlib.sha256(whole).hexdigest()}"


def test_the_index_does_not_count() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3]})
    assert digest(frame.set_axis([9, 9, 9])) == digest(frame)
    assert digest(frame[frame.a > 1]) == digest(pd.DataFrame({"a": [2, 3]}))


def test_an_index_kept_in_parquet_does_not_count(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": list("xyz")})
    frame[frame.a > 1].to_parquet(tmp_path / "some.parquet")
    frame.set_index("b").to_parquet(tmp_path / "named.parquet")
    assert digest(tmp_path / "some.parquet") == digest(frame[frame.a > 1])
    assert digest(tmp_path / "named.parquet") == digest(frame[["a"]])


def test_reading_leaves_the_frame_as_it_was() -> None:
    frame = pd.DataFrame({1: pd.Categorical(pd.cut([1, 2], 2)), "s": pd.arrays.SparseArray([0, 1])}, index=[5, 6])
    frame.attrs["note"] = object
    before = frame.copy()
    seen(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert list(frame.columns) == [1, "s"]
    assert frame.attrs == {"note": object}


def test_chunks_do_not_count() -> None:
    numbers = list(range(1000))
    words = [f"word {number % 7}" for number in numbers]
    whole = pa.table({"n": numbers, "w": words, "c": pa.array(words).dictionary_encode()})
    pieces = pa.concat_tables([whole.slice(start, 37) for start in range(0, 1000, 37)])
    uneven = pa.concat_tables([whole.slice(0, 1), whole.slice(1, 0), whole.slice(1)])
    assert digest(pieces) == digest(whole) == digest(uneven)
    assert rows(pieces) == rows(whole) == rows(uneven)


def test_categories_may_differ_from_chunk_to_chunk() -> None:
    chunks = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", None, "a"]).dictionary_encode()]
    assert digest({"x": pa.chunked_array(chunks)}) == digest({"x": ["a", "b", "c", None, "a"]})


def test_a_table_without_rows_has_facts() -> None:
    found, content = seen(pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": pd.Series([], dtype=object)}))
    assert found.rows == 0
    assert [(column.name, column.type, column.distinct) for column in found.columns] == [
        ("a", "int", 0),
        ("b", "string", 0),
    ]
    assert content.row_digests == b""
    assert found.digest == digest({"a": [], "b": pd.Categorical([])})


def test_equal_rows_have_equal_digests_in_any_dataset_with_the_same_columns() -> None:
    train = pd.DataFrame({"n": [1, 2, 3], "s": ["a", "b", None], "t": pd.to_datetime(["2020", "2021", "2022"])})
    test = pd.DataFrame({"s": ["b", None, "z"], "n": [2.0, 3.0, 9.5], "t": ["2021", "2022", "2020"]})
    test["t"] = pd.to_datetime(test["t"], utc=True)
    first, second = rows(train), rows(test[["t", "n", "s"]])
    assert first[1:] == second[:2]
    assert len({*first, *second}) == 4


def test_row_digests_do_not_collide() -> None:
    few = pd.DataFrame({"a": np.repeat(np.arange(300), 300), "b": np.tile(np.arange(300), 300)})
    assert len(set(rows(few))) == 90_000


def test_swapped_values_change_the_row_digest() -> None:
    assert rows({"a": [1], "b": [2]}) != rows({"a": [2], "b": [1]})


cells = st.one_of(
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.none() | st.floats()),
    st.lists(st.none() | st.text(max_size=5)),
    st.lists(st.none() | st.booleans()),
    st.lists(st.none() | st.datetimes(timezones=st.just(dt.UTC))),
)


@pytest.mark.slow
@settings(max_examples=60)
@given(values=cells)
def test_any_column_digests_the_same_as_a_list_in_pandas_in_arrow_and_from_parquet(values: list[Any]) -> None:
    column = pa.array(values, from_pandas=True)
    stream = pa.BufferOutputStream()
    pq.write_table(pa.table({"x": column}), stream)
    held = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    ways = [{"x": values}, {"x": column}, held, pq.read_table(pa.BufferReader(stream.getvalue()))]
    assert len({digest(way) for way in ways}) == 1
    assert len({tuple(rows(way)) for way in ways}) == 1


@settings(max_examples=60)
@given(one=cells, other=cells)
def test_two_columns_have_one_digest_only_if_they_are_equal(one: list[Any], other: list[Any]) -> None:
    def plain(values: list[Any]) -> list[Any]:
        nulls = [None if value is None or value != value else value for value in values]  # noqa: PLR0124
        is_bool = any(isinstance(value, bool) for value in nulls)
        return [(is_bool, value) if value is not None else None for value in nulls]

    kinds = [{type(value) for value in values if value is not None} for values in (one, other)]
    if plain(one) != plain(other):
        assert digest({"x": one}) != digest({"x": other})
    elif kinds[0] == kinds[1]:
        assert digest({"x": one}) == digest({"x": other})


def test_months_days_durations_and_integers_have_digests_and_names_of_their_own(tmp_path: Path) -> None:
    numbers = [672, 673, 674]
    kinds = {
        "period[M]": pd.Series([pd.Period(ordinal=one, freq="M") for one in numbers]),
        "period[D]": pd.Series([pd.Period(ordinal=one, freq="D") for one in numbers]),
        "duration": pd.Series(pd.to_timedelta(numbers, unit="us")),
        "int": pd.Series(numbers),
    }
    digests, rows = set(), set()
    for name, values in kinds.items():
        found, content = facts(read_data(pd.DataFrame({"x": values})), name="it")
        content.write_parquet(tmp_path / "it.parquet")
        again, _ = facts(read_data(tmp_path / "it.parquet"), name="it")
        assert found.columns == again.columns
        assert [column.type for column in found.columns] == [name]
        assert columns_of(read_data(tmp_path / "it.parquet")) == (Feature(name="x", type=name),)
        assert found.digest == again.digest
        digests.add(found.digest)
        rows.add(content.row_digests)
    assert len(digests) == len(rows) == len(kinds)


@pytest.mark.slow
def test_periods_are_read_as_such_where_pandas_has_made_none_yet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": pd.period_range("2026-01", periods=3, freq="M")})
    facts(read_data(frame), name="it")[1].write_parquet(tmp_path / "it.parquet")
    code = (
        "from jupyter_mlc.capture.data.datasets import facts, read_data\n"
        f"column = facts(read_data({str(tmp_path / 'it.parquet')!r}), name='it')[0].columns[0]\n"
        "print(column.type, column.low, column.high)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "period[M] 2026-01 2026-03\n"


@pytest.mark.slow
@pytest.mark.parametrize("opened", ["Path(kept)", "Path(kept).open('rb')", "io.BytesIO(Path(kept).read_bytes())"])
def test_no_thread_of_arrow_is_left_with_a_python_object_that_it_would_have_to_let_go_of(
    opened: str, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"x": pd.period_range("2026-01", periods=3, freq="M"), "y": [1, 2, 3]})
    facts(read_data(frame), name="it")[1].write_parquet(tmp_path / "it.parquet")
    code = (
        "import io\nfrom pathlib import Path\nimport pandas, psutil, pyarrow\n"
        "from jupyter_mlc.capture.data.datasets import read_data\n"
        "from jupyter_mlc.capture.data.files import read_parquet\n"
        f"kept = {str(tmp_path / 'it.parquet')!r}\n"
        "begun = pyarrow.array([1])  # the allocator has a thread of its own\nbefore = psutil.Process().num_threads()\n"
        f"opened = {opened}\n"
        "rows = read_data(opened).arrow if isinstance(opened, Path) else read_parquet(opened)\n"
        "print(rows.num_rows, psutil.Process().num_threads() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "3 0\n"


def test_what_is_written_as_parquet_reads_back_with_the_same_digest_and_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "c": pd.Categorical(["a", None, "b"], categories=["b", "a", "z"]),
            "i": pd.array([1, None, 3], dtype="Int8"),
            "f": np.array([0.5, 1, 2], dtype="float32"),
            "t": pd.to_datetime(["2020-01-01", "", "2020-01-02"]),
            "l": [[1], None, []],
        },
        index=[3, 1, 2],
    )
    found, content = seen(frame)
    content.write_parquet(tmp_path / "kept.parquet")
    back = pd.read_parquet(tmp_path / "kept.parquet")
    assert digest(tmp_path / "kept.parquet") == found.digest
    assert list(back.dtypes[["c", "i", "f"]]) == list(frame.dtypes[["c", "i", "f"]])
    assert digest(back) == found.digest


ODD = {
    "views": pa.array(["a", None], pa.string_view()),
    "views in categories": pa.DictionaryArray.from_arrays(pa.array([0, None]), pa.array(["a"], pa.string_view())),
    "runs": pa.RunEndEncodedArray.from_arrays([2, 3], pa.array(["a", None])),
    "a null among categories": pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", None])),
    "lists as categories": pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([[1], [2]])),
    "categories that differ": pa.chunked_array(
        [pa.array(["a"]).dictionary_encode(), pa.array(["b"]).dictionary_encode()]
    ),
    "narrow decimals": pa.array([Decimal("1.5")], pa.decimal64(5, 2)),
    "half floats": pa.array(np.array([0.5, 1], "f2")),
    "nanoseconds": pa.array([1, -1, None], pa.timestamp("ns")),
    "times of day": pa.array([1, None], pa.time32("s")),
    "identifiers": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(16), None], pa.binary(16))),
    "no chunk": pa.chunked_array([], pa.dictionary(pa.int8(), pa.string())),
    "nothing": pa.nulls(3),
}


@pytest.mark.parametrize("column", [pytest.param(column, id=what.replace(" ", "-")) for what, column in ODD.items()])
def test_what_parquet_does_not_know_comes_back_from_it_with_the_same_digests(tmp_path: Path, column: pa.Array) -> None:
    found, content = seen({"x": column})
    content.write_parquet(tmp_path / "kept.parquet")
    again, kept = seen(tmp_path / "kept.parquet")
    assert again.digest == found.digest
    assert kept.row_digests == content.row_digests


def test_the_parquet_bytes_are_the_same_for_the_same_content_however_it_is_chunked(tmp_path: Path) -> None:
    whole = pa.table({"n": range(1000), "s": [str(number % 9) for number in range(1000)]})
    pieces = pa.concat_tables([whole.slice(0, 10), whole.slice(10)])
    for name, table in (("whole", whole), ("pieces", pieces)):
        seen(table)[1].write_parquet(tmp_path / name)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "pieces").read_bytes()


def test_notes_that_a_person_left_on_a_frame_are_not_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["password"] = "hunter2"
    seen(frame)[1].write_parquet(tmp_path / "kept.parquet")
    assert b"hunter2" not in (tmp_path / "kept.parquet").read_bytes()


def test_columns_of_names_the_logical_types() -> None:
    frame = pd.DataFrame(
        {"a": [1], "b": ["x"], "c": [0.5], "d": [True], "t": [pd.Timestamp(0)], "k": pd.Categorical([1])}
    )
    expected = tuple(Feature(name=name, type=kind) for name, kind in zip("abcdtk", KINDS, strict=True))
    assert columns_of(frame) == columns_of(read_data(frame)) == columns_of(pa.table(frame)) == expected


KINDS = ("int", "string", "float", "bool", "time", "int")


def test_columns_of_reads_no_more_rows_than_it_needs() -> None:
    values = np.array(["text"] * 1000 + [object()] * 5, dtype=object)
    assert columns_of(values) == (Feature(name="x0", type="string"),)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (np.dtype("int8"), "int"),
        (np.dtype(">u4"), "int"),
        (np.dtype("float16"), "float"),
        (np.dtype("bool"), "bool"),
        (np.dtype("<U3"), "string"),
        (np.dtype("object"), "string"),
        (np.dtype("M8[s]"), "time"),
        (np.dtype("m8[s]"), "duration"),
        (np.dtype("complex64"), ""),
        (pd.Int64Dtype(), "int"),
        (pd.BooleanDtype(), "bool"),
        (pd.StringDtype(), "string"),
        (pd.DatetimeTZDtype(tz="UTC"), "time"),
        (pd.PeriodDtype("Q"), "period[Q-DEC]"),
        (pd.CategoricalDtype(["a"]), "string"),
        (pd.CategoricalDtype([1]), "int"),
        (pd.ArrowDtype(pa.float32()), "float"),
        (pa.decimal128(5, 2), "float"),
        (pa.time32("s"), "int"),
        (pa.list_(pa.int8()), "string"),
        (pa.month_day_nano_interval(), ""),
        (None, ""),
    ],
    ids=str,
)
def test_every_type_has_a_logical_type_or_none(dtype: object, kind: str) -> None:
    assert logical_type(dtype) == kind
