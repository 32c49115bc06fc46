"""A notebook that turns out to need a kernel while it runs without one begins once more in a kernel."""

from __future__ import annotations

import pytest

from jupyter_mlc.jobs.execute import execute
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk

WIDGETS = """
import importlib

def slider():
    return importlib.import_module("ipy" + "widgets").IntSlider(value=3)

def talk():
    return importlib.import_module("ipy" + "kernel.comm").Comm("mine", data={"a": 1})
"""
COUNT = "with open('runs', 'a') as file: file.write('x')"
SAID = "ran in a kernel: cell 3 opened a comm, as widgets do; what had run until then ran twice"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    (desk.folder / "helping.py").write_text(WIDGETS)
    return desk


@pytest.mark.slow
@pytest.mark.parametrize("talks", ["slider", "talk"])
def test_a_comm_that_a_module_opens_makes_it_begin_again_in_a_kernel(desk: Desk, talks: str) -> None:
    work = desk.work(COUNT, "import helping", f"helping.{talks}(); print('talks')", "print('last')", engine=Engine.AUTO)
    outcome = execute(work)
    assert (outcome.exit, outcome.engine, outcome.done) == (Exit.SUCCEEDED, Engine.KERNEL, 4)
    assert outcome.notes == (SAID,)
    assert (desk.folder / "runs").read_text() == "xx"
    assert desk.texts() == ["", "", "talks\n", "last\n"]


@pytest.mark.slow
def test_it_does_not_wait_for_the_end_of_the_cell(desk: Desk) -> None:
    wait = "helping.slider(); import os, time; time.sleep(0 if os.path.exists('second') else 600)"
    mark = "import os; os.path.exists('runs') and open('second', 'w').close(); open('runs', 'w').close()"
    outcome = execute(desk.work(mark, "import helping", wait, engine=Engine.AUTO))
    assert (outcome.exit, outcome.engine, outcome.notes) == (Exit.SUCCEEDED, Engine.KERNEL, (SAID,))


def test_who_asks_for_no_kernel_gets_none(desk: Desk) -> None:
    outcome = execute(desk.work(COUNT, "import helping", "helping.slider()", engine=Engine.DIRECT))
    assert (outcome.exit, outcome.engine, outcome.notes) == (Exit.SUCCEEDED, Engine.DIRECT, ())
    assert (desk.folder / "runs").read_text() == "x"


def test_what_has_registered_is_not_begun_again(desk: Desk) -> None:
    register = "class mlc: register = print\nmlc.register('churn')"
    outcome = execute(desk.work(COUNT, register, "import helping; helping.slider()", engine=Engine.AUTO))
    assert (outcome.exit, outcome.engine) == (Exit.SUCCEEDED, Engine.DIRECT)
    assert outcome.notes == ("cell 3 opened a comm, which nobody answered; to answer it: --engine kernel",)
    assert (desk.folder / "runs").read_text() == "x"


@pytest.mark.slow
def test_a_cell_that_fails_after_it_opened_a_comm_has_its_try_in_a_kernel(desk: Desk) -> None:
    fail = "helping.slider(); 1 / 0"
    outcome = execute(desk.work(COUNT, "import helping", fail, engine=Engine.AUTO))
    assert (outcome.exit, outcome.engine, outcome.exception) == (Exit.CELL_FAILED, Engine.KERNEL, "ZeroDivisionError")


@pytest.mark.slow
def test_the_time_of_both_is_that_of_one(desk: Desk) -> None:
    wait = "import time; time.sleep(2)"
    slow = desk.work(wait, "import helping", "helping.slider(); time.sleep(600)", engine=Engine.AUTO, timeout=6.0)
    outcome = execute(slow)
    assert (outcome.exit, outcome.engine) == (Exit.TIMED_OUT, Engine.KERNEL)
