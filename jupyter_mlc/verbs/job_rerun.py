"""`job rerun`: a job once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.verbs.base import Complete, Does, Field, Runs, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_batch import Batch, How, RetrainReply, carried_out
from jupyter_mlc.verbs.job_names import number_of
from jupyter_mlc.verbs.sweeps import Trained


@dataclass(frozen=True, kw_only=True)
class JobRerun(Writing):
    """Do a job once more."""

    job: Annotated[str, Field(description="the job: 17 or job/17", positional=True, complete=Complete.JOB)]
    background: Annotated[bool, Field(description="do not wait: a process of its own sees to it")] = False


@verb(does=Does.WRITE, runs=Runs.NOTEBOOK, name="job rerun", example="job rerun 17")
def job_rerun(ask: JobRerun, context: Context) -> RetrainReply:
    """Execute the notebook of a job once more, with the same parameters, data and limits, as a job of its own."""
    from jupyter_mlc.verbs import job_records
    from jupyter_mlc.verbs.job_plans import planned
    from jupyter_mlc.verbs.job_sources import of_job

    began = context.clock()
    job = context.registry.job(number_of(ask.job))
    asked = context.registry.job_asked(job.id)
    plan = planned(of_job(asked, job.id, job.number, context), {}, {}, context, force=True)
    prepared = plan.source.prepared
    batch = Batch(
        of=plan.source.name,
        how=How(background=ask.background),
        asked=began,
        cells=len(prepared.sources),
        skipped=len(prepared.skip),
        warnings=plan.notes,
    )
    if ask.dry_run:
        same = Trained(job="", exit="", params=job.params, metrics={})
        return RetrainReply(done=False, of=batch.of, jobs=(same,), cells=batch.cells, skipped=batch.skipped)
    job_records.settle_quietly(context)
    begun = job_records.begin(plan, plan.points, asked.limits, asked.out, context)
    return carried_out(batch, begun.jobs, context)
