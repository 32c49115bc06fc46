"""The job of a reproduction: seen to its end, judged, and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlc.domain.entities import Digest, Micros, ModelVersion
from jupyter_mlc.domain.errors import Interrupted
from jupyter_mlc.domain.reproductions import Compared, Evidence, PackageDifference, Reproduction, Verdict
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.paged import paged

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.verbs.reproduced import Terms

QUEUED = "queued"
TOLERANCE = 1e-6
_NEWEST = 20
"""verdicts on a version, among which a new one is"""
_GOOD = frozenset({Verdict.IDENTICAL, Verdict.EQUIVALENT})


@dataclass(frozen=True, kw_only=True)
class ReproduceReply(Reply):
    """The verdict, and what it rests on."""

    version: str
    verdict: str = ""
    """identical, equivalent, diverged or not reproducible; empty where nothing is known (yet)"""
    reason: str = ""
    """where it diverged, or why it cannot be reproduced; of several the first counts most"""
    job: str = ""
    exit: str = ""
    """how the job ended; queued where it runs in the background"""
    environment: str = ""
    """current or lock"""
    packages: tuple[PackageDifference, ...] = ()
    """in which this environment differs from the version's"""
    tolerance: float = TOLERANCE
    artifact: Digest = ""
    found: Digest = ""
    """the artifact that came of it"""
    compared: tuple[Compared, ...] = ()
    leaves: int = 0
    """arrays and values inside the object that were compared"""
    same: int = 0
    """those of them that are the same to the last bit"""
    rows: int = 0
    """that both were asked to predict"""
    unknown: tuple[str, ...] = ()
    """what could not be compared, and why"""
    notes: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    """all that stands in the way"""
    cells: int = 0
    """that are executed"""
    skipped: int = 0
    """cells that are left out: they register other versions, or never ran"""
    elapsed: Micros = 0
    notebook: str = ""
    """the path of the executed notebook"""
    seq: int | None = None
    """of the event that holds the verdict"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.version)

    def to_rows(self) -> list[dict[str, object]]:
        """One row a comparison."""
        return [
            {"topic": one.topic.value, "name": one.name, "before": one.before, "now": one.now}
            | {"agrees": one.agrees, "gap": one.gap}
            for one in self.compared
        ]

    @property
    def exit_code(self) -> int:
        """3 where it is not the same, or nobody knows."""
        if not self.verdict:
            return 3 if self.obstacles or self.exit not in {"", QUEUED} else 0
        return 0 if self.verdict in _GOOD else 3


def carried_out(job: Job, context: Context) -> ReproduceReply:
    """See to a job that reproduces a version, and judge what comes of it.

    Raises
    ------
    Interrupted
        Where somebody pressed Ctrl-C meanwhile; then nothing is judged.
    """
    from jupyter_mlc.verbs import unjudged
    from jupyter_mlc.verbs.job_running import see_to

    if context.detached:
        return _judged_elsewhere(job, context)
    try:
        see_to([job], context, at_once=1)
    except Interrupted:
        unjudged.forget(job, context)
        raise
    return seen_through(job, context)


def seen_through(job: Job, context: Context) -> ReproduceReply:
    """Judge what came of a job that has ended, once."""
    from jupyter_mlc.verbs import job_records, reproduced, unjudged

    ended = context.registry.job_by_id(job.id)
    version, terms = _about(job, context)
    context.progress(0, 1, f"comparing with {version.ref}")
    evidence = reproduced.judged(version, ended, terms, context)
    executed = job_records.folder_of(job.number, context).executed()
    notebook = str(executed) if executed else ""
    if evidence is None:
        unjudged.forget(job, context)
        return replace(_undecided(version, ended, terms, context), notebook=notebook)
    seq = reproduced.record(version, ended, evidence, context)
    unjudged.forget(job, context)
    context.progress(1, 1, "compared")
    return replace(told(evidence, ended, seq), notebook=notebook)


def _about(job: Job, context: Context) -> tuple[ModelVersion, Terms]:
    """The version that a job reproduces, and how."""
    from jupyter_mlc.verbs import reproduced

    asked, terms = context.registry.job_asked(job.id), reproduced.kept_terms(job, context)
    if asked.version is None:
        raise TypeError(job.ref)
    return context.registry.versions_by_id([asked.version.id])[0], terms


def _judged_elsewhere(job: Job, context: Context) -> ReproduceReply:
    """Wait for the process that sees to the job and judges what comes of it."""
    from jupyter_mlc.verbs import job_records
    from jupyter_mlc.verbs.evidence import kept_evidence
    from jupyter_mlc.verbs.job_awaiting import seen_to_elsewhere
    from jupyter_mlc.verbs.job_batch import How

    version, terms = _about(job, context)

    def verdict() -> Reproduction | None:
        found = context.registry.reproductions_of(version.id, _NEWEST)
        return next((one for one in found if one.job == job.ref), None)

    seen_to_elsewhere([job], How(background=True), context, lambda: verdict() is not None)
    ended, found = context.registry.job_by_id(job.id), verdict()
    executed = job_records.folder_of(job.number, context).executed()
    if found is None:
        reply = _undecided(version, ended, terms, context)
    else:
        reply = told(kept_evidence(found.evidence, context.artifacts, Evidence), ended, found.id)
    return replace(reply, notebook=str(executed) if executed else "")


def _undecided(version: ModelVersion, job: Job, terms: Terms, context: Context) -> ReproduceReply:
    ended = context.registry.job_end(job)
    return ReproduceReply(
        version=version.ref,
        reason=ended.message if ended is not None else "",
        job=job.ref,
        exit=job.status,
        environment=terms.environment,
        packages=terms.packages,
        tolerance=terms.tolerance,
        artifact=version.artifact,
        notes=terms.notes,
        next=f"%mlc job logs {job.number}",
    )


def told(evidence: Evidence, job: Job | None, seq: int | None) -> ReproduceReply:
    """Evidence as a reply."""
    return ReproduceReply(
        version=evidence.version,
        verdict=evidence.verdict.value,
        reason=evidence.reason,
        job=job.ref if job is not None else "",
        exit=job.status if job is not None else "",
        environment=evidence.environment,
        packages=evidence.packages,
        tolerance=evidence.tolerance,
        artifact=evidence.artifact,
        found=evidence.found or "",
        compared=evidence.compared,
        leaves=evidence.leaves,
        same=evidence.same,
        rows=evidence.rows,
        unknown=evidence.unknown,
        notes=evidence.notes,
        seq=seq,
        next=f"%mlc job logs {job.number}" if job is not None and evidence.verdict not in _GOOD else "",
    )
