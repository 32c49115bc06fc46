"""Definitions of jobs, and the jobs that were begun, as rows."""

from __future__ import annotations

from jupyter_mlc.domain.jobs import BEGUN, JobAdded, JobEnded, JobStarted
from jupyter_mlc.domain.names import folded
from jupyter_mlc.store.projections.base import Recorded, hold, projects
from jupyter_mlc.store.rows import Row, Rows

JOBS = "job"
"""the counter of all jobs"""


def revisions_of(name: str) -> str:
    """The counter of the revisions of a definition."""
    return f"job/{folded(name)}"


@projects(JobAdded)
def _added(rows: Rows, at: Recorded, event: JobAdded) -> None:
    revision = at.assigned["number"]
    row: Row = {"folded": folded(event.name), "name": event.name, "id": at.seq, "revision": revision}
    row |= {"notebook": event.notebook, "parameters": event.parameters, "source": event.source}
    rows.put("job_definition", row | {"author": at.actor, "created": at.recorded})
    rows.put("counter", {"name": revisions_of(event.name), "last": revision})
    hold(rows, at.seq, [event.notebook])


@projects(JobStarted)
def _started(rows: Rows, at: Recorded, event: JobStarted) -> None:
    number, version = at.assigned["number"], event.version.id if event.version else None
    row: Row = {"id": at.seq, "number": number, "name": event.name, "version": version}
    row |= {"definition": event.definition, "notebook": event.notebook, "key": event.key, "params": event.params}
    row |= {"sweep": at.seq if event.sweep is None else event.sweep, "author": at.actor, "started": at.recorded}
    rows.put("job", row | {"status": BEGUN, "ended": None, "duration": None, "output": None})
    rows.put("counter", {"name": JOBS, "last": number})
    hold(rows, at.seq, [event.notebook])


@projects(JobEnded)
def _ended(rows: Rows, at: Recorded, event: JobEnded) -> None:
    duration = max(0, event.ended - event.began)
    rows.change("job", event.job, status=event.exit, ended=at.seq, duration=duration, output=event.notebook)
    hold(rows, at.seq, [event.notebook] if event.notebook else [])
