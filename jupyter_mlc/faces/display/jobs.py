"""How jobs look: a batch as one table, one job in full, lists, and what a job said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.faces.display.blocks import (
    Align,
    Block,
    Column,
    Fact,
    Kind,
    Line,
    Page,
    Para,
    Role,
    Span,
    Table,
    fact,
    facts,
    head,
    joined,
    line,
    para,
    prose,
    quiet,
    span,
    stage,
    table,
)
from jupyter_mlc.faces.display.figures import digest, duration, figure, scalar, size, when
from jupyter_mlc.faces.display.words import clean, counted, shorten

if TYPE_CHECKING:
    from jupyter_mlc.domain.jobs import Job, JobDefinition, JobEnded, JobParameter, Limits
    from jupyter_mlc.jobs.spec import Progress
    from jupyter_mlc.verbs.job_add import JobAddReply
    from jupyter_mlc.verbs.job_batch import RetrainReply
    from jupyter_mlc.verbs.job_cancel import JobCancelReply
    from jupyter_mlc.verbs.job_list import JobListReply
    from jupyter_mlc.verbs.job_logs import JobLogsReply
    from jupyter_mlc.verbs.job_show import JobShowReply
    from jupyter_mlc.verbs.sweeps import Trained

_MOST_METRICS = 6
_ROOM = 40
_GOOD = {"succeeded", "cached"}


def retrain_page(reply: RetrainReply) -> Page:
    """A batch: what came of it in a line, then a row a job, the best first."""
    if not reply.done:
        return _rehearsed(reply)
    ended = _ended(reply)
    first = head(reply.of, counted(len(reply.jobs), "job"), ended, duration(reply.elapsed))
    blocks: list[Block] = [first]
    if reply.skipped:
        others = f"{counted(reply.skipped, 'cell')} that register{'s' if reply.skipped == 1 else ''} other versions"
        blocks.append(para(f"{others} left out", role=Role.QUIET))
    blocks.append(_batch(reply))
    if reply.best and len(reply.jobs) > 1:
        blocks.append(Para(line=line("best: ", *_best(reply))))
    elif reply.promoted:
        blocks.append(para(f"{reply.best} promoted to {reply.promoted}"))
    return Page(blocks=tuple(blocks))


def _ended(reply: RetrainReply) -> str:
    """``2 succeeded, 1 cell failed``."""
    counts: dict[str, int] = {}
    for job in reply.jobs:
        counts[job.exit] = counts.get(job.exit, 0) + 1
    if len(reply.jobs) == 1:
        return reply.jobs[0].exit
    return ", ".join(f"{count} {exit_}" for exit_, count in counts.items())


def _best(reply: RetrainReply) -> Line:
    best = next(job for job in reply.jobs if job.version == reply.best)
    told: list[Line | Span | str] = [reply.best]
    if reply.metric and best.value is not None:
        told.append(line(f"{reply.metric} ", figure(best.value)))
    if reply.promoted:
        told.append(line("promoted to ", stage(reply.promoted)))
    return joined(told, ", ")


def _batch(reply: RetrainReply) -> Table:
    names = _metrics(reply)
    params = reply.varied or tuple(dict.fromkeys(name for job in reply.jobs for name in job.params))
    columns = [
        Column(name="job"),
        *(Column(name=name, align=Align.DECIMAL, rank=place + 1) for place, name in enumerate(params)),
        Column(name="ended"),
        Column(name="version", rank=1),
        *(Column(name=name, align=Align.DECIMAL, rank=2 * place + 1) for place, name in enumerate(names)),
        Column(name="took", align=Align.RIGHT, rank=8),
        Column(name="why", rank=2, least=12, wraps=True),
    ]
    return table(columns, [_row(job, params, names) for job in reply.jobs])


def _metrics(reply: RetrainReply) -> list[str]:
    """The metric that the batch is sorted by, then the others."""
    found = dict.fromkeys(name for job in reply.jobs for name in job.metrics)
    names = [name for name in found if name != reply.metric]
    return [*([reply.metric] if reply.metric in found else []), *names][:_MOST_METRICS]


def _row(job: Trained, params: Sequence[str], names: Sequence[str]) -> list[Line | Span | str]:
    metrics: list[Line | Span | str] = [figure(job.metrics[name]) if name in job.metrics else "" for name in names]
    took = duration(job.duration) if job.duration is not None else ""
    values: list[Line | Span | str] = [_value(job.params.get(name, "")) for name in params]
    return [job.job, *values, stage(job.exit), job.version, *metrics, took, quiet(job.reason)]


def _value(value: object) -> Span:
    whole = scalar(value) if isinstance(value, bool | int | float | str) or value is None else str(value)
    short = shorten(clean(whole), _ROOM)
    return span(short, title="" if short == whole else whole)


def _rehearsed(reply: RetrainReply) -> Page:
    cells = counted(reply.cells, "cell")
    first = head(reply.of, f"would be executed as {counted(len(reply.jobs), 'job')}", f"{cells} of code")
    if not reply.jobs:
        return Page(blocks=(first,))
    names = tuple(dict.fromkeys(name for job in reply.jobs for name in job.params))
    columns = [*(Column(name=name, align=Align.DECIMAL) for name in names), Column(name="from the record", rank=1)]
    rows: list[list[Line | Span | str]] = [
        [*(_value(job.params.get(name, "")) for name in names), job.job] for job in reply.jobs
    ]
    return Page(blocks=(first, table(columns, rows)) if names else (first,))


def job_page(reply: JobShowReply) -> Page:
    """One job in full, or a notebook that can be executed by name."""
    if reply.job is None:
        return _definition(reply.definition) if reply.definition else Page(blocks=(head("job", "nothing to show"),))
    job, ended, progress = reply.job, reply.ended, reply.progress
    took = duration(job.duration) if job.duration is not None else ""
    made = f"made {', '.join(job.versions)}" if job.versions else ""
    first = head(job.ref, line(f"of {job.name} ", stage(job.status)), took, made)
    known = facts(
        *(_running(progress, reply.elapsed) if progress is not None else ()),
        *(_why(ended) if ended is not None else ()),
        fact("parameters", _pairs(job.params)),
        fact("secrets", ", ".join(f"{name} from {variable}" for name, variable in (reply.secrets or {}).items())),
        fact("data", ", ".join(f"{name}: {data}" for name, data in (reply.data or {}).items())),
        fact("reproduces" if reply.purpose else "parent", job.parent or ""),
        fact("verdict", reply.verdict),
        fact("once more", reply.again),
        fact("batch", f"with {_few(reply.sweep)}" if reply.sweep else ""),
        fact("limits", _limits(reply.limits) if reply.limits else ""),
        fact("notes", *(prose(note) for note in reply.notes)),
        fact("notebook", reply.notebook, line("as it was executed: ", digest(job.output)) if job.output else ""),
        fact("from", reply.source),
        fact("in", reply.folder),
        fact("key", digest(job.key)),
        fact("asked", line(when(job.started), f" by {job.author} (self-asserted)")),
    )
    return Page(blocks=(first, known))


def _running(progress: Progress, elapsed: int | None) -> list[Fact]:
    done = f"{progress.done} of {counted(progress.cells, 'cell')}"
    share = progress.done / progress.cells if progress.cells else 0.0
    bar = Span(text=done, kind=Kind.BAR, figure=(share,))
    where = f"cell {progress.cell + 1}: {progress.source}" if progress.cell is not None else ""
    return [
        fact("done", line(bar, f" in {duration(elapsed)}" if elapsed is not None else "")),
        fact("now", where),
        fact("said last", progress.last_line),
        fact("engine", f"{progress.engine}, process {progress.supervisor} on {progress.host}"),
    ]


def _why(ended: JobEnded) -> list[Fact]:
    """How it ended, where that was not well; and what it took."""
    where = f"in cell {ended.cell + 1}" if ended.cell is not None else ""
    how = ended.signal or (f"exit code {ended.exit_code}" if ended.exit_code is not None else "")
    said = f"{ended.exception}: {ended.message}" if ended.exception and ended.message else ended.message
    retries = f"after {counted(ended.retries, 'retry')}" if ended.retries else ""
    memory = f"{size(ended.peak_memory)} at most" if ended.peak_memory else ""
    return [
        fact("why", joined([line(prose(said)) if said else "", where, how], ", ") if said or where else ""),
        fact("cells", joined([f"{ended.done} of {ended.cells} done", retries], ", ") if ended.cells else ""),
        fact("took", joined([f"engine {ended.engine}", memory], ", ") if ended.engine else ""),
    ]


def _pairs(params: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_value(value).text}" for name, value in params.items())


def _few(refs: Sequence[str]) -> str:
    shown = ", ".join(refs[:_MOST_METRICS])
    rest = len(refs) - _MOST_METRICS
    return f"{shown} and {rest} more" if rest > 0 else shown


def _limits(limits: Limits) -> str:
    found = [f"{limits.timeout:g} s" if limits.timeout else "", size(limits.memory) if limits.memory else ""]
    found.append(counted(limits.retries, "retry") if limits.retries else "")
    return ", ".join(one for one in found if one)


def _definition(found: JobDefinition) -> Page:
    later = f"revision {found.revision}" if found.revision > 1 else ""
    known = facts(
        fact("notebook", digest(found.notebook)),
        fact("from", found.source),
        fact("added", line(when(found.created), f" by {found.author} (self-asserted)")),
    )
    blocks: list[Block] = [head(found.name, "a notebook to execute", later), known]
    return Page(blocks=(*blocks, *_parameters(found.parameters)))


def _parameters(found: Sequence[JobParameter]) -> list[Block]:
    columns = (
        Column(name="parameter"),
        Column(name="type", rank=1),
        Column(name="default", rank=1, least=10),
        Column(name="meaning", rank=2, least=12, wraps=True),
    )
    rows = [[each.name, each.type, shorten(clean(each.default), _ROOM), each.help] for each in found]
    return [table(columns, rows)] if rows else []


def job_add_page(reply: JobAddReply) -> Page:
    """The notebook that was kept, and what it can be given."""
    later = f"revision {reply.revision}" if reply.revision > 1 else ""
    would = "" if reply.done else "would become a job"
    first = head(reply.name, would, f"{counted(reply.cells, 'cell')} of code", later)
    blocks: list[Block] = [first, *_parameters(reply.parameters)]
    if not reply.tagged:
        blocks.append(para("no cell is tagged parameters, so nothing can be given to it", role=Role.NOTE))
    if not reply.registers:
        blocks.append(para("no cell registers a version, so none comes of it", role=Role.NOTE))
    return Page(blocks=tuple(blocks))


def job_list_page(reply: JobListReply) -> Page:
    """The newest jobs, and the notebooks that can be executed by name."""
    if not reply.jobs and not reply.definitions:
        return Page(blocks=(head("jobs", "none"),))
    more = "the newest " if reply.more else ""
    blocks: list[Block] = [head("jobs", f"{more}{counted(len(reply.jobs), 'job')}")]
    if reply.jobs:
        blocks.append(_jobs(reply.jobs))
    if reply.definitions:
        columns = (Column(name="notebook"), Column(name="parameters", least=12), Column(name="from", rank=1, least=12))
        rows: list[list[Line | Span | str]] = [
            [each.name, ", ".join(one.name for one in each.parameters), _file(each.source)]
            for each in reply.definitions
        ]
        blocks.append(table(columns, rows))
    return Page(blocks=tuple(blocks))


def _file(path: str) -> Span:
    return span(Path(path).name, title=path)


def _jobs(jobs: Sequence[Job]) -> Table:
    columns = (
        Column(name="job"),
        Column(name="of"),
        Column(name="status"),
        Column(name="version", rank=1),
        Column(name="parameters", rank=3, least=12),
        Column(name="took", align=Align.RIGHT, rank=4),
        Column(name="asked", rank=2),
        Column(name="by", rank=5, least=8),
    )
    return table(columns, [_job(job) for job in jobs])


def _job(job: Job) -> list[Line | Span | str]:
    took = duration(job.duration) if job.duration is not None else ""
    made = ", ".join(job.versions)
    return [job.ref, job.name, stage(job.status), made, _pairs(job.params), took, when(job.started), job.author]


def job_logs_page(reply: JobLogsReply) -> Page:
    """What the cells said, line by line."""
    said = [Para(line=line(Span(text=one, kind=Kind.SOURCE))) for one in reply.lines]
    if not said and reply.total == 0:
        return Page(blocks=(head(reply.job, line(stage(reply.status)), "nothing was said yet"),))
    return Page(blocks=(head(reply.job, line(stage(reply.status))), *said))


def job_cancel_page(reply: JobCancelReply) -> Page:
    """Whether it has ended by now."""
    would = "" if reply.done else "would be cancelled"
    return Page(blocks=(head(reply.job, would or line(stage(reply.status))),))
