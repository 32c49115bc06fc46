from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import pytest

from jupyter_mlc.capture.process import here, is_gone


def test_a_process_that_runs_is_not_gone() -> None:
    assert not is_gone(here())
    assert json.loads(here())["pid"] == os.getpid()


def test_a_process_that_ended_is_gone() -> None:
    code = "from jupyter_mlc.capture.process import here; print(here())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert is_gone(ended.stdout)


def test_another_process_with_the_same_number_is_another_process() -> None:
    assert is_gone(json.dumps(json.loads(here()) | {"began": "1"}))


def test_nobody_can_tell_of_another_machine_or_container() -> None:
    assert not is_gone(json.dumps(json.loads(here()) | {"host": "elsewhere", "began": "1"}))
    assert not is_gone(json.dumps(json.loads(here()) | {"space": "pid:[1]", "began": "1"}))


def test_the_process_of_somebody_else_is_alive() -> None:
    others = json.loads(here()) | {"pid": 1}
    with open("/proc/1/stat", encoding="utf-8") as stat:  # noqa: PTH123 (one line of one file)
        others["began"] = stat.read().rpartition(")")[2].split()[19]
    assert not is_gone(json.dumps(others))


@pytest.mark.parametrize("named", ["", "(erased)", "{}", "[]", json.dumps({"host": platform.node()})])
def test_of_a_process_that_is_not_named_nothing_is_known(named: str) -> None:
    assert not is_gone(named)
