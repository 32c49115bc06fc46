"""Bringing three thousand versions with their runs in from MLflow: its server, its database, its folder of files."""

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
from benchmarks.sides import Bench, Side
from benchmarks.worker import seconds

VERSIONS = 3000
LIMIT = 300.0
AGAIN = 30.0
STEPS = 10
"""of each of five metrics"""
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
            for step in range(1, STEPS + 1):
                client.log_metric(run, f"metric_{place}", step / 7, step=step)
        _runs(theirs.file_in(folder), run)

    def database(self) -> str:
        return f"mlflow://{theirs.file_in(self.folder)}"

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
        for table in ("runs", "metrics", "latest_metrics", "params", "tags"):
            cursor = database.execute(f"SELECT * FROM {table} WHERE run_uuid = ?", [run])
            names = [column[0] for column in cursor.description]
            rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor]
            filled = [row | {"run_uuid": id_} for id_ in ids.values() for row in rows]
            marks = ", ".join(f":{name}" for name in names)
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", filled)
        pairs = [(id_, number) for number, id_ in ids.items()]
        database.executemany("UPDATE model_versions SET run_id = ? WHERE version = ?", pairs)


def _folder(root: Path, versions: int) -> str:
    """The same in files, as MLflow's releases before the database wrote them."""
    model = root / "models" / theirs.MODEL
    for number in range(1, versions + 1):
        version, run = model / f"version-{number}", root / "1" / uuid.UUID(int=number).hex
        for folder in (version, run / "metrics", run / "params"):
            folder.mkdir(parents=True)
        meta = f"version: {number}\ncreation_timestamp: {number}\nrun_id: {run.name}\nsource: {root}/{number}\n"
        (version / "meta.yaml").write_text(meta)
        (run / "meta.yaml").write_text(f"run_id: {run.name}\nstart_time: 10\nend_time: 30\nstatus: 3\n")
        for place in range(5):
            (run / "params" / f"param_{place}").write_text(str(place))
            lines = (f"{step} {step / 7} {step}\n" for step in range(1, STEPS + 1))
            (run / "metrics" / f"metric_{place}").write_text("".join(lines))
    (model / "meta.yaml").write_text(f"name: {theirs.MODEL}\ncreation_timestamp: 1\n")
    return f"mlflow://{root}"


def measure(bench: Bench) -> Iterator[Figure]:
    """One side works, the other is asked; there is nothing of MLflow's to compare with."""
    versions = bench.count(VERSIONS, 50)
    with bench.them(Theirs, versions=versions) as them:
        address = them.ask("serve")
        try:
            with bench.us(Ours) as us:
                yield from _copied(us, address, versions, "server")
                yield within("again, when nothing is new", [us.ask("copy", address=address)], AGAIN)
        finally:
            them.ask("stop")
        with bench.us(Ours) as us:
            yield from _copied(us, them.ask("database"), versions, "database")
    with bench.us(Ours) as us:
        yield from _copied(us, _folder(bench.fresh_folder() / "mlruns", versions), versions, "folder of files")


def _copied(us: Side, address: str, versions: int, what: str) -> Iterator[Figure]:
    took, found = us.ask("copy", address=address), us.ask("versions")
    note = "" if found == versions else f"only {found:,} came"
    yield within(f"bring {versions:,} versions from MLflow's {what}", [took], LIMIT, note=note)
