"""Every verb is offered everywhere, explained everywhere and tested."""

from __future__ import annotations

import dataclasses
import inspect
import keyword
import subprocess
import sys
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from typing import get_type_hints

import pytest

import jupyter_mlc as mlc
from jupyter_mlc.domain.entities import Scalar
from jupyter_mlc.faces.arguments import parse, parse_words
from jupyter_mlc.faces.help import HelpText
from jupyter_mlc.faces.wire import routes
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Reading, Verb, Where, Writing
from jupyter_mlc.verbs.listed import NAMES, module_of

HERE = Path(__file__).parent
VERB_FILES = list((HERE.parent / "jupyter_mlc" / "verbs").glob("*.py"))
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (HERE / "verbs").glob("test_*.py"))
REFERENCE = (HERE.parent / "docs" / "reference.md").read_text(encoding="utf-8")
every_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=attrgetter("name"))
offered = [verb for verb in VERBS.values() if not verb.plumbing]
every_offered_verb = pytest.mark.parametrize("verb", offered, ids=attrgetter("name"))


@every_verb
def test_a_verb_has_a_request_a_reply_and_a_function(verb: Verb) -> None:
    assert dataclasses.is_dataclass(verb.ask)
    assert dataclasses.is_dataclass(verb.reply)
    assert list(get_type_hints(verb.ask)) == [field.name for field in dataclasses.fields(verb.ask)]
    assert list(inspect.signature(verb.function).parameters) == ["ask", "context"]


@every_verb
def test_a_verb_and_its_fields_are_explained(verb: Verb) -> None:
    assert verb.summary.endswith(".")
    for argument in verb.arguments():
        assert argument.described.description, argument.name


@every_verb
def test_what_is_said_in_own_words_is_searched_for_secrets(verb: Verb) -> None:
    for argument in verb.arguments():
        holds_text = argument.plain_type in {Mapping[str, str], Mapping[str, Scalar]}
        if holds_text or "in quotes" in argument.described.description:
            assert argument.described.words, argument.name


@every_verb
def test_a_verb_is_no_word_of_python(verb: Verb) -> None:
    for part in verb.python_name.split("."):
        assert part.isidentifier()
        assert not keyword.iskeyword(part)


@every_verb
def test_a_verb_is_loaded_from_its_own_module_by_its_name(verb: Verb) -> None:
    assert verb.function.__module__ == module_of(verb.name)


def test_every_file_that_enters_a_verb_is_listed() -> None:
    entering = {path.stem for path in VERB_FILES if "\n@verb(" in path.read_text(encoding="utf-8")}
    assert entering == {module_of(name).rpartition(".")[2] for name in NAMES}


@every_verb
def test_a_group_has_nothing_but_verbs_that_are_offered(verb: Verb) -> None:
    assert not (verb.group and verb.plumbing)


@every_verb
def test_a_verb_is_documented(verb: Verb) -> None:
    assert f"## {verb.name}\n" in REFERENCE


@every_verb
def test_a_verb_is_tested(verb: Verb) -> None:
    assert f"{verb.ask.__name__}(" in TESTS


@every_offered_verb
def test_a_verb_has_help_in_the_notebook_and_on_the_command_line(verb: Verb) -> None:
    magic = parse(f"{verb.name} --help", None, names=None)
    line = parse_words([*verb.name.split(), "--help"])
    assert isinstance(magic, HelpText)
    assert isinstance(line, HelpText)
    assert verb.name in str(magic)


@every_offered_verb
def test_a_verb_is_a_function(verb: Verb) -> None:
    function = attrgetter(verb.python_name)(mlc)
    assert callable(function)
    assert inspect.getdoc(function)


@every_verb
def test_a_verb_has_a_route_unless_it_is_the_clients(verb: Verb) -> None:
    assert (verb in routes().values()) == (verb.where not in {Where.CLIENT, Where.HERE})


@every_verb
def test_what_changes_something_can_be_tried_first(verb: Verb) -> None:
    told_apart = issubclass(verb.ask, Reading | Writing) or verb.plumbing
    assert told_apart or verb.name in {"init", "use", "load", "verify", "admin doctor", "admin usage", "panel"}


@every_offered_verb
def test_a_verb_names_itself_in_its_example(verb: Verb) -> None:
    assert verb.example.startswith(verb.name)


HEAVY = (
    "pandas",
    "sklearn",
    "papermill",
    "pyarrow",
    "nbformat",
    "numpy",
    "joblib",
    "lark",
    "cryptography",
    "psycopg",
    "ipywidgets",
    "anywidget",
)


@pytest.mark.parametrize(
    "code",
    [
        "import jupyter_mlc",
        "import jupyter_mlc.verbs.session, jupyter_mlc.faces.desk",
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.instance().run_line_magic('load_ext', 'jupyter_mlc')",
    ],
)
def test_importing_loads_nothing_heavy(code: str, tmp_path: Path) -> None:
    program = f"{code}\nimport sys; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize(("line", "verbs"), [("", ""), ("mlc list", "jupyter_mlc.verbs.list_")])
def test_the_extension_loads_no_verb_and_a_line_its_own_alone(line: str, verbs: str, tmp_path: Path) -> None:
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.instance().run_line_magic('load_ext', 'jupyter_mlc')\n"
        + (f"InteractiveShell.instance().run_cell('%{line}')\n" if line else "")
        + f"import sys; print(*set({[module_of(name) for name in NAMES]}) & set(sys.modules))\n"
        "print(*(name for name in sys.modules if name.startswith('jupyter_mlc.faces.live.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-2:] == [verbs, ""]
