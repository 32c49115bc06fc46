"""Reproductions whose verdict is still to come: who sees to one notes it, and what was left is judged by the next."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import MlcError, NotFound
from jupyter_mlc.domain.jobs import BEGUN
from jupyter_mlc.store import disk
from jupyter_mlc.verbs.job_records import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.verbs.context import Context


def _mark(number: int, context: Context) -> Path:
    return folder_of(number, context).path.with_name(".unjudged") / str(number)


def note(job: Job, context: Context) -> None:
    """Note that there is to be a verdict on what comes of the job."""
    mark = _mark(job.number, context)
    with disk.refusals(f"write to {mark.parent}"):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def forget(job: Job, context: Context) -> None:
    """There is one now, or there will be none."""
    with suppress(OSError):
        _mark(job.number, context).unlink()


def is_noted(job: Job, context: Context) -> bool:
    """Whether a verdict is still to come."""
    return _mark(job.number, context).exists()


def judge_what_was_left(context: Context) -> None:
    """Judge what has ended, and whose process was gone before it had judged."""
    from jupyter_mlc.verbs.reproduction_job import seen_through

    for job in _left(context):
        with suppress(MlcError):
            folder_of(job.number, context).own()
            try:
                seen_through(job, context)
            except NotFound:  # its terms, or what it was about
                forget(job, context)


def _left(context: Context) -> list[Job]:
    numbers = sorted(int(path.name) for path in _marks(context) if path.name.isdecimal())
    found = []
    for number in numbers:
        with suppress(MlcError):
            job = context.registry.job(number)
            if job.status != BEGUN and folder_of(number, context).is_abandoned():
                found.append(job)
    return found


def _marks(context: Context) -> list[Path]:
    with suppress(OSError):
        return list(_mark(0, context).parent.iterdir())
    return []
