"""Reproductions, which keep their evidence; what they say is read from their events."""

from __future__ import annotations

from jupyter_mlc.domain.reproductions import ReproductionJudged
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.rows import Rows


@projects(ReproductionJudged)
def _judged(rows: Rows, at: Recorded, event: ReproductionJudged) -> None:
    hold(rows, at.seq, [event.evidence])
