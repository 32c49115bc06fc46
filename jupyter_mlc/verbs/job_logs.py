"""`job logs`: what the cells of a job printed and showed, while it runs or afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.domain.jobs import BEGUN, Job
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Reading, Reply, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_names import number_of
from jupyter_mlc.verbs.paged import paged


@dataclass(frozen=True, kw_only=True)
class JobLogs(Reading):
    """Read what a job said."""

    job: Annotated[str, Field(description="the job: 17 or job/17", positional=True, complete=Complete.JOB)]
    follow: Annotated[bool, Field(description="go on until it has ended")] = False
    after: Annotated[int, Field(description="lines that were read already", parse=Parse.FILLED)] = 0
    notebook: Annotated[bool, Field(description="the executed notebook too, as it is now", parse=Parse.FILLED)] = False


@dataclass(frozen=True, kw_only=True)
class JobCell:
    """A cell of code as it was executed."""

    place: int
    """in the executed notebook, counted from 1"""
    title: str
    """its first line"""
    status: str
    """pending, running, completed or failed, as papermill has it; empty: it is not executed"""
    seconds: float | None = None
    """that it took"""


@dataclass(frozen=True, kw_only=True)
class JobLogsReply(Reply):
    """What was printed and shown, as text."""

    job: str
    status: str
    lines: tuple[str, ...]
    total: int
    """lines so far, those that were read already among them"""
    has_ended: bool
    cells: tuple[JobCell, ...] = ()
    """of code, as they were saved last"""
    content: str = ""
    """the executed notebook as JSON, where it was asked for"""

    def shows(self) -> tuple[str, ...]:
        return paged(self.job)

    def to_rows(self) -> list[dict[str, object]]:
        """One row a line."""
        return [{"line": line} for line in self.lines]


@verb(does=Does.READ, name="job logs", example="job logs 17")
def job_logs(ask: JobLogs, context: Context) -> JobLogsReply:
    """Read what the cells of a job printed and showed, as text; `--follow` goes on until it has ended."""
    from jupyter_mlc.verbs.job_standing import as_they_stand

    (standing,) = as_they_stand([context.registry.job(number_of(ask.job))], context)
    job = standing.job
    notebook = _notebook(job, context)
    lines = _lines(notebook)
    return JobLogsReply(
        job=job.ref,
        status=job.status,
        lines=tuple(lines[ask.after :]),
        total=len(lines),
        has_ended=job.status not in {BEGUN, "queued", "running"},
        cells=tuple(_cells(notebook)),
        content=json.dumps(notebook, ensure_ascii=False) if ask.notebook and notebook else "",
    )


def _notebook(job: Job, context: Context) -> dict[str, Any]:
    """The executed notebook: as it is now, or as it was kept."""
    from jupyter_mlc.verbs.job_records import folder_of

    executed = folder_of(job.number, context).executed()
    if executed is not None:
        try:
            found: dict[str, Any] = json.loads(executed.read_bytes())
        except (OSError, ValueError):
            found = {}
        if found:
            return found
    if job.output is None:
        return {}
    if not context.artifacts.has(job.output):
        raise Conflict(f"the executed notebook of {job.ref} is not here any more", hint=f"%mlc job rerun {job.number}")
    context.artifacts.ensure(job.output)
    kept: dict[str, Any] = json.loads(context.artifacts.read(job.output))
    return kept


def _cells(notebook: dict[str, Any]) -> Iterator[JobCell]:
    for place, cell in enumerate(notebook.get("cells", ()), 1):
        source = _joined(cell.get("source", ""))
        if cell.get("cell_type") == "code" and source.strip():
            told = cell.get("metadata", {}).get("papermill", {})
            status, seconds = str(told.get("status") or ""), told.get("duration")
            yield JobCell(place=place, title=_first(source), status=status, seconds=seconds)


def _lines(notebook: dict[str, Any]) -> list[str]:
    """The cells that were executed, each with its first line and what it said."""
    found: list[str] = []
    for place, cell in enumerate(notebook.get("cells", ()), 1):
        said = [line for output in cell.get("outputs", ()) for line in _text(output).splitlines()]
        if said:
            found += [f"[{place}] {_first(_joined(cell.get('source', '')))}", *(f"    {line}" for line in said)]
    return found


def _text(output: dict[str, Any]) -> str:
    if output.get("output_type") == "error":
        return "\n".join(output.get("traceback", ())) or f"{output.get('ename')}: {output.get('evalue')}"
    if output.get("output_type") == "stream":
        return _joined(output.get("text", ""))
    data = output.get("data", {})
    return _joined(data.get("text/plain", "")) if isinstance(data, dict) else ""


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


def _first(source: str) -> str:
    return next((line.strip() for line in source.splitlines() if line.strip()), "")
