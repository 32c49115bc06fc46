"""Disks that are full, or fill up while cells run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_mlc.jobs.execute import execute, outcome_of
from jupyter_mlc.jobs.spec import Engine, Exit
from tests.jobs.conftest import Desk


@pytest.mark.slow
def test_a_disk_that_is_full_at_the_beginning_refuses(desk: Desk, engine: Engine, small_disk: Disk) -> None:
    from jupyter_mlc.domain.errors import Unavailable

    work = desk.on(desk.work("open('ran', 'w')").notebook, output=small_disk.path / "out.ipynb", engine=engine)
    with small_disk.full(), pytest.raises(Unavailable) as refused:
        execute(work)
    assert refused.value.text == (
        f"the executed notebook cannot be written to {work.output}: {small_disk.reason}\n"
        "nothing was executed; name another place, or make room there"
    )
    assert not (desk.folder / "ran").exists()


@pytest.mark.slow
def test_a_disk_that_fills_up_is_told_and_the_old_notebook_stays_whole(
    desk: Desk, engine: Engine, small_disk: Disk
) -> None:
    notebook = desk.work("print('x' * 3_000_000)\nimport time\ntime.sleep(2)").notebook
    work = desk.on(notebook, output=small_disk.path / "out.ipynb", engine=engine)
    outcome = execute(work)
    assert outcome.exit is Exit.LOST
    assert outcome.message == f"the executed notebook could not be written to {work.output}: {small_disk.reason}"
    assert outcome_of(work.status) == outcome
    import nbformat

    saved = nbformat.read(work.output, as_version=4)
    assert saved.cells[0].metadata.papermill.status != "completed"
    assert [path.name for path in small_disk.path.iterdir()] == ["out.ipynb"]


@pytest.mark.slow
def test_a_disk_that_has_room_again_before_the_end_costs_nothing(desk: Desk, engine: Engine, small_disk: Disk) -> None:
    filler = small_disk.path / "filler"
    notebook = desk.work(
        f"import pathlib, time\nfiller = pathlib.Path({str(filler)!r})\nfiller.write_bytes(b'x' * 900_000)",
        "print('x' * 300_000)\ntime.sleep(3)",  # longer than from one writing of the notebook to the next
        "filler.unlink()",
    ).notebook
    outcome = execute(desk.on(notebook, output=small_disk.path / "out.ipynb", engine=engine))
    assert outcome.exit is Exit.SUCCEEDED
    import nbformat

    saved = nbformat.read(small_disk.path / "out.ipynb", as_version=4)
    assert saved.cells[1].outputs[0].text == "x" * 300_000 + "\n"


class Disk:
    """A disk of one megabyte; for those who may not mount, one whose files may not be larger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_mounted = os.getuid() == 0
        self.reason = "No space left on device" if self.is_mounted else "File too large"

    @contextmanager
    def full(self) -> Iterator[None]:
        """No room for a notebook."""
        if self.is_mounted:
            (self.path / "filler").write_bytes(b"x" * (1 << 20))
            yield
            return
        with _largest_file(100):
            yield


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """Of this process, and of those that it starts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk(tmp_path: Path, one_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    disk = Disk(place)
    if disk.is_mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", place], check=True)
        yield disk
        subprocess.run(["umount", place], check=True)
        return
    runtime = Path(tempfile.mkdtemp(prefix="r-", dir=one_home))  # its warm processes are under the limit from the start
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with _largest_file(1 << 20):
        yield disk
    shutil.rmtree(runtime)
