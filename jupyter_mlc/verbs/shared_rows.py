"""Rows of the test data that a version was trained on: by them a model is not judged, but remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Dataset, Digest, ModelVersion
from jupyter_mlc.domain.errors import Damaged
from jupyter_mlc.domain.evaluations import Shared
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.exam import Exam, facts_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def shared_rows(version: ModelVersion, exam: Exam, context: Context) -> tuple[Shared, ...]:
    """Return for each dataset that a version was trained on how many rows of the exam occur there, where any do.

    Rows are told apart by their digests, over all columns. Where the datasets have other columns, nobody can tell.
    """
    found = [_shared(dataset, exam, context) for dataset, _ in context.registry.datasets_of(version.id)]
    return tuple(one for one in found if one.is_same or one.rows is None or one.rows)


def _shared(trained_on: Dataset, exam: Exam, context: Context) -> Shared:
    from jupyter_mlc.measure.overlap import overlap

    if trained_on.digest == exam.digest:
        return Shared(dataset=trained_on.name, rows=exam.rows, share=1.0, is_same=True)
    event = facts_of(trained_on.id, context)
    theirs, ours = _digests(event.row_digests, context), _digests(exam.row_digests, context)
    if theirs is None or ours is None or {one.name for one in event.columns} != set(exam.table.column_names):
        return Shared(dataset=trained_on.name, rows=None)
    both = overlap(ours, theirs)
    return Shared(dataset=trained_on.name, rows=both.first_seen, share=both.first_share)


def _digests(blob: Digest | None, context: Context) -> NDArray[np.uint64] | None:
    """One a row; None where they were not kept, or are gone."""
    import numpy as np

    if blob is None:
        return None
    try:
        context.artifacts.ensure(blob)
    except Damaged:
        return None
    return np.frombuffer(context.artifacts.read(blob), "<u8")


def told_shared(version: str, exam: str, found: Shared) -> str:
    """What is to be said of rows that training and test share."""
    if found.is_same:
        return f"{version} was trained on exactly the rows of {exam}: its figures tell how well it remembers them"
    if found.rows is None:
        return f"whether {version} was trained on rows of {exam} cannot be told: the columns of {found.dataset} differ"
    rows, are = ("row", "is") if found.rows == 1 else ("rows", "are")
    part = f"{found.rows:,} {rows} of {exam} ({max(found.share, 0.001):.1%})"
    return f"{part} {are} also in {found.dataset}, which {version} was trained on"
