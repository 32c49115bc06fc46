"""Seeing jobs to their end: handed to a backend, watched, recorded as they end, and cancelled by Ctrl-C."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.capture.process import here
from jupyter_mlc.domain.errors import Interrupted, MlcError, Unavailable
from jupyter_mlc.jobs.attempts import Attempted, Task
from jupyter_mlc.jobs.batches import Backend, Ended, Hands, carried_out
from jupyter_mlc.jobs.outputs import out_path
from jupyter_mlc.jobs.spec import Engine, Work
from jupyter_mlc.verbs import job_records
from jupyter_mlc.verbs.job_data import file_of
from jupyter_mlc.verbs.job_names import JOB, REHEARSAL
from jupyter_mlc.verbs.job_progress import Shown
from jupyter_mlc.verbs.job_sources import content_of

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job, JobStarted
    from jupyter_mlc.verbs.context import Context

_LOOK = 0.1
"""seconds between two looks at how far they are"""
_Told = Ended | BaseException | None
"""what ended; what broke; None at the end of all"""


def task_of(job: Job, context: Context) -> Task:
    """The work of a job, ready to be executed on this machine.

    Raises
    ------
    MlcError
        Where its notebook or its data is not at hand.
    """
    from jupyter_mlc.jobs.preparing import again

    asked, folder = context.registry.job_asked(job.id), job_records.folder_of(job.number, context)
    content = content_of(asked.notebook, asked.name, context)
    folder.make(again(content, asked.last, asked.skip).bytes)
    output, limits = folder.output(asked.source or asked.name), asked.limits
    work = Work(
        notebook=folder.source,
        output=output,
        status=folder.status,
        folder=Path(asked.folder),
        parameters=_parameters(job, asked, folder.work / "data", context),
        secrets=dict(asked.secrets),
        environment=_environment(job, asked, output, context),
        skip=frozenset(asked.skip),
        last=asked.last,
        python=asked.python,
        engine=Engine(limits.engine),
        timeout=limits.timeout,
        memory=limits.memory,
    )
    return Task(work=work, cancel=folder.cancel, owner=here(), retries=limits.retries)


def _parameters(job: Job, asked: JobStarted, place: Path, context: Context) -> dict[str, object]:
    """What the notebook is handed: datasets by the paths of their files."""
    found = dict(job.params)
    for each in asked.datasets:
        name = str(found[each.parameter]).removeprefix("dataset/").partition(":")[0]
        found[each.parameter] = str(file_of(each.dataset, name, place, context))
    return found


def _environment(job: Job, asked: JobStarted, output: Path, context: Context) -> Mapping[str, str]:
    """What lets `register` in the notebook find the registry, the job, and the notebook itself."""
    found = {
        "MLC_REGISTRY": context.place.url,
        JOB: f"{context.registry.uuid}/{job.number}",
        "PAPERMILL_OUTPUT_PATH": str(output),
    }
    return found | {REHEARSAL: asked.purpose} if asked.purpose else found


def see_to(  # noqa: PLR0913 (the jobs, and the words of Hands)
    jobs: Sequence[Job],
    context: Context,
    *,
    at_once: int,
    backend: Backend = Backend.LOKY,
    cluster: str = "",
    gpus: int = 0,
) -> None:
    """Execute jobs, and record how each ended as soon as it has.

    Raises
    ------
    Interrupted
        Where somebody pressed Ctrl-C: then all have ended, and the record says how.
    """
    hands = Hands(at_once=at_once, backend=backend, cluster=cluster, gpus=gpus)
    try:
        tasks, ready = _tasks(jobs, context)
    except KeyboardInterrupt:
        batch = _Batch(jobs, context)
        batch.interrupt()
        batch.leave()
        job_records.settle_quietly(context)
        raise _interrupted(jobs) from None
    if not tasks:
        return
    batch = _Batch(ready, context)
    try:
        _hand_and_see(batch, tasks, hands, context)
    except BaseException:
        with suppress(MlcError):
            batch.leave()  # nobody waits here any more
        raise
    if batch.interrupted:
        raise _interrupted(ready)


def _hand_and_see(batch: _Batch, tasks: Sequence[Task], hands: Hands, context: Context) -> None:
    """Hand them out, and see them end, also while somebody presses Ctrl-C."""
    handing = threading.Thread(target=_handed, args=(tasks, context, hands, batch.told), daemon=True)
    while True:
        try:
            if handing.ident is None:
                with suppress(RuntimeError):  # it has just begun: Ctrl-C came in that very moment
                    handing.start()
            batch.see_to()
            break
        except KeyboardInterrupt:
            if batch.interrupted:  # whoever presses twice does not want to wait
                raise
            batch.interrupt()
    handing.join()
    if batch.leave():  # what was told in the very moment of Ctrl-C
        job_records.settle_quietly(context)
    if batch.unrecorded:
        job, error = batch.unrecorded[0]
        raise Unavailable(
            f"{job.ref} ended, and that could not be recorded: {error.message}",
            hint=f"how it ended lies beside the registry, and is recorded by the next job: %mlc job show {job.number}",
        )


def _interrupted(jobs: Sequence[Job]) -> Interrupted:
    refs = ", ".join(job.ref for job in jobs)
    return Interrupted(f"interrupted: {refs}", hint=f"how they ended: %mlc job show {jobs[0].number}")


def _tasks(jobs: Sequence[Job], context: Context) -> tuple[list[Task], list[Job]]:
    """The work of the jobs that can be executed; one whose data is gone ends before it begins."""
    from jupyter_mlc.jobs.attempts import not_begun
    from jupyter_mlc.jobs.spec import Exit

    tasks, ready = [], []
    for job in jobs:
        try:
            tasks.append(task_of(job, context))
            ready.append(job)
        except MlcError as error:
            outcome = not_begun(context.clock(), Exit.PROCESS_DIED, type(error).__name__, error.text)
            job_records.end(job, Attempted(outcome=outcome), context)
    return tasks, ready


def _handed(tasks: Sequence[Task], context: Context, hands: Hands, told: Callable[[_Told], None]) -> None:
    """The thread that waits for the backend, so that the one that asked can watch and be interrupted."""
    try:
        for ended in carried_out(tasks, context.execute, **asdict(hands)):
            told(ended)
        told(None)
    except BaseException as error:  # noqa: BLE001 (whoever waits must hear of it)
        told(error)


class _Batch:
    """What is known of the jobs of a batch while they are executed."""

    def __init__(self, jobs: Sequence[Job], context: Context) -> None:
        self._jobs, self._context = jobs, context
        self._folders = [job_records.folder_of(job.number, context) for job in jobs]
        self._ended: set[int] = set()
        self._shown = Shown(jobs, context)
        self._queue: queue.Queue[_Told] = queue.Queue()
        self.told = self._queue.put
        self.interrupted = False
        self.unrecorded: list[tuple[Job, MlcError]] = []

    def see_to(self) -> None:
        """Wait until all have ended, and record each."""
        while True:
            try:
                found = self._queue.get(timeout=_LOOK)
            except queue.Empty:
                self._shown.show(self._ended)
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                self.interrupt()
                self.leave()
                raise found
            place, attempted = found
            self._record(place, attempted)
            self._copy_out(self._jobs[place])
            self._ended.add(place)
            self._shown.show(self._ended)

    def _record(self, place: int, attempted: Attempted) -> None:
        """Record how a job ended; where that is not possible now, the next who writes does."""
        try:
            job_records.end(self._jobs[place], attempted, self._context)
        except MlcError as error:
            self.unrecorded.append((self._jobs[place], error))
            with suppress(MlcError):
                self._folders[place].disown()

    def interrupt(self) -> None:
        """Let all end that have not."""
        self.interrupted = True
        for place, folder in enumerate(self._folders):
            if place not in self._ended:
                folder.ask_to_end()

    def leave(self) -> int:
        """Leave it to others to record how those end that have not; how many these are."""
        left = [folder for place, folder in enumerate(self._folders) if place not in self._ended]
        for folder in left:
            folder.disown()
        return len(left)

    def _copy_out(self, job: Job) -> None:
        """Put a copy of the executed notebook where somebody wants it; what cannot be put there stays where it is."""
        asked = self._context.registry.job_asked(job.id)
        if asked.out:
            output = job_records.folder_of(job.number, self._context).output(asked.source or asked.name)
            with suppress(OSError):
                shutil.copyfile(output, out_path(asked.out, output, job.number))
