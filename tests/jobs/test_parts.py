"""The small parts of an execution, and every message of a refusal."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput, Damaged, MlcError, NotFound, Unavailable
from jupyter_mlc.jobs import processes
from jupyter_mlc.jobs.choice import chosen
from jupyter_mlc.jobs.crossing import Lines, to_text, to_work
from jupyter_mlc.jobs.direct.wire import Receiver, Sender, pair
from jupyter_mlc.jobs.ending import died, failed
from jupyter_mlc.jobs.execute import execute, outcome_of
from jupyter_mlc.jobs.files import replace
from jupyter_mlc.jobs.manager import Manager
from jupyter_mlc.jobs.pace import Pace
from jupyter_mlc.jobs.spec import Engine, Exit
from jupyter_mlc.jobs.veil import Veil
from jupyter_mlc.jobs.warm import stamps
from jupyter_mlc.jobs.warm.imports import imported_by
from tests.jobs.conftest import PYTHON, Desk, notebook

NOTHING = "nothing was executed"
COLD = "ran in a cold kernel: "
OWN = {"name": "own", "display_name": "own"}


def refusal(desk: Desk, **options: object) -> MlcError:
    work = desk.work("open('ran', 'w')")
    with pytest.raises(MlcError) as refused:
        execute(desk.on(**{"path": work.notebook} | options))  # type: ignore[arg-type]
    assert not (desk.folder / "ran").exists()
    assert not (desk.folder / "status.json").exists()
    return refused.value


def test_a_missing_notebook_is_refused(desk: Desk) -> None:
    error = refusal(desk, path=desk.folder / "no.ipynb")
    assert isinstance(error, Unavailable)
    assert error.text == f"{desk.folder / 'no.ipynb'} cannot be read: No such file or directory"


def test_what_is_no_notebook_is_refused(desk: Desk) -> None:
    (desk.folder / "text.ipynb").write_text("print(1)")
    error = refusal(desk, path=desk.folder / "text.ipynb")
    assert isinstance(error, BadInput)
    assert error.text == f"{desk.folder / 'text.ipynb'} is no notebook: it is not JSON"


def test_a_missing_output_folder_is_refused(desk: Desk) -> None:
    error = refusal(desk, output=desk.folder / "no" / "out.ipynb")
    assert error.text == (
        f"the folder of the executed notebook, {desk.folder / 'no'}, is not there\n"
        f"{NOTHING}; make it: mkdir -p {desk.folder / 'no'}"
    )


def test_an_output_that_is_a_folder_is_refused(desk: Desk) -> None:
    (desk.folder / "there").mkdir()
    error = refusal(desk, output=desk.folder / "there")
    assert error.text == (
        f"the executed notebook cannot be written: {desk.folder / 'there'} is a folder\n{NOTHING}; name a file"
    )


def test_a_read_only_output_folder_is_refused(desk: Desk, request: pytest.FixtureRequest) -> None:
    place = desk.folder / "read-only"
    place.mkdir(mode=0o555)
    if os.access(place, os.W_OK):  # root may write everywhere but where nobody may
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", place], check=True)
        request.addfinalizer(lambda: subprocess.run(["umount", place], check=True))
    error = refusal(desk, output=place / "out.ipynb")
    assert error.text == (
        f"the executed notebook cannot be written: {place} is read-only\n{NOTHING}; make it writable, or name another"
    )


def test_a_missing_working_folder_is_refused(desk: Desk) -> None:
    error = refusal(desk, folder=desk.folder / "no")
    assert error.text == (f"the working folder {desk.folder / 'no'} is not there\n{NOTHING}; make it, or name another")


def test_a_secret_that_is_not_set_is_refused(desk: Desk) -> None:
    error = refusal(desk, secrets={"token": "NO_SUCH_TOKEN"})
    assert error.text == (
        "the secret token is to come from the environment variable NO_SUCH_TOKEN, which is not set\n"
        f"{NOTHING}; set NO_SUCH_TOKEN and repeat the command"
    )


def _with_kernel(desk: Desk, name: str, language: str) -> Path:
    import nbformat

    kernel = {"name": name, "language": language, "display_name": name}
    path = desk.folder / "other.ipynb"
    nbformat.write(notebook("1", metadata={"kernelspec": kernel}), path)
    return path


def test_a_kernel_that_is_not_installed_is_refused(desk: Desk) -> None:
    error = refusal(desk, path=_with_kernel(desk, "nosuch", "cobol"))
    assert error.message == "the notebook's kernel nosuch (cobol) is not installed here"
    assert error.hint.startswith("install it (jupyter kernelspec list shows those that are: ")


def test_secrets_need_a_language_that_we_know(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_TOKEN", "hunter2")
    error = refusal(desk, path=_with_kernel(desk, "nosuch", "cobol"), secrets={"token": "DB_TOKEN"})
    assert error.text == (
        "secrets cannot be given to a notebook in cobol\n"
        "they can in python, R, julia, bash; elsewhere read the environment variable in the notebook"
    )


@pytest.mark.slow
def test_a_kernel_that_does_not_start_is_told(desk: Desk) -> None:
    broken = desk.folder / "python"
    broken.write_text("#!/bin/sh\necho no such luck >&2\nexit 3\n")
    broken.chmod(0o755)
    work = desk.work("1", python=str(broken))
    with pytest.raises(Unavailable) as refused:
        execute(work)
    assert refused.value.text == (
        "the notebook's kernel did not start: no such luck\nstart it once in JupyterLab to see why"
    )


def test_nothing_is_known_of_an_execution_that_never_began(desk: Desk) -> None:
    path = desk.folder / "status.json"
    with pytest.raises(NotFound) as missing:
        outcome_of(path)
    assert missing.value.text == f"nothing was ever told in {path}\nits execution never began"
    path.write_text("{")
    with pytest.raises(Damaged) as damaged:
        outcome_of(path)
    assert damaged.value.text.startswith(f"{path} tells nothing of an execution: ")
    path.write_text('{"traces": {"mark": "", "output": "", "runtime": ""}}')
    with pytest.raises(Damaged) as empty:
        outcome_of(path)
    assert empty.value.text == f"{path} tells neither how far an execution is nor how it ended"


@pytest.mark.parametrize(
    ("sources", "metadata", "options", "engine", "notes"),
    [
        (["1"], PYTHON, {}, Engine.DIRECT, ()),
        (["import ipywidgets"], PYTHON, {}, Engine.KERNEL, ("ran in a kernel: the notebook uses ipywidgets",)),
        (["%matplotlib widget"], PYTHON, {}, Engine.KERNEL, ("ran in a kernel: the notebook uses %matplotlib w",)),
        (["from tqdm.auto import tqdm"], PYTHON, {}, Engine.KERNEL, ("ran in a kernel: the notebook uses tqdm.auto",)),
        (["import ipywidgets"], PYTHON, {"engine": Engine.DIRECT}, Engine.DIRECT, ()),
        (["1"], PYTHON, {"engine": Engine.COLD}, Engine.COLD, ()),
        (["1"], PYTHON, {"python": "/x/python"}, Engine.COLD, (COLD + "it runs in another environment, /x/python",)),
        (["1"], {"language_info": {"name": "julia"}}, {}, Engine.COLD, (COLD + "the notebook is in julia",)),
        (["1"], {"kernelspec": OWN}, {}, Engine.COLD, (COLD + "the notebook names the kernel own",)),
    ],
)  # fmt: skip
def test_the_engine_is_chosen_and_the_choice_explained(
    desk: Desk,
    sources: list[str],
    metadata: dict[str, object],
    options: dict[str, object],
    engine: Engine,
    notes: object,
) -> None:
    import nbformat

    nbformat.write(notebook(*sources, metadata=metadata), desk.folder / "in.ipynb")
    assert chosen(desk.on(desk.folder / "in.ipynb", **options)) == (engine, notes)


def test_on_other_systems_kernels_are_cold(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    work = desk.work("1")
    monkeypatch.setattr(sys, "platform", "darwin")
    notes = ("ran in a cold kernel: warm processes are there on Linux alone, and this is darwin",)
    assert chosen(work) == (Engine.COLD, notes)
    monkeypatch.undo()


def test_ones_own_start_of_ipython_needs_a_kernel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(desk.folder))
    startup = desk.folder / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "first.py").write_text("x = 1")
    notes = (f"ran in a kernel: IPython is configured in {startup / 'first.py'}",)
    assert chosen(desk.work("1")) == (Engine.KERNEL, notes)


def test_work_crosses_processes_as_it_is(desk: Desk) -> None:
    work = desk.work(
        "1", parameters={"a": [1, None, {"b": "ä\n"}]}, skip=frozenset({3, 1}), secrets={"t": "T"}, notes=("n",)
    )
    assert to_work(to_text(work)) == work


def test_lines_arrive_one_by_one_however_they_are_cut() -> None:
    one, other = socket.socketpair()
    with one, other:
        lines = Lines(other)
        one.sendall(b"first\nsec")
        assert list(lines.heard()) == ["first"]
        one.sendall(b"ond\nthird\n")
        assert list(lines.heard()) == ["second", "third"]
        one.close()
        with pytest.raises(EOFError):
            list(lines.heard())


def test_messages_of_any_size_arrive_whole_and_printed_text_joined() -> None:
    ours, theirs = pair()
    with ours, theirs:
        theirs.setblocking(False)
        sender = Sender(ours)
        large = {"msg_type": "display_data", "content": {"data": {"text/plain": "ä" * 40_000}}}
        sender.text("stdout", "one ", 1)
        sender.text("stdout", "two\ud800", 1)
        sender.text("stderr", "three", 1)
        sender.message(large, 1)
        packets = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packets.append(theirs.recv(1 << 16))
        messages = list(Receiver().understood(packets))
    assert [message["content"] for message in messages] == [
        {"name": "stdout", "text": "one two\ud800"},
        {"name": "stderr", "text": "three"},
        large["content"],
    ]
    assert {message["parent_header"]["msg_id"] for message in messages} == {"1"}


def test_a_file_is_replaced_or_left_alone(tmp_path: Path) -> None:
    replace(tmp_path / "file", b"old")
    with pytest.raises(TypeError):
        replace(tmp_path / "file", "no bytes")  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_what_is_asked_for_often_is_done_seldom() -> None:
    done: list[int] = []
    pace = Pace(lambda: done.append(1), every=1000)
    pace.tick()
    assert done == []
    for _ in range(5):
        pace.ask()
        pace.tick()
    assert done == [1]
    pace.do()
    assert done == [1, 1]


def test_what_failed_is_done_again_when_its_time_comes() -> None:
    done: list[int] = []

    def fail_once() -> None:
        done.append(1)
        if len(done) == 1:
            raise OSError("no room")

    pace = Pace(fail_once, every=0)
    pace.ask()
    with pytest.raises(OSError, match="no room"):
        pace.tick()
    latest = time.monotonic() + 10
    while len(done) == 1 and time.monotonic() < latest:
        pace.tick()
    pace.tick()
    assert done == [1, 1]


def test_a_notebook_that_cannot_be_saved_is_saved_when_it_can() -> None:
    import nbformat

    saved: list[int] = []

    def save(_: object) -> None:
        saved.append(1)
        if len(saved) == 1:
            raise OSError(errno.ENOSPC, "no space left")

    manager = Manager(nbformat.v4.new_notebook(), save)
    manager.save()
    manager.tick()
    manager._writes._next = 0.0
    manager.tick()
    manager.tick()
    assert saved == [1, 1]


def test_secrets_are_hidden_however_they_are_spelled() -> None:
    veil = Veil(["päss\nword", "x", 'quo"te'])
    assert veil.over(json.dumps(["päss\nword", "word"])) == '["[secret]", "[secret]"]'
    assert veil.over('quo"te päss x') == "[secret] [secret] x"


def test_endings_are_told_in_words() -> None:
    assert died(None, 0, for_memory=False).message == "the process ended with exit code 0 between two cells"
    assert died(2, None, for_memory=False).message == "the process ended in a way that cannot be told while a cell ran"
    assert died(2, -200, for_memory=False).signal == "signal 200"
    assert failed(1, {"ename": "SystemExit", "evalue": ""}).exit is Exit.SUCCEEDED
    assert failed(1, {"ename": "SystemExit", "evalue": "2"}).exit is Exit.CELL_FAILED


@pytest.mark.parametrize(
    ("groups", "counter", "kills"),
    [
        ("9:memory:/job\n", "sys/fs/cgroup/memory/job/memory.oom_control", 3),
        ("0::/user/job\n", "sys/fs/cgroup/user/job/memory.events", 3),
        ("", "proc/vmstat", 3),
        ("0::/elsewhere\n", "sys/fs/cgroup/user/job/memory.events", 0),
    ],
    ids=["group", "newer group", "machine", "nowhere"],
)
def test_the_operating_system_counts_what_it_killed(tmp_path: Path, groups: str, counter: str, kills: int) -> None:
    for name, text in (("proc/self/cgroup", groups), (counter, "low 7\noom_kill 3\noom_group_kill 9\n")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert processes.oom_kills(tmp_path) == kills


def test_this_operating_system_counts_too() -> None:
    assert processes.oom_kills() >= 0


def test_installed_modules_are_found_in_cells_whatever_else_stands_there(desk: Desk) -> None:
    (desk.folder / "local_module.py").touch()
    work = desk.work(
        "import os, pandas as pd\nfrom sklearn.linear_model import Ridge",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport local_module, tensorflow, no_such_module",
        "from . import x",
        "not python at all (",
    )
    assert imported_by(work.notebook) == ("matplotlib.pyplot", "pandas", "sklearn.linear_model")


def test_a_changed_file_of_a_loaded_module_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "changing.py"
    path.write_text("x = 1")
    monkeypatch.syspath_prepend(tmp_path)
    import changing  # type: ignore[import-not-found]

    assert changing.x == 1
    taken = stamps.taken()
    assert not stamps.differ(taken)
    os.utime(path, ns=(1, 1))
    assert stamps.differ(taken)
    del sys.modules["changing"]
