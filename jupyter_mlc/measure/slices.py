"""The figures of each part of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_mlc.measure.arrays import same_rows
from jupyter_mlc.measure.judging import Figure, figures
from jupyter_mlc.measure.metrics.catalogue import Asked, metrics_for
from jupyter_mlc.measure.outcomes import Outcome
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.measure.slicing import Kind, Slicing


@dataclass(frozen=True, kw_only=True)
class Slice:
    """The figures of one part of the rows."""

    column: str
    label: str
    kind: Kind
    rows: int
    figures: tuple[Figure, ...]


def judge_slices(
    outcome: Outcome,
    parted: Slicing,
    metrics: Sequence[Asked] = (),
    resampling: Resampling | None = None,
) -> tuple[Slice, ...]:
    """Return the figures of every slice, in the order of its parts; a metric without a value there says why.

    Parameters
    ----------
    outcome : Outcome
        From `outcomes.outcome`.
    parted : Slicing
        Of the same rows.
    metrics, resampling
        As for `judging.judge`.

    Raises
    ------
    BadInput
        Where the rows differ in number, or a metric is unknown or does not fit.
    """
    same_rows(parted.places, f"column {parted.column!r}", outcome.rows)
    asked, how = metrics_for(outcome, metrics), resampling or Resampling()
    taken = [outcome.take(parted.places == place) for place in range(len(parted.parts))]
    return tuple(
        Slice(
            column=parted.column,
            label=part.label,
            kind=part.kind,
            rows=rows.rows,
            figures=figures(rows, asked, how),
        )
        for part, rows in zip(parted.parts, taken, strict=True)
    )
