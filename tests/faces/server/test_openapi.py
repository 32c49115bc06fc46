"""The OpenAPI document is valid, and no request that it allows, or does not, makes the server stumble."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.openapi import openapi
from jupyter_mlc.faces.wire import routes
from jupyter_mlc.verbs.run import Run

TOKEN = "t0ken"


@pytest.mark.slow
def test_the_document_is_valid_and_describes_every_route_and_field() -> None:
    document = openapi()
    validate(document)
    others = {f"/jupyter-mlc/v1/{path}" for path in ("blobs/{digest}", "calls/{call}")}
    assert set(document["paths"]) == {*routes(), *others}
    for path, verb in routes().items():
        operation = document["paths"][path]["post"]
        assert operation["summary"] == verb.summary
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        fields = document["components"]["schemas"][name]["properties"]
        assert {field.name: field.described.description for field in verb.arguments()} == {
            name: field["description"] for name, field in fields.items()
        }


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Jupyter server of its own process, on a registry that is there; its address."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    desk = Desk(str(tmp_path / "registry"))
    desk.call(Run(name="churn"))
    desk.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.port": port,
        "ServerApp.ip": "127.0.0.1",
        "IdentityProvider.token": TOKEN,
        "ServerApp.root_dir": tmp_path,
        "ServerApp.jpserver_extensions": "{'jupyter_mlc': True}",
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "MlcApp.registry": tmp_path / "registry",
    }
    line = [sys.executable, "-m", "jupyter_server", *(f"--{name}={value}" for name, value in options.items())]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(line, stdout=log, stderr=log, env=os.environ)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/jupyter-mlc/v1/openapi.json?token={TOKEN}")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(url)


@pytest.mark.slow
def test_no_request_makes_the_server_stumble(server: str) -> None:
    headers = {"Authorization": f"token {TOKEN}"}
    schema = schemathesis.openapi.from_url(f"{server}/jupyter-mlc/v1/openapi.json", headers=headers)
    asked = dict[str, set[int]]()

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(data=st.data())
    def stumbles_not(data: st.DataObject) -> None:
        for found in schema.get_all_operations():
            case = data.draw(found.ok().as_strategy())  # type: ignore[union-attr]  # the document is valid
            answer = case.call(base_url=server, headers=headers)
            asked.setdefault(case.path, set()).add(answer.status_code)
            assert answer.status_code < 500, (case.path, case.body, answer.text)

    stumbles_not()
    assert len(asked) == len(routes()) + 2
