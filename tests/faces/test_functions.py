from __future__ import annotations

import inspect
import keyword
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import jupyter_mlc as mlc
from jupyter_mlc.domain.errors import BadInput, MlcError, NeedsConfirmation
from jupyter_mlc.domain.lifecycle import Stage, Tier
from jupyter_mlc.faces import functions
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import script_desk
from jupyter_mlc.faces.functions import attribute_of, current_desk, names, stub
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.base import VERBS, Verb

ROOT = Path(mlc.__file__).parent
anything: Any = mlc
"""the functions, for what mypy would refuse"""


class Calls(list[Call]):
    """A desk that keeps what it is asked."""

    def carry_out(self, call: Call) -> object:
        self.append(call)
        return f"did {call.verb.name}"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    found = Calls()
    monkeypatch.setattr(functions, "current_desk", lambda: found)
    return found


@pytest.fixture
def face(verbs: dict[str, Verb]) -> Any:
    """The small verbs as functions."""

    class Face:
        def __getattr__(self, name: str) -> object:
            return attribute_of(verbs, name)

    return Face()


def test_a_verb_is_a_function(face: Any, calls: Calls) -> None:
    assert face.promote("churn:3", "production", "best on June", dry_run=True) == "did promote"
    assert calls[0].values == {
        "ref": "churn:3",
        "to": Stage.PRODUCTION,
        "reason": "best on June",
        "dry_run": True,
    }


def test_a_verb_of_a_group_is_a_function_of_the_group(face: Any, calls: Calls) -> None:
    rows = np.zeros(3)
    assert face.dataset.add("spring", rows) == "did dataset add"
    data = calls[0].values["data"]
    assert isinstance(data, Named)
    assert (calls[0].values["name"], data.name, data.value is rows) == ("spring", "rows", True)
    assert repr(face.dataset) == "<mlc.dataset: add, list>"
    assert dir(face.dataset) == ["add", "list"]


def test_models_and_data_come_with_the_names_that_the_caller_has_for_them(face: Any, calls: Calls) -> None:
    forest, spring, june = object(), np.zeros(3), np.ones(3)
    face.register("churn", forest, data=[spring, june], metric={"auc": np.float64(0.5)}, param={"C": 1})
    assert calls[0].values["object"] == Named(name="forest", value=forest)
    data = calls[0].values["data"]
    assert isinstance(data, tuple)
    assert [(one.name, one.value is live) for one, live in zip(data, [spring, june], strict=True)] == [
        ("spring", True),
        ("june", True),
    ]
    assert calls[0].values["metric"] == {"auc": 0.5}


def test_data_without_a_name_is_named_by_the_argument(face: Any, calls: Calls) -> None:
    face.register("churn", object(), data=np.zeros(3))
    assert [one.name for one in calls[0].values["data"]] == ["data"]  # type: ignore[attr-defined]


def test_data_may_be_named_by_a_mapping(face: Any, calls: Calls) -> None:
    face.register("churn", "model.joblib", data={"train": [1], "test": [2]}, sample=Path("rows.csv"))
    assert calls[0].values == {
        "name": "churn",
        "object": Named(name="model.joblib", value="model.joblib"),
        "data": (Named(name="train", value=[1]), Named(name="test", value=[2])),
        "sample": Named(name="rows.csv", value="rows.csv"),
    }


def test_any_number_of_words_are_any_number_of_arguments(face: Any, calls: Calls) -> None:
    face.discard("churn:1", ["churn:2", "churn:3"], yes=True)
    assert calls[0].values == {"refs": ("churn:1", "churn:2", "churn:3"), "yes": True}


def test_one_text_is_one_value_not_its_letters(face: Any, calls: Calls) -> None:
    face.tag("churn:3", {"team": "ops", "n": 4}, remove="old")
    assert calls[0].values == {"ref": "churn:3", "tags": {"team": "ops", "n": "4"}, "remove": ("old",)}


def test_times_are_texts_datetimes_or_microseconds(face: Any, calls: Calls) -> None:
    noon = datetime(2026, 6, 30, 12, tzinfo=UTC)
    for at in ("2026-06-30T12:00:00.000000", noon, int(noon.timestamp()) * 1_000_000):
        face.list("churn", at=at)
    assert {call.values["at"] for call in calls} == {1_782_820_800_000_000}


def test_what_is_yes_or_no_takes_nothing_else(face: Any, calls: Calls) -> None:
    with pytest.raises(BadInput) as caught:
        face.list(runs="yes")
    assert caught.value.text == "runs is True or False, not 'yes'\nwrite runs=True"
    face.list(runs=np.True_)
    assert calls[0].values == {"runs": True}


def test_none_is_the_default(face: Any, calls: Calls) -> None:
    face.edit("churn", tier=None)
    face.edit("churn", tier=Tier.HIGH)
    assert [call.values.get("tier") for call in calls] == [None, Tier.HIGH]


def test_an_argument_that_does_not_fit_is_refused(face: Any, calls: Calls) -> None:
    with pytest.raises(BadInput) as caught:
        face.tag("churn:3", "team=ops")
    assert caught.value.text == 'tags is a mapping, not str\nwrite tags={"key": value}'
    with pytest.raises(BadInput) as caught:
        face.promote("churn:3", "prod")
    assert caught.value.text == "'prod' is no stage\ndid you mean production?"
    assert calls == []


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: anything.register("churn", "clf", load_check=False),
            "mlc.register has no argument 'load_check'\ndid you mean no_load_check=True?",
        ),
        (
            lambda: anything.register("churn", "clf", load_check=True),
            "mlc.register has no argument 'load_check'\nleave it out: no_load_check=True is the opposite",
        ),
        (
            lambda: anything.dataset.add("spring", [1], store=False),
            "mlc.dataset.add has no argument 'store'\ndid you mean no_store=True?",
        ),
        (
            lambda: anything.promote("churn:3", stage="production"),
            "mlc.promote has no argument 'stage'\ndid you mean to=?",
        ),
        (
            lambda: anything.promote("churn:3", dryrun=True),
            "mlc.promote has no argument 'dryrun'\ndid you mean dry_run=?",
        ),
        (
            lambda: anything.undo(sure=True),
            "mlc.undo has no argument 'sure'\nit has reason, dry_run, yes; see help(mlc.undo)",
        ),
        (
            lambda: anything.tag("churn:3", team="ops"),
            "mlc.tag has no argument 'team'\nit has ref, tags, dry_run, yes, remove; "
            'team itself is given as tags={"team": ...}; see help(mlc.tag)',
        ),
        (anything.show, "mlc.show: missing a required argument: 'ref'\nsee help(mlc.show)"),
        (
            lambda: anything.run("churn", tags={"team": "ops"}),
            "mlc.run has no argument 'tags'\ndid you mean tag=?; a parameter of that name: param={\"tags\": ...}",
        ),
    ],
)
def test_an_argument_that_is_none_is_a_type_error_with_the_right_one(call: Callable[[], object], text: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert isinstance(caught.value, mlc.MlcError)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: anything.run("churn", {"C"}),
            "\"note\" wants text, not a set: {'C'}\nsee help(mlc.run)",
        ),
        (
            lambda: anything.run("churn", big={1}.pop),
            "big=<built-in method pop of set object> is a builtin_function_or_method; "
            "a parameter is a number, text, True, False, None, a list or a mapping\n"
            "to keep its text, write big=str(...)",
        ),
        (
            lambda: anything.register("churn", object(), metric={None: 0.5}),
            "None is a NoneType, and cannot be the name of a metric\nname it with text or a number; str(None) is text",
        ),
        (
            lambda: anything.run("churn", param={("a", 1): 0.5}),
            "('a', 1) is a tuple, and cannot be the name of a parameter\n"
            "name it with text or a number; str(('a', 1)) is text",
        ),
        (lambda: anything.run("churn", param=3), 'param is a mapping, not int\nwrite param={"key": value}'),
        (lambda: anything.run("churn", tag="ops"), 'tag is a mapping, not str\nwrite tag={"key": value}'),
    ],
)
def test_what_does_not_fit_a_run_is_refused_before_it_begins(
    calls: Calls, call: Callable[[], object], text: str
) -> None:
    with pytest.raises(BadInput) as caught:
        call()
    assert re.sub(" at 0x[0-9a-f]+", "", caught.value.text) == text


def test_errors_have_a_public_name() -> None:
    assert mlc.MlcError is MlcError
    assert "MlcError" in dir(mlc)


def test_what_faces_fill_in_is_no_argument(face: Any) -> None:
    assert {"snapshot", "confirm"}.isdisjoint(inspect.signature(face.register).parameters)
    assert "cell" not in inspect.signature(face.run).parameters


def test_a_function_has_a_signature_of_its_own(face: Any) -> None:
    assert str(inspect.signature(face.promote)) == (
        "(ref: 'str', to: 'Stage | str | None' = None, reason: 'str' = '', *, "
        "dry_run: 'bool' = False, yes: 'bool' = False) -> 'Plain'"
    )
    assert str(inspect.signature(face.discard)) == (
        "(*refs: 'str | Sequence[str]', dry_run: 'bool' = False, yes: 'bool' = False) -> 'Plain'"
    )
    assert (face.promote.__name__, face.promote.__module__) == ("promote", "jupyter_mlc")


def test_a_function_documents_its_arguments(face: Any) -> None:
    assert inspect.getdoc(face.show) == (
        "Do what 'show' says.\n"
        "\n"
        "And say more about it.\n"
        "\n"
        "Parameters\n"
        "----------\n"
        "ref : str\n"
        "    the version\n"
        "at : str | date | int | None\n"
        "    as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named\n"
        "\n"
        "Returns\n"
        "-------\n"
        "Plain"
    )


def test_a_refusal_in_a_script_names_the_line_for_a_terminal(
    face: Any, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(call: Call) -> object:
        raise BadInput("discard what? %mlc", hint="name candidates: %mlc discard churn:2")

    monkeypatch.setattr(calls, "carry_out", refuse)
    with pytest.raises(BadInput) as caught:
        face.show("churn")
    assert caught.value.text == "discard what? %mlc\nname candidates: jupyter mlc discard churn:2"


@pytest.mark.slow
def test_a_reply_is_printed_as_a_person_reads_it(tmp_path: Path) -> None:
    script = "import jupyter_mlc as mlc; found = mlc.list(); print(found); print(repr(found))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path)
    *shown, last = done.stdout.splitlines()
    assert shown == ["models  no model yet", "make one: jupyter mlc register NAME OBJECT"]
    assert last.startswith("ListReply(done=True, ")


@pytest.mark.slow
def test_a_reply_is_printed_in_a_notebook_with_the_lines_of_the_notebook(tmp_path: Path) -> None:
    script = (
        "from IPython.core.interactiveshell import InteractiveShell; InteractiveShell.instance()\n"
        "import jupyter_mlc as mlc; print(mlc.list())"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "make one: %mlc register NAME OBJECT"


@pytest.mark.slow
def test_printing_needs_no_more_than_importing_the_functions_did() -> None:
    script = "import jupyter_mlc as mlc; mlc.list; import jupyter_mlc.faces.desk"
    assert not any(name.startswith("jupyter_mlc.faces.display.") for name in loaded_by(script))


def test_a_name_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(mlc, "promot")  # noqa: B009 (mypy knows that it is not there)
    assert str(caught.value) == "jupyter_mlc has no 'promot'; did you mean promote?"
    with pytest.raises(AttributeError) as caught:
        getattr(mlc.dataset, "ad")  # noqa: B009 (mypy knows that it is not there)
    assert str(caught.value) == "jupyter_mlc has no 'dataset.ad'; did you mean add?"


def test_a_refusal_names_what_python_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    mlc.register("churn", {"a": 1}, no_load_check=True)
    with pytest.raises(NeedsConfirmation) as caught:
        mlc.discard("churn:1")
    assert caught.value.hint == "to go ahead without being asked, add yes=True"


def test_the_words_of_other_tools_are_answered() -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(mlc, "autolog")()  # noqa: B009 (mypy knows that it is not there)
    assert str(caught.value) == "jupyter_mlc has no 'autolog'; write jupyter mlc register NAME OBJECT"


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("log", "run.log(auc=0.7) inside: with mlc.run(NAME) as run:"),
        ("log_params", "run.param(C=1) inside: with mlc.run(NAME) as run:"),
        ("log_figure", 'run.log_file("roc.png") inside: with mlc.run(NAME) as run:'),
        ("end_run", "run.end() inside: with mlc.run(NAME) as run:"),
        ("start_run", "with mlc.run(NAME) as run:"),
    ],
)
def test_the_words_of_other_tools_for_runs_are_answered_with_what_a_run_does(word: str, line: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(mlc, word)
    assert str(caught.value) == f"jupyter_mlc has no {word!r}; write {line}"


def test_python_asks_for_private_names_without_loading_anything() -> None:
    assert not hasattr(mlc, "__wrapped__")
    assert not hasattr(mlc, "_repr_html_")


def test_the_door_lists_every_verb_but_the_plumbing() -> None:
    assert {"register", "promote", "run", "dataset", "admin", "__version__"} <= set(dir(mlc))
    assert "run_end" not in dir(mlc)
    assert mlc.promote is mlc.promote


def test_a_run_is_started_on_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr("jupyter_mlc.faces.runs.Run", lambda *args, **more: made.append((*args, more)))
    monkeypatch.setattr(functions, "current_desk", lambda: "desk")
    mlc.run("churn", "deeper", tag={"team": "ops"}, name="x", depth=4)
    mlc.run("churn", note="wider", param={"l 1": 0.5, "note": "a parameter"})
    assert made == [
        ("desk", "churn", "deeper", {"params": {"name": "x", "depth": 4}, "tags": {"team": "ops"}}),
        ("desk", "churn", "wider", {"params": {"l 1": 0.5, "note": "a parameter"}, "tags": {}}),
    ]


def test_in_a_script_there_is_one_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "shell", lambda: None)
    assert current_desk() is script_desk()


def test_without_ipython_there_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert current_desk() is script_desk()


def test_in_a_notebook_the_desk_is_that_of_the_magics(monkeypatch: pytest.MonkeyPatch) -> None:
    registry: dict[str, object] = {"MlcMagics": SimpleNamespace(desk="the notebook's")}
    manager = SimpleNamespace(magics_manager=SimpleNamespace(registry=registry))
    monkeypatch.setattr(functions, "shell", lambda: manager)
    assert current_desk() == "the notebook's"  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: str(verb.name))
def test_every_verb_can_be_called_from_python(verb: Verb) -> None:
    parts = verb.python_name.split(".")
    assert not any(keyword.iskeyword(part) for part in parts)
    assert parts[0] not in {module.name for module in pkgutil.iter_modules([str(ROOT)])}
    if not verb.plumbing:
        assert parts[0] in names()


@pytest.fixture
def errors(tmp_path: Path) -> Callable[[str], list[str]]:
    """What mypy says of a script, by the stub alone: replies are not looked into."""
    stubs = tmp_path / "stubs" / "jupyter_mlc"
    stubs.mkdir(parents=True)
    (stubs / "__init__.pyi").write_text(stub())
    lax = ["--follow-imports=skip", "--ignore-missing-imports", "--no-error-summary", "--no-incremental"]

    def check(script: str) -> list[str]:
        (tmp_path / "script.py").write_text(script)
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--config-file=", *lax, "script.py", str(stubs / "__init__.pyi")],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"MYPYPATH": str(tmp_path / "stubs")},
        )
        assert done.stderr == ""
        return [line for line in done.stdout.splitlines() if ": error: " in line]

    return check


GOOD = """
from datetime import date
import jupyter_mlc as mlc

with mlc.run("churn", C=1) as run:
    run.log(auc=.7)
made = mlc.register("churn", object(), data=[[1, 2]], metric={"auc": .5}, tag={"team": "ops"})
mlc.promote(made.version, "production", "best on June", dry_run=True)
moved = mlc.rollback("churn")
print(moved.version, mlc.list("churn", at=date(2026, 6, 30)).to_rows(), mlc.dataset.add("spring", [1]).rows)
mlc.discard("churn:1", ["churn:2"], yes=True)
mlc.load("churn@champion").predict([[1]])
print(mlc.__version__)
mlc.run("churn", note="deeper", tag={"team": "ops"}, depth=4).end()
try:
    mlc.show("churn:9")
except mlc.MlcError as error:
    print(error.message, error.hint, error.code)
"""
BAD = """
import jupyter_mlc as mlc

mlc.promote("churn:3", dryrun=True)
mlc.promote(3)
mlc.promot("churn:3")
mlc.dataset.ad("spring", [1])
mlc.list(limit="ten")
"""


@pytest.mark.slow
def test_mypy_knows_the_functions(errors: Callable[[str], list[str]]) -> None:
    assert errors(GOOD) == []


@pytest.mark.slow
def test_mypy_finds_what_does_not_fit(errors: Callable[[str], list[str]]) -> None:
    lines = [error.split(": ")[0] for error in errors(BAD)]
    assert lines == ["script.py:4", "script.py:5", "script.py:6", "script.py:7", "script.py:8"]


def test_the_stub_is_python_and_names_every_function() -> None:
    text = stub()
    compile(text, "__init__.pyi", "exec")
    for name in names():
        assert f"def {name}(" in text or f"\n{name}: _" in text


def test_on_windows_importing_is_refused() -> None:
    script = "import sys; sys.platform = 'win32'; import jupyter_mlc"
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        "ImportError: jupyter_mlc runs on Linux and macOS, not on Windows; in the Windows Subsystem for Linux it does"
    )


HEAVY = ("pandas", "sklearn", "papermill", "pyarrow", "nbformat", "lark", "numpy", "joblib", "cryptography")


def loaded_by(script: str) -> set[str]:
    told = f"{script}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing() -> None:
    modules = loaded_by("import jupyter_mlc")
    assert [name for name in modules if name.startswith("jupyter_mlc.")] == []
    assert modules.isdisjoint({*HEAVY, "IPython", "msgspec", "sqlite3"})


def test_loading_the_extension_loads_nothing_heavy() -> None:
    script = "from IPython.core.interactiveshell import InteractiveShell as S; s = S(); before = set(sys.modules)\n"
    load = "s.run_line_magic('load_ext', 'jupyter_mlc'); import jupyter_mlc.faces.magics as m; assert m.loaded(s)"
    assert loaded_by(f"import sys\n{script}{load}").isdisjoint(HEAVY)
