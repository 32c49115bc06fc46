"""Why an execution is over, before it becomes an outcome."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass, replace

from jupyter_mlc.jobs.spec import Exit

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SIGNS = {
    Exit.TIMED_OUT: "TimedOut",
    Exit.CANCELLED: "Cancelled",
    Exit.OUT_OF_MEMORY: "OutOfMemory",
    Exit.PROCESS_DIED: "ProcessDied",
    Exit.LOST: "Lost",
}
"""what stands where the class of an exception would"""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How the cells ended."""

    exit: Exit = Exit.SUCCEEDED
    cell: int | None = None
    exception: str = ""
    message: str = ""
    traceback: str = ""
    signal: str = ""
    exit_code: int | None = None
    notes: tuple[str, ...] = ()


def failed(cell: int, reply: dict[str, object]) -> Ending:
    """A cell raised; `reply` is the content of the kernel's answer."""
    name, value = str(reply.get("ename", "")), str(reply.get("evalue", ""))
    lines = reply.get("traceback")
    traceback = plain("\n".join(map(str, lines))) if isinstance(lines, list) else ""
    if name == "SystemExit" and value in {"", "0", "None"}:
        return left(cell)
    return Ending(exit=Exit.CELL_FAILED, cell=cell, exception=name, message=value, traceback=traceback)


def left(cell: int) -> Ending:
    """A cell ended the notebook, and meant it well."""
    return Ending(cell=cell, notes=("a cell ended the notebook before its last one",))


def died(cell: int | None, code: int | None, *, for_memory: bool) -> Ending:
    """The process is gone; `code` is its exit code, or minus the signal that ended it."""
    name = ""
    how = "ended in a way that cannot be told"
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        how = f"was ended by {name}"
    elif code is not None:
        how = f"ended with exit code {code}"
    what = "between two cells" if cell is None else "while a cell ran"
    message = f"the process {how} {what}"
    if for_memory:
        message += ": the operating system had no memory left for it"
    exit_ = Exit.OUT_OF_MEMORY if for_memory else Exit.PROCESS_DIED
    ending = stopped(exit_, message, cell)
    return replace(ending, signal=name, exit_code=None if code is None or code < 0 else code)


def stopped(exit_: Exit, message: str, cell: int | None) -> Ending:
    """It was ended from outside."""
    return Ending(exit=exit_, cell=cell, exception=_SIGNS[exit_], message=message)


def plain(text: str) -> str:
    """The text without colours."""
    return _COLOURS.sub("", text)
