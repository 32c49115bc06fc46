"""A real MLflow, in an environment of its own: its database, its folder of files, and its server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.environment import mlflow_python
from benchmarks.sides import environment
from jupyter_mlc.domain.errors import MlcError
from jupyter_mlc.faces.desk import Desk

POPULATE = Path(__file__).parent / "populate.py"


@dataclass(frozen=True, kw_only=True)
class Mlflow:
    """Its interpreter, and where its programs run."""

    python: Path
    folder: Path

    def run(self, *arguments: str | Path) -> None:
        """Run the script that makes models, and wait for it."""
        subprocess.run([self.python, POPULATE, *arguments], check=True, cwd=self.folder, env=self.env)

    @property
    def env(self) -> dict[str, str]:
        return environment(self.folder) | {
            # what newer releases ask for before they write into a folder
            "MLFLOW_ALLOW_FILE_STORE": "true",
            # six processes more, which nothing here needs
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Mlflow:
    return Mlflow(python=mlflow_python(), folder=tmp_path_factory.mktemp("mlflow"))


@pytest.fixture(scope="session")
def database(mlflow: Mlflow) -> Path:
    """MLflow's SQLite database, with its artifacts beside it; nobody changes it."""
    folder = mlflow.folder / "database"
    folder.mkdir()
    mlflow.run(f"sqlite:///{folder / 'mlflow.db'}", (folder / "artifacts").as_uri())
    return folder / "mlflow.db"


@pytest.fixture
def own_database(database: Path, tmp_path: Path) -> Path:
    """A copy of the database that a test may change."""
    return Path(shutil.copy(database, tmp_path / "mlflow.db"))


@pytest.fixture(scope="session")
def folder(mlflow: Mlflow) -> Path:
    """MLflow's folder of files; nobody changes it."""
    mlflow.run((mlflow.folder / "mlruns").as_uri())
    return mlflow.folder / "mlruns"


@pytest.fixture(scope="session")
def server(mlflow: Mlflow) -> Iterator[str]:
    """The address of MLflow's server, whose artifacts come through it."""
    home = mlflow.folder / "server"
    home.mkdir()
    with running(mlflow, home / "mlflow.db", home / "artifacts") as address:
        mlflow.run(f"http://{address}")
        yield address


class running:  # noqa: N801 (used as a function is)
    """MLflow's server on the loopback, as long as the block lasts."""

    def __init__(self, mlflow: Mlflow, file: Path, artifacts: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.log = (file.parent / "log.txt").open("w")
        self.process = subprocess.Popen(
            [
                *(mlflow.python.parent / "mlflow", "server", "--backend-store-uri", f"sqlite:///{file}"),
                *("--serve-artifacts", "--artifacts-destination", artifacts),
                *("--host", "127.0.0.1", "--port", port, "--workers", "1"),
            ],
            stdout=self.log,
            stderr=self.log,
            cwd=file.parent,
            env=mlflow.env,
            start_new_session=True,
        )

    def __enter__(self) -> str:
        while True:  # as long as it lives: a busy machine takes its time, and the test's limit ends what hangs
            try:
                with urllib.request.urlopen(f"http://{self.address}/health"):
                    return self.address
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, Path(self.log.name).read_text()
                time.sleep(0.5)

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, 9)
        self.process.wait()
        self.log.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens registries in folders."""
    opened: list[Desk] = []

    def open_it(name: str = "registry") -> Desk:
        desk = Desk(str(tmp_path / name))
        desk.warn = lambda text: None
        opened.append(desk)
        return desk

    yield open_it
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


def refusal(act: Callable[[], object]) -> str:
    """The text of the refusal that an act must meet."""
    with pytest.raises(MlcError) as refused:
        act()
    return refused.value.text
