"""What is asked of executions, now or by a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.jobs import Limits
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.jobs import amounts
from jupyter_mlc.jobs.batches import Backend, refuse_what_is_not_there
from jupyter_mlc.jobs.spec import Engine
from jupyter_mlc.verbs.base import Complete, Field, Parse, Writing
from jupyter_mlc.verbs.job_batch import How

_MOST_RETRIES = 20


@dataclass(frozen=True, kw_only=True)
class Execution(Writing):
    """A notebook to execute, once or as a batch."""

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
    jobs: Annotated[int, Field(description="how many at a time")] = 1
    backend: Annotated[Backend, Field(description="what hands them out")] = Backend.LOKY
    cluster: Annotated[
        str,
        Field(description="where dask or ray is: tcp://host:8786, ray://host:10001; this machine unless named"),
    ] = ""
    gpus: Annotated[int, Field(description="for each job: it sees so many of its machine, and no other job does")] = 0
    timeout: Annotated[str, Field(description="for each job: 90s, 30m, 1h30m", metavar="TIME")] = ""
    memory: Annotated[str, Field(description="for each job: 4GB, 512MB", metavar="SIZE")] = ""
    retries: Annotated[int, Field(description="tries after one that failed and may work the next time")] = 0
    engine: Annotated[Engine, Field(description="in what kind of process the cells run")] = Engine.AUTO
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
    folder: Annotated[str, Field(description="where whoever asks works", parse=Parse.FILLED)] = ""


def limits_of(ask: Execution) -> Limits:
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


def how_of(ask: Execution, *, background: bool) -> How:
    """How its jobs are carried out.

    Raises
    ------
    BadInput
        Where that cannot be.
    """
    if ask.cluster and ask.backend is Backend.LOKY:
        raise BadInput(
            f"--cluster {ask.cluster}: loky hands out jobs on this machine alone",
            hint=f"name what answers there: --backend dask --cluster {ask.cluster}, or --backend ray",
        )
    if ask.gpus < 0:
        raise BadInput(f"--gpus {ask.gpus} is no number of GPUs", hint="give how many each job needs: --gpus 1")
    if ask.gpus and not ask.cluster:
        from jupyter_mlc.jobs.slots import refuse_too_many

        refuse_too_many(ask.gpus)
    how = How(
        at_once=ask.jobs,
        backend=ask.backend,
        cluster=ask.cluster,
        gpus=ask.gpus,
        background=background,
        metric=ask.metric,
        promote_best=ask.promote_best,
    )
    refuse_what_is_not_there(how.hands)
    return how
