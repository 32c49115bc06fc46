"""Around `worker`: it looks again and again, and says what it does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlc.domain.errors import BadInput, MlcError
from jupyter_mlc.faces.spelling import as_next_step, shell
from jupyter_mlc.store.home import as_typed
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.tick import HeldBack, Tick, TickReply
from jupyter_mlc.verbs.worker import Worker

if TYPE_CHECKING:
    from jupyter_mlc.faces.desk import Desk


def where_it_is_asked(_: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The values of `schedule add`, with the folder in which somebody works."""
    return values | {"folder": str(as_typed(".").absolute())}


def worked(desk: Desk, values: dict[str, Any]) -> Reply:
    """Look once, or every second until somebody ends it; the last reply, which names the jobs that go on.

    Raises
    ------
    BadInput
        In a notebook, which it would hold up for good.
    """
    from jupyter_mlc.jobs.clock import every_second

    ask = Worker(**values)
    if ask.once or ask.dry_run:
        return desk.call(ask)
    if shell() is not None:
        raise BadInput(
            "a worker runs until it is ended, and holds up the notebook for so long",
            hint="start it in a terminal: jupyter mlc worker; or look once: %mlc worker --once",
        )
    shift = _Shift(desk)
    every_second(shift.look)
    return shift.last()


class _Shift:
    """What a worker remembers between two looks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._running: dict[int, None] = {}
        self._reply: TickReply | None = None
        self._held: set[tuple[str, str, str]] = set()
        self._said = ""

    def look(self) -> None:
        """Begin what is due, and say what is new."""
        try:
            reply = self._ticked()
        except MlcError as error:
            self._complain(error.text)
            return
        self._said = ""
        for line in self._lines(reply):
            self._desk.say(line)
        self._reply = reply

    def last(self) -> TickReply:
        """What is known at the end."""
        return replace(self._reply or TickReply(), taken=(), held=(), ended=(), going_on=tuple(self._running))

    def _ticked(self) -> TickReply:
        reply = self._desk.call(Tick(watched=tuple(self._running)))
        if not isinstance(reply, TickReply):
            raise TypeError(type(reply))
        return reply

    def _lines(self, reply: TickReply) -> list[str]:
        from jupyter_mlc.faces.display.schedules import awaited, ended_line, held_line, taken_line

        said = [ended_line(each) for each in reply.ended] + [taken_line(each) for each in reply.taken]
        said += [held_line(each) for each in reply.held if _why(each) not in self._held]
        self._held = set(map(_why, reply.held))
        for each in reply.ended:
            self._running.pop(int(each.job.rpartition("/")[2]), None)
        for taken in reply.taken:
            self._running.update(dict.fromkeys(taken.jobs))
        if self._reply is None or reply.taken or reply.schedules != self._reply.schedules:
            said.append(awaited(reply))
        return said

    def _complain(self, text: str) -> None:
        """Say what is wrong once, and not each second."""
        if text != self._said:
            self._desk.warn(as_next_step(text))
            self._said = text


def _why(held: HeldBack) -> tuple[str, str, str]:
    """What a due time waits for: it is said once, however many due times come meanwhile."""
    return held.schedule, held.job, held.why
