"""A registration that is killed at any moment leaves every version whole."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.verify import Verify, VerifyReply

_KILLS = 200
_LONGEST = 0.05
"""seconds: several registrations long"""


class Model:
    """A model that is another one each time."""

    def __init__(self, number: int) -> None:
        self.weights = np.full(1000, number)

    def predict(self, rows: object) -> object:
        return self.weights


def register(desk: Desk, number: int) -> None:
    values: dict[str, object] = {"name": "churn", "object": Named(name="model", value=Model(number))}
    desk.carry_out(Call(verb=VERBS["register"], values=values | {"metric": {"n": number}, "no_load_check": True}))


def register_for_ever(folder: str, seed: int) -> NoReturn:
    """What the child does until it is killed; it never comes back to pytest."""
    try:
        desk = Desk(folder)
        while True:
            seed += 1
            register(desk, seed)
    finally:
        os._exit(1)


@pytest.mark.slow
def test_killing_a_registration_at_any_moment_loses_no_number_and_no_byte(tmp_path: Path) -> None:
    folder, dice = str(tmp_path / "registry"), random.Random(20_130_601)
    desk = Desk(folder)
    register(desk, 0)
    desk.close()
    for kill in range(_KILLS):
        child = os.fork()
        if child == 0:
            register_for_ever(folder, (kill + 1) * 1000)
        time.sleep(dice.uniform(0, _LONGEST))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        if kill % 50 == 49:
            check(folder)


def check(folder: str) -> None:
    """Everything that is recorded is whole, and every version can be loaded."""
    desk = Desk(folder)
    verified = desk.call(Verify())
    assert isinstance(verified, VerifyReply)
    assert verified.findings == ()
    listed = desk.call(List(what="churn", limit=100_000))
    assert isinstance(listed, ListReply)
    numbers = [version.number for version in listed.versions]
    assert numbers == list(range(len(numbers), 0, -1))
    for version in listed.versions:
        loaded = desk.carry_out(Call(verb=VERBS["load"], values={"ref": version.ref}))
        assert isinstance(loaded, Model)
        assert loaded.weights[0] == version.metrics[0].value
    desk.close()
