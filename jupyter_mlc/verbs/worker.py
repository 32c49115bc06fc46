"""`worker`: begin what schedules have due, for as long as the process runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from jupyter_mlc.verbs.base import Does, Field, Runs, Where, Writing, verb
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.tick import Tick, TickReply


@dataclass(frozen=True, kw_only=True)
class Worker(Writing):
    """Begin what is due."""

    once: Annotated[bool, Field(description="look once and end, for a timer of your own")] = False


@verb(does=Does.WRITE, runs=Runs.NOTEBOOK, where=Where.CLIENT, example="worker")
def worker(ask: Worker, context: Context) -> TickReply:
    """Begin what schedules have due, until Ctrl-C or SIGTERM: a process for a terminal, a service or a container.

    Any number of workers may look after one registry; each due time is taken up by one of them. Jobs run in processes
    of their own: they go on when the worker ends, which names them.
    """
    reply = context.call(Tick(dry_run=ask.dry_run))
    if not isinstance(reply, TickReply):
        raise TypeError(type(reply))
    return reply
