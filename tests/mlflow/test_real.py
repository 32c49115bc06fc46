"""What a real MLflow recorded comes in, whichever way it is read: database, folder of files, server."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import math
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.store.registry import Registry
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.copy import Copy, CopyReply
from jupyter_mlc.verbs.fetch import Fetch, FetchReply
from jupyter_mlc.verbs.session import LocalSession
from jupyter_mlc.verbs.verify import Verify, VerifyReply
from tests.mlflow.conftest import Mlflow, refusal, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("mlflow")]
MANY = 3000


@pytest.fixture(params=["database", "folder", "server"])
def address(request: pytest.FixtureRequest) -> str:
    return f"mlflow://{request.getfixturevalue(request.param)}"


def copied(desk: Desk, what: str, pattern: str = "", *, dry_run: bool = False) -> CopyReply:
    reply = desk.call(Copy(what=what, where=pattern, dry_run=dry_run))
    assert isinstance(reply, CopyReply)
    return reply


def registry_of(desk: Desk) -> Registry:
    assert isinstance(desk.session, LocalSession)
    return desk.session.registry


def load(desk: Desk, ref: str, **options: Any) -> Any:
    return desk.carry_out(Call(verb=VERBS["load"], values={"ref": ref, **options}))


def findings(desk: Desk) -> tuple[object, ...]:
    reply = desk.call(Verify())
    assert isinstance(reply, VerifyReply)
    return reply.findings


def test_models_come_with_all_that_is_known_of_them_and_all_of_it_is_claimed(address: str, desk: Desk) -> None:
    tried = copied(desk, address, "churn*", dry_run=True)
    assert (tried.done, [one.ref for one in tried.versions]) == (False, ["churn:1", "churn:2", "churn:3"])
    assert registry_of(desk).model_names(9) == []
    came = copied(desk, address, "churn*")
    assert (len(came.versions), came.elsewhere, came.warnings) == (3, 3, ())
    first, second, _ = registry_of(desk).versions("churn", 9)[::-1]
    assert (first.stage, first.aliases, first.note) == ("candidate", (), "the first")
    assert second.aliases == ("challenger",)
    assert {one.key: one.value for one in first.params} == {"C": 0.5, "solver": "lbfgs", "warm": False, "depth": None}
    metrics = {one.key: one.value for one in second.metrics}
    assert metrics["auc"] == 0.6
    assert metrics["far/away"] >= sys.float_info.max  # in a database MLflow keeps infinity as the largest number
    assert math.isnan(metrics["odd"])
    standings = {one.standing for one in first.metrics} | {one.standing for one in first.params}
    assert standings == {Standing.CLAIMED}
    assert first.tags["seen by"] == "Ben & Ana"
    assert (first.tags["mlflow.stage"], first.tags["mlflow.alias"]) == ("Production", "champion")
    assert first.tags["mlflow.user"]
    model = registry_of(desk).model("churn")
    assert (model.description, model.tags, model.champion) == ("who leaves:\n  and why", {"team": "ops"}, None)
    assert findings(desk) == ()


def test_how_metrics_went_comes_along(address: str, desk: Desk) -> None:
    copied(desk, address, "churn")
    registry = registry_of(desk)
    series = registry.series(registry.version("churn:2").run)
    assert series["auc"] == [(1, 0.1), (2, 0.6)]
    assert set(series) == {"auc", "odd", "far/away"}


def test_a_second_run_brings_only_what_is_new(address: str, desk: Desk) -> None:
    copied(desk, address)
    again = copied(desk, address)
    assert {one.is_new for one in again.versions} == {False}
    assert len(registry_of(desk).versions("churn", 9)) == 3


def test_names_that_are_none_here_become_ones_that_are_and_are_kept(address: str, desk: Desk) -> None:
    came = copied(desk, address)
    assert {one.was: one.ref for one in came.versions if one.was.partition(":")[0] != "churn"} == {
        "Kündigung (neu):1": "Kundigung-neu:1",
        "job:1": "mlflow-job:1",
        "it's:1": "it-s:1",
    }
    assert registry_of(desk).model("Kundigung-neu").tags["mlflow.name"] == "Kündigung (neu)"


def test_bytes_come_when_a_version_is_first_loaded_and_run_no_code_of_strangers(address: str, desk: Desk) -> None:
    copied(desk, address, "churn")
    model = load(desk, "churn:1")
    assert model.predict([[0.0], [1.0]]).tolist() == [0, 1]
    now = registry_of(desk).version("churn:1")
    assert (now.format, now.library) == ("joblib", "scikit-learn")
    files = load(desk, "churn:2")
    assert {"MLmodel", "model.skops"} <= {path.name for path in files.iterdir()}
    assert "loading would run code that no trusted key vouches for: " in refusal(lambda: load(desk, "churn:3"))
    assert load(desk, "churn:3", trust=True).predict([[0.0], [1.0]]).tolist() == [0, 1]
    again = desk.call(Fetch(ref="churn"))
    assert isinstance(again, FetchReply)
    assert {one.is_new for one in again.versions} == {False}
    assert findings(desk) == ()


def test_files_that_are_gone_are_missed_by_name(address: str, desk: Desk) -> None:
    copied(desk, address, "job")
    text = refusal(lambda: load(desk, "mlflow-job:1"))
    assert text.startswith("there are no files at ")
    assert text.endswith("; if you have them: %mlc fetch REF --files FOLDER")


def test_the_same_version_is_known_again_whichever_way_it_is_read(mlflow: Mlflow, database: Path, desk: Desk) -> None:
    copied(desk, f"mlflow://{database}")
    with running(mlflow, database, mlflow.folder / "nothing") as address:
        assert {one.is_new for one in copied(desk, f"mlflow://{address}").versions} == {False}


def test_a_run_that_is_gone_leaves_its_version_without_figures(own_database: Path, desk: Desk) -> None:
    with sqlite3.connect(own_database) as opened:
        opened.execute("DELETE FROM runs WHERE run_uuid = (SELECT run_id FROM model_versions WHERE version = 2)")
    came = copied(desk, f"mlflow://{own_database}", "churn")
    assert came.warnings == ("churn:2: MLflow has the run no more, so it came without its figures",)
    assert registry_of(desk).version("churn:2").metrics == ()


def test_numbers_that_were_deleted_there_stay_free_here(own_database: Path, desk: Desk) -> None:
    with sqlite3.connect(own_database) as opened:
        opened.execute("DELETE FROM model_versions WHERE name = 'churn' AND version = 2")
    came = copied(desk, f"mlflow://{own_database}", "churn")
    assert [(one.ref, one.skipped) for one in came.versions] == [("churn:1", 0), ("churn:3", 1)]


def test_tables_of_another_release_are_refused_by_the_name_of_their_schema(own_database: Path, desk: Desk) -> None:
    with sqlite3.connect(own_database) as opened:
        schema = opened.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        opened.execute("ALTER TABLE model_versions RENAME COLUMN source TO origin")
    assert refusal(lambda: copied(desk, f"mlflow://{own_database}")) == (
        f"{own_database} has tables (MLflow's schema {schema}) "
        "that this release does not know: no such column: source\n"
        "an old one: mlflow db upgrade sqlite:///PATH; a newer one: pip install -U jupyter-mlc"
    )


@pytest.fixture
def grown(mlflow: Mlflow, own_database: Path) -> Path:
    mlflow.run("grow", own_database, str(MANY))
    return own_database


def test_thousands_of_versions_come_in_and_a_kill_in_the_middle_loses_none(
    grown: Path, open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    program = [sys.executable, "-m", "jupyter_mlc.faces.cli", "copy", f"mlflow://{grown}", "churn"]
    env = os.environ | {"MLC_REGISTRY": str(tmp_path / "registry")}
    killed = subprocess.Popen(program, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    desk = open_desk()
    registry = registry_of(desk)
    while not (registry.model_row("churn") or {"versions": 0})["versions"]:
        assert killed.poll() is None
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = registry.model("churn").versions
    assert 0 < before < MANY
    assert findings(desk) == ()
    again = copied(desk, f"mlflow://{grown}", "churn")
    assert sum(one.is_new for one in again.versions) == MANY - before
    assert registry.model("churn").versions == MANY
    assert {one.number for one in registry.versions("churn", 2 * MANY)} == set(range(1, MANY + 1))
    assert findings(desk) == ()


def test_a_connection_that_is_cut_in_the_middle_is_taken_up_again(server: str, desk: Desk) -> None:
    with Proxy(server, dies_after=4) as proxy:
        text = refusal(lambda: copied(desk, f"mlflow://{proxy.address}", "churn"))
    assert text.startswith(f"mlflow://{proxy.address} does not answer: ")
    assert text.endswith("then do it again: it goes on where it stopped")
    assert findings(desk) == ()
    came = copied(desk, f"mlflow://{server}", "churn")
    assert len(came.versions) == 3
    assert registry_of(desk).model("churn").versions == 3


class Proxy:
    """Passes so many requests on, then cuts the answer of the next one in the middle, and listens no more."""

    def __init__(self, target: str, *, dies_after: int) -> None:
        self._listener = _Relay(target, dies_after)
        self.address = f"127.0.0.1:{self._listener.server_port}"
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()


class _Relay(http.server.HTTPServer):
    def __init__(self, target: str, left: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target, self.left = target, left


class _Passing(http.server.BaseHTTPRequestHandler):
    server: _Relay

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, *_: object) -> None:
        """The request is told nobody."""

    def _pass(self, body: bytes | None = None) -> None:
        if self.server.left < 0:
            return
        behind = http.client.HTTPConnection(self.server.target, timeout=60)
        with contextlib.closing(behind):
            behind.request(self.command, self.path, body, dict(self.headers))
            came = behind.getresponse()
            content = came.read()
        self.send_response(came.status)
        self.send_header("Content-Type", came.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.server.left else content[: len(content) // 2])
        self.server.left -= 1
