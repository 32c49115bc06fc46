"""A process of its own that sees to jobs: it outlives the notebook and the terminal from which it was started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlc.capture.process import named
from jupyter_mlc.store import disk
from jupyter_mlc.verbs import job_records

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.verbs.context import Context
    from jupyter_mlc.verbs.job_batch import How


def hand_over(jobs: Sequence[Job], how: How, context: Context) -> None:
    """Start the process: it signs with the same key, works on the same registry, and says what it says into a file."""
    if not jobs:
        return
    folders = [job_records.folder_of(job.number, context) for job in jobs]
    with disk.refusals(f"write to {folders[0].work}"), folders[0].said.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 (our own command line, by this very interpreter)
            _command(jobs, how),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "MLC_REGISTRY": context.place.url},
            start_new_session=True,
        )
    for folder in folders:
        folder.own(named(process.pid))
    process.returncode = 0  # nobody waits for it, and nobody is to be warned of that


def _command(jobs: Sequence[Job], how: How) -> list[str]:
    words = [sys.executable, "-m", "jupyter_mlc.faces.cli", "job-work", *(str(job.number) for job in jobs)]
    words += ["--jobs", str(how.at_once), "--backend", how.backend.value]
    words += ["--cluster", how.cluster] if how.cluster else []
    words += ["--gpus", str(how.gpus)] if how.gpus else []
    words += ["--metric", how.metric] if how.metric else []
    return [*words, "--promote-best", how.promote_best.value] if how.promote_best is not None else words
