"""A worker's words: what it says, and that it says once what goes on for long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jupyter_mlc.domain.errors import BadInput, Unavailable
from jupyter_mlc.faces.live import working
from jupyter_mlc.faces.live.working import _Shift, worked
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.tick import Tick, TickReply
from tests.faces.schedule_samples import BERLIN, HOUR, NOON, held, succeeded, taken


class Desk:
    """Answers as a list says."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []
        self.said: list[str] = []
        self.warned: list[str] = []
        self.say = self.said.append
        self.warn = self.warned.append

    def call(self, ask: Any) -> Reply:
        self.asked.append(ask)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def shift(*answers: Reply | Exception) -> tuple[Desk, TickReply]:
    desk: Any = Desk(*answers)
    made = _Shift(desk)
    for _ in answers:
        made.look()
    return desk, made.last()


NOTHING = TickReply(schedules=1, due=NOON, of="fit", timezone=BERLIN)


def test_what_is_wrong_is_said_once_until_it_is_right_again() -> None:
    broken = Unavailable("the database does not answer", hint="see %mlc admin doctor")
    desk, _ = shift(NOTHING, broken, broken, NOTHING, broken)
    assert desk.warned == ["the database does not answer\nsee jupyter mlc admin doctor"] * 2
    assert desk.said == ["1 schedule, next due: fit, 2026-06-30 14:00 Europe/Berlin"]


def test_a_due_time_that_waits_is_told_once_however_many_come_meanwhile() -> None:
    waiting = replace(NOTHING, held=(held,))
    later = replace(NOTHING, held=(replace(held, due=NOON + HOUR),))
    desk, _ = shift(NOTHING, waiting, later, NOTHING, waiting)
    told = "schedule/2 fit: due 2026-06-30 14:00 Europe/Berlin, waits for job/12"
    assert desk.said[1:] == [told, told]


def test_jobs_are_watched_until_they_have_ended_and_the_others_are_named_in_the_end() -> None:
    desk, last = shift(replace(NOTHING, taken=(taken,)), replace(NOTHING, ended=(succeeded,)), NOTHING)
    assert desk.asked == [Tick(), Tick(watched=(17, 18)), Tick(watched=(18,))]
    assert desk.said[-1] == "job/17 of late-flights succeeded: late-flights:4"
    assert last.going_on == (18,)


def test_in_a_notebook_a_worker_would_hold_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "shell", object)
    desk: Any = Desk()
    with pytest.raises(BadInput) as refused:
        worked(desk, {})
    assert refused.value.text == (
        "a worker runs until it is ended, and holds up the notebook for so long\n"
        "start it in a terminal: jupyter mlc worker; or look once: %mlc worker --once"
    )
