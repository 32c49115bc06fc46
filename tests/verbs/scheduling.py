"""What the tests of schedules share: a desk with a notebook to execute, and jobs that are executed by a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.domain.jobs import Job
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.places import place_of
from jupyter_mlc.verbs.context import Context
from jupyter_mlc.verbs.job_add import JobAdd
from jupyter_mlc.verbs.job_batch import How
from jupyter_mlc.verbs.schedule_add import ScheduleAdd, ScheduleAddReply
from jupyter_mlc.verbs.schedule_list import ScheduleList, ScheduleListReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.tick import Tick, TickReply
from tests.conftest import Clock
from tests.jobs import stand_in
from tests.jobs.notebooks import code, notebook
from tests.verbs.conftest import Desk

SECOND = 1_000_000
PARAMETERS = code("C = 1.0  # how strict\ndata = ''\ntoken = None", tag="parameters")


class Office(Desk):
    """A desk with schedules."""

    clock: Clock

    def keep(self, *cells: Any, name: str = "fit") -> None:
        """Keep a notebook of these cells as a job."""
        from jupyter_mlc.capture.notebook.document import text

        digest = self.session.artifacts.put_bytes(text(notebook(*cells or (PARAMETERS, "said = C"))))
        self.call(JobAdd(path=f"{name}.ipynb", notebook=digest, source=str(Path.cwd() / f"{name}.ipynb")))

    def add(self, ref: str = "fit", every: str = "1h", **more: Any) -> ScheduleAddReply:
        reply = self.call(ScheduleAdd(ref=ref, every=every, **more))
        assert isinstance(reply, ScheduleAddReply)
        return reply

    def tick(self, **more: Any) -> TickReply:
        reply = self.call(Tick(**more))
        assert isinstance(reply, TickReply)
        return reply

    def listed(self) -> ScheduleListReply:
        reply = self.call(ScheduleList())
        assert isinstance(reply, ScheduleListReply)
        return reply

    def later(self, seconds: float) -> None:
        self.clock.now += round(seconds * SECOND)

    def events(self, kind: type) -> list[Any]:
        return [recorded.event for recorded in self.registry.events() if isinstance(recorded.event, kind)]


@contextmanager
def office(url: str, folder: Path, who: Identity, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office on a registry; what is begun in the background is executed at once by a stand-in."""
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("jupyter_mlc.verbs.job_background.hand_over", at_once)
    backing = LocalSession(place_of(url), lambda: who, clock, execute=stand_in.execute)
    assert backing.registry
    made = Office(session=backing, backing=backing)
    made.clock = clock
    yield made
    backing.close()


def at_once(jobs: Sequence[Job], how: How, context: Context) -> None:
    """In the place of a process that outlives whoever started it."""
    from jupyter_mlc.verbs.job_running import see_to

    see_to(jobs, context, **asdict(how.hands))


def left_alone(jobs: Sequence[Job], how: How, context: Context) -> None:
    """In the place of a process that has not come to them yet."""


Opened = Callable[[], Office]
