"""What a person must know reaches them once, whether or not the reply is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from jupyter_mlc.faces import cli, functions, telling
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs import VERBS

REGISTER = "%mlc register keys model {key} --no-load-check"
SAID = "warning: note: an AWS access key was replaced by ***\n"


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], tuple[str, str]]]:
    """Runs a cell in a shell with a model; gives what it shows and what it warns of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    config.MlcMagics.registry = str(tmp_path / "registry")
    shell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
    for module in (functions, telling):
        monkeypatch.setattr(module, "shell", lambda: shell)

    def run(cell: str) -> tuple[str, str]:
        with capture_output() as shown:
            shell.run_cell(cell, store_history=True)  # type: ignore[no-untyped-call]
        return shown.stdout, shown.stderr

    run("%load_ext jupyter_mlc\nimport jupyter_mlc as mlc\nmodel, key = {'a': 1}, 'AKIA' 'IOSFODNN7EXAMPLE'")
    yield run
    run("%unload_ext jupyter_mlc")
    if shell.history_manager is not None:
        shell.history_manager.end_session()
    shell.restore_sys_module_state()  # type: ignore[no-untyped-call]


Cell = Callable[[str], tuple[str, str]]


def test_a_reply_that_is_shown_tells_it(tell: Cell) -> None:
    shown, warned = tell(REGISTER)
    assert SAID in shown
    assert warned == ""


@pytest.mark.parametrize(
    "cell",
    [
        f"{REGISTER};",
        f"{REGISTER} --quiet",
        f"v = {REGISTER}",
        f"for _ in range(2):\n    {REGISTER}",
        "v = mlc.register('keys', model, key, no_load_check=True)",
        "def keep():\n    mlc.register('keys', model, key, no_load_check=True)\nkeep()",
    ],
)
def test_where_no_reply_is_shown_it_is_told_once_when_the_cell_ends(tell: Cell, cell: str) -> None:
    assert tell(cell) == ("", SAID)
    assert tell("1 + 1;") == ("", "")


def test_a_reply_that_is_printed_tells_it(tell: Cell) -> None:
    shown, warned = tell("print(mlc.register('keys', model, key, no_load_check=True))")
    assert SAID in shown
    assert warned == ""


def test_it_is_told_where_the_cell_fails_later(tell: Cell) -> None:
    assert SAID in tell(f"v = {REGISTER}\n1 / 0")[1]


def test_a_run_tells_what_was_found_when_it_ended(tell: Cell) -> None:
    key = "sk = 'AKIAIOSFODNN7EXAMPLE'"
    told = tell(f"{key}\nfor _ in range(2):\n    with mlc.run('keys') as run:\n        run.log(auc=1)")
    assert told == ("", "warning: executed cell [2]: an AWS access key was replaced by ***\n")


def test_what_was_found_is_told_though_nothing_is_registered(tell: Cell) -> None:
    tell("sk = 'AKIAIOSFODNN7EXAMPLE'")
    _, warned = tell("%mlc register keys model --data nowhere --no-load-check")
    assert "there is no dataset 'nowhere'" in warned
    assert "warning: executed cell [2]: an AWS access key was replaced by ***\n" in warned


@pytest.mark.filterwarnings("default")
def test_a_script_is_warned_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk(str(tmp_path / "registry"))
    model = Named(name="model", value={"a": 1})
    values = {"name": "keys", "object": model, "note": "AKIAIOSFODNN7EXAMPLE", "no_load_check": True}
    with pytest.warns(UserWarning, match=r"note: an AWS access key was replaced by \*\*\*") as warned:
        desk.carry_out(Call(verb=VERBS["register"], values=values))
    assert {warning.filename for warning in warned} == {__file__}
    desk.close()


def test_a_command_that_is_to_be_quiet_tells_it_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    assert cli.main(["list"]) == 0
    made = f"no registry was at {tmp_path}/registry; an empty one was made. Another one: export MLC_REGISTRY=PATH"
    assert f"warning: {made}\n" in capsys.readouterr().out
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "mistyped"))
    assert cli.main(["show", "churn"]) == 1
    assert "; no registry was at" in capsys.readouterr().err
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    assert cli.main(["list", "metrics.auk > 1", "--quiet"]) == 0
    quiet = capsys.readouterr()
    assert cli.main(["list", "metrics.auk > 1"]) == 0
    loud = capsys.readouterr()
    assert quiet.out == loud.err == ""
    assert quiet.err.startswith("warning: ")
    assert quiet.err in loud.out
