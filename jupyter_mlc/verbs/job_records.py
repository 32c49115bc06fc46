"""What is recorded of jobs: that they began, and how they ended, also of those that nobody waited for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import Conflict, MlcError, Unavailable
from jupyter_mlc.domain.events import VersionKey
from jupyter_mlc.domain.jobs import BEGUN, Job, JobEnded, JobStarted, Limits
from jupyter_mlc.jobs.attempts import Attempted, not_begun
from jupyter_mlc.jobs.folders import JobFolder, as_told
from jupyter_mlc.jobs.spec import Exit, Outcome
from jupyter_mlc.verbs.job_twins import going_on
from jupyter_mlc.verbs.schedule_records import open_schedule, ran
from jupyter_mlc.verbs.shared import as_json

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlc.domain.entities import Digest
    from jupyter_mlc.domain.schedules import Due
    from jupyter_mlc.verbs.context import Context
    from jupyter_mlc.verbs.job_plans import Plan, Point

_MOST_OPEN = 1_000
_CANCELLED = (Exit.CANCELLED, "Cancelled", "it was cancelled before it began")
_LOST = (Exit.LOST, "Lost", "the process that was to execute it was killed")


def folder_of(number: int, context: Context) -> JobFolder:
    """Where a job's files lie."""
    return JobFolder.of(context.place, context.registry.uuid, number)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What has begun."""

    jobs: tuple[Job, ...]
    twins: tuple[Job, ...] = ()
    """jobs of others that do the same just now, and take the place of ours"""


def begin(  # noqa: PLR0913 (what begins, and for which due time of a schedule)
    plan: Plan,
    points: Sequence[Point],
    limits: Limits,
    out: str,
    context: Context,
    *,
    due: Due | None = None,
    joining: bool = False,
) -> Begun:
    """Record that jobs began, and give them their folders; in one transaction, so that their numbers are neighbours.

    A due time of a schedule is taken up in the same transaction. Where it is `joining`, nothing begins that another
    process does just now: of two that ask at the same moment the transaction lets one be the first.

    Raises
    ------
    Conflict
        Where somebody else has taken it up.
    """
    notebook = context.artifacts.put_bytes(plan.source.prepared.bytes)
    events = [_started(plan, point, notebook, limits, out) for point in points]
    folder_of(0, context).probe()
    with context.write() as log:
        schedule = open_schedule(due, context) if due is not None else None
        twins = going_on([event.key for event in events], context) if joining else {}
        ids: list[int] = []
        for event in (one for one in events if one.key not in twins):
            at = log.append(replace(event, sweep=ids[0] if ids else None))
            ids.append(at.seq)
            folder_of(int(at.assigned["number"]), context).own()  # from its first moment on somebody sees to it
        if due is not None and schedule is not None:
            log.append(ran(schedule, due, jobs=ids))
    jobs = [context.registry.job_by_id(id_) for id_ in ids]
    for job in jobs:
        folder_of(job.number, context).make(plan.source.prepared.bytes)
    return Begun(jobs=tuple(jobs), twins=tuple(twins.values()))


def _started(plan: Plan, point: Point, notebook: Digest, limits: Limits, out: str) -> JobStarted:
    source = plan.source
    version, definition = source.version, source.definition
    return JobStarted(
        name=source.name,
        notebook=notebook,
        last=source.prepared.last,
        skip=source.prepared.skip,
        model=version.model if version is not None else None,
        version=VersionKey(number=version.number, id=version.id) if version is not None else None,
        definition=definition.id if definition is not None else None,
        params=as_json(point.params),
        secrets=point.secrets,
        datasets=point.datasets,
        key=point.key,
        limits=limits,
        again=source.again,
        purpose=plan.purpose,
        python=plan.python,
        source=source.path,
        folder=str(source.folder.absolute()),
        out=out,
    )


def end(job: Job, attempted: Attempted, context: Context) -> bool:
    """Record how a job ended, with its executed notebook; whether nobody had done so before."""
    folder, asked = folder_of(job.number, context), context.registry.job_asked(job.id)
    outcome = as_told(attempted.outcome, folder)
    notebook = _kept(folder.output(asked.source or asked.name), context)
    event = _ended(job, replace(attempted, outcome=outcome), asked, notebook)
    with context.write() as log:
        if context.registry.job_by_id(job.id).status != BEGUN:
            return False
        log.append(event)
    return True


def _ended(job: Job, attempted: Attempted, asked: JobStarted, notebook: Digest | None) -> JobEnded:
    outcome = attempted.outcome
    return JobEnded(
        job=job.id,
        number=job.number,
        model=asked.model,
        exit=outcome.exit,
        cells=outcome.cells,
        done=outcome.done,
        cell=outcome.cell,
        exception=outcome.exception,
        message=_clean(outcome.message),
        traceback=_clean(outcome.traceback),
        signal=outcome.signal,
        exit_code=outcome.exit_code,
        notebook=notebook,
        began=outcome.started,
        ended=outcome.ended,
        engine=outcome.engine,
        notes=json.dumps(list(outcome.notes)) if outcome.notes else "",
        peak_memory=outcome.peak_memory,
        retries=attempted.retries,
    )


def _clean(text: str) -> str:
    """A text without secrets."""
    from jupyter_mlc.verbs.masking import searching

    scrubber = searching() if text else None
    return scrubber.scrub(text, "")[0] if scrubber is not None else text


def _kept(path: Path, context: Context) -> Digest | None:
    """The executed notebook as a blob, without secrets that its cells may have shown; None where there is none."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    clean = _without_secrets(content)
    if clean != content:
        from jupyter_mlc.jobs import files

        with suppress(OSError):
            files.replace(path, clean)
    return context.artifacts.put_bytes(clean)


def _without_secrets(content: bytes) -> bytes:
    from jupyter_mlc.verbs.masking import searching

    scrubber = searching()
    if scrubber is None:
        return content
    try:
        notebook = json.loads(content)
    except ValueError:
        return content
    found: list[str] = []

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            text, kinds = scrubber.scrub(value, "")
            found.extend(kinds)
            return text
        if isinstance(value, list):
            return [clean(each) for each in value]
        if isinstance(value, dict):
            return {key: each if key.startswith("image/") else clean(each) for key, each in value.items()}
        return value

    for cell in notebook.get("cells", ()):
        for part in ("source", "outputs"):
            if part in cell:
                cell[part] = clean(cell[part])
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") if found else content


def settle(context: Context) -> list[Job]:
    """Record the end of jobs that nobody waits for any more: what lies beside the registry tells how they ended.

    Of reproductions among them the verdict is made up.
    """
    from jupyter_mlc.verbs.unjudged import judge_what_was_left

    settled = []
    for job in context.registry.open_jobs(_MOST_OPEN):
        folder = folder_of(job.number, context)
        if not folder.is_abandoned():
            continue
        found = folder.look()
        outcome = found if isinstance(found, Outcome) else None
        if found is None:
            outcome = not_begun(job.started, *(_CANCELLED if folder.cancel.exists() else _LOST))
        if outcome is not None and end(job, Attempted(outcome=outcome), context):
            settled.append(job)
    judge_what_was_left(context)
    return settled


def settle_quietly(context: Context) -> None:
    """The same, where it is only by the way: a registry that cannot be written now is written the next time."""
    with suppress(Conflict, Unavailable, MlcError):
        settle(context)
