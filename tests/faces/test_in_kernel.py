"""A real kernel, driven as JupyterLab does: the cells' ids are sent along, and the notebook is saved now and then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.verbs.list_ import List, ListReply

pytestmark = pytest.mark.slow


class Kernel:
    """Executes cells and gives back what they print and show."""

    def __init__(self, manager: KernelManager) -> None:
        self._manager = manager
        self._client = manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=240)

    def shut_down(self, *, now: bool = False) -> None:
        """End it as JupyterLab does, or `now` without asking."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=now)

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
    kernel = Kernel(manager)
    yield kernel
    kernel.shut_down(now=True)


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


def test_a_function_captures_notebook_and_cells_where_the_extension_was_never_loaded(
    kernel: Kernel, tmp_path: Path
) -> None:
    start, register = "import jupyter_mlc as mlc; model = {'a': 1}", "mlc.register('ren', model, no_load_check=True)"
    save(tmp_path / "mine.ipynb", b1=start, b2=register)
    kernel.run("b1", start)
    told = kernel.run("b2", register)
    assert told.startswith("ren:1  candidate")
    assert "notebook mine.ipynb, 2 executed cells" in told
    assert "cells that ran before jupyter_mlc was loaded, known by their text alone: 1" in told


TASKS = """
import asyncio
import jupyter_mlc as mlc

def registered(model="asy"):
    return mlc.register(model, {"a": 1}, no_load_check=True).run

async def train(seconds):
    with mlc.run("asy") as run:
        await asyncio.sleep(seconds)
        return run.ref == registered()
"""


def test_tasks_have_runs_of_their_own_and_cells_that_wait_go_on_with_those_of_others(kernel: Kernel) -> None:
    def answer(source: str) -> str:
        return kernel.run("b1", source).partition("\n")[0]

    assert answer(TASKS) == ""
    assert answer("await asyncio.gather(train(0.2), train(0.1), train(0))") == "[True, True, True]"
    assert answer("running = asyncio.create_task(train(0.5)); await asyncio.sleep(0)") == ""
    assert answer("registered()") == "'run/5'"
    assert answer("await running") == "True"
    assert answer("await asyncio.sleep(0); run = mlc.run('cells')") == ""
    assert answer("registered('cells') == run.ref") == "True"
    assert answer("await asyncio.sleep(0); registered('cells') == run.ref") == "True"


def test_runs_that_a_kernel_leaves_open_end_with_it(kernel: Kernel, tmp_path: Path) -> None:
    loop = "import jupyter_mlc as mlc\nfor i in range(2):\n    mlc.run('loop', i=i).log(a=i)"
    kernel.run("b1", f"%load_ext jupyter_mlc\n%mlc use {tmp_path / 'registry'}")
    assert kernel.run("b2", loop) == ""
    desk = Desk(str(tmp_path / "registry"))
    before = desk.call(List(what="loop", runs=True))
    kernel.shut_down()
    after = desk.call(List(what="loop", runs=True))
    desk.close()
    assert isinstance(before, ListReply)
    assert isinstance(after, ListReply)
    assert [(run.status, run.params[0].value, run.metrics[0].value) for run in before.runs] == [
        ("running", 1, 1),
        ("running", 0, 0),
    ]
    assert [run.status for run in after.runs] == ["finished", "finished"]
