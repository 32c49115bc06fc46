"""Data as one Arrow table, and what may be such a table at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.logical import of_arrow, unsupported
from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    import pyarrow as pa  # noqa: TC004 (nobody evaluates these hints)

ACCEPTED = (
    "a dataset is a pandas or polars DataFrame, a Series, an Arrow table, a NumPy array of one or two dimensions, "
    "a dict of columns, or the path of a .parquet, .csv or .csv.gz file"
)
MEMORY = "memory"


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
    arrow = _without_index(arrow)
    check_names(arrow.column_names)
    for field in arrow.schema:
        if of_arrow(field.type) is None:
            raise unsupported(field.name, f"values of type {field.type}")
    return Table(arrow=_without_views(arrow), source=source, seen=seen)


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


def _pandas_notes(arrow: pa.Table) -> dict[str, Any]:
    try:
        notes = json.loads((arrow.schema.metadata or {}).get(b"pandas", b"{}"))
    except ValueError:
        return {}
    return notes if isinstance(notes, dict) else {}


def _without_views(arrow: pa.Table) -> pa.Table:
    """Turn Arrow's views into plain strings and bytes: not every reader of Parquet knows them."""
    import pyarrow as pa

    plain = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}
    for place, field in enumerate(arrow.schema):
        kind = field.type.value_type if isinstance(field.type, pa.DictionaryType) else field.type
        if str(kind) in plain:
            arrow = arrow.set_column(place, field.name, arrow.column(place).cast(plain[str(kind)]))
    return arrow
