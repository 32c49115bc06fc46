"""What a supervisor says of an execution while it runs: to whoever waits, and into the status file."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlc.capture.process import here
from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.jobs import status
from jupyter_mlc.jobs.pace import Pace
from jupyter_mlc.jobs.plan import first_line
from jupyter_mlc.jobs.spec import Engine, Outcome, Progress
from jupyter_mlc.jobs.status import Told, Traces

if TYPE_CHECKING:
    from jupyter_mlc.jobs.client import Client

_EVERY, _AT_LEAST = 0.2, 2.0
"""seconds between two reports where something happened, and where nothing did"""
_LONGEST = 200
"""characters of a line"""


@dataclass(kw_only=True)
class Report:
    """Keeps others informed.

    Parameters
    ----------
    path : Path
        The status file.
    traces : Traces
        What it leaves behind if it is killed.
    engine : Engine
        The one that is used.
    clock : callable
        Gives the time.
    hide : callable
        Takes what nobody may know out of a text.
    told : callable
        Handed every report.
    """

    path: Path
    traces: Traces
    engine: Engine
    clock: Callable[[], Micros]
    hide: Callable[[str], str]
    told: Callable[[Progress], None]
    client: Client | None = None
    started: Micros = field(init=False)
    _last: Progress | None = field(default=None, init=False)
    _line: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()
        self._myself = here()
        self._soon = Pace(self._tell, every=_EVERY)

    def hear(self, text: str) -> None:
        """Something was printed."""
        lines = [line for line in text.replace("\r", "\n").splitlines() if line.strip()]
        self._line = lines[-1][:_LONGEST] if lines else self._line

    def tick(self) -> None:
        """Called often: say what there is to say."""
        now = self._now()
        last = self._last
        if last is None or _moved(last, now) or now.seen - last.seen > _AT_LEAST * 1_000_000:
            self._soon.ask()
        self._soon.tick()

    def begin(self) -> None:
        """Say that it begins; an `OSError` where that cannot be written."""
        self._last = self._now()
        status.tell(self.path, Told(traces=self.traces, progress=self._last))

    def end(self, outcome: Outcome) -> None:
        """Say how it ended."""
        status.tell(self.path, Told(traces=self.traces, outcome=outcome))

    def _tell(self) -> None:
        self._last = self._now()
        self.told(self._last)
        with suppress(OSError):  # a full disk; whoever waits has heard it
            status.tell(self.path, Told(traces=self.traces, progress=self._last))

    def _now(self) -> Progress:
        client = self.client
        running = client.running if client else None
        source = client.nb.cells[running].source if client and running is not None else ""
        return Progress(
            cells=client.plan.cells if client else 0,
            done=client.done if client else 0,
            cell=running,
            source=self.hide(first_line(source))[:_LONGEST],
            last_line=self.hide(self._line),
            started=self.started,
            seen=self.clock(),
            supervisor=os.getpid(),
            supervisor_started=self._myself,
            host=platform.node(),
            engine=self.engine,
        )


def _moved(last: Progress, now: Progress) -> bool:
    still = {"seen": 0}
    return bool(asdict(last) | still != asdict(now) | still)
