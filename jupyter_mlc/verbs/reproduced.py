"""After a reproduction: what came of the job is set against the version, and the verdict is recorded."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Damaged, MlcError, NotFound
from jupyter_mlc.domain.events import VersionKey
from jupyter_mlc.domain.jobs import SUCCEEDED, Job
from jupyter_mlc.domain.names import folded
from jupyter_mlc.domain.reproductions import (
    Compared,
    Evidence,
    PackageDifference,
    Rehearsed,
    Reproduction,
    ReproductionJudged,
    Verdict,
)
from jupyter_mlc.jobs.parameters import tags_of
from jupyter_mlc.jobs.verdicts import judging
from jupyter_mlc.store import disk
from jupyter_mlc.verbs.job_records import folder_of
from jupyter_mlc.verbs.rehearsals import rank, recorded, rehearsals
from jupyter_mlc.verbs.reproduction_rows import rows_of
from jupyter_mlc.verbs.unjudged import note

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import ModelVersion
    from jupyter_mlc.jobs.verdicts.likeness import Likeness
    from jupyter_mlc.verbs.context import Context

_TERMS = "terms.json"
_MOST = 1_000
"""verdicts on a version"""
_PUT_IN = frozenset({"papermill-error-cell-tag", "injected-parameters"})
"""tags of cells that an execution puts into a notebook"""
UNDECIDED = frozenset({"timed out", "out of memory", "cancelled", "lost"})
"""how a job may end without telling anything of the version"""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms it is judged."""

    environment: str
    python: str = ""
    packages: tuple[PackageDifference, ...] = ()
    tolerance: float
    trusted: bool
    """whether the version's object may run code here"""
    notes: tuple[str, ...] = ()


def keep_terms(job: Job, terms: Terms, context: Context) -> None:
    """Note the terms beside the job, for whichever process sees it end."""
    import msgspec

    from jupyter_mlc.jobs import files

    file = folder_of(job.number, context).work / _TERMS
    with disk.refusals(f"write to {file.parent}"):
        files.replace(file, msgspec.json.encode(terms))
    note(job, context)


def kept_terms(job: Job, context: Context) -> Terms:
    """The terms of a job.

    Raises
    ------
    NotFound
        Where its files were cleared away.
    """
    import msgspec

    try:
        return msgspec.json.decode((folder_of(job.number, context).work / _TERMS).read_bytes(), type=Terms)
    except OSError:
        raise NotFound(
            f"the files of {job.ref} are not on this machine, so nobody knows on what terms it is to be judged",
            hint=f"do it again: %mlc reproduce {job.parent or 'NAME:N'}",
        ) from None


def judged(version: ModelVersion, job: Job, terms: Terms, context: Context) -> Evidence | None:
    """What came of a job that has ended; None where that tells nothing of the version."""
    found, problem = _found(version, job, context)
    if found is None and job.status in UNDECIDED:
        return None
    blank = Evidence(
        version=version.ref,
        verdict=Verdict.NOT_REPRODUCIBLE,
        reason=problem,
        artifact=version.artifact,
        environment=terms.environment,
        packages=terms.packages,
        tolerance=terms.tolerance,
        notes=terms.notes,
        notebook=job.output,
    )
    if found is None:
        verdict = Verdict.DIVERGED if job.status == SUCCEEDED else Verdict.NOT_REPRODUCIBLE
        return replace(blank, verdict=verdict)
    late = () if job.status == SUCCEEDED else (f"after it had registered, {problem}",)
    return _compared(version, found, replace(blank, notes=(*terms.notes, *late)), terms, context)


def _found(version: ModelVersion, job: Job, context: Context) -> tuple[Rehearsed | None, str]:
    """What the job registered in the place of the version; or why there is nothing."""
    several = [one for one in rehearsals(job, context) if folded(one.model) == folded(version.model)]
    place = rank(version, context)
    found = several[place] if place < len(several) else None
    if job.status != SUCCEEDED:
        return found, _failure(job, context)
    if found is None and several:
        return None, f"the notebook registers {version.model} {len(several)} times now, and did {place + 1} times then"
    return found, f"the notebook ran to its end and registered no {version.model}"


def _failure(job: Job, context: Context) -> str:
    """How it ended, and where."""
    ended = context.registry.job_end(job)
    if ended is None:
        return job.status
    said = ended.message.splitlines()[0] if ended.message else ""
    if ended.cell is None:
        return said or job.status
    why = f"{ended.exception}: {said}" if said and ended.exception else said or ended.exception
    return f"{_cell(job, ended.cell, context)} failed: {why}" if ended.exit == "cell failed" else f"{ended.exit}: {why}"


def _cell(job: Job, place: int, context: Context) -> str:
    """A cell by the number that it has in the version's notebook, and by its first line."""
    from jupyter_mlc.jobs.plan import first_line
    from jupyter_mlc.verbs.job_sources import content_of

    try:
        cells: Any = content_of(job.output, job.ref, context)["cells"] if job.output else []
        source = cells[place]["source"]
    except (MlcError, LookupError):
        return f"cell {place + 1}"
    number = sum(_PUT_IN.isdisjoint(tags_of(cell)) for cell in cells[: place + 1])
    line = first_line("".join(source) if isinstance(source, list) else source)
    return f"cell {number} ({line[:40]}{'...' if len(line) > 40 else ''})"  # noqa: PLR2004


def _compared(version: ModelVersion, now: Rehearsed, blank: Evidence, terms: Terms, context: Context) -> Evidence:
    """Set one against the other."""
    compared, unknown = judging.facts(recorded(version, context), now, terms.tolerance)
    same_bytes = now.artifact == version.artifact
    likeness = None if same_bytes else _likeness(version, now, terms, context)
    if likeness is not None:
        compared = [*compared, *judging.inside(likeness, terms.tolerance)]
        unknown += _unknown(likeness)
    verdict, reason = judging.judged(compared, same_bytes=same_bytes)
    return replace(
        blank,
        verdict=verdict,
        reason=reason,
        found=now.artifact,
        compared=tuple(compared),
        leaves=likeness.leaves if likeness else 0,
        same=likeness.same if likeness else 0,
        rows=likeness.rows if likeness else 0,
        unknown=tuple(unknown),
        notes=(*blank.notes, *judging.advice(verdict, now)),
    )


def _unknown(likeness: Likeness) -> list[str]:
    found = [f"what is inside the object: {likeness.why_not}"] if likeness.why_not else []
    return [*found, f"what it predicts: {likeness.why_unasked}"] if likeness.why_unasked else found


def _likeness(version: ModelVersion, now: Rehearsed, terms: Terms, context: Context) -> Likeness:
    """What is inside both objects, and what they predict, found in the environment in which the second was made."""
    from jupyter_mlc.jobs.verdicts.likeness import Likeness, Question, likeness
    from jupyter_mlc.store.home import cache_folder
    from jupyter_mlc.store.loading import ensured

    artifacts = context.artifacts
    try:
        for digest in (version.artifact, now.artifact):
            ensured(digest, artifacts)
    except Damaged as error:
        return Likeness(why_not=error.message)
    with tempfile.TemporaryDirectory(prefix="mlc-reproduce-") as name:
        rows, why = rows_of(version, Path(name), context)
        question = Question(
            before=version.artifact,
            now=now.artifact,
            root=str(artifacts.root.absolute()),
            folder=str(cache_folder().absolute()),
            trusted=terms.trusted,
            rows=str(rows) if rows is not None else "",
            tolerance=terms.tolerance,
        )
        found = likeness(question, terms.python)
    return replace(found, why_unasked=why) if rows is None and not found.why_not else found


def record(version: ModelVersion, job: Job | None, evidence: Evidence, context: Context) -> int:
    """Record a verdict, one a job; its sequence number."""
    from jupyter_mlc.verbs.evidence import keep_evidence

    kept = keep_evidence(evidence, context.artifacts)
    event = ReproductionJudged(
        model=version.model,
        version=VersionKey(number=version.number, id=version.id),
        job=job.id if job is not None else None,
        number=job.number if job is not None else None,
        verdict=evidence.verdict.value,
        environment=evidence.environment,
        tolerance=evidence.tolerance,
        evidence=kept,
        found=evidence.found,
        reason=evidence.reason,
    )
    with context.write() as log:
        known = verdict_of(job, version.id, context) if job is not None else None
        return known.id if known is not None else log.append(event).seq


def verdict_of(job: Job, version: int, context: Context) -> Reproduction | None:
    """The verdict on what came of a job, where there is one."""
    found = context.registry.reproductions_of(version, _MOST)
    return next((one for one in found if one.job == job.ref), None)


def apart(compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """Where the two differ beyond the tolerance."""
    return tuple(one for one in compared if not one.agrees)
