"""Faults that a line of a notebook meets: told in words, nothing lost, and the line works once they are mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from jupyter_mlc.verbs.list_ import ListReply
from jupyter_mlc.verbs.register import RegisterReply
from tests.faces.told import LOAD, Told
from tests.faults import full_disk, read_only

Tell = Callable[[str], Told]
MODELS = "import os\nsmall, other, big = {'w': 1}, {'w': 2}, {'w': os.urandom(1 << 21)}"


@pytest.fixture
def tell(shell: InteractiveShell) -> Tell:
    """Run a cell where the extension is loaded and models are made."""
    for cell in (LOAD, MODELS):
        assert Told(shell, cell).error is None
    return lambda cell: Told(shell, cell)


def registered(tell: Tell, name: str) -> RegisterReply:
    told = tell(f"%mlc register churn {name} --no-load-check")
    assert isinstance(told.value, RegisterReply), told.trouble
    return told.value


def refused(tell: Tell, line: str) -> str:
    """What a line is answered, which is one error in words and no traceback."""
    told = tell(line)
    assert isinstance(told.error, UsageError)
    assert told.trouble == f"UsageError: {told.error}\n"
    return str(told.error)


def numbers(tell: Tell) -> list[int]:
    """The versions that are recorded, where everything is as it was recorded."""
    assert tell("%mlc verify").value.findings == ()
    listed = tell("%mlc list churn").value
    assert isinstance(listed, ListReply)
    return [version.number for version in listed.versions]


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_model_for_which_there_is_no_room_is_not_registered(tell: Tell, tmp_path: Path) -> None:
    with full_disk(tmp_path / "small") as reason:
        folder = tmp_path / "small" / "registry"
        tell(f"%mlc use {folder}")
        registered(tell, "small")
        before = blobs(folder)
        assert refused(tell, "%mlc register churn big --no-load-check") == (
            f"cannot store bytes in {folder}/blobs/sha256: {reason}\n"
            "free some space there and repeat the command; nothing was recorded"
        )
        assert blobs(folder) == before
        assert registered(tell, "other").version == "churn:2"
        assert numbers(tell) == [2, 1]


def test_a_registry_that_may_only_be_read_is_read(tell: Tell, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    tell(f"%mlc use {folder}")
    registered(tell, "small")
    with read_only(folder) as reason:
        assert refused(tell, "%mlc register churn other --no-load-check") == (
            f"cannot store bytes in {folder}/blobs/sha256: {reason}\n"
            "make it writable, or keep the registry elsewhere: %mlc use PATH"
        )
        assert refused(tell, "%mlc promote churn:1") == (
            f"the registry in {folder} is read-only for you\n"
            "ask its owner for write access, or choose another registry: %mlc use PATH"
        )
        assert tell("%mlc load churn:1").value == {"w": 1}
        assert numbers(tell) == [1]
    assert registered(tell, "other").version == "churn:2"


def test_bytes_that_are_others_or_gone_are_not_loaded(tell: Tell, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    tell(f"%mlc use {folder}")
    registered(tell, "small")
    shutil.copytree(folder, tmp_path / "kept")
    for path in blobs(folder):
        path.chmod(0o644)
        path.write_bytes(b"x")
    assert "holds other bytes than were recorded (1 bytes, " in refused(tell, "%mlc load churn:1")
    for path in blobs(folder):
        path.unlink()
    assert refused(tell, "%mlc load churn:1").endswith(
        " is missing\nrestore it from a backup of the registry, or register the model again"
    )
    assert refused(tell, "%mlc promote churn:1").startswith("5 of the blobs of churn:1 are missing: sha256:")
    shutil.copytree(tmp_path / "kept" / "blobs", folder / "blobs", dirs_exist_ok=True)
    assert tell("%mlc load churn:1").value == {"w": 1}
    assert numbers(tell) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "%mlc init {path}",
        "%mlc use {path}",
        "%mlc register churn {path} --format files",
        "%mlc admin backup {path}",
        "%mlc admin restore {path}",
        "%mlc copy churn {path}",
        "%mlc retrain {path}",
        "%mlc retrain churn --parameters {path}",
    ],
)
def test_the_home_of_nobody_is_an_error_in_words(line: str, tell: Tell, tmp_path: Path) -> None:
    tell(f"%mlc use {tmp_path / 'registry'}")
    registered(tell, "small")
    path = "~nobodyatall/x"
    assert refused(tell, line.replace("{path}", path)) == (
        f"{path}: nobody here is called nobodyatall\nwrite the whole path, or ./{path}"
    )
    assert numbers(tell) == [1]
