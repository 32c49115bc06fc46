"""From events to rows: the one place that writes projections, live, in rebuild and in verify."""

from __future__ import annotations

from jupyter_mlc.store.projections import (  # noqa: F401 (their projectors enter themselves)
    datasets,
    evaluations,
    jobs,
    models,
    moves,
    people,
    reproductions,
    runs,
    schedules,
    versions,
)
from jupyter_mlc.store.projections.base import PROJECTORS, Recorded
from jupyter_mlc.store.projections.histories import CONCERNED
from jupyter_mlc.store.projections.numbers import assign
from jupyter_mlc.store.rows import Rows

__all__ = ["Recorded", "assign", "project"]


def project(rows: Rows, recorded: Recorded) -> None:
    """Bring the projections up to date with one more event."""
    kind = type(recorded.event)
    projector, concerned = PROJECTORS.get(kind), CONCERNED.get(kind)
    if projector is not None:
        projector(rows, recorded, recorded.event)
    if concerned is not None:
        versions = concerned(recorded, recorded.event)
        rows.put("version_event", *[{"version": version, "seq": recorded.seq} for version in versions])
