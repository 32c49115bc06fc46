"""`job cancel`: let a job end, whatever process executes it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict, Unavailable
from jupyter_mlc.domain.jobs import BEGUN, Job
from jupyter_mlc.verbs.base import Complete, Does, Field, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_names import number_of
from jupyter_mlc.verbs.paged import paged

_PATIENCE = 10.0
_LOOK = 0.1


@dataclass(frozen=True, kw_only=True)
class JobCancel(Writing):
    """Cancel a job."""

    job: Annotated[str, Field(description="the job: 17 or job/17", positional=True, complete=Complete.JOB)]


@dataclass(frozen=True, kw_only=True)
class JobCancelReply(Reply):
    """The job, and whether it has ended by now."""

    job: str
    status: str

    def shows(self) -> tuple[str, ...]:
        return paged(self.job)


@verb(does=Does.WRITE, name="job cancel", example="job cancel 17")
def job_cancel(ask: JobCancel, context: Context) -> JobCancelReply:
    """Let a job end that runs or waits, from any process: its notebook keeps what was done until then."""
    from jupyter_mlc.verbs import job_records

    job_records.settle_quietly(context)
    job = context.registry.job(number_of(ask.job))
    if job.status != BEGUN:
        raise Conflict(f"{job.ref} has ended: {job.status}", hint=f"look at it: %mlc job show {job.number}")
    folder = job_records.folder_of(job.number, context)
    if not folder.work.is_dir():
        raise Unavailable(
            f"{job.ref} is executed on another machine, or its files were cleared away",
            hint="cancel it where it was started",
        )
    if ask.dry_run:
        return JobCancelReply(done=False, job=job.ref, status="running")
    folder.ask_to_end()
    ended = _waited(job, context)
    return JobCancelReply(
        job=job.ref,
        status=ended.status if ended.status != BEGUN else "asked to end",
        next=f"%mlc job show {job.number}",
    )


def _waited(job: Job, context: Context) -> Job:
    """The job once its end is recorded, for which those who wait for it need a moment."""
    end = time.monotonic() + _PATIENCE
    while (now := context.registry.job_by_id(job.id)).status == BEGUN and time.monotonic() < end:
        time.sleep(_LOOK)
    return now
