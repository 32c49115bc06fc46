"""What the tests of executions share: notebooks made on the spot, and warm processes that end with the tests."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from jupyter_mlc.jobs.spec import Engine, Work

PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


@pytest.fixture(scope="session")
def one_home() -> Iterator[Path]:
    """A home that all tests here share, so that one warm process serves them; a short path, for sockets."""
    with tempfile.TemporaryDirectory(prefix="mlc-home-", dir="/tmp") as name:
        (Path(name) / "run").mkdir(mode=0o700)
        yield Path(name)
        _wait_for_warm_processes(Path(name))


def _wait_for_warm_processes(home: Path) -> None:
    """They leave when their sockets are gone."""
    shutil.rmtree(home / "run")
    latest = time.monotonic() + 30
    while time.monotonic() < latest and any(
        str(home) in word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()
    ):
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def home(one_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(one_home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(one_home / "run"))
    for name, place in (("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(one_home / place))
    for name in ("MLC_REGISTRY", "MLC_KEY"):
        monkeypatch.delenv(name, raising=False)
    return one_home


@pytest.fixture(params=[Engine.COLD, Engine.KERNEL, Engine.DIRECT], ids=str)
def engine(request: pytest.FixtureRequest) -> Engine:
    kind: Engine = request.param
    return kind


def notebook(*sources: str, parameters: bool = False, metadata: dict[str, Any] | None = None) -> Any:
    """A notebook of code cells; the first may be the one with the parameters."""
    made = nbformat.v4.new_notebook(metadata=PYTHON if metadata is None else metadata)
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    if parameters:
        made.cells[0].metadata["tags"] = ["parameters"]
    return made


@dataclass(frozen=True)
class Desk:
    """A folder in which notebooks are executed."""

    folder: Path

    def work(self, *sources: str, parameters: dict[str, Any] | None = None, **options: Any) -> Work:
        """Work on a notebook of these sources."""
        nbformat.write(notebook(*sources, parameters=parameters is not None), self.folder / "in.ipynb")
        return self.on(self.folder / "in.ipynb", parameters=parameters or {}, **options)

    def on(self, path: Path, **options: Any) -> Work:
        """Work on a notebook."""
        os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel behaves differently under pytest
        places = {"output": self.folder / "out.ipynb", "status": self.folder / "status.json", "folder": self.folder}
        return Work(notebook=path, **places | options)

    @property
    def saved(self) -> Any:
        """The executed notebook as it lies on the disk."""
        return nbformat.read(self.folder / "out.ipynb", as_version=4)

    def texts(self) -> list[str]:
        """What each code cell printed or showed."""
        return [_text(cell) for cell in self.saved.cells if cell.cell_type == "code"]


def _text(cell: Any) -> str:
    texts = (out.get("text") or out.get("data", {}).get("text/plain") or out.get("ename", "") for out in cell.outputs)
    return "".join(texts)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait until something is so."""

    def wait(so: Callable[[], object]) -> None:
        latest = time.monotonic() + 60
        while not so():
            assert time.monotonic() < latest
            time.sleep(0.02)

    return wait
