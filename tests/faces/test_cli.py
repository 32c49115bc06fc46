from __future__ import annotations

import dataclasses
import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_mlc import __version__
from jupyter_mlc.domain.errors import BadInput, Conflict, NeedsConfirmation, NotFound
from jupyter_mlc.faces import cli
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.verbs.base import Reply


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer(Reply):
    words: str = "done"
    score: float = 0.5
    code: int = 0

    @property
    def exit_code(self) -> int:
        return self.code


class Answering(Desk):
    """Keeps the calls, and answers or raises."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.answer: Callable[[Answering], Reply] = lambda desk: Answer()

    def carry_out(self, call: Call) -> object:
        self.calls.append(call)
        return self.answer(self)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Answering:
    monkeypatch.chdir(tmp_path)
    found = Answering()
    monkeypatch.setattr(cli, "_desk", lambda: found)
    return found


Captured = pytest.CaptureFixture[str]


def refusing(error: BaseException) -> Callable[[Answering], Reply]:
    def answer(desk: Answering) -> Reply:
        raise error

    return answer


def test_a_reply_is_printed_and_lines_to_type_are_those_of_the_command_line(desk: Answering, capsys: Captured) -> None:
    desk.answer = lambda _: Answer(words="ana's own %mlc list", warnings=("see %mlc log",), next="%mlc show churn:3")
    assert cli.main(["promote", "churn:3", "production", "best on June", "--yes"]) == 0
    assert capsys.readouterr().out == (
        "answer\nwords  ana's own %mlc list\nscore  0.5\ncode   0\n"
        "warning: see jupyter mlc log\nnext: jupyter mlc show churn:3\n"
    )
    assert desk.calls[0].values["reason"] == "best on June"


def test_with_json_the_reply_is_json(desk: Answering, capsys: Captured) -> None:
    desk.answer = lambda _: Answer(score=float("nan"), words="%mlc é")
    assert cli.main(["show", "churn:3", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["score"] == {"$number": "nan"}
    assert printed["words"] == "%mlc é"


def test_lines_to_type_in_json_are_those_of_the_command_line(desk: Answering, capsys: Captured) -> None:
    desk.answer = lambda _: Answer(next="take it back: %mlc undo", warnings=("see %mlc log",))
    assert cli.main(["promote", "churn:3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "done": True,
        "warnings": ["see jupyter mlc log"],
        "next": "take it back: jupyter mlc undo",
        "words": "done",
        "score": 0.5,
        "code": 0,
    }


def test_with_quiet_nothing_is_printed(desk: Answering, capsys: Captured) -> None:
    assert cli.main(["show", "churn:3", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("code", [0, 3, 4])
def test_a_reply_knows_its_exit_code(desk: Answering, code: int) -> None:
    desk.answer = lambda _: Answer(code=code)
    assert cli.main(["verify"]) == code


def test_a_refusal_is_told_on_stderr(desk: Answering, capsys: Captured) -> None:
    desk.answer = refusing(NotFound("there is no churn:9", hint="see %mlc list churn"))
    assert cli.main(["show", "churn:9"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "there is no churn:9\nsee jupyter mlc list churn\n")


def test_with_json_a_refusal_is_json_as_well(desk: Answering, capsys: Captured) -> None:
    desk.answer = refusing(NotFound("there is no churn:9", hint="see %mlc list churn"))
    assert cli.main(["show", "churn:9", "--json"]) == 1
    told = capsys.readouterr()
    assert told.err == "there is no churn:9\nsee jupyter mlc list churn\n"
    assert json.loads(told.out) == {
        "code": "not-found",
        "message": "there is no churn:9",
        "hint": "see jupyter mlc list churn",
    }


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["promot", "--json"], "bad-input", 2),
        (["--json", "show"], "bad-input", 2),
        (["load", "churn", "--json"], "bad-input", 2),
        (["show", "--json", "--", "--json"], "interrupted", 130),
    ],
)
def test_with_json_whatever_goes_wrong_is_json(
    desk: Answering, capsys: Captured, words: list[str], code: str, exit_code: int
) -> None:
    desk.answer = refusing(KeyboardInterrupt())
    assert cli.main(words) == exit_code
    assert json.loads(capsys.readouterr().out)["code"] == code


@pytest.mark.parametrize("words", [["show", "--", "--json"], ["show", "churn:9", "--json", "--quiet"]])
def test_without_json_a_refusal_is_words_alone(desk: Answering, capsys: Captured, words: list[str]) -> None:
    desk.answer = refusing(NotFound("there is no churn:9"))
    assert cli.main(words) == 1
    assert capsys.readouterr().out == ""


def test_a_question_that_is_not_answered_has_its_token_in_json(desk: Answering, capsys: Captured) -> None:
    desk.answer = refusing(NeedsConfirmation("purge churn:3?", token="t"))
    assert cli.main(["discard", "churn:3", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["token"] == "t"


def test_a_refusal_repeats_what_was_typed_as_it_was_typed(desk: Answering, capsys: Captured) -> None:
    desk.answer = refusing(NotFound("there is no tag '%mlc x'", hint="choose another: %mlc use PATH"))
    cli.main(["show", "churn:9"])
    assert capsys.readouterr().err == "there is no tag '%mlc x'\nchoose another: export MLC_REGISTRY=PATH\n"


def test_a_line_that_does_not_fit_exits_with_2(desk: Answering, capsys: Captured) -> None:
    assert cli.main(["promot"]) == 2
    assert capsys.readouterr().err == "there is no verb 'promot'\ndid you mean promote?\n"
    assert desk.calls == []


def test_bad_input_of_the_verb_exits_with_2(desk: Answering) -> None:
    desk.answer = refusing(BadInput("'a b' cannot name a model"))
    assert cli.main(["show", "a b"]) == 2


def test_an_interrupt_exits_with_130(desk: Answering, capsys: Captured) -> None:
    desk.answer = refusing(KeyboardInterrupt())
    assert cli.main(["verify"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_bug_is_shown_as_one(desk: Answering) -> None:
    desk.answer = refusing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main(["verify"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["run", "churn"],
            (
                "run would last only as long as this command\n"
                'write with mlc.run("NAME") as run: ... in a script, or %%mlc run NAME in a notebook\n'
            ),
        ),
        (
            ["load", "churn"],
            (
                "load would last only as long as this command\n"
                'write mlc.load("REF") in a script, or m = %mlc load REF in a notebook\n'
            ),
        ),
        (
            ["use", "here"],
            (
                "use would last only as long as this command\n"
                'write export MLC_REGISTRY=URL, or registry = "URL" under [tool.mlc] in pyproject.toml\n'
            ),
        ),
    ],
)
def test_what_lasts_only_in_a_notebook_is_refused(
    desk: Answering, capsys: Captured, words: list[str], message: str
) -> None:
    assert cli.main(words) == 2
    assert capsys.readouterr().err == message


def test_without_words_those_of_the_twelve_are_shown_that_a_command_line_carries_out(
    desk: Answering, capsys: Captured
) -> None:
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    assert "jupyter mlc register churn model.joblib --data train.csv --metric auc=0.71" in shown
    assert not [line for line in shown.splitlines() if "mlc load" in line or "mlc run" in line or "clf" in line]
    assert shown.endswith("jupyter mlc VERB --help explains a verb · jupyter mlc help lists them all\n")


@pytest.mark.parametrize("word", ["help", "--help", "-h"])
def test_help_lists_what_a_command_line_carries_out(capsys: Captured, word: str) -> None:
    assert cli.main([word]) == 0
    verbs = {line.split()[2] for line in capsys.readouterr().out.splitlines() if line.startswith("  jupyter mlc ")}
    assert {"register", "panel", "dataset"} <= verbs
    assert verbs.isdisjoint({"run", "load", "use"})


@pytest.mark.parametrize(
    "words",
    [["promote", "--help"], ["help", "promote"], ["--help", "promote"], ["promote", "-h", "churn:3"]],
)
def test_help_is_everywhere(desk: Answering, capsys: Captured, words: list[str]) -> None:
    assert cli.main(words) == 0
    assert capsys.readouterr().out.startswith("jupyter mlc promote REF [TO]")


def test_the_version_is_told(capsys: Captured) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"jupyter_mlc {__version__}\n"


def test_a_person_at_a_terminal_is_asked(desk: Answering, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = io.StringIO("yes\n\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True, readline=typed.readline))
    asked: list[bool] = []

    def answer(desk: Answering) -> Reply:
        assert desk.ask is not None
        asked.extend([desk.ask("purge churn:3?"), desk.ask("and churn:4?"), desk.ask("and churn:5?")])
        return Answer()

    desk.answer = answer
    assert cli.main(["discard", "churn:3"]) == 0
    assert asked == [True, False, False]
    assert capsys.readouterr().err == "purge churn:3? [y/N] and churn:4? [y/N] and churn:5? [y/N] "


def test_without_a_person_the_option_is_named(
    desk: Answering, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))

    def answer(desk: Answering) -> Reply:
        assert desk.ask is None
        raise NeedsConfirmation("purge churn:3?", token="t")

    desk.answer = answer
    assert cli.main(["discard", "churn:3"]) == 1
    assert capsys.readouterr().err == "purge churn:3?\nto go ahead without being asked, add --yes\n"


def test_a_warning_goes_to_stderr(desk: Answering, capsys: Captured) -> None:
    def answer(desk: Answering) -> Reply:
        desk.warn("churn:3 is deprecated")
        return Answer()

    desk.answer = answer
    cli.main(["show", "churn:3"])
    assert capsys.readouterr().err == "warning: churn:3 is deprecated\n"


def test_what_the_store_warns_of_is_told_in_words(desk: Answering, capsys: Captured) -> None:
    def answer(desk: Answering) -> Reply:
        warnings.warn("others could read your key; if so: %mlc admin key --rotate", stacklevel=1)
        return Answer()

    desk.answer = answer
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        cli.main(["show", "churn:3"])
    told = "warning: others could read your key; if so: jupyter mlc admin key --rotate\n"
    assert capsys.readouterr().err == told


def test_what_another_library_warns_of_is_told_as_python_does(desk: Answering, capsys: Captured) -> None:
    def answer(desk: Answering) -> Reply:
        warnings.warn_explicit("old", DeprecationWarning, "library.py", 3)
        return Answer()

    desk.answer = answer
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        cli.main(["show", "churn:3"])
    assert capsys.readouterr().err == "library.py:3: DeprecationWarning: old\n"


def test_progress_is_shown_on_a_terminal_and_taken_away(desk: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def answer(desk: Answering) -> Reply:
        bar = desk.progress
        bar.clock = iter([0.0, 1.0, 2.0]).__next__  # type: ignore[attr-defined]
        for done in (0, 5, 10):
            bar(done, 10, "events")
        return Answer()

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    desk.answer = answer
    cli.main(["verify"])
    written = terminal.getvalue()
    assert "events ██████████░░░░░░░░░░ 5/10" in written
    assert written.endswith("\r")


def test_the_desk_is_closed_whatever_happens(desk: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []
    monkeypatch.setattr(desk, "close", lambda: closed.append(1))
    desk.answer = refusing(Conflict("no"))
    cli.main(["verify"])
    assert closed == [1]


def program(*words: str, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "jupyter_mlc", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONIOENCODING": "ascii"} if more.get("ascii") else None,
    )


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error() -> None:
    started = program("help")
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    with started.stderr as stderr:
        assert stderr.read() == b""
    assert started.wait() == 0


@pytest.mark.slow
def test_a_reader_that_wants_one_line_is_no_error(tmp_path: Path) -> None:
    line = f"{sys.executable} -m jupyter_mlc.faces.cli help | head -1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@pytest.mark.parametrize("words", [["help"], ["list"], ["list", "--json"], ["show", "churn:1", "--json"]])
def test_an_answer_that_cannot_be_written_is_told_in_words(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_mlc.faces.cli", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ | {"MLC_REGISTRY": str(tmp_path / "registry")},
        )
    lost = "the answer cannot be written: No space left on device\nthe command has ended; only its answer is lost\n"
    refused = (
        "there is no model 'churn'\nsee jupyter mlc list; make one: jupyter mlc register NAME OBJECT; "
        f"no registry was at {tmp_path}/registry; an empty one was made. Another one: export MLC_REGISTRY=PATH\n"
    )
    assert (done.returncode, done.stderr) == (1, refused if "show" in words else lost)


@pytest.mark.slow
def test_a_terminal_that_knows_few_letters_is_no_error() -> None:
    out, err = program(ascii=True).communicate()
    assert b"VERB --help explains a verb ? jupyter mlc help" in out
    assert err == b""


def test_the_command_is_there_for_jupyter() -> None:
    found = Path(sys.executable).parent / "jupyter-mlc"
    shown = subprocess.run([found, "--version"], check=True, capture_output=True, text=True)
    assert shown.stdout == f"jupyter_mlc {__version__}\n"


def test_the_real_desk_answers(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["list"]) == 0
    assert "jupyter mlc register NAME OBJECT" in capsys.readouterr().out
    assert cli.main(["show", "churn:1"]) == 1
    assert "churn" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_a_caller_has_closed_stop_nothing(closed: str, tmp_path: Path) -> None:
    environment = {**os.environ, "MLC_REGISTRY": str(tmp_path / "registry")}
    line = f'"{sys.executable}" -m jupyter_mlc.faces.cli'
    (tmp_path / "model.bin").write_bytes(b"weights")
    typed = f'{line} register churn "{tmp_path}/model.bin" {closed} && {line} show churn:1 --json'
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=True, env=environment)
    assert json.loads(done.stdout.splitlines()[-1])["version"]["number"] == 1


def test_from_a_folder_that_was_deleted_lines_work_or_say_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    (tmp_path / "model.bin").write_bytes(b"weights")
    (tmp_path / "scratch").mkdir()
    monkeypatch.chdir(tmp_path / "scratch")
    (tmp_path / "scratch").rmdir()
    assert cli.main(["register", "churn", str(tmp_path / "model.bin")]) == 0
    for line, word in (("init", "."), ("admin backup bk", "bk"), ("copy churn:1 x.tar", "x.tar")):
        assert cli.main(line.split()) == 1
        assert capsys.readouterr().err.endswith(
            f"the working folder was deleted, and {word} is meant from there\n"
            "go to a folder that is there, or write the whole path\n"
        )
    monkeypatch.chdir(tmp_path)


def test_where_no_key_can_be_kept_init_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["init"]) == 1
    assert capsys.readouterr().err.startswith("the signing key cannot be kept")
    assert not (tmp_path / ".mlc").exists()
