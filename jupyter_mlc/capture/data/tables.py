"""Data as one Arrow table, and what may be such a table at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.logical import of_arrow, unsupported
from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    import pyarrow as pa  # noqa: TC004 (nobody evaluates these hints)

ACCEPTED = (
    "a dataset is a pandas or polars DataFrame, a Series, an Arrow table, a NumPy array of one or two dimensions, "
    "a dict of columns, or the path of a .parquet, .csv or .csv.gz file"
)
MEMORY = "memory"
_VIEWS = {"string_view": "large_string", "binary_view": "large_binary"}
"""what Arrow's views of text and bytes are turned into"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Data as read: the columns in the types that they came with, and where they came from."""

    arrow: pa.Table
    source: str = MEMORY
    """memory, or the path of a file"""
    seen: tuple[int, ...] = ()
    """which file it was, its size and its time when it was read"""

    @property
    def rows(self) -> int:
        return int(self.arrow.num_rows)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.arrow.column_names)


def checked(arrow: pa.Table, source: str = MEMORY, seen: tuple[int, ...] = ()) -> Table:
    """Return the table without what pandas stored as its index.

    Raises
    ------
    BadInput
        Where a name is missing or taken twice, or a column cannot be kept.
    """
    import pyarrow as pa

    arrow = _without_index(arrow)
    check_names(arrow.column_names)
    for field in arrow.schema:
        if of_arrow(field.type) is None:
            raise unsupported(field.name, f"values of type {field.type}")
    columns = [_storable(column) for column in arrow.columns]
    stored = pa.table(columns, names=arrow.column_names, metadata=arrow.schema.metadata)
    return Table(arrow=stored, source=source, seen=seen)


def check_names(names: Iterable[str]) -> None:
    """Refuse a table without columns, two columns of one name, and a name that is not Unicode."""
    counts = Counter(names)
    if not counts:
        raise BadInput("the data has no columns", hint=ACCEPTED)
    for name, count in counts.items():
        if count > 1:
            hint = "rename them, or keep the first of each: df.loc[:, ~df.columns.duplicated()]"
            raise BadInput(f"{count} columns are called {name!r}", hint=hint)
        if not name.isascii() and "\ufffd" in name.encode(errors="surrogatepass").decode(errors="replace"):
            raise BadInput(f"the column name {name!r} is not Unicode", hint="rename the column")


def _without_index(arrow: pa.Table) -> pa.Table:
    """Leave out the index that pandas stored, and every note but pandas' own on how to restore its types."""
    described = _pandas_notes(arrow)
    index = {name for name in described.get("index_columns", ()) if isinstance(name, str)}
    kept = arrow.select([place for place, name in enumerate(arrow.column_names) if name not in index])
    if not described:
        return kept.replace_schema_metadata(None)
    columns = [column for column in described.get("columns", ()) if column.get("field_name") not in index]
    notes = {**described, "index_columns": [], "columns": columns, "attributes": {}}
    return kept.replace_schema_metadata({b"pandas": json.dumps(notes).encode()})


def noted_types(schema: pa.Schema) -> list[tuple[Any, ...]]:
    """Return what pandas noted of its types, column by column: Arrow's int64 may have been int64 or Int64."""
    columns = _notes_in(schema).get("columns", ())
    return [tuple(column.get(key) for key in ("field_name", "pandas_type", "numpy_type")) for column in columns]


def _pandas_notes(arrow: pa.Table) -> dict[str, Any]:
    return _notes_in(arrow.schema)


def _notes_in(schema: pa.Schema) -> dict[str, Any]:
    try:
        notes = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    except ValueError:
        return {}
    return notes if isinstance(notes, dict) else {}


def _storable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Lay out plainly what not every reader or writer of Parquet knows: views, runs, odd categories."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pat

    kind = column.type
    if pat.is_run_end_encoded(kind):
        runs = [pc.run_end_decode(chunk) for chunk in column.chunks]
        return _storable(pa.chunked_array(runs, type=kind.value_type))
    if pat.is_dictionary(kind):
        return _storable_categories(column)
    return column.cast(_VIEWS[str(kind)]) if str(kind) in _VIEWS else column


def _storable_categories(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.types as pat

    kind = column.type
    if pat.is_nested(kind.value_type) or any(chunk.dictionary.null_count for chunk in column.chunks):
        return pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], type=kind.value_type)
    plain = _VIEWS.get(str(kind.value_type))
    if plain is None:
        return column
    chunks = [
        pa.DictionaryArray.from_arrays(chunk.indices, chunk.dictionary.cast(plain), ordered=kind.ordered)
        for chunk in column.chunks
    ]
    return pa.chunked_array(chunks, type=pa.dictionary(kind.index_type, pa.type_for_alias(plain), kind.ordered))
