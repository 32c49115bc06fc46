"""A batch of jobs that have begun: seen to here or in the background, and told as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.jobs import SUCCEEDED, Job, JobParameter
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.jobs.batches import Backend, Hands
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged
from jupyter_mlc.verbs.sweeps import CACHED, GOOD, Ranking, Trained, best_of, promoted, trained

QUEUED = "queued"


@dataclass(frozen=True, kw_only=True)
class How:
    """How a batch is carried out, and what becomes of it."""

    at_once: int = 1
    backend: Backend = Backend.LOKY
    cluster: str = ""
    """where dask or ray is"""
    gpus: int = 0
    """for each job"""
    background: bool = False
    metric: str = ""
    promote_best: Stage | None = None

    @property
    def hands(self) -> Hands:
        """Who carries it out."""
        return Hands(at_once=self.at_once, backend=self.backend, cluster=self.cluster, gpus=self.gpus)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Jobs that belong together."""

    of: str
    """what is executed"""
    how: How
    asked: Micros
    """when"""
    varied: tuple[str, ...] = ()
    cells: int = 0
    skipped: int = 0
    warnings: tuple[str, ...] = ()
    done: tuple[Job, ...] = field(default_factory=tuple)
    """those that the record answers"""
    twins: tuple[Job, ...] = ()
    """those that another process does just now"""


@dataclass(frozen=True, kw_only=True)
class RetrainReply(Reply):
    """What the jobs came to, the best first."""

    of: str
    """what was executed"""
    jobs: tuple[Trained, ...]
    metric: str = ""
    """by which they are sorted"""
    varied: tuple[str, ...] = ()
    """the parameters in which they differ"""
    best: str = ""
    promoted: str = ""
    """the stage to which the best was promoted"""
    elapsed: Micros = 0
    cells: int = 0
    """that a job executes"""
    skipped: int = 0
    """cells that register other versions, and are left out"""
    parameters: tuple[JobParameter, ...] = ()
    """that the notebook declares, in a rehearsal"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.jobs[0].job if len(self.jobs) == 1 else self.best)

    def to_rows(self) -> list[dict[str, object]]:
        """One row a job."""
        return [_row(job) for job in self.jobs]

    @property
    def exit_code(self) -> int:
        """3 where a job did not succeed."""
        return 0 if all(job.exit in {*GOOD, QUEUED, ""} for job in self.jobs) else 3


def _row(job: Trained) -> dict[str, object]:
    row: dict[str, object] = {"job": job.job, "exit": job.exit, "version": job.version or None}
    row |= {f"params.{name}": value for name, value in job.params.items()}
    row |= {name if name.startswith("eval.") else f"metrics.{name}": value for name, value in job.metrics.items()}
    return row | {"duration": job.duration, "reason": job.reason, "notebook": job.notebook}


def carried_out(batch: Batch, jobs: Sequence[Job], context: Context) -> RetrainReply:
    """See to jobs that have begun: here, or by a process of their own, whether or not somebody waits for it.

    Raises
    ------
    Interrupted
        Where somebody pressed Ctrl-C meanwhile.
    """
    if batch.how.background:
        from jupyter_mlc.verbs.job_background import hand_over

        hand_over(jobs, batch.how, context)
        goes_on = tuple(f"{job.ref}, which another process had begun, does the same" for job in batch.twins)
        batch = replace(batch, warnings=(*batch.warnings, *goes_on))
        return told(batch, [(job, QUEUED) for job in (*jobs, *batch.twins)], context)
    if jobs and context.detached:
        from jupyter_mlc.verbs.job_awaiting import seen_to_elsewhere

        # whoever sees to them promotes the best when all have ended, and then ends
        seen_to_elsewhere(jobs, batch.how, context, (lambda: False) if batch.how.promote_best else None)
    elif jobs:
        from jupyter_mlc.verbs.job_running import see_to

        see_to(jobs, context, **asdict(batch.how.hands))
    now = [context.registry.job_by_id(job.id) for job in jobs]
    if batch.twins:
        batch, others = _joined(batch, context)
        now += others
    return told(batch, [(job, job.status) for job in now], context)


def _joined(batch: Batch, context: Context) -> tuple[Batch, list[Job]]:
    """The batch with what others have done for it; and the jobs of others that did not succeed."""
    from jupyter_mlc.verbs.job_twins import waited_for

    ended, said = waited_for(batch.twins, context)
    done = tuple(job for job in ended if job.status == SUCCEEDED)
    others = [job for job in ended if job.status != SUCCEEDED]
    return replace(batch, done=(*batch.done, *done), warnings=(*batch.warnings, *said)), others


def told(batch: Batch, jobs: Sequence[tuple[Job, str]], context: Context) -> RetrainReply:
    """What the jobs came to; the best is promoted where somebody wants that."""
    how = batch.how
    rows, by, said = trained([*((job, CACHED) for job in batch.done), *jobs], how.metric, context)
    best = best_of(rows)
    to, more = _promoted(best, how, rows, by, context)
    return RetrainReply(
        of=batch.of,
        jobs=rows,
        metric=by.metric,
        varied=batch.varied,
        best=best,
        promoted=to,
        elapsed=context.clock() - batch.asked,
        cells=batch.cells,
        skipped=batch.skipped,
        warnings=(*batch.warnings, *said, *more),
        next=_next(rows, best, to),
    )


def _promoted(
    best: str, how: How, rows: Sequence[Trained], by: Ranking, context: Context
) -> tuple[str, tuple[str, ...]]:
    """Promote the best, unless others do that, or have done it."""
    if how.background or how.promote_best is None:
        return "", ()
    if not context.detached:
        return promoted(best, how.promote_best, rows, by, context)
    if best and context.registry.version(best).stage == how.promote_best:
        return how.promote_best.value, ()
    return "", (f"{best} was not promoted" if best else "nothing was promoted: no version is known to be the best",)


def _next(rows: Sequence[Trained], best: str, to: str) -> str:
    """Whoever sees failures looks at one; whoever sees the best promotes it."""
    failed = next((row for row in rows if row.exit not in {*GOOD, QUEUED}), None)
    waiting = next((row for row in rows if row.exit == QUEUED), None)
    if waiting is not None:
        return f"%mlc job show {waiting.job.rpartition('/')[2]}"
    if failed is not None and not best:
        return f"%mlc job logs {failed.job.rpartition('/')[2]}"
    if not best:
        return ""
    return f"%mlc show {best}" if to else f"%mlc promote {best}"
