"""`job show`: one job in full, while it runs or afterwards; or a notebook that can be executed by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.jobs import BEGUN, Job, JobDefinition, JobEnded, JobStarted, Limits
from jupyter_mlc.domain.reproductions import REPRODUCE
from jupyter_mlc.jobs.spec import Progress
from jupyter_mlc.verbs.base import Complete, Does, Field, InPanel, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_names import number_of
from jupyter_mlc.verbs.paged import paged


@dataclass(frozen=True, kw_only=True)
class JobShow(Reading):
    """Show a job."""

    job: Annotated[
        str, Field(description="17, job/17, or the name of one that was added", positional=True, complete=Complete.JOB)
    ]
    panel: InPanel = False


@dataclass(frozen=True, kw_only=True)
class JobShowReply(Reply):
    """One job, or one definition."""

    job: Job | None = None
    definition: JobDefinition | None = None
    progress: Progress | None = None
    """while it runs"""
    elapsed: Micros | None = None
    ended: JobEnded | None = None
    notes: tuple[str, ...] = ()
    limits: Limits | None = None
    secrets: Mapping[str, str] | None = None
    """parameter -> environment variable"""
    data: Mapping[str, str] | None = None
    """parameter -> dataset with its revision"""
    sweep: tuple[str, ...] = ()
    """the other jobs of its batch"""
    again: str = ""
    """the job that it does once more"""
    purpose: str = ""
    """`reproduce`, where it makes no version; empty: to train"""
    verdict: str = ""
    """of a reproduction: what it came to, or why there is none"""
    folder: str = ""
    source: str = ""
    """the path of the notebook that was executed"""
    notebook: str = ""
    """the path of the executed one, complete at every moment; empty where it was cleared away"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.job.ref) if self.job is not None else ()

    @property
    def exit_code(self) -> int:
        """3 where it ended, and did not succeed."""
        return 3 if self.ended is not None and self.ended.exit != "succeeded" else 0


@verb(does=Does.READ, name="job show", example="job show 17")
def job_show(ask: JobShow, context: Context) -> JobShowReply:
    """Show a job: what was asked, how far it is or how it ended, what came of it, and where its notebook lies."""
    text = ask.job.strip()
    if text.removeprefix("job/").isdecimal():
        return shown_job(number_of(text), ask.at, context)
    definition = context.registry.job_definition(text)
    return JobShowReply(definition=definition, source=definition.source, next=f"%mlc retrain {definition.name}")


def shown_job(number: int, at: Micros | None, context: Context) -> JobShowReply:
    """One job in full."""
    from jupyter_mlc.verbs.job_records import folder_of
    from jupyter_mlc.verbs.job_standing import as_they_stand

    registry, found = context.registry, context.registry.job(number)
    (standing,) = as_they_stand([found], context)
    job = found if at is not None else standing.job
    asked, ended = registry.job_asked(job.id), registry.job_end(job)
    executed, progress = folder_of(number, context).executed(), standing.progress if at is None else None
    verdict, again = _verdict(job, asked, context) if asked.purpose == REPRODUCE else ("", "")
    data = {each.parameter: registry.event(each.dataset) for each in asked.datasets}
    return JobShowReply(
        job=job,
        progress=progress,
        elapsed=context.clock() - progress.started if progress else None,
        ended=ended,
        notes=tuple(json.loads(ended.notes)) if ended is not None and ended.notes.startswith("[") else (),
        limits=asked.limits,
        secrets=asked.secrets,
        data={name: f"{each.event.name}:{each.assigned['number']}" for name, each in data.items()},  # type: ignore[attr-defined]
        sweep=tuple(each.ref for each in registry.jobs_of_sweep(job.sweep) if each.id != job.id),
        again=registry.job_by_id(asked.again).ref if asked.again is not None else "",
        purpose=asked.purpose,
        verdict=verdict,
        folder=asked.folder,
        source=asked.source,
        notebook=str(executed) if executed is not None else "",
        next=again or _next(job, found.status == BEGUN),
    )


def _verdict(job: Job, asked: JobStarted, context: Context) -> tuple[str, str]:
    """What a reproduction came to, and what to do where it came to nothing."""
    from jupyter_mlc.verbs.reproduced import verdict_of
    from jupyter_mlc.verbs.unjudged import is_noted

    known = verdict_of(job, asked.version.id, context) if asked.version is not None else None
    if known is not None:
        return f"{known.verdict}: {known.reason}" if known.reason else known.verdict, ""
    if job.status in {"queued", "running"}:
        return "", ""
    if is_noted(job, context):
        return "not yet: the process that was to judge it is gone, or is judging; else the next job judges it", ""
    return f"none: the job did not get that far ({job.status})", f"%mlc reproduce {job.parent}"


def _next(job: Job, is_open: bool) -> str:  # noqa: FBT001 (the one fact that decides)
    if is_open and job.status in {"queued", "running"}:
        return f"%mlc job logs {job.number} --follow"
    if job.status != "succeeded":
        return f"%mlc job logs {job.number}"
    return f"%mlc show {job.versions[-1]}" if job.versions else ""
