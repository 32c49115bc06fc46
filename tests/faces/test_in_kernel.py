"""A real kernel, driven as JupyterLab does: the cells' ids are sent along, and the notebook is saved now and then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

pytestmark = pytest.mark.slow


class Kernel:
    """Executes cells and gives back what they print and show."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, cell: str, source: str) -> str:
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self._client.session.msg("execute_request", content, metadata={"cellId": cell})
        self._client.shell_channel.send(message)
        told: list[str] = []
        while True:
            reply = self._client.get_iopub_msg(timeout=240)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            told += _texts(reply["msg_type"], reply["content"])
            if reply["content"].get("execution_state") == "idle":
                return "\n".join(told)


def _texts(kind: str, content: dict[str, object]) -> list[str]:
    if kind == "stream":
        return [str(content["text"])]
    if kind == "error":
        return [f"{content['ename']}: {content['evalue']}"]
    data = content.get("data")
    return [str(data["text/plain"])] if isinstance(data, dict) else []


@pytest.fixture
def kernel(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> Iterator[Kernel]:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "mine.ipynb"))
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    manager = KernelManager(kernel_name="python3", transport="ipc", connection_file=str(home / "kernel.json"))
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=240)
    yield Kernel(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def save(path: Path, **cells: str) -> None:
    code: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    listed = [{"id": name, "source": source, **code} for name, source in cells.items()]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}))


LOAD = "%load_ext jupyter_mlc\nmodel = {'a': 1}"
REGISTER = "%mlc register ren model --no-load-check"


def test_a_notebook_saved_before_its_last_cell_is_captured_and_no_other_with_the_same_line(
    kernel: Kernel, tmp_path: Path
) -> None:
    save(tmp_path / "other.ipynb", z1="print('another notebook')", z2=REGISTER)
    save(tmp_path / "mine.ipynb", b1=LOAD)
    kernel.run("b1", LOAD)
    kernel.run("b2", "model['a'] = 2")
    told = kernel.run("b3", REGISTER)
    assert "notebook mine.ipynb, 3 executed cells" in told
    assert "mine.ipynb was saved before 1 of its cells ran as they did: save it to have them compared" in told
    assert "other" not in told
