"""`job add`: a notebook that can be executed by name."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from jupyter_mlc.domain.entities import Digest
from jupyter_mlc.domain.errors import BadInput, Conflict
from jupyter_mlc.domain.jobs import JobAdded, JobParameter
from jupyter_mlc.domain.names import check_name
from jupyter_mlc.verbs.base import Complete, Does, Field, Parse, Reply, Writing, verb
from jupyter_mlc.verbs.context import Context


@dataclass(frozen=True, kw_only=True)
class JobAdd(Writing):
    """Add a job."""

    path: Annotated[
        str, Field(description="the notebook's file", positional=True, metavar="NOTEBOOK", complete=Complete.PATH)
    ]
    name: Annotated[str, Field(description="what to call it; as its file unless named")] = ""
    notebook: Annotated[Digest, Field(description="the notebook that was read", parse=Parse.FILLED)] = ""
    source: Annotated[str, Field(description="where it was read", parse=Parse.FILLED)] = ""
    secrets: Annotated[tuple[str, ...], Field(description="what was replaced in it", parse=Parse.FILLED)] = ()


@dataclass(frozen=True, kw_only=True)
class JobAddReply(Reply):
    """The job, and the parameters that its notebook declares."""

    name: str
    revision: int
    """0 in a rehearsal"""
    parameters: tuple[JobParameter, ...]
    cells: int
    """of code"""
    tagged: bool
    """whether a cell is tagged parameters"""
    registers: bool
    """whether a cell registers a version"""

    def to_rows(self) -> list[dict[str, object]]:
        """One row a parameter."""
        return [asdict(each) for each in self.parameters]


@verb(does=Does.WRITE, name="job add", example="job add retrain_flights.ipynb")
def job_add(ask: JobAdd, context: Context) -> JobAddReply:
    """Keep a notebook as a job, so that `retrain NAME` executes it wherever the registry is.

    Its parameters are what the cell tagged `parameters` assigns, with types, defaults and comments. A notebook of the
    same name takes the place of the earlier one; jobs keep what they executed. A registered version is a job already.
    """
    from jupyter_mlc.jobs.preparing import registers, whole
    from jupyter_mlc.verbs.job_sources import content_of

    name = check_name(ask.name or Path(ask.path).name.partition(".")[0], "job")
    if not ask.notebook:
        raise BadInput(f"{ask.path} is a file, and files are read where they lie", hint="add it where it is")
    _refuse_taken(name, context)
    prepared = whole(content_of(ask.notebook, ask.path, context))
    revision = 0
    if not ask.dry_run:
        notebook = context.artifacts.put_bytes(prepared.bytes)
        told = json.dumps([asdict(each) for each in prepared.parameters], ensure_ascii=False)
        with context.write() as log:
            _refuse_taken(name, context)
            added = log.append(JobAdded(name=name, notebook=notebook, parameters=told, source=ask.source))
            revision = added.assigned["number"]
    return JobAddReply(
        done=not ask.dry_run,
        name=name,
        revision=revision,
        parameters=prepared.parameters,
        cells=len(prepared.sources),
        tagged=prepared.tagged,
        registers=any(registers(cell) for cell in prepared.content["cells"]),
        warnings=tuple(f"{one} was replaced by ***: put it into an environment variable" for one in ask.secrets),
        next=f"%mlc retrain {name}" if revision else "",
    )


def _refuse_taken(name: str, context: Context) -> None:
    if context.registry.model_row(name) is not None:
        raise Conflict(
            f"a model is called {name} already, and `retrain {name}` executes the notebook of its champion",
            hint=f"call the job otherwise: --name {name.rpartition('/')[2]}-job",
        )
