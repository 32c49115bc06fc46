"""Environments built by uv for real, from the index."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs.environments.building import built, find_uv, ourselves
from jupyter_mlc.jobs.environments.choosing import Choice, Env, Locked, choose, had
from jupyter_mlc.jobs.environments.requirements import Requirements
from tests.verbs.bench import lock_here

HEAD = f"# Python {platform.python_version()} ({platform.python_implementation()})\n# platform a machine\n"


def untold(done: int, total: int, text: str) -> None:
    """Nobody looks."""


def test_uv_is_found_where_it_is_installed_as_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert Path(find_uv() or "").name == "uv"


def test_without_uv_it_is_told_how_to_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable) as refusal:
        built(Requirements(), {}, tmp_path, untold)
    assert refusal.value.text == (
        "the environment of a lock is built by uv, which is not here\ninstall it: %pip install uv"
    )


def test_we_are_a_wheel_with_all_that_we_need() -> None:
    import io
    import zipfile

    wheel = ourselves()
    assert wheel.file.startswith("jupyter_mlc-")
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        names = archive.namelist()
    assert {"jupyter_mlc/__init__.py", "jupyter_mlc/store/schema/0001.sql"} <= set(names)
    assert not any("__pycache__" in name for name in names)


def test_this_environment_is_taken_where_it_is_the_same() -> None:
    assert choose(None, Locked(text=lock_here())) == Choice(env=Env.CURRENT)


def test_another_one_is_built_where_it_can_be_and_else_this_one_is_taken_and_told() -> None:
    wanted = choose(None, Locked(text=HEAD + "six==1.16.0\n"))
    assert (wanted.env, wanted.wanted.lines, wanted.obstacles) == (Env.LOCK, ("six==1.16.0",), ())
    folder = choose(None, Locked(text=HEAD + "mine @ file:///home/ana/mine  # version 1\n"))
    assert (folder.env, folder.obstacles) == (Env.CURRENT, ())
    assert folder.notes == (
        "its own environment cannot be built here: package mine was installed from a folder that was not kept, "
        "/home/ana/mine",
    )
    assert ("mine", "1 from file:///home/ana/mine", "") in [(one.name, one.before, one.now) for one in folder.packages]
    assert choose(None, Locked()).notes == ("no lock of its environment was captured, so nobody knows what differs",)


@pytest.mark.slow
def test_an_environment_is_built_once_and_holds_what_the_lock_says_and_us(tmp_path: Path) -> None:
    steps: list[str] = []
    wanted = Requirements(lines=("six==1.16.0",))
    python = built(wanted, {}, tmp_path / "environments", lambda done, total, text: steps.append(text))
    assert steps[0] == "making an environment of 2 packages"
    assert steps[-1] == "the environment is there"
    told = subprocess.run(
        [str(python), "-c", "import ipykernel, jupyter_mlc, six; print(six.__version__, jupyter_mlc.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    ).stdout.split()
    assert told[0] == "1.16.0"
    assert Path(told[1]).is_relative_to(tmp_path / "environments")
    again: list[str] = []
    assert built(wanted, {}, tmp_path / "environments", lambda done, total, text: again.append(text)) == python
    assert again == []
    assert [path.name for path in (tmp_path / "environments").iterdir()] == [python.parent.parent.name]


@pytest.mark.slow
def test_a_broken_build_leaves_nothing_and_says_what_uv_said(tmp_path: Path) -> None:
    (tmp_path / ".partial-999999999-left").mkdir()
    choice = Choice(env=Env.LOCK, wanted=Requirements(lines=("six==99.99.99",)))
    with pytest.raises(Unavailable, match=r"uv cannot build the environment: .*six==99\.99\.99"):
        had(choice, Locked(text=HEAD), tmp_path, untold, insists=True)
    assert list(tmp_path.iterdir()) == []
    instead = had(choice, Locked(text=lock_here()), tmp_path, untold, insists=False)
    assert (instead.name, instead.python) == ("current", "")
    assert instead.notes[0].startswith("its own environment could not be built: uv cannot build the environment: ")
