"""What is said about one execution: what is asked for, how far it is, and how it ended.

All of it is plain data that crosses processes, so that a batch may run anywhere and a job be watched from everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from jupyter_mlc.domain.entities import Micros


class Engine(StrEnum):
    """In what kind of process the cells run."""

    AUTO = "auto"
    """`direct` where the notebook and the machine allow it, else the next best; the outcome says which and why"""
    DIRECT = "direct"
    """in a process forked from a warm one, by IPython itself, without a kernel"""
    KERNEL = "kernel"
    """in a real kernel forked from a warm process"""
    COLD = "cold"
    """in a kernel started from nothing, in any language"""


class Exit(StrEnum):
    """Why an execution is over."""

    SUCCEEDED = "succeeded"
    CELL_FAILED = "cell failed"
    PROCESS_DIED = "process died"
    OUT_OF_MEMORY = "out of memory"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"
    LOST = "lost"
    """the supervisor itself was killed: found on the next look"""
    CACHED = "cached"
    """not executed: the same key was answered from the record"""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One execution: all that a supervisor needs, wherever it runs."""

    notebook: Path
    """what is executed; it is read once and never written"""
    output: Path
    """the executed notebook: complete at every moment, replaced and never rewritten"""
    status: Path
    """where Progress lies while it runs, and the Outcome afterwards, as JSON"""
    folder: Path
    """the working folder of the cells"""
    parameters: Mapping[str, object] = field(default_factory=dict)
    """JSON values, injected after the cell tagged `parameters`"""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """parameter -> environment variable of the supervisor: the value reaches the process, and no file"""
    environment: Mapping[str, str] = field(default_factory=dict)
    """what the process finds in `os.environ` besides what it inherits"""
    skip: frozenset[int] = frozenset()
    """cells, counted from 0 in `notebook`, that are kept but not executed"""
    last: int | None = None
    """the last cell that is executed, counted from 0 in `notebook`; None: all"""
    python: str = ""
    """the interpreter of another environment; empty: this one"""
    engine: Engine = Engine.AUTO
    yields: bool = False
    """whether it ends at the first comm that is opened, so that it can begin once more in a kernel"""
    timeout: float | None = None
    """seconds for the whole execution"""
    memory: int | None = None
    """bytes, of the process and all its children together"""
    notes: tuple[str, ...] = ()
    """what the outcome is to say besides"""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an execution is."""

    cells: int
    """code cells that are to be executed"""
    done: int
    cell: int | None
    """the running cell, counted from 0 in the notebook as it is saved; None between cells"""
    source: str = ""
    """its first line"""
    last_line: str = ""
    """the last line that was printed"""
    started: Micros
    seen: Micros
    """when this was written: a supervisor writes at least once every few seconds"""
    supervisor: int
    """its process id"""
    supervisor_started: str
    """what tells that process from a later one with the same id"""
    host: str
    engine: Engine


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an execution ended."""

    exit: Exit
    cells: int
    done: int
    cell: int | None = None
    """where it ended, counted from 0 in the notebook as it is saved"""
    exception: str = ""
    """its class's name"""
    message: str = ""
    traceback: str = ""
    """without colours"""
    signal: str = ""
    """`SIGKILL`, where the process was ended by one"""
    exit_code: int | None = None
    started: Micros
    ended: Micros
    engine: Engine
    """the one that was used"""
    notes: tuple[str, ...] = ()
    """why another engine was used than was asked for, and what is not captured"""
    peak_memory: int | None = None
    """bytes"""
