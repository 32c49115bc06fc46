"""`job-work`: see to jobs that have begun; what `--background` starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.jobs import BEGUN, Job
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.domain.reproductions import REPRODUCE
from jupyter_mlc.jobs.batches import Backend
from jupyter_mlc.verbs.base import Does, Field, Runs, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_batch import Batch, How, RetrainReply, carried_out, told


@dataclass(frozen=True, kw_only=True)
class JobWork(Writing):
    """See to jobs."""

    numbers: Annotated[tuple[int, ...], Field(description="the jobs", positional=True, metavar="NUMBER")]
    jobs: Annotated[int, Field(description="how many at a time")] = 1
    backend: Annotated[Backend, Field(description="what hands them out")] = Backend.LOKY
    cluster: Annotated[str, Field(description="where dask or ray is")] = ""
    gpus: Annotated[int, Field(description="for each job")] = 0
    metric: Annotated[str, Field(description="by which they are sorted")] = ""
    promote_best: Annotated[Stage | None, Field(description="promote the best version to this stage")] = None


@verb(does=Does.WRITE, runs=Runs.NOTEBOOK, where=Where.CLIENT, plumbing=True, name="job-work", example="job-work 17")
def job_work(ask: JobWork, context: Context) -> RetrainReply:
    """Execute jobs that were recorded as begun, and record how they end."""
    from jupyter_mlc.verbs import job_records

    jobs = [context.registry.job(number) for number in ask.numbers]
    for job in jobs:
        if job.status != BEGUN:
            raise Conflict(f"{job.ref} has ended: {job.status}", hint=f"do it again: %mlc job rerun {job.number}")
    how = How(
        at_once=ask.jobs,
        backend=ask.backend,
        cluster=ask.cluster,
        gpus=ask.gpus,
        metric=ask.metric,
        promote_best=ask.promote_best,
    )
    batch = Batch(of=jobs[0].name, how=how, asked=context.clock())
    if ask.dry_run:
        return RetrainReply(done=False, of=batch.of, jobs=())
    for job in jobs:
        job_records.folder_of(job.number, context).own()
    if context.registry.job_asked(jobs[0].id).purpose == REPRODUCE:
        return _reproduced(batch, jobs[0], context)
    return carried_out(batch, jobs, context)


def _reproduced(batch: Batch, job: Job, context: Context) -> RetrainReply:
    """Nobody waits for the verdict here: it is in the record."""
    from jupyter_mlc.verbs import reproduction_job

    reproduction_job.carried_out(job, context)
    return told(batch, [(job, context.registry.job_by_id(job.id).status)], context)
