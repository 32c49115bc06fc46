"""What can be asked of a registry: rows in, facts out. No question's cost grows with the number of versions."""

from __future__ import annotations

from jupyter_mlc.store.queries.datasets import OfDatasets
from jupyter_mlc.store.queries.evaluations import OfEvaluations
from jupyter_mlc.store.queries.jobs import OfJobs
from jupyter_mlc.store.queries.models import standpoint
from jupyter_mlc.store.queries.reproductions import OfReproductions
from jupyter_mlc.store.queries.runs import OfRuns
from jupyter_mlc.store.queries.schedules import OfSchedules
from jupyter_mlc.store.queries.versions import OfVersions

__all__ = ["Queries", "standpoint"]


class Queries(OfVersions, OfRuns, OfDatasets, OfEvaluations, OfJobs, OfReproductions, OfSchedules):
    """Reads of one registry."""
