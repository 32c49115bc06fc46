"""`job list`: the newest jobs, and the notebooks that can be executed by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.jobs import Job, JobDefinition
from jupyter_mlc.verbs.base import Does, Field, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.shared import check_limit


@dataclass(frozen=True, kw_only=True)
class JobList(Reading):
    """List jobs."""

    open: Annotated[bool, Field(description="only those that wait or run, however many are newer")] = False
    limit: Annotated[int, Field(description="at most so many, the newest; with --open those that began first")] = 20


@dataclass(frozen=True, kw_only=True)
class JobListReply(Reply):
    """Jobs, the newest first."""

    jobs: tuple[Job, ...]
    definitions: tuple[JobDefinition, ...]
    more: bool
    """whether there are others"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a job."""
        return [_row(job) for job in self.jobs]


def _row(job: Job) -> dict[str, object]:
    row: dict[str, object] = {"job": job.ref, "of": job.name, "status": job.status, "versions": ", ".join(job.versions)}
    row |= {f"params.{name}": value for name, value in job.params.items()}
    return row | {"started": job.started, "duration": job.duration, "author": job.author}


@verb(does=Does.READ, name="job list", example="job list")
def job_list(ask: JobList, context: Context) -> JobListReply:
    """List the newest jobs with how they ended or how far they are, and the notebooks that `job add` has kept."""
    from jupyter_mlc.verbs.job_standing import OPEN, as_they_stand

    check_limit(ask.limit)
    found = (context.registry.open_jobs if ask.open else context.registry.jobs)(ask.limit + 1)
    kept = found[: ask.limit] if ask.at is not None else [one.job for one in as_they_stand(found[: ask.limit], context)]
    if ask.open:
        kept = [job for job in reversed(kept) if job.status in OPEN]
    definitions = context.registry.job_definitions(ask.limit)
    return JobListReply(
        jobs=tuple(kept),
        definitions=tuple(definitions),
        more=len(found) > ask.limit,
        next="" if found else f"%mlc retrain {definitions[0].name}" if definitions else "%mlc job add NOTEBOOK",
    )
