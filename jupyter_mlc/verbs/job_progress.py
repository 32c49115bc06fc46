"""How far the jobs of a batch are, all together."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.jobs.spec import Outcome, Progress
from jupyter_mlc.verbs import job_records

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.verbs.context import Context

_LONGEST = 40


class Shown:
    """Tells whoever waits how many cells of all are done, and what is running."""

    def __init__(self, jobs: Sequence[Job], context: Context) -> None:
        self._jobs, self._context = jobs, context
        self._folders = [job_records.folder_of(job.number, context) for job in jobs]
        self._counts: dict[int, tuple[int, int]] = {}
        for folder in self._folders[:1]:
            folder.look()  # now it has all that it imports: Ctrl-C in the middle of that leaves halves of modules

    def show(self, ended: Container[int]) -> None:
        """Tell it; `ended` holds the places of the jobs that have ended."""
        running = ""
        for place, (job, folder) in enumerate(zip(self._jobs, self._folders, strict=True)):
            if place in ended:
                self._counts[place] = (self._counts.get(place, (0, 1))[1],) * 2
                continue
            found = folder.look() if folder.status.exists() else None
            if isinstance(found, Progress | Outcome):
                self._counts[place] = (found.done, max(found.cells, 1))
            if isinstance(found, Progress) and found.source:
                running = f"{job.ref} {found.source[:_LONGEST]}"
        done, cells = (sum(count[end] for count in self._counts.values()) for end in (0, 1))
        waiting = len(self._jobs) - len(self._counts)
        about = cells + waiting * (cells // max(len(self._counts), 1) or 1)
        self._context.progress(done, about, running or _counted(len(self._jobs)))


def _counted(count: int) -> str:
    return f"{count} job{'s' if count > 1 else ''}"
