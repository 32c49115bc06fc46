"""Around `job logs --follow`: what a job says is shown as it is said."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlc.verbs.job_logs import JobLogs, JobLogsReply

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk

_LOOK = 0.5


def followed(desk: Desk, reply: Any) -> JobLogsReply:
    """Show every line as soon as it is there; the reply is without those that were shown."""
    while True:
        if not isinstance(reply, JobLogsReply):
            raise TypeError(type(reply))
        for line in reply.lines:
            desk.say(line)
        if reply.has_ended:
            return replace(reply, lines=())
        time.sleep(_LOOK)
        reply = desk.call(JobLogs(job=reply.job, after=reply.total))
