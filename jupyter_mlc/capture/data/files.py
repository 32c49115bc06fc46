"""Data in files: Parquet and CSV, read whole, and noticed when they change meanwhile."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_mlc.capture.data.csv import read_csv
from jupyter_mlc.capture.data.logical import PERIODS
from jupyter_mlc.capture.data.tables import Table, checked
from jupyter_mlc.domain.errors import BadInput, Conflict, NotFound, Unavailable, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    import pyarrow.parquet as pq

_PARQUET = (".parquet", ".parq", ".pq")
_CSV = (".csv", ".csv.gz")
_CHUNK = 1 << 20


def read_file(path: str | os.PathLike[str]) -> Table:
    """Return the data of a Parquet or CSV file as a table, its source being the path, with ~ written out.

    Raises
    ------
    NotFound
        Where there is no such file.
    BadInput
        Where it is no file, no data file that we know, or a broken one.
    Unavailable
        Where it cannot be read.
    Conflict
        Where it changed while it was read.
    """
    source = _written_out(path)
    before = _seen(source)
    read = _reader(source)
    try:
        arrow = read(source)
    except BadInput:
        check_unchanged(source, before)  # half a line is no ragged line
        raise
    except (OSError, ValueError, RuntimeError, _arrow_error()) as error:
        check_unchanged(source, before)
        _refuse(source, error)
    check_unchanged(source, before)
    return checked(arrow, source, before)


def file_digest(path: str | os.PathLike[str]) -> str:
    """Return ``sha256:<hex>`` of a file's bytes.

    Raises
    ------
    NotFound, BadInput, Unavailable, Conflict
        As `read_file` does.
    """
    source = _written_out(path)
    before = _seen(source)
    whole = hashlib.sha256()
    try:
        with Path(source).open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                whole.update(chunk)
    except OSError as error:
        _refuse(source, error)
    check_unchanged(source, before)
    return f"sha256:{whole.hexdigest()}"


def check_unchanged(source: str, before: tuple[int, ...]) -> None:
    """Refuse a file that is not as it was seen before."""
    if _seen(source) != before:
        raise Conflict(f"{source} changed while it was read", hint="try again when nothing writes to it any more")


def _written_out(path: str | os.PathLike[str]) -> str:
    return os.path.expanduser(os.fsdecode(path))  # noqa: PTH111 (a Path refuses the home of somebody unknown)


def _seen(source: str) -> tuple[int, ...]:
    try:
        found = os.stat(source)  # noqa: PTH116 (a Path would normalise what the person wrote)
    except FileNotFoundError:
        raise NotFound(f"there is no file {source}", hint=_siblings(source)) from None
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{source} cannot be read: {_reason(error)}", hint="check the path and its permissions"
        ) from None
    if stat.S_ISDIR(found.st_mode):
        raise BadInput(f"{source} is a folder", hint="name one .parquet, .csv or .csv.gz file in it")
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{source} is no ordinary file", hint="name a .parquet, .csv or .csv.gz file")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _siblings(source: str) -> str:
    folder, name = os.path.split(source)
    try:
        known = [entry.name for entry in Path(folder or ".").iterdir() if entry.name.endswith((*_PARQUET, *_CSV))]
    except OSError:
        return f"there is no folder {folder} either"
    return did_you_mean(name, known) or "check the path; it is taken from the notebook's working folder"


def _reason(error: BaseException) -> str:
    strerror = getattr(error, "strerror", None)
    return strerror or str(error).partition("\n")[0].rstrip(".")


def _arrow_error() -> type[Exception]:
    import pyarrow as pa

    error: type[Exception] = pa.ArrowException
    return error


def _refuse(source: str, error: BaseException) -> NoReturn:
    if isinstance(error, OSError) and error.errno is not None:
        raise Unavailable(
            f"{source} cannot be read: {_reason(error)}", hint="check the path and its permissions"
        ) from None
    kind = "CSV" if source.lower().endswith(_CSV) else "Parquet"
    raise BadInput(
        f"{source} is no {kind} file that can be read: {_reason(error)}",
        hint="is it complete, and does its name end rightly? write it again, or read it yourself",
    ) from None


def _reader(source: str) -> Callable[[str], pa.Table]:
    name = source.lower()
    if name.endswith(_PARQUET):
        return _read_parquet
    if name.endswith(_CSV):
        return read_csv
    raise BadInput(
        f"{source} is no data file that can be read: its name ends in none of .parquet, .csv, .csv.gz",
        hint="read it yourself and give the DataFrame",
    )


def _read_parquet(source: str) -> pa.Table:
    import pyarrow as pa

    with pa.OSFile(source) as stream:  # not by its path: that would make columns of a folder called year=2013
        return read_parquet(stream)


def read_parquet(stream: Any) -> pa.Table:
    """Return the rows of an open Parquet file, periods of pandas as such and not as the integers that they lie as."""
    file = parquet_file(stream)
    notes = [field.metadata or {} for field in file.schema_arrow]
    if any(each.get(b"ARROW:extension:name") == PERIODS.encode() for each in notes):
        with suppress(ImportError):
            import pandas as pd
            import pyarrow as pa

            pa.array(pd.PeriodIndex([], freq="D").array)  # at this pandas makes them known to Arrow, and not before
        stream.seek(0)
        file = parquet_file(stream)
    return file.read(use_threads=_is_free_of_python(stream, file.schema_arrow))


def parquet_file(stream: Any) -> pq.ParquetFile:
    """Open a Parquet file so that no thread of Arrow's is begun before its rows are asked for."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(stream, pre_buffer=False)


def _is_free_of_python(stream: Any, schema: pa.Schema) -> bool:
    """Tell whether Arrow's threads may read this: one that lets go of a Python object while Python ends aborts it.

    Such objects are files that Python opened and types that Python defines. A thread lets go of them after its
    answer was taken, which is late enough for the process to end (https://github.com/apache/arrow/issues/50482).
    """
    import pyarrow as pa

    return isinstance(stream, pa.NativeFile) and not any("extension<" in str(each.type) for each in schema)
