"""`retrain`: a notebook executed again, with other data and parameters, as jobs that are recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.schedules import Due
from jupyter_mlc.jobs.outputs import check_out
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Runs, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_asking import Execution, how_of, limits_of
from jupyter_mlc.verbs.job_batch import Batch, RetrainReply, carried_out
from jupyter_mlc.verbs.sweeps import CACHED, Trained

if TYPE_CHECKING:
    from jupyter_mlc.verbs.job_plans import Plan


@dataclass(frozen=True, kw_only=True)
class Retrain(Execution):
    """Execute a notebook again."""

    parameters: Annotated[
        str, Field(description="a YAML file with values for parameters", metavar="FILE", complete=Complete.PATH)
    ] = ""
    background: Annotated[bool, Field(description="do not wait: a process of its own sees to it")] = False
    force: Annotated[bool, Field(description="do it even where the record has the answer")] = False
    out: Annotated[
        str,
        Field(description="a folder for copies of the executed notebooks, or a file", complete=Complete.PATH),
    ] = ""
    notebook: Annotated[Digest, Field(description="the notebook that was read", parse=Parse.FILLED)] = ""
    source: Annotated[str, Field(description="where it was read", parse=Parse.FILLED)] = ""
    secrets: Annotated[tuple[str, ...], Field(description="what was replaced in it", parse=Parse.FILLED)] = ()
    due: Annotated[Due | None, Field(description="of a schedule, for which it is", parse=Parse.FILLED)] = None


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
    code, parameters, data, packages and local modules are those of one that succeeded is answered from the record; one
    that another process does just now is waited for.
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
    if not waiting and not ask.due:
        return carried_out(batch, (), context)
    begun = job_records.begin(plan, waiting, limits, out, context, due=ask.due, joining=not ask.force)
    return carried_out(replace(batch, twins=begun.twins), begun.jobs, context)


def _batch(ask: Retrain, plan: Plan, asked: int) -> Batch:
    prepared = plan.source.prepared
    replaced = (f"{one} was replaced by ***: put it into an environment variable" for one in ask.secrets)
    return Batch(
        of=plan.source.name,
        how=how_of(ask, background=ask.background),
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
        parameters=plan.source.prepared.parameters,
    )
