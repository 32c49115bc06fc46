"""Bringing three thousand versions in from MLflow's server, with their runs; and again, when nothing is new."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import ours, theirs
from benchmarks.figures import Figure, within
from benchmarks.sides import Bench
from benchmarks.worker import seconds

VERSIONS = 3000
LIMIT = 300.0
AGAIN = 30.0
_TRIES = 600
_PAUSE = 0.2


class Ours:
    """Copies from the server."""

    def __init__(self, folder: Path) -> None:
        self.session = ours.session_in(folder)

    def copy(self, address: str) -> float:
        from jupyter_mlc.verbs.copy import Copy

        return seconds(lambda: self.session.call(Copy(what=address, where=theirs.MODEL)))

    def versions(self) -> int:
        return self.session.registry.model(theirs.MODEL).versions


class Theirs:
    """A registry with many versions, each with a run of its own, and the server that tells of them."""

    def __init__(self, folder: Path, versions: int) -> None:
        self.folder = folder
        client = theirs.client_in(folder)
        experiment = theirs.experiment_in(folder)
        theirs.populate(folder, client, versions)
        run = client.create_run(experiment).info.run_id
        for place in range(5):
            client.log_param(run, f"param_{place}", place)
            client.log_metric(run, f"metric_{place}", place / 7)
        _runs(theirs.file_in(folder), run)

    def serve(self) -> str:
        """Start the server; where it answers."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self._server = subprocess.Popen(
            [
                *(Path(sys.executable).parent / "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)),
                *("--backend-store-uri", f"sqlite:///{theirs.file_in(self.folder)}", "--workers", "1"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(_TRIES):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health"):
                    return f"mlflow://127.0.0.1:{port}"
            except urllib.error.URLError:
                time.sleep(_PAUSE)
        raise TimeoutError("MLflow's server does not answer")

    def stop(self) -> None:
        os.killpg(self._server.pid, 9)
        self._server.wait()


def _runs(file: Path, run: str) -> None:
    """Give every version a run like this one: through the client it would take an hour, and give the same rows."""
    import sqlite3

    with sqlite3.connect(file) as database:
        numbers = [number for (number,) in database.execute("SELECT version FROM model_versions")]
        ids = {number: uuid.UUID(int=number).hex for number in numbers}
        for table in ("runs", "latest_metrics", "params", "tags"):
            cursor = database.execute(f"SELECT * FROM {table} WHERE run_uuid = ?", [run])
            names = [column[0] for column in cursor.description]
            rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor]
            filled = [row | {"run_uuid": id_} for id_ in ids.values() for row in rows]
            marks = ", ".join(f":{name}" for name in names)
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", filled)
        pairs = [(id_, number) for number, id_ in ids.items()]
        database.executemany("UPDATE model_versions SET run_id = ? WHERE version = ?", pairs)


def measure(bench: Bench) -> Iterator[Figure]:
    """One side works, the other is asked; there is nothing of MLflow's to compare with."""
    versions = bench.count(VERSIONS, 50)
    with bench.us(Ours) as us, bench.them(Theirs, versions=versions) as them:
        address = them.ask("serve")
        try:
            first, again = us.ask("copy", address=address), us.ask("copy", address=address)
        finally:
            them.ask("stop")
        found = us.ask("versions")
        note = "" if found == versions else f"only {found:,} came"
        yield within(f"bring {versions:,} versions from MLflow's server", [first], LIMIT, note=note)
        yield within("again, when nothing is new", [again], AGAIN)
