"""Where a page of the panel is found, as far as this process knows its Jupyter server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlc.faces.addresses import address

PAGE = "/lab?mlc=churn:3"
KNOWN = ("JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_SERVICE_PREFIX", "JPY_PARENT_PID")


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which servers say where they are; this process works in a project."""
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "runtime"
    folder.mkdir()
    (tmp_path / "work" / "project").mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    monkeypatch.chdir(tmp_path / "work" / "project")
    return folder


def serve(runtime: Path, pid: int, url: str, root: Path) -> None:
    """Say what a server says of itself."""
    told = {"pid": pid, "url": url, "root_dir": str(root), "token": "secret", "port": 8888}
    (runtime / f"jpserver-{len(list(runtime.iterdir()))}.json").write_text(json.dumps(told))


def test_without_a_server_the_path_stands_alone() -> None:
    assert address(PAGE) == PAGE


def test_a_kernel_knows_the_server_that_has_started_it(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(runtime, os.getppid(), "http://localhost:8888/", tmp_path)
    serve(runtime, os.getpid(), "http://localhost:9999/base/", tmp_path / "elsewhere")
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    assert address(PAGE) == f"http://localhost:9999/base{PAGE}"


def test_elsewhere_the_server_with_the_nearest_folder_around_counts(runtime: Path, tmp_path: Path) -> None:
    serve(runtime, os.getpid(), "http://localhost:2/", tmp_path / "work")
    serve(runtime, os.getpid(), "http://localhost:1/", tmp_path)
    serve(runtime, os.getpid(), "http://localhost:3/", tmp_path / "work" / "other")
    assert address(PAGE) == f"http://localhost:2{PAGE}"


def test_a_server_that_is_gone_and_a_file_that_is_damaged_count_for_nothing(runtime: Path, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    serve(runtime, gone.pid, "http://localhost:1/", tmp_path)
    (runtime / "jpserver-torn.json").write_text("{")
    assert address(PAGE) == PAGE


def test_the_token_is_not_in_it(runtime: Path, tmp_path: Path) -> None:
    serve(runtime, os.getpid(), "http://localhost:1/", tmp_path)
    assert "secret" not in address(PAGE)


def test_on_a_hub_it_is_the_address_for_everybody_or_the_path_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ana/")
    assert address(PAGE) == f"/user/ana{PAGE}"
    monkeypatch.setenv("JUPYTERHUB_PUBLIC_URL", "https://hub.example.org/user/ana/")
    assert address(PAGE) == f"https://hub.example.org/user/ana{PAGE}"
