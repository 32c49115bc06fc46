"""Rows that a version and what came of its reproduction are both asked to predict: those that it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.domain.events import ERASED, VersionRegistered

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from jupyter_mlc.domain.entities import ModelVersion
    from jupyter_mlc.verbs.context import Context

MOST_ROWS = 1_000


def rows_of(version: ModelVersion, folder: Path, context: Context) -> tuple[Path | None, str]:
    """A file with at most so many rows of the version's data, in the columns that it takes; or why there is none."""
    import pyarrow.parquet as pq

    event = context.registry.event(version.id).event
    if not isinstance(event, VersionRegistered):
        raise TypeError(type(event))
    wanted = [one.name for one in event.signature.inputs if not one.shape]
    if len(wanted) < len(event.signature.inputs):
        return None, "it takes rows of a shape that no dataset has"
    datasets = [dataset for dataset, _ in context.registry.datasets_of(version.id)]
    if not datasets:
        return None, "no data was recorded with it, so there are no rows to ask for: register with --data"
    reasons = []
    for dataset in datasets:
        table = _table(dataset.id, context)
        if table is None:
            reasons.append(f"the rows of {dataset.name} are not kept")
            continue
        names = _names(table, wanted)
        if names is None:
            reasons.append(f"{dataset.name} lacks columns that it takes")
            continue
        path = folder / "rows.parquet"
        pq.write_table(table.select(names).slice(0, MOST_ROWS), path)
        return path, ""
    return None, "; ".join(reasons)


def _names(table: pa.Table, wanted: list[str]) -> list[str] | None:
    """The columns to ask with; all where the version was fitted on an array as wide as the table."""
    columns = list(table.column_names)
    if set(wanted) <= set(columns):
        return wanted or columns
    by_place = wanted == [f"x{place}" for place in range(len(wanted))]
    return columns if by_place and len(columns) == len(wanted) else None


def _table(dataset: int, context: Context) -> pa.Table | None:
    """The rows of a dataset, as far as they are kept, or lie in a file that is what it was."""
    from pathlib import Path

    from jupyter_mlc.capture.data.datasets import read_data
    from jupyter_mlc.capture.data.files import file_digest, read_parquet
    from jupyter_mlc.verbs.exam import facts_of

    told = facts_of(dataset, context)
    try:
        if told.blob is not None:
            context.artifacts.ensure(told.blob)
            with context.artifacts.open(told.blob) as file:
                return read_parquet(file)
        if told.file_digest is None or told.source in {"", ERASED} or file_digest(told.source) != told.file_digest:
            return None
        return read_data(Path(told.source)).arrow
    except (MlcError, OSError):
        return None
