"""The file that tells every process of this machine how far an execution is, or how it ended."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from jupyter_mlc.capture.process import is_gone
from jupyter_mlc.domain.errors import Damaged, NotFound
from jupyter_mlc.jobs import files
from jupyter_mlc.jobs.processes import end_marked
from jupyter_mlc.jobs.spec import Exit, Outcome, Progress

GONE = "the process that supervised the notebook was killed; what the running cell did is not known"


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What an execution leaves behind when its supervisor is killed."""

    mark: str
    """in the environment of its processes"""
    output: str
    """the executed notebook"""
    runtime: str
    """the folder of its sockets"""


@dataclass(frozen=True, kw_only=True)
class Told:
    """The content of a status file: how far it is, or how it ended."""

    traces: Traces
    progress: Progress | None = None
    outcome: Outcome | None = None


def tell(path: Path, told: Told) -> None:
    """Write the status file."""
    files.replace(path, msgspec.json.encode(told))


def outcome_of(status: Path) -> Progress | Outcome:
    """Tell how far an execution is or how it ended, from any process.

    An execution whose supervisor is gone is lost: whatever of it still lives is ended, and the saved notebook and
    the status file are brought to say so.

    Parameters
    ----------
    status : Path
        As the execution's `Work` names it.

    Raises
    ------
    NotFound
        If nothing was ever told there.
    Damaged
        If something else lies there.
    """
    told = read(status)
    if told.outcome is not None:
        return told.outcome
    if told.progress is None:
        raise Damaged(f"{status} tells neither how far an execution is nor how it ended")
    if not is_gone(told.progress.supervisor_started):
        return told.progress
    return lose(status, told.traces, told.progress)


def lose(status: Path, traces: Traces, progress: Progress, why: str = GONE) -> Outcome:
    """Clear up after an execution whose supervisor is gone, and say that it is lost."""
    end_marked(traces.mark)
    shutil.rmtree(traces.runtime, ignore_errors=True)
    outcome = Outcome(
        exit=Exit.LOST,
        cells=progress.cells,
        done=progress.done,
        cell=progress.cell,
        exception="Lost",
        message=why,
        started=progress.started,
        ended=progress.seen,
        engine=progress.engine,
    )
    outcome = _mended(Path(traces.output), outcome)
    with suppress(OSError):  # the next look tries again
        tell(status, Told(traces=traces, outcome=outcome))
    return outcome


def _mended(output: Path, outcome: Outcome) -> Outcome:
    """Bring the saved notebook to agree, and the outcome to claim no more than was saved."""
    import nbformat

    from jupyter_mlc.jobs.truth import completed, settle

    try:
        notebook = nbformat.read(output, as_version=4)
    except (OSError, ValueError):
        return outcome
    outcome = replace(outcome, done=completed(notebook), cell=settle(notebook, outcome))
    with suppress(OSError):
        files.replace(output, nbformat.writes(notebook).encode("utf-8", "backslashreplace"))
    return outcome


def read(status: Path) -> Told:
    """What a status file says."""
    try:
        return msgspec.json.decode(status.read_bytes(), type=Told)
    except FileNotFoundError:
        raise NotFound(f"nothing was ever told in {status}", hint="its execution never began") from None
    except msgspec.MsgspecError as error:
        raise Damaged(f"{status} tells nothing of an execution: {error}") from None
