"""The rows that versions are judged by: a dataset with the answers in one of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.entities import DatasetFacts, Digest
from jupyter_mlc.domain.errors import BadInput, Conflict, did_you_mean
from jupyter_mlc.domain.events import ERASED, DatasetAdded
from jupyter_mlc.domain.names import quoted
from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.datasets import find_dataset

if TYPE_CHECKING:
    import pyarrow as pa  # noqa: TC004 (nobody evaluates these hints)
    from numpy.typing import NDArray

_SHOWN = 10
"""columns that a hint names"""


@dataclass(frozen=True, eq=False)
class Exam:
    """A dataset's rows, and which of its columns holds the answers. Make it with `exam`."""

    name: str
    digest: str
    """over the dataset's content"""
    id: int | None
    """of the dataset; None for content that the registry does not know yet"""
    target: str
    table: pa.Table
    row_digests: Digest | None
    blob: Digest | None
    """the rows as they are kept; None where they are read from a file"""

    @property
    def rows(self) -> int:
        return int(self.table.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns besides the target."""
        return tuple(name for name in self.table.column_names if name != self.target)

    @cached_property
    def truth(self) -> NDArray[Any]:
        """The answers, shape (rows,)."""
        return self.column(self.target)

    def column(self, name: str) -> NDArray[Any]:
        """A column by name, shape (rows,); categories as what they name.

        Raises
        ------
        BadInput
            Where there is none of that name.
        """
        if name not in self.table.column_names:
            raise no_column(self.name, name, self.table.column_names)
        return plain(self.table.column(name))


def exam(data: DatasetFacts | str, target: str, context: Context) -> Exam:
    """Read a dataset's rows, to judge versions by.

    Parameters
    ----------
    data : DatasetFacts or str
        As `register --data` takes it: what a face read, or the name of a dataset.
    target : str
        The column with the answers.
    context : Context
        Where the dataset and its bytes are.

    Raises
    ------
    NotFound
        Where no dataset has this name.
    BadInput
        Where it has no such column, or no rows.
    Conflict
        Where its rows are not kept, or its file is no longer what it was.
    """
    added = find_dataset(data, context)
    told = facts_of(added.id, context) if isinstance(data, str) and added is not None else data
    if isinstance(told, str):
        raise TypeError(told)
    name = added.name if added is not None else told.name
    table = _table(name, told, context.artifacts)
    if target not in table.column_names:
        raise no_column(name, target, table.column_names)
    if not table.num_rows:
        raise BadInput(f"{name} has no rows", hint="judge by data that has some")
    return Exam(name, told.digest, added.id if added else None, target, table, told.row_digests, told.blob)


def facts_of(dataset: int, context: Context) -> DatasetAdded:
    """What was recorded of a dataset."""
    event = context.registry.event(dataset).event
    if not isinstance(event, DatasetAdded):
        raise TypeError(type(event))
    return event


def no_column(name: str, wanted: str, known: list[str]) -> BadInput:
    """The refusal of a column that a dataset does not have."""
    listed = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    return BadInput(f"{name} has no column {wanted!r}", hint=did_you_mean(wanted, known) or f"its columns are {listed}")


def plain(column: pa.ChunkedArray) -> NDArray[Any]:
    """An Arrow column as numpy has it, shape (rows,)."""
    import pyarrow.types as pat

    if pat.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    found: NDArray[Any] = column.to_numpy()
    return found


def _table(name: str, told: DatasetFacts | DatasetAdded, artifacts: Artifacts) -> pa.Table:
    from jupyter_mlc.capture.data.files import read_parquet

    if told.blob is not None:
        artifacts.ensure(told.blob)
        with artifacts.open(told.blob) as file:
            return read_parquet(file)
    if told.file_digest is None or told.source == ERASED:
        raise Conflict(f"the rows of {name} are not kept", hint="pass the data itself: --data VARIABLE, or --data PATH")
    return _file(name, told.source, told.file_digest)


def _file(name: str, source: str, recorded: str) -> pa.Table:
    from jupyter_mlc.capture.data.datasets import read_data
    from jupyter_mlc.capture.data.files import file_digest

    table = read_data(Path(source)).arrow
    if file_digest(source) != recorded:
        raise Conflict(
            f"{source} is not what it was when {name} was added",
            hint=f"bring the file back, or add it as it is now: %mlc dataset add {name} {quoted(source)}",
        )
    return table
