from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import Conflict
from jupyter_mlc.faces import spelling
from jupyter_mlc.faces.spelling import as_command, as_next_step, as_typed_here, told
from jupyter_mlc.store.health import Remark
from jupyter_mlc.verbs.admin_doctor import AdminDoctorReply
from jupyter_mlc.verbs.base import Reply


@pytest.mark.parametrize(
    ("notebook", "terminal"),
    [
        ("take it back: %mlc undo", "take it back: jupyter mlc undo"),
        ("see %mlc list, then: %mlc show churn:3", "see jupyter mlc list, then: jupyter mlc show churn:3"),
        ("begin a cell with: %%mlc run churn", "begin a cell with: %%mlc run churn"),
        ("m = %mlc load churn", "m = %mlc load churn"),
        ("%mlcx", "%mlcx"),
    ],
)
def test_a_line_is_typed_otherwise_in_a_terminal(notebook: str, terminal: str) -> None:
    assert as_command(notebook) == terminal


def test_the_registry_is_named_in_the_environment_of_a_terminal() -> None:
    assert as_next_step("choose another: %mlc use PATH") == "choose another: export MLC_REGISTRY=PATH"
    assert as_next_step("see %mlc user list") == "see jupyter mlc user list"
    assert as_command("%mlc use URL") == "jupyter mlc use URL"


def test_in_a_notebook_lines_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert as_typed_here("%mlc undo") == "jupyter mlc undo"
    monkeypatch.setattr(spelling, "shell", lambda: "a notebook's")
    assert as_typed_here("%mlc undo") == "%mlc undo"


def test_a_reply_is_respelled_where_it_speaks_itself() -> None:
    reply = Reply(next="%mlc undo", warnings=("see %mlc list",), done=False)
    assert reply.respelled(as_next_step) == Reply(
        next="jupyter mlc undo", warnings=("see jupyter mlc list",), done=False
    )


def test_the_message_of_a_refusal_stays_as_it_is() -> None:
    assert told(Conflict("no '%mlc'", hint="see %mlc list"), as_next_step) == "no '%mlc'\nsee jupyter mlc list"
    assert told(Conflict("no"), as_next_step) == "no"


@pytest.mark.parametrize(
    ("hint", "written"),
    [
        ("load it with --trust if you know it", "load it with trust=True if you know it"),
        ("write %mlc load churn:1 --trust", "write %mlc load churn:1 --trust"),
        ("or: jupyter mlc load churn:1 --trust", "or: jupyter mlc load churn:1 --trust"),
        ("--trusty and --trust-all are other words", "--trusty and --trust-all are other words"),
    ],
)
def test_an_option_is_written_as_an_argument_where_no_line_is_typed(hint: str, written: str) -> None:
    assert spelling.as_python(hint, {"--trust": "trust"}) == written


def test_what_a_doctor_advises_is_respelled() -> None:
    remark = Remark(about="leftovers", what="3 files", advice="once %mlc verify finds all whole, delete them")
    reply = AdminDoctorReply(where="here", remarks=(remark,))
    assert reply.respelled(as_next_step).remarks[0].advice == "once jupyter mlc verify finds all whole, delete them"
