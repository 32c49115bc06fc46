"""Jobs that do the same at the same moment: who comes second waits for the first, and tells what came of it."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Interrupted
from jupyter_mlc.domain.jobs import BEGUN, SUCCEEDED, Job
from jupyter_mlc.jobs.spec import Outcome, Progress

if TYPE_CHECKING:
    from jupyter_mlc.verbs.context import Context

_LOOK = 0.2
"""seconds between two looks whether it has ended"""
_MOST = 20


def going_on(keys: Collection[str], context: Context) -> dict[str, Job]:
    """The job that does the same, by the key; only where another process of this machine certainly sees to it."""
    found: dict[str, Job] = {}
    for key in sorted(set(keys)):
        twin = next((job for job in context.registry.begun_with(key, _MOST) if _is_seen_to(job, context)), None)
        if twin is not None:
            found[key] = twin
    return found


def _is_seen_to(job: Job, context: Context) -> bool:
    from jupyter_mlc.verbs.job_records import folder_of

    return not context.registry.job_asked(job.id).purpose and folder_of(job.number, context).is_seen_to_by_another()


def waited_for(jobs: Sequence[Job], context: Context) -> tuple[list[Job], list[str]]:
    """Those jobs when they have ended, and what is to be said of them.

    Raises
    ------
    Interrupted
        Where somebody pressed Ctrl-C meanwhile: they go on, since somebody else began them.
    """
    try:
        ended = [_ended(job, context) for job in jobs]
    except KeyboardInterrupt:
        refs = ", ".join(job.ref for job in jobs)
        raise Interrupted(
            f"interrupted; {refs} goes on, which another process began",
            hint=f"end it: %mlc job cancel {jobs[0].number}",
        ) from None
    return ended, [_told(job) for job in ended]


def _ended(job: Job, context: Context) -> Job:
    from jupyter_mlc.verbs.job_records import folder_of, settle_quietly
    from jupyter_mlc.verbs.job_standing import as_it_stands

    folder = folder_of(job.number, context)
    while True:
        is_abandoned = folder.is_abandoned()
        if is_abandoned:
            settle_quietly(context)
        now = context.registry.job_by_id(job.id)
        if now.status != BEGUN:
            return now
        found = folder.look()
        if is_abandoned and not isinstance(found, Progress):  # it could not be recorded
            return as_it_stands(now, context).job
        if isinstance(found, Progress | Outcome):
            context.progress(found.done, max(found.cells, 1), f"{job.ref}, which does the same")
        time.sleep(_LOOK)


def _told(job: Job) -> str:
    lead = f"{job.ref}, which another process had begun, does the same"
    if job.status == SUCCEEDED:
        return f"{lead}: it was waited for"
    return f"{lead}, and it ended: {job.status}; to do it again: --force"
