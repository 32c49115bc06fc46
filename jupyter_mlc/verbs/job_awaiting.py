"""Waiting for jobs that processes of their own see to, and that go on where nobody waits any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import Interrupted
from jupyter_mlc.domain.jobs import BEGUN
from jupyter_mlc.verbs import job_records
from jupyter_mlc.verbs.job_background import hand_over
from jupyter_mlc.verbs.job_progress import Shown

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.verbs.context import Context
    from jupyter_mlc.verbs.job_batch import How

_LOOK = 0.2
"""seconds between two looks at how far they are"""


def seen_to_elsewhere(
    jobs: Sequence[Job], how: How, context: Context, is_done: Callable[[], bool] | None = None
) -> None:
    """Hand jobs over, and wait until the record says how each ended.

    Parameters
    ----------
    jobs : sequence of Job
        That have begun.
    how : How
        How they are carried out.
    context : Context
        Whoever waits, and where the record is.
    is_done : callable, optional
        Whether what comes after their end is done as well; their process may die before.

    Raises
    ------
    Interrupted
        Where somebody pressed Ctrl-C: then all have ended.
    """
    shown = Shown(jobs, context)
    hand_over(jobs, how, context)
    try:
        _wait(jobs, shown, context, is_done)
    except KeyboardInterrupt:
        for job in _open(jobs, context):
            job_records.folder_of(job.number, context).ask_to_end()
        _wait(jobs, shown, context, None)
        refs = ", ".join(job.ref for job in jobs)
        raise Interrupted(f"interrupted: {refs}", hint=f"how they ended: %mlc job show {jobs[0].number}") from None


def _wait(jobs: Sequence[Job], shown: Shown, context: Context, is_done: Callable[[], bool] | None) -> None:
    while left := _open(jobs, context):
        if any(job_records.folder_of(job.number, context).is_abandoned() for job in left):
            job_records.settle_quietly(context)
        shown.show({place for place, job in enumerate(jobs) if job not in left})
        time.sleep(_LOOK)
    while is_done is not None and not is_done() and not _is_left(jobs, context):
        time.sleep(_LOOK)


def _open(jobs: Sequence[Job], context: Context) -> list[Job]:
    return [job for job in jobs if context.registry.job_by_id(job.id).status == BEGUN]


def _is_left(jobs: Sequence[Job], context: Context) -> bool:
    return all(job_records.folder_of(job.number, context).is_abandoned() for job in jobs)
