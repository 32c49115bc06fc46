"""Which of the tasks that take turns in a thread calls."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

_SHELLS = {"IPython", "ipykernel", "tornado"}


def own_task() -> asyncio.Task[Any] | None:
    """The task of the caller, where it is one that somebody started: cells are none, though kernels run some in one."""
    found = sys.modules.get("asyncio")  # where it was never imported there is no task
    if found is None:
        return None
    try:
        task: asyncio.Task[Any] | None = found.current_task()
    except RuntimeError:  # no loop runs in this thread
        return None
    return None if task is None or _is_the_shells(task) else task


def _is_the_shells(task: asyncio.Task[Any]) -> bool:
    frame = getattr(task.get_coro(), "cr_frame", None)
    module = str(frame.f_globals.get("__name__", "")) if frame is not None else ""
    return module.partition(".")[0] in _SHELLS
