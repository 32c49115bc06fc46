"""Datasets as facts: read what people have, say what it is, and hand on the bytes that keep it."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mlc.capture.data.columns import Values, values_of
from jupyter_mlc.capture.data.digests import dataset_digest, digested, row_digests, row_hashes
from jupyter_mlc.capture.data.files import check_unchanged, file_digest, parquet_file, read_file
from jupyter_mlc.capture.data.logical import LogicalType, logical_type
from jupyter_mlc.capture.data.memory import is_pandas, read_object
from jupyter_mlc.capture.data.objects import reason
from jupyter_mlc.capture.data.profile import profile
from jupyter_mlc.capture.data.tables import MEMORY, Table, noted_types
from jupyter_mlc.capture.data.times import time_span
from jupyter_mlc.domain.entities import Column, DatasetFacts, Feature, Micros
from jupyter_mlc.domain.errors import BadInput, Unavailable, did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Content", "Table", "columns_of", "facts", "read_data"]

_ROW_GROUP = 131_072
"""rows that are laid together in Parquet, however the data was chunked"""
_SAMPLE = 1_000
"""rows from which the types of columns are read"""
_SHOWN = 10
"""columns that a hint names"""


def read_data(value: object) -> Table:
    """Return live data, or the file at a path, as one table.

    Parameters
    ----------
    value : object
        A pandas or polars DataFrame, a Series, an Arrow table, a NumPy array of one or two dimensions, a mapping of
        columns; or a path (``str`` or ``os.PathLike``) to Parquet or CSV.

    Raises
    ------
    BadInput
        Where it is none of these, or has a column that a dataset cannot keep.
    NotFound, Unavailable, Conflict
        Where a file is missing, cannot be read, or changed while it was read.
    """
    return read_file(value) if isinstance(value, str | os.PathLike) else read_object(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Content:
    """What a dataset's facts were taken from, ready to be kept."""

    table: Table
    row_digests: bytes
    """a little-endian unsigned 64-bit digest a row, in row order"""

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the columns in the types that they came with; what is read back has the same digest.

        Raises
        ------
        Unavailable
            Where the file cannot be written; no part of it is left.
        BadInput
            Where Parquet has no type for a column.
        """
        import pyarrow as pa

        try:
            _write_parquet(self.table, path)
        except (OSError, pa.ArrowException) as error:
            Path(path).unlink(missing_ok=True)
            if isinstance(error, OSError):
                hint = "is there such a folder, and space left?"
                raise Unavailable(f"the data cannot be written to {path}: {reason(error)}", hint=hint) from error
            hint = "convert the column, or leave it out"
            raise BadInput(f"the data cannot be kept as Parquet: {reason(error)}", hint=hint) from error

    def is_written_so(self, kept: BinaryIO) -> bool:
        """Tell whether a Parquet file with equal content holds it in the same types: a model may see a difference.

        Parameters
        ----------
        kept : BinaryIO
            What `write_parquet` wrote once.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        arrow = self.table.arrow.unify_dictionaries()
        void = io.BytesIO()
        pq.write_table(arrow.slice(0, 0), void, version="2.6")  # what Parquet changes of a schema is changed in both
        now, then = pq.read_schema(void), parquet_file(kept)
        if not now.equals(then.schema_arrow) or noted_types(now) != noted_types(then.schema_arrow):
            return False
        categories = [field.name for field in now if pa.types.is_dictionary(field.type)]
        if any("dictionary<" in str(field.type) for field in now if field.name not in categories):
            return False  # categories inside of lists stand in no schema either, and are too rare to look for
        before = then.read(categories, use_threads=False).unify_dictionaries()  # see `read_parquet`
        return all(_categories(arrow.column(name)) == _categories(before.column(name)) for name in categories)

    def file_digest(self) -> str | None:
        """Return ``sha256:<hex>`` of the file that was read, None where the data was in memory.

        Raises
        ------
        Conflict
            Where the file is no longer what was read.
        """
        if self.table.source == MEMORY:
            return None
        check_unchanged(self.table.source, self.table.seen)
        return file_digest(self.table.source)


def _categories(column: pa.ChunkedArray) -> list[Any]:
    """The categories in their order, which no schema tells."""
    return column.chunk(0).dictionary.to_pylist() if column.num_chunks else []


def _write_parquet(table: Table, path: str | os.PathLike[str]) -> None:
    import pyarrow.parquet as pq

    arrow = table.arrow.unify_dictionaries()
    with pq.ParquetWriter(os.fspath(path), arrow.schema, compression="zstd", version="2.6") as writer:
        for start in range(0, max(table.rows, 1), _ROW_GROUP):
            writer.write_table(arrow.slice(start, _ROW_GROUP).combine_chunks())


def facts(data: Table, *, name: str, time: str | None = None) -> tuple[DatasetFacts, Content]:
    """Return what a dataset is, and what there is of it to keep.

    Parameters
    ----------
    data : Table
        As `read_data` returns it.
    name : str
        What the dataset is called.
    time : str, optional
        The column that says when a row happened; strings in ISO 8601 are times too.

    Raises
    ------
    BadInput
        Where a column cannot be kept, or there is no such time column, or it holds no times.
    """
    import numpy as np

    _check_time_column(data, time)
    looked: list[_Looked] = []
    sums = np.zeros(data.rows, np.uint64)
    for column in data.names:
        values = values_of(data.arrow.column(column), column)
        looked.append(_looked_at(column, values, is_time=column == time))
        sums += row_hashes(column, values)
    found = DatasetFacts(
        name=name,
        digest=dataset_digest(data.rows, [(each.column.name, *each.digested) for each in looked]),
        rows=data.rows,
        columns=tuple(each.column for each in looked),
        source=data.source,
        time_column=time,
        start=next((each.span[0] for each in looked if each.span), None),
        end=next((each.span[1] for each in looked if each.span), None),
    )
    return found, Content(table=data, row_digests=row_digests(sums))


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """What one column adds to the facts."""

    column: Column
    digested: tuple[str, bytes]
    span: tuple[Micros, Micros] | None = None


def _looked_at(name: str, values: Values, *, is_time: bool) -> _Looked:
    span = time_span(name, values) if is_time else None
    return _Looked(column=profile(name, values), digested=digested(values), span=span)


def _check_time_column(data: Table, name: str | None) -> None:
    if name is None:
        return
    if name not in data.names:
        shown = ", ".join(data.names[:_SHOWN]) + (", ..." if len(data.names) > _SHOWN else "")
        hint = did_you_mean(name, data.names) or f"the columns are {shown}"
        raise BadInput(f"the data has no column {name!r}", hint=hint)
    kind = logical_type(data.arrow.schema.field(name).type)
    if kind not in {LogicalType.TIME, LogicalType.STRING}:
        hint = f"turn it into one first, e.g. df[{name!r}] = pd.to_datetime(df[{name!r}], unit='s')"
        raise BadInput(f"column {name!r} is {kind}, not a time", hint=hint)


def columns_of(value: object) -> tuple[Feature, ...]:
    """Return the names and logical types of the columns, without reading more rows than the types need.

    Raises
    ------
    BadInput, NotFound, Unavailable, Conflict
        As `read_data` does.
    """
    table = value if isinstance(value, Table) else read_data(_head(value))
    return tuple(Feature(name=field.name, type=logical_type(field.type)) for field in table.arrow.schema)


def _head(value: Any) -> object:
    import numpy as np
    import pyarrow as pa

    if is_pandas(value, "DataFrame") or is_pandas(value, "Series"):
        return value.iloc[:_SAMPLE]
    if isinstance(value, np.ndarray) and value.ndim:
        return value[:_SAMPLE]
    return value.slice(0, _SAMPLE) if isinstance(value, pa.Table) else value
