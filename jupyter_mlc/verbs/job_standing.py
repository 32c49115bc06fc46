"""Jobs as they stand now: what the record does not say yet, the files beside the registry tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlc.domain.jobs import BEGUN, Job
from jupyter_mlc.jobs.spec import Outcome, Progress
from jupyter_mlc.verbs.job_batch import QUEUED

if TYPE_CHECKING:
    from jupyter_mlc.verbs.context import Context

RUNNING, LOST = "running", "lost"
OPEN = {BEGUN, QUEUED, RUNNING}
"""how a job stands that is not over; begun is what the record says of it"""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A job, and how far it is."""

    job: Job
    """its status is queued or running where it has not ended"""
    progress: Progress | None = None


def as_they_stand(jobs: Iterable[Job], context: Context) -> list[Standing]:
    """Each job with how far it is; one whose supervisor is gone is lost."""
    return [as_it_stands(job, context) if job.status == BEGUN else Standing(job=job) for job in jobs]


def as_it_stands(job: Job, context: Context) -> Standing:
    """A job that the record has no end of."""
    from jupyter_mlc.jobs.folders import as_told
    from jupyter_mlc.verbs.job_records import folder_of

    folder = folder_of(job.number, context)
    found = folder.look()
    if isinstance(found, Progress):
        return Standing(job=replace(job, status=RUNNING), progress=found)
    if isinstance(found, Outcome) and folder.is_abandoned():
        outcome = as_told(found, folder)
        return Standing(job=replace(job, status=outcome.exit.value, duration=outcome.ended - outcome.started))
    if folder.is_abandoned():
        return Standing(job=replace(job, status=LOST))
    # one that has an end, and is not recorded yet, is about to be recorded or to be tried again
    return Standing(job=replace(job, status=RUNNING if isinstance(found, Outcome) else QUEUED))
