"""A registration that is killed at any moment leaves every version whole."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from typing import NoReturn

import numpy as np
import pandas as pd
import pytest

from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.runs import Run
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.register import RegisterReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply


class Model:
    """A model that is another one each time."""

    def __init__(self, number: int) -> None:
        self.weights = np.full(1000, number)

    def predict(self, rows: object) -> object:
        return self.weights


Register = Callable[[Desk, int], int]


def alone(desk: Desk, number: int) -> int:
    """Register a model and nothing else; the number of its version."""
    return _registered(desk, number, no_load_check=True)


def with_data(desk: Desk, number: int) -> int:
    """Register a model with an open run and with rows of its own, which are stored."""
    Run(desk, "churn", params={"number": number}).log(auc=number, step=1)
    return _registered(desk, number, data=(_rows(number),), sample=_rows(number), no_load_check=True)


def tried(desk: Desk, number: int) -> int:
    """Register a model that predicts rows in a fresh process first."""
    return _registered(desk, number, sample=_rows(number))


def _rows(number: int) -> Named:
    return Named(name="rows", value=pd.DataFrame({"a": np.arange(1000) + number}))


def _registered(desk: Desk, number: int, **values: object) -> int:
    values |= {"name": "churn", "object": Named(name="model", value=Model(number)), "metric": {"n": number}}
    reply = desk.carry_out(Call(verb=VERBS["register"], values=values))
    assert isinstance(reply, RegisterReply)
    return int(reply.version.partition(":")[2])


def register_for_ever(url: str, register: Register, number: int, told: int) -> NoReturn:
    """What the child does until it is killed: say each number that it was answered; it never comes back to pytest."""
    try:
        desk = Desk(url)
        while True:
            number += 1
            os.write(told, b"%d\n" % register(desk, number))
    finally:
        os._exit(1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("register", "longest", "kills"),
    [
        pytest.param(alone, 0.05, 200, id="alone"),
        pytest.param(with_data, 0.3, 60, id="with data"),
        pytest.param(tried, 3.0, 10, id="tried"),
    ],
)
def test_killing_a_registration_at_any_moment_loses_no_number_and_no_byte(
    registry_url: str, register: Register, longest: float, kills: int
) -> None:
    """Killed within so many seconds, in which several are registered."""
    dice, answered = random.Random(20_130_601), []
    desk = Desk(registry_url)
    answered.append(register(desk, 0))
    desk.close()
    for kill in range(kills):
        answered += killed(registry_url, register, (kill + 1) * 1000, after=dice.uniform(0, longest))
        if kill % 50 == 49 or kill == kills - 1:
            check(registry_url, answered)


def killed(url: str, register: Register, number: int, after: float) -> list[int]:
    """The numbers that a child was answered until it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        register_for_ever(url, register, number, writing)
    os.close(writing)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    with os.fdopen(reading, "rb") as told:
        return [int(line) for line in told]


def check(url: str, answered: list[int]) -> None:
    """Everything that was answered is recorded, whole, and can be loaded."""
    desk = Desk(url)
    verified = desk.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert verified.findings == ()
    listed = desk.call(List(what="churn", limit=100_000))
    assert isinstance(listed, ListReply)
    numbers = [version.number for version in listed.versions]
    assert numbers == list(range(len(numbers), 0, -1))
    assert len(set(answered)) == len(answered)
    assert set(answered) <= set(numbers)
    for version in listed.versions:
        loaded = desk.carry_out(Call(verb=VERBS["load"], values={"ref": version.ref}))
        assert isinstance(loaded, Model)
        assert loaded.weights[0] == version.metrics[0].value
    desk.close()
