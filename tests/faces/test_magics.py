from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mlc
from jupyter_mlc.domain.errors import BadInput, MlcError, NotFound
from jupyter_mlc.faces import functions, magics
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.progress import Bar
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.context import silent
from jupyter_mlc.verbs.session import Progress
from tests.faces.told import LOAD, Told


def in_a_notebook(shell: InteractiveShell, *, is_watched: bool) -> None:
    """Let the shell be that of a kernel, whose front end may be able to ask."""
    shell.kernel = SimpleNamespace(_allow_stdin=is_watched)  # type: ignore[attr-defined]  # kernels' shells have one


class Answering(Desk):
    """Keeps the calls and answers with their words."""

    def __init__(self, url: str = "", **more: Any) -> None:
        super().__init__(url, **more)
        self.calls: list[Call] = []
        self.told: list[Progress] = []
        """where each of them was to show its progress"""
        self.refuses: BaseException | None = None

    def carry_out(self, call: Call) -> object:
        self.calls.append(call)
        self.told.append(self.progress)
        if self.refuses is not None:
            raise self.refuses
        return f"did {call.verb.name}"

    def run_cell(self, call: Call, cell: str, run_cell: Callable[[str], BaseException | None]) -> object:
        self.calls.append(call)
        return "failed" if run_cell(cell) else "ran"


@pytest.fixture(autouse=True)
def displays(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the displays, which have tests of their own."""
    asked: list[str] = []
    monkeypatch.setattr(magics, "_displays", lambda what, *_: asked.append(what))
    return asked


@pytest.fixture
def desk(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """The desk of a loaded extension, which only answers."""
    monkeypatch.setattr(magics, "Desk", Answering)
    assert Told(shell, LOAD).error is None
    found = magics.loaded(shell)
    assert found is not None
    assert isinstance(found.desk, Answering)
    return found.desk


@pytest.fixture
def tell(shell: InteractiveShell, desk: Answering) -> Callable[[str], Told]:
    return lambda cell: Told(shell, cell)


Tell = Callable[[str], Told]


def test_loading_greets_in_one_line(shell: InteractiveShell) -> None:
    greeting = Told(shell, LOAD).shown
    assert greeting == (
        f"jupyter_mlc {jupyter_mlc.__version__} · registry: your data folder (0 models) · you are ana@laptop · "
        "%mlc for help\n"
    )


def test_a_function_loads_the_extension_without_a_greeting_and_the_line_greets_once(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, displays: list[str]
) -> None:
    monkeypatch.setattr(functions, "shell", lambda: shell)
    Told(shell, "before = 1")
    first = Told(shell, "import jupyter_mlc as mlc; mlc.list(); 1")
    found = magics.loaded(shell)
    assert found is not None
    assert (first.error, first.shown, displays) == (None, "Out[2]: 1\n", ["register"])
    assert functions.current_desk() is found.desk
    assert [(one.source, one.ok) for one in found.recorder.executions] == [
        ("before = 1", None),
        ("import jupyter_mlc as mlc; mlc.list(); 1", True),
    ]
    assert [Told(shell, LOAD).shown.count("you are ana@laptop"), Told(shell, LOAD).shown.count("you are")] == [1, 0]


def test_loading_makes_no_registry(shell: InteractiveShell, home: Path) -> None:
    Told(shell, LOAD)
    assert list((home / "data").glob("**/*")) == []


def test_a_line_gives_the_answer_and_shows_it(tell: Tell, desk: Answering) -> None:
    told = tell("%mlc show churn:3")
    assert told.value == "did show"
    assert "did show" in told.shown
    assert desk.calls[0].values == {"ref": "churn:3"}


def test_a_variable_typed_by_its_bare_name_is_told(
    tell: Tell, desk: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(call: Call) -> object:
        raise NotFound(f"there is no model {call.values['ref']!r}")

    monkeypatch.setattr(desk, "carry_out", nothing)
    assert str(tell("ref = 'churn:3'\n%mlc show ref").error) == (
        "there is no model 'ref'\nref is a variable of the notebook: for its value write {ref}"
    )


def test_a_line_in_a_loop_sees_the_loop(tell: Tell, desk: Answering) -> None:
    tell("for n in (1, 2):\n    %mlc show churn:{n}")
    assert [call.values["ref"] for call in desk.calls] == ["churn:1", "churn:2"]


def test_a_line_in_a_function_sees_the_function(tell: Tell, desk: Answering) -> None:
    told = tell(
        "def keep(name, fitted):\n"
        "    answer = %mlc register {name} fitted --metric best={max(x for x in [len(name)])}\n"
        "    return answer\n"
        "keep('churn', [1])"
    )
    assert told.value == "did register"
    assert desk.calls[0].values == {
        "name": "churn",
        "object": Named(name="fitted", value=[1]),
        "metric": {"best": 5.0},
    }


def test_an_assignment_with_a_semicolon_keeps_the_value(tell: Tell) -> None:
    tell("m = %mlc load churn@champion;")
    assert tell("m").value == "did load"


def test_a_semicolon_hides_the_display(tell: Tell, desk: Answering) -> None:
    told = tell("%mlc load churn@champion;")
    assert told.shown == ""
    assert len(desk.calls) == 1


@pytest.mark.parametrize(
    "cell", ["%mlc show a;\n\n# and so on\n", "%mlc show a; # why", "x = 1\n%mlc show a ;", "%%mlc run a;\npass"]
)
def test_a_semicolon_hides_the_display_wherever_the_line_stands(tell: Tell, cell: str) -> None:
    assert tell(cell).shown == ""


def test_a_semicolon_on_an_earlier_line_hides_nothing(tell: Tell) -> None:
    assert "did show" in tell("%mlc load churn;\n%mlc show churn").shown
    assert "did load" in tell("m = %mlc load churn;\nm").shown


@pytest.mark.parametrize("cell", ["%mlc show 'a;'", "%mlc show a # quiet;"])
def test_a_semicolon_in_quotes_or_a_comment_hides_nothing(tell: Tell, cell: str) -> None:
    assert "did show" in tell(cell).shown


def test_dollars_and_braces_are_left_to_our_parser(tell: Tell, desk: Answering) -> None:
    tell("HOME = 'x'")
    tell("%mlc show '$HOME {HOME}'")
    assert desk.calls[0].values == {"ref": "$HOME {HOME}"}


def test_a_slice_and_json_reach_the_call(tell: Tell, desk: Answering) -> None:
    tell("rows = [3, 4, 5]")
    tell('%mlc register churn {rows[1:]} --param options={"a": [1, {"b": "}"}]} "it\'s fine"  # Ana\'s')
    assert desk.calls[0].values == {
        "name": "churn",
        "object": Named(name="rows[1:]", value=[4, 5]),
        "note": "it's fine",
        "param": {"options": "{'a': [1, {'b': '}'}]}"},
    }


def test_a_refusal_is_one_line_and_stops_the_run(tell: Tell) -> None:
    told = tell("%mlc promot churn:3")
    assert type(told.error).__name__ == "UsageError"
    assert told.trouble == "UsageError: there is no verb 'promot'\ndid you mean promote?\n"
    assert "Traceback" not in told.shown
    assert not told.result.success


def test_a_refusal_of_the_desk_is_told_in_the_same_way(tell: Tell, desk: Answering) -> None:
    desk.refuses = MlcError("churn:9 is not there", hint="the newest is churn:3")
    told = tell("%mlc show churn:9")
    assert told.trouble == "UsageError: churn:9 is not there\nthe newest is churn:3\n"
    assert told.error is not None
    assert told.error.__suppress_context__


def test_a_bug_is_shown_as_one(tell: Tell, desk: Answering) -> None:
    desk.refuses = ZeroDivisionError("a bug")
    assert isinstance(tell("%mlc show churn").error, ZeroDivisionError)


def test_an_interrupt_passes_through(tell: Tell, desk: Answering) -> None:
    desk.refuses = KeyboardInterrupt()
    assert isinstance(tell("%mlc show churn").error, KeyboardInterrupt)


def test_the_magic_alone_shows_the_twelve(tell: Tell, desk: Answering) -> None:
    assert "%mlc register churn clf" in tell("%mlc").shown
    assert "%mlc dataset add NAME DATA" in tell("%mlc help").shown
    assert tell("%mlc promote --help").shown.lstrip().split("\n")[1].startswith("%mlc promote REF")
    assert desk.calls == []


def test_a_question_mark_shows_the_twelve(tell: Tell) -> None:
    told = tell("%mlc?")
    assert "%mlc register churn clf" in f"{told.shown} {told.outputs}"


def test_the_cell_is_the_body_of_a_run(tell: Tell, desk: Answering) -> None:
    told = tell("%%mlc run churn -p C=1\nfitted = 1\nfitted + 1")
    assert told.value == "ran"
    assert "2" in told.shown
    assert desk.calls[0].values == {"name": "churn", "param": {"C": 1}, "cell": "fitted = 1\nfitted + 1\n"}
    assert tell("fitted").value == 1


def test_what_the_cell_raises_is_raised_once_the_run_is_ended(tell: Tell) -> None:
    told = tell("%%mlc run churn\n1 / 0")
    assert isinstance(told.error, ZeroDivisionError)
    assert "1 / 0" in told.shown
    assert "bodies.py" not in told.shown


def test_a_cell_that_is_no_python_is_raised(tell: Tell) -> None:
    assert isinstance(tell("%%mlc run churn\n1 +").error, SyntaxError)


@pytest.mark.parametrize(
    "cell", ["await work()", "async with work() as it:\n    pass", "[one async for one in work()]"]
)
def test_a_cell_that_awaits_is_refused_before_a_run_is_recorded(tell: Tell, desk: Answering, cell: str) -> None:
    told = tell(f"%%mlc run churn\n{cell}")
    assert told.trouble == (
        "UsageError: a cell below %%mlc cannot await\nwrite it in a block: with mlc.run('churn') as run:\n"
    )
    assert desk.calls == []


def test_a_cell_may_define_what_awaits(tell: Tell) -> None:
    assert tell("%%mlc run churn\nasync def work():\n    await other()").value == "ran"


def test_a_cell_may_hold_magics(tell: Tell, desk: Answering) -> None:
    tell("%%mlc run churn\nanswer = %mlc show churn:1")
    assert [call.verb.name for call in desk.calls] == ["run", "show"]


def test_an_empty_body_shows_nothing(tell: Tell) -> None:
    assert tell("%%mlc run churn;\nNone").shown == ""
    assert tell("%%mlc run churn;\n7;").shown == ""


def test_with_json_a_reply_is_plain_data(shell: InteractiveShell) -> None:
    Told(shell, LOAD)
    value = Told(shell, "%mlc list --json").value
    assert isinstance(value, dict)
    assert value["models"] == []


def test_with_json_what_is_no_reply_stays_what_it_is(tell: Tell) -> None:
    assert tell("%mlc load churn --json").value == "did load"


def test_the_configuration_can_be_looked_at_and_set(
    tell: Tell, desk: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    shown = tell("%config MlcMagics").shown
    assert [name for name in ("registry", "ask", "banner", "rows") if f"MlcMagics.{name}=" not in shown] == []
    tell("%config MlcMagics.rows = 7")
    tell("%mlc list")
    tell("%mlc list --limit 3")
    tell("%mlc show churn")
    tell("%config MlcMagics.rows = -4")
    tell("%mlc list")
    assert [call.values.get("limit") for call in desk.calls] == [7, 3, None, 7]
    assert "should not be less than 0" in caplog.text


def test_the_registry_can_be_configured(tell: Tell, desk: Answering, tmp_path: Path) -> None:
    tell(f"%config MlcMagics.registry = '{tmp_path}/other'")
    assert desk.place.folder == tmp_path / "other"


def test_use_without_a_url_returns_to_the_registry_that_is_configured(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(magics, "Desk", Desk)
    Told(shell, LOAD)
    found = magics.loaded(shell)
    assert found is not None
    Told(shell, f"%config MlcMagics.registry = '{tmp_path}/team'")
    assert Told(shell, "%mlc use").value.registry == f"{tmp_path}/team"
    Told(shell, f"%mlc use {tmp_path}/other")
    assert found.desk.place.folder == tmp_path / "other"
    Told(shell, "%mlc use")
    assert found.desk.place.folder == tmp_path / "team"
    found.desk.close()


def test_the_greeting_can_be_switched_off(shell: InteractiveShell) -> None:
    shell.config.MlcMagics.banner = False
    assert Told(shell, LOAD).shown == ""


def test_loading_twice_is_harmless(shell: InteractiveShell, desk: Answering) -> None:
    hooks = len(shell.Completer.custom_matchers), len(shell.input_transformers_post)
    magics.load(shell)
    assert (len(shell.Completer.custom_matchers), len(shell.input_transformers_post)) == hooks
    assert magics.loaded(shell) is not None


def test_unloading_takes_everything_out(shell: InteractiveShell) -> None:
    def hooks() -> list[object]:
        return [
            list(shell.Completer.custom_matchers),
            list(shell.input_transformers_post),
            {name: list(found) for name, found in shell.events.callbacks.items()},
            sorted(shell.magics_manager.magics["line"]),
            sorted(shell.magics_manager.magics["cell"]),
            sorted(shell.magics_manager.registry),
            [type(one).__name__ for one in shell.configurables],
        ]

    before = hooks()
    jupyter_mlc.load_ipython_extension(shell)
    assert hooks() != before
    jupyter_mlc.unload_ipython_extension(shell)
    assert hooks() == before
    assert "`%mlc` not found" in Told(shell, "%mlc").trouble


def test_loading_and_unloading_reach_the_displays(shell: InteractiveShell, displays: list[str]) -> None:
    Told(shell, LOAD)
    Told(shell, "%unload_ext jupyter_mlc")
    assert displays == ["register", "unregister"]


def test_unloading_what_is_not_loaded_is_harmless(shell: InteractiveShell) -> None:
    magics.unload(shell)
    assert magics.loaded(shell) is None


def test_it_can_be_loaded_again(shell: InteractiveShell, desk: Answering) -> None:
    assert Told(shell, "%reload_ext jupyter_mlc").error is None
    assert Told(shell, "%mlc show churn").value == "did show"


def test_the_cells_are_recorded_also_those_before_loading(shell: InteractiveShell) -> None:
    Told(shell, "before = 1")
    Told(shell, LOAD)
    Told(shell, "after = 2")
    Told(shell, "1 / 0")
    found = magics.loaded(shell)
    assert found is not None
    recorded = [(one.source, one.ok) for one in found.recorder.executions]
    assert recorded == [("before = 1", None), (LOAD, True), ("after = 2", True), ("1 / 0", False)]


def test_a_cell_that_is_not_kept_in_the_history_is_not_recorded(shell: InteractiveShell, desk: Answering) -> None:
    shell.run_cell("hidden = 1", store_history=False)  # type: ignore[no-untyped-call]
    found = magics.loaded(shell)
    assert found is not None
    assert "hidden = 1" not in [one.source for one in found.recorder.executions]


def test_a_person_is_asked_where_the_frontend_can(
    shell: InteractiveShell, tell: Tell, desk: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_notebook(shell, is_watched=True)
    tell("%mlc show churn")
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "y"

    monkeypatch.setattr("builtins.input", answer)
    assert desk.ask is not None
    assert desk.ask("purge churn:3?")
    assert asked == ["purge churn:3? [y/N] "]
    monkeypatch.setattr("builtins.input", lambda question: "")
    assert not desk.ask("purge churn:3?")


def test_nobody_is_asked_where_nobody_is(shell: InteractiveShell, tell: Tell, desk: Answering) -> None:
    in_a_notebook(shell, is_watched=False)
    tell("%mlc show churn")
    assert desk.ask is None


def test_nobody_is_asked_where_asking_is_switched_off(shell: InteractiveShell, tell: Tell, desk: Answering) -> None:
    in_a_notebook(shell, is_watched=True)
    tell("%config MlcMagics.ask = False")
    tell("%mlc show churn")
    assert desk.ask is None


def test_a_frontend_that_promised_to_ask_and_cannot_names_the_option(
    shell: InteractiveShell, tell: Tell, desk: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(question: str) -> str:
        raise StdinNotImplementedError

    in_a_notebook(shell, is_watched=True)
    tell("%mlc show churn")
    monkeypatch.setattr("builtins.input", refuse)
    assert desk.ask is not None
    with pytest.raises(BadInput) as caught:
        desk.ask("purge churn:3?")
    assert caught.value.text == ("purge churn:3?\nnobody can be asked here; to go ahead without being asked, add --yes")


def test_an_interrupt_while_asking_passes_through(
    shell: InteractiveShell, tell: Tell, desk: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(question: str) -> str:
        raise KeyboardInterrupt

    in_a_notebook(shell, is_watched=True)
    tell("%mlc show churn")
    monkeypatch.setattr("builtins.input", interrupt)
    assert desk.ask is not None
    with pytest.raises(KeyboardInterrupt):
        desk.ask("purge churn:3?")


def test_a_line_continued_with_a_backslash_is_one_line(tell: Tell, desk: Answering) -> None:
    tell("%mlc list churn \\\n    --limit 3")
    assert desk.calls[0].values == {"what": "churn", "limit": 3}


def test_a_warning_is_told_every_time(tell: Tell, desk: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    desk.warn("churn:2 is deprecated")
    desk.warn("churn:2 is deprecated")
    assert capsys.readouterr().err == "warning: churn:2 is deprecated\n" * 2


def test_progress_is_shown_to_a_person_alone(shell: InteractiveShell, tell: Tell, desk: Answering) -> None:
    in_a_notebook(shell, is_watched=False)
    tell("%mlc show churn")
    in_a_notebook(shell, is_watched=True)
    tell("%mlc show churn")
    alone, watched = desk.told
    assert alone is silent
    assert isinstance(watched, Bar)


def test_progress_ends_with_the_line_that_it_is_about(shell: InteractiveShell, tell: Tell, desk: Answering) -> None:
    before = desk.progress
    in_a_notebook(shell, is_watched=True)
    tell("%mlc show churn")
    assert desk.progress is before
