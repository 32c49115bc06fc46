"""`retrain`: a notebook executed again, with other data and parameters, as jobs that are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.jobs import Limits
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.jobs import amounts
from jupyter_mlc.jobs.batches import Backend
from jupyter_mlc.jobs.outputs import check_out
from jupyter_mlc.jobs.spec import Engine
from jupyter_mlc.verbs.base import Complete, Context, Does, Field, Parse, Runs, Writing, verb
from jupyter_mlc.verbs.job_batch import Batch, How, RetrainReply, carried_out
from jupyter_mlc.verbs.sweeps import CACHED, Trained

if TYPE_CHECKING:
    from jupyter_mlc.verbs.job_plans import Plan

_MOST_RETRIES = 20


@dataclass(frozen=True, kw_only=True)
class Retrain(Writing):
    """Execute a notebook again."""

    ref: Annotated[
        str,
        Field(
            description="a version, a model, a job that was added, or the path of a notebook",
            positional=True,
            complete=Complete.NOTEBOOK,
        ),
    ]
    param: Annotated[
        Mapping[str, object],
        Field(
            description="a value for a parameter of the notebook: a literal, text, the name of a dataset, env:VARIABLE",
            short="p",
            parse=Parse.VALUES,
        ),
    ] = field(default_factory=dict)
    grid: Annotated[
        Mapping[str, object],
        Field(description='values to try, a job each: "C=[0.1, 0.3, 1]", "seed=range(3)"', parse=Parse.VALUES),
    ] = field(default_factory=dict)
    parameters: Annotated[
        str, Field(description="a YAML file with values for parameters", metavar="FILE", complete=Complete.PATH)
    ] = ""
    jobs: Annotated[int, Field(description="how many at a time")] = 1
    backend: Annotated[Backend, Field(description="what hands them out")] = Backend.LOKY
    timeout: Annotated[str, Field(description="for each job: 90s, 30m, 1h30m", metavar="TIME")] = ""
    memory: Annotated[str, Field(description="for each job: 4GB, 512MB", metavar="SIZE")] = ""
    retries: Annotated[int, Field(description="tries after one that failed and may work the next time")] = 0
    engine: Annotated[Engine, Field(description="in what kind of process the cells run")] = Engine.AUTO
    background: Annotated[bool, Field(description="do not wait: a process of its own sees to it")] = False
    force: Annotated[bool, Field(description="do it even where the record has the answer")] = False
    out: Annotated[
        str,
        Field(description="a folder for copies of the executed notebooks, or a file", complete=Complete.PATH),
    ] = ""
    metric: Annotated[
        str,
        Field(
            description='by which the jobs are sorted: auc, or "score asc"; the first that is reported unless named',
            complete=Complete.METRIC,
        ),
    ] = ""
    promote_best: Annotated[
        Stage | None, Field(description="promote the best version to this stage", complete=Complete.STAGE)
    ] = None
    notebook: Annotated[Digest, Field(description="the notebook that was read", parse=Parse.FILLED)] = ""
    source: Annotated[str, Field(description="where it was read", parse=Parse.FILLED)] = ""
    folder: Annotated[str, Field(description="where whoever asks works", parse=Parse.FILLED)] = ""
    secrets: Annotated[tuple[str, ...], Field(description="what was replaced in it", parse=Parse.FILLED)] = ()


@verb(
    does=Does.WRITE,
    runs=Runs.NOTEBOOK,
    example='retrain churn -p data=flights-autumn --grid "C=[0.1, 0.3, 1]"',
)
def retrain(ask: Retrain, context: Context) -> RetrainReply:
    """Execute a version's notebook again, or any other, with other data and parameters; what it registers is recorded.

    Of a version's notebook everything from its top through the cell that registered the version is executed; cells that
    register other versions are left out. Parameters are those of the cell tagged `parameters`. Each job is recorded
    with what it was given and how it ended, and what `register` makes in it knows its job and its parent. A job whose
    code, parameters, data, packages and local modules are those of one that succeeded is answered from the record.
    """
    from jupyter_mlc.verbs import job_records
    from jupyter_mlc.verbs.job_plans import planned
    from jupyter_mlc.verbs.job_sources import source_of

    limits, asked = limits_of(ask), context.clock()
    source = source_of(ask.ref, ask.notebook, ask.source, ask.folder, context)
    plan = planned(source, ask.param, ask.grid, context, force=ask.force)
    waiting = [point for point in plan.points if point.done is None]
    out = check_out(ask.out, Path(ask.folder or "."), len(waiting))
    batch = _batch(ask, plan, asked)
    if ask.dry_run:
        return _rehearsed(batch, plan)
    if waiting:
        job_records.settle_quietly(context)
    jobs = job_records.begin(plan, waiting, limits, out, context) if waiting else []
    return carried_out(batch, jobs, context)


def _batch(ask: Retrain, plan: Plan, asked: int) -> Batch:
    prepared = plan.source.prepared
    replaced = (f"{one} was replaced by ***: put it into an environment variable" for one in ask.secrets)
    return Batch(
        of=plan.source.name,
        how=How(
            at_once=ask.jobs,
            backend=ask.backend,
            background=ask.background,
            metric=ask.metric,
            promote_best=ask.promote_best,
        ),
        asked=asked,
        varied=plan.varied,
        cells=len(prepared.sources),
        skipped=len(prepared.skip),
        warnings=(*replaced, *plan.notes),
        done=tuple(point.done for point in plan.points if point.done is not None),
    )


def _rehearsed(batch: Batch, plan: Plan) -> RetrainReply:
    """What each job would be given, and which are answered from the record."""
    rows = (
        Trained(
            job=each.done.ref if each.done else "", exit=CACHED if each.done else "", params=each.params, metrics={}
        )
        for each in plan.points
    )
    return RetrainReply(
        done=False,
        of=batch.of,
        jobs=tuple(rows),
        varied=batch.varied,
        cells=batch.cells,
        skipped=batch.skipped,
        warnings=batch.warnings,
    )


def limits_of(ask: Retrain) -> Limits:
    """What each job may take.

    Raises
    ------
    BadInput
        Where a number makes no sense.
    """
    if ask.jobs < 1:
        raise BadInput(f"--jobs {ask.jobs} lets nothing run", hint="give how many run at a time: --jobs 2")
    if not 0 <= ask.retries <= _MOST_RETRIES:
        raise BadInput(f"--retries {ask.retries} is no number of tries", hint=f"give 0 to {_MOST_RETRIES}")
    return Limits(
        engine=ask.engine.value,
        timeout=amounts.seconds("--timeout", ask.timeout),
        memory=amounts.size("--memory", ask.memory),
        retries=ask.retries,
    )
