"""Data in files: Parquet and CSV are read whole, and every fault of a file is named."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyter_mlc.capture.data import csv, files
from jupyter_mlc.capture.data.datasets import columns_of, facts, read_data
from jupyter_mlc.capture.data.files import file_digest
from jupyter_mlc.domain.entities import Feature
from jupyter_mlc.domain.errors import BadInput, Conflict, MlcError, NotFound, Unavailable

REWRITE = "is it complete, and does its name end rightly? write it again, or read it yourself"
PERMISSIONS = "check the path and its permissions"
READ_IT = "read it yourself and give the DataFrame"
REPAIR = "repair the file, or read it yourself and give the DataFrame"


def digest(value: object) -> str:
    return facts(read_data(value), name="d")[0].digest


def written(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def types(path: Path) -> dict[str, str]:
    return {feature.name: feature.type for feature in columns_of(path)}


def refusal(path: object, kind: type[MlcError] = BadInput) -> str:
    with pytest.raises(kind) as refused:
        read_data(path)
    assert type(refused.value) is kind
    return refused.value.text


def test_a_parquet_file_has_the_digest_of_the_frame_that_was_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2], "s": ["a", None], "t": pd.to_datetime(["2020", "2021"])})
    frame.to_parquet(tmp_path / "data.parquet")
    assert digest(tmp_path / "data.parquet") == digest(str(tmp_path / "data.parquet")) == digest(frame)


def test_a_path_may_begin_at_home(home: Path) -> None:
    path = written(home, "a\n1\n")
    table = read_data("~/data.csv")
    assert (table.source, file_digest("~/data.csv")) == (str(path), file_digest(path))
    assert refusal("~nobody-of-this-name/data.csv", NotFound).startswith(
        "there is no file ~nobody-of-this-name/data.csv"
    )


def test_the_facts_of_a_file_say_where_it_lies_and_nothing_of_bytes_that_are_not_kept_yet(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n1\n")
    found, content = facts(read_data(path), name="d")
    assert found.source == str(path)
    assert (found.blob, found.file_digest, found.row_digests) == (None, None, None)
    assert content.file_digest() == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" == file_digest(path)


def test_data_in_memory_has_no_file_digest() -> None:
    found, content = facts(read_data({"a": [1]}), name="d")
    assert (found.source, content.file_digest()) == ("memory", None)


def test_a_folder_called_like_a_partition_adds_no_column(tmp_path: Path) -> None:
    folder = tmp_path / "year=2013"
    folder.mkdir()
    pq.write_table(pa.table({"a": [1]}), folder / "data.parquet")
    assert columns_of(folder / "data.parquet") == (Feature(name="a", type="int"),)


def test_notes_in_parquet_that_are_not_as_pandas_writes_them_are_passed_over(tmp_path: Path) -> None:
    for number, notes in enumerate((b"{", b"[1]", b'{"index_columns": [{"kind": "range"}]}')):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({b"pandas": notes}), path)
        assert digest(path) == digest({"a": [1]})


CSV = """n,f,b,s,big,mixed,day,none
1,0.5,True,text,123456789012345678901,1,2020-01-01,
-2,1e3,false,"with, comma",1,x,2020-01-02,
+3,,TRUE,"two
lines",2,True,,NA
007,inf,False,NULL,3,2,2020-01-03,NaN
"""


@pytest.mark.parametrize("name", ["data.csv", "data.CSV", "data.csv.gz"])
def test_a_csv_file_is_read_with_types_that_hold_for_all_rows(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, gzip.compress(CSV.encode()) if name.endswith("gz") else CSV, name)
    arrow = read_data(path).arrow
    assert arrow.to_pydict() == {
        "n": [1, -2, 3, 7],
        "f": [0.5, 1000.0, None, float("inf")],
        "b": [True, False, True, False],
        "s": ["text", "with, comma", "two\nlines", None],
        "big": ["123456789012345678901", "1", "2", "3"],
        "mixed": ["1", "x", "True", "2"],
        "day": ["2020-01-01", "2020-01-02", None, "2020-01-03"],
        "none": [None] * 4,
    }


def test_a_csv_file_has_the_digest_of_the_frame_that_pandas_reads(tmp_path: Path) -> None:
    path = written(tmp_path, CSV)
    ours = read_data(path).arrow.drop_columns("big")  # of which pandas makes a column of Python's own integers
    assert digest(ours) == digest(pd.read_csv(path).drop(columns="big"))


def test_a_value_in_the_last_row_can_change_the_type_of_a_csv_column(tmp_path: Path) -> None:
    many = "a\n" + "1\n" * 700_000
    assert types(written(tmp_path, many)) == {"a": "int"}
    assert types(written(tmp_path, f"{many}1.5\n")) == {"a": "float"}
    assert types(written(tmp_path, f"{many}x\n")) == {"a": "string"}


def test_a_number_in_hexadecimal_digits_stays_text(tmp_path: Path) -> None:
    assert types(written(tmp_path, "a,b\n0x10,1_000\n")) == {"a": "string", "b": "string"}


def test_a_csv_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does(tmp_path: Path) -> None:
    assert digest(written(tmp_path, "\ufeffa,b\r\n1,2\r\n")) == digest({"a": [1], "b": [2]})


def test_a_csv_file_of_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    table = read_data(written(tmp_path, "a,b\n"))
    assert (table.names, table.rows) == (("a", "b"), 0)


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "short line": (
        "data.csv",
        b"a,b\n1,2\n3\n",
        "{path} has ragged lines: row 3 has 1 value, the first has 2\n" + REPAIR,
    ),
    "long line": (
        "data.csv",
        b"a,b\n1,2,3\n",
        "{path} has ragged lines: row 2 has 3 values, the first has 2\n" + REPAIR,
    ),
    "nothing": ("data.csv", b"", "{path} is no CSV file that can be read: Empty CSV file\n" + REWRITE),
    "not UTF-8": (
        "data.csv",
        "a\nä\n".encode("latin-1"),
        "{path} is no CSV file that can be read: In CSV column #0: Row #2: "
        "CSV conversion error to large_string: invalid UTF8 data\n" + REWRITE,
    ),
    "not UTF-8 in the header": (
        "data.csv",
        "ä,b\n1,2\n".encode("latin-1"),
        "{path} is no CSV file that can be read: 'utf-8' codec can't decode byte 0xe4 in position 0: "
        "unexpected end of data\n" + REWRITE,
    ),
    "names twice": (
        "data.csv",
        b"a,a\n1,2\n",
        "2 columns are called 'a'\nrename them, or keep the first of each: df.loc[:, ~df.columns.duplicated()]",
    ),
    "cut off": (
        "data.csv.gz",
        gzip.compress(b"a\n" + b"1\n" * 1000, mtime=0)[:-10],
        "{path} is no CSV file that can be read: Truncated compressed stream\n" + REWRITE,
    ),
    "not compressed": (
        "data.csv.gz",
        b"a\n1\n",
        "{path} is no CSV file that can be read: zlib inflate failed: incorrect header check\n" + REWRITE,
    ),
    "empty Parquet": (
        "data.parquet",
        b"",
        "{path} is no Parquet file that can be read: Parquet file size is 0 bytes\n" + REWRITE,
    ),
    "no Parquet": (
        "data.pq",
        b"hello" * 10,
        "{path} is no Parquet file that can be read: Parquet magic bytes not found in footer. "
        "Either the file is corrupted or this is not a parquet file\n" + REWRITE,
    ),
    "another ending": (
        "data.xlsx",
        b"PK",
        "{path} is no data file that can be read: its name ends in none of .parquet, .csv, .csv.gz\n" + READ_IT,
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=what.replace(" ", "-")) for what, case in BROKEN.items()])
def test_a_file_that_cannot_be_data_is_refused(tmp_path: Path, case: tuple[str, bytes, str]) -> None:
    name, content, text = case
    path = written(tmp_path, content, name)
    assert refusal(path) == text.format(path=path)


def test_a_parquet_file_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pq.write_table(pa.table({"a": np.arange(10_000)}), path)
    damaged = bytearray(path.read_bytes())
    damaged[4:200] = bytes(196)
    path.write_bytes(damaged)
    assert refusal(path).startswith(f"{path} is no Parquet file that can be read: ")


def test_a_missing_file_is_named_with_what_was_perhaps_meant(tmp_path: Path) -> None:
    written(tmp_path, "a\n1\n", "flights.csv")
    assert refusal(tmp_path / "flihgts.csv", NotFound) == (
        f"there is no file {tmp_path / 'flihgts.csv'}\ndid you mean flights.csv?"
    )
    assert refusal(tmp_path / "zzz.csv", NotFound) == (
        f"there is no file {tmp_path / 'zzz.csv'}\ncheck the path; it is taken from the notebook's working folder"
    )
    assert refusal(tmp_path / "no" / "x.csv", NotFound) == (
        f"there is no file {tmp_path / 'no' / 'x.csv'}\nthere is no folder {tmp_path / 'no'} either"
    )


def test_a_folder_is_no_data(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder\nname one .parquet, .csv or .csv.gz file in it"


def test_a_socket_is_no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as waiting:
        waiting.bind("data.csv")
        assert refusal("data.csv") == "data.csv is no ordinary file\nname a .parquet, .csv or .csv.gz file"


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data.csv")
    assert refusal(tmp_path / "data.csv").startswith(f"{tmp_path / 'data.csv'} is no ordinary file\n")


def test_a_link_to_itself_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    path.symlink_to(path)
    text = refusal(path, Unavailable).lower()
    assert text.startswith(f"{path} cannot be read: too many levels of symbolic links".lower())
    assert text.endswith(PERMISSIONS)


def test_a_path_that_no_system_accepts_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="null") as words:  # which each Python says in its own
        Path("a\0b.csv").stat()
    assert refusal("a\0b.csv", Unavailable) == f"a\0b.csv cannot be read: {words.value}\n{PERMISSIONS}"


def test_a_file_whose_bytes_cannot_be_fetched_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(source: str) -> pa.Table:
        raise PermissionError(13, "Permission denied", source)

    path = written(tmp_path, "a\n1\n")
    monkeypatch.setattr(files, "read_csv", fails)
    assert refusal(path, Unavailable) == f"{path} cannot be read: Permission denied\n{PERMISSIONS}"


def growing(path: Path, read: Any) -> Any:
    """Return a reader during which somebody appends to the file."""

    def grow(source: str) -> Any:
        try:
            return read(source)
        finally:
            with path.open("ab") as stream:
                stream.write(b"2\n")

    return grow


@pytest.mark.parametrize("text", ["a\n1\n", "a\n1,2\n"], ids=["whole", "torn"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = written(tmp_path, text)
    monkeypatch.setattr(files, "read_csv", growing(path, csv.read_csv))
    assert refusal(path, Conflict) == (
        f"{path} changed while it was read\ntry again when nothing writes to it any more"
    )


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = written(tmp_path, "a\n1\n"), written(tmp_path, "a\n2\n", "other.csv")
    content = facts(read_data(path), name="d")[1]
    found = path.stat()
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.replace(path)
    with pytest.raises(Conflict, match="changed while it was read"):
        content.file_digest()


def test_a_file_that_vanishes_after_it_was_read_is_missed_when_its_digest_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, "a\n1\n")
    content = facts(read_data(path), name="d")[1]
    path.unlink()
    with pytest.raises(NotFound, match="there is no file"):
        content.file_digest()


def test_the_digest_of_a_great_file_is_that_of_all_its_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, b"0123456789" * 500_000, "any.bin")
    assert file_digest(path) == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
