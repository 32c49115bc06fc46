"""`reproduce`: a version's notebook once more, as it was, and whether the same comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import ModelVersion
from jupyter_mlc.domain.errors import BadInput, Unavailable, Untrusted
from jupyter_mlc.domain.events import VersionRegistered
from jupyter_mlc.domain.jobs import Limits
from jupyter_mlc.domain.reproductions import Evidence, Verdict
from jupyter_mlc.jobs import amounts
from jupyter_mlc.jobs.environments.choosing import Env
from jupyter_mlc.jobs.spec import Engine
from jupyter_mlc.verbs.base import Complete, Does, Field, Runs, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.reproduction_job import QUEUED, TOLERANCE, ReproduceReply, carried_out, told

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job
    from jupyter_mlc.jobs.environments.choosing import Chosen
    from jupyter_mlc.verbs.reproduced import Terms
    from jupyter_mlc.verbs.reproducing import Ready


@dataclass(frozen=True, kw_only=True)
class Reproduce(Writing):
    """Reproduce a version."""

    ref: Annotated[
        str,
        Field(
            description="the version, by number or alias; a bare name is its champion",
            positional=True,
            complete=Complete.VERSION,
        ),
    ]
    env: Annotated[
        Env | None,
        Field(
            description="lock rebuilds its environment, current uses this one; "
            "this one where it is the same, else the rebuilt one, unless named"
        ),
    ] = None
    tolerance: Annotated[
        float, Field(description="how far numbers may be apart, in relation to their size", metavar="SHARE")
    ] = TOLERANCE
    timeout: Annotated[str, Field(description="90s, 30m, 1h30m", metavar="TIME")] = ""
    memory: Annotated[str, Field(description="4GB, 512MB", metavar="SIZE")] = ""
    engine: Annotated[Engine, Field(description="in what kind of process the cells run")] = Engine.AUTO
    background: Annotated[bool, Field(description="do not wait: a process of its own sees to it")] = False
    trust: Annotated[bool, Field(description="run its notebook although no key of yours signed the version")] = False


@verb(does=Does.WRITE, runs=Runs.NOTEBOOK, example="reproduce churn:3")
def reproduce(ask: Reproduce, context: Context) -> ReproduceReply:
    """Execute a version's notebook once more as it was, and say whether the same comes of it.

    The notebook as it was captured is executed from its top through the cell that registered the version, with the
    parameters and the data of then, and makes no version. What would have been registered is set against the version:
    its bytes, data, parameters and metrics, every array inside the object, and what both predict for rows that it was
    trained on. The verdict is recorded: identical, equivalent (within the tolerance), diverged and where, or not
    reproducible and why.
    """
    from jupyter_mlc.verbs.reproducing import readied

    asked, limits = context.clock(), _limits(ask)
    version = context.registry.version(ask.ref)
    trusted = ask.trust or _vouched(version, context)
    if not trusted and not ask.dry_run:
        raise Untrusted(
            f"{version.ref} was signed by no key of yours, and reproducing it runs its notebook here",
            hint=f"read what it does, then: %mlc reproduce {version.ref} --trust",
        )
    ready = readied(version, ask.env, context)
    if ask.dry_run:
        return _rehearsed(version, ready, ask)
    reply = _impossible(version, ready, ask, context) or _done(version, ready, ask, limits, context)
    return replace(reply, elapsed=context.clock() - asked)


def _limits(ask: Reproduce) -> Limits:
    if not 0 <= ask.tolerance < 1:
        raise BadInput(f"--tolerance {ask.tolerance:g} is no share", hint="give a number from 0 to 1: --tolerance 1e-6")
    return Limits(
        engine=ask.engine.value,
        timeout=amounts.seconds("--timeout", ask.timeout),
        memory=amounts.size("--memory", ask.memory),
    )


def _vouched(version: ModelVersion, context: Context) -> bool:
    """Whether a key of one's own signed it."""
    from jupyter_mlc.verbs.opening import vouches
    from jupyter_mlc.verbs.shared import own_identity

    own, _ = own_identity(context)
    event = context.registry.event(version.id).event
    return isinstance(event, VersionRegistered) and vouches(own, version, event, context)


def _rehearsed(version: ModelVersion, ready: Ready, ask: Reproduce) -> ReproduceReply:
    prepared = ready.plan.source.prepared if ready.plan is not None else None
    return ReproduceReply(
        done=False,
        version=version.ref,
        environment=ready.choice.env.value if ready.choice is not None else "",
        packages=ready.choice.packages if ready.choice is not None else (),
        tolerance=ask.tolerance,
        artifact=version.artifact,
        notes=(*ready.notes, *(ready.choice.notes if ready.choice is not None else ())),
        obstacles=ready.obstacles,
        cells=len(prepared.sources) if prepared is not None else 0,
        skipped=len(prepared.skip) if prepared is not None else 0,
    )


def _impossible(version: ModelVersion, ready: Ready, ask: Reproduce, context: Context) -> ReproduceReply | None:
    """The verdict where nothing can be executed."""
    if not ready.obstacles:
        return None
    return _refused(version, ready.obstacles, ask, context)


def _refused(version: ModelVersion, why: Sequence[str], ask: Reproduce, context: Context) -> ReproduceReply:
    from jupyter_mlc.verbs.reproduced import record

    evidence = Evidence(
        version=version.ref,
        verdict=Verdict.NOT_REPRODUCIBLE,
        reason="; ".join(why),
        artifact=version.artifact,
        environment=ask.env.value if ask.env is not None else "",
        tolerance=ask.tolerance,
    )
    reply = told(evidence, None, record(version, None, evidence, context))
    return replace(reply, obstacles=tuple(why), next=_way_out(version, why))


def _way_out(version: ModelVersion, why: Sequence[str]) -> str:
    """Another environment can be had, lost data and edited cells cannot."""
    words = ("it was made with", "package ", "uv", "no lock", "its lock")
    return f"%mlc reproduce {version.ref} --env current" if all(one.startswith(words) for one in why) else ""


def _done(version: ModelVersion, ready: Ready, ask: Reproduce, limits: Limits, context: Context) -> ReproduceReply:
    """Execute it, here or in the background."""
    from jupyter_mlc.verbs import job_records, reproduced

    if ready.plan is None:
        raise TypeError(version.ref)
    try:
        chosen = _environment(ready, ask, context)
    except Unavailable as error:
        return _refused(version, [error.message], ask, context)
    job_records.settle_quietly(context)
    plan = replace(ready.plan, python=chosen.python)
    (job,) = job_records.begin(plan, plan.points, limits, "", context).jobs
    terms = reproduced.Terms(
        environment=chosen.name,
        python=chosen.python,
        packages=chosen.packages,
        tolerance=ask.tolerance,
        trusted=True,
        notes=(*ready.notes, *chosen.notes),
    )
    reproduced.keep_terms(job, terms, context)
    cells, skipped = len(plan.source.prepared.sources), len(plan.source.prepared.skip)
    reply = _in_background(version, job, terms, context) if ask.background else carried_out(job, context)
    return replace(reply, cells=cells, skipped=skipped)


def _environment(ready: Ready, ask: Reproduce, context: Context) -> Chosen:
    from jupyter_mlc.jobs.environments.choosing import had
    from jupyter_mlc.store.home import cache_folder

    if ready.choice is None:
        raise TypeError(ready)
    place = cache_folder() / "environments"
    return had(ready.choice, ready.locked, place, context.progress, insists=ask.env is Env.LOCK)


def _in_background(version: ModelVersion, job: Job, terms: Terms, context: Context) -> ReproduceReply:
    from jupyter_mlc.verbs.job_background import hand_over
    from jupyter_mlc.verbs.job_batch import How

    hand_over([job], How(background=True), context)
    return ReproduceReply(
        version=version.ref,
        job=job.ref,
        exit=QUEUED,
        environment=terms.environment,
        packages=terms.packages,
        tolerance=terms.tolerance,
        artifact=version.artifact,
        notes=terms.notes,
        next=f"%mlc job show {job.number}",
    )
