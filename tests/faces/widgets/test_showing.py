"""How a panel is shown: as a page that stays, and where somebody is there as a widget below it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.events import EventManager
from IPython.core.formatters import DisplayFormatter
from ipywidgets import Layout

from jupyter_mlc.faces import widgets
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.display import as_html, as_text, register
from jupyter_mlc.faces.display.drawing import bundle, charts
from jupyter_mlc.faces.values import Named
from jupyter_mlc.faces.widgets import NOT_BUILT
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Reply
from jupyter_mlc.verbs.compare import Compare
from jupyter_mlc.verbs.panel import PanelReply
from tests.faces.comparison_samples import better, drawn
from tests.faces.display_samples import REPLIES

PAGE = REPLIES["panel, a version"]
MODEL = Named(name="model", value={"answer": 42})
SOMEBODY, NOBODY = SimpleNamespace(_allow_stdin=True), SimpleNamespace(_allow_stdin=False)


@dataclass(kw_only=True)
class Living:
    """Panels that are used."""

    show: Callable[[Reply], Any]
    sent: list[Any]


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is displayed besides the value of the cell."""
    found: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda shown, **_: found.append(shown))
    return found


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A widget of two files that say nothing; whether the real ones are built is for the browser to see."""
    for name, file in (("SCRIPT", "widget.js"), ("STYLE", "widget.css")):
        (tmp_path / file).write_text("/* */")
        monkeypatch.setattr(widgets, name, tmp_path / file)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(str(tmp_path / "registry"))


def shell(kernel: object) -> SimpleNamespace:
    names = ("post_run_cell",)
    made = SimpleNamespace(display_formatter=DisplayFormatter(), kernel=kernel)
    made.events = EventManager(made, dict.fromkeys(names, print))  # type: ignore[arg-type]  # no more of it is asked
    return made


def shown(reply: Reply, kernel: object) -> dict[str, Any]:
    there = shell(kernel)
    register(there, live=lambda reply, shell: widgets.show(reply, shell, Desk()))
    found, _ = there.display_formatter.format(reply)
    told: dict[str, Any] = found
    return told


def test_in_a_terminal_a_panel_is_its_page(outputs: list[Any]) -> None:
    assert shown(PAGE, None) == {"text/plain": as_text(PAGE), "text/html": as_html(PAGE)}
    assert outputs == []


def test_where_nobody_is_there_the_notebook_keeps_the_page_alone(outputs: list[Any], built: None) -> None:
    assert shown(PAGE, NOBODY) == {}
    html = f'<div class="mlc-kept">{as_html(PAGE)}</div>'
    assert outputs == [{"text/plain": as_text(PAGE), "text/html": html}]


def test_charts_of_a_comparison_stand_below_it(outputs: list[Any], built: None) -> None:
    shown(PanelReply(refs=drawn.versions, kept=drawn), NOBODY)
    assert outputs[1:] == [bundle(charts(drawn))]


def test_where_it_is_not_built_it_says_what_to_do(
    outputs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(widgets, "SCRIPT", tmp_path / "nowhere.js")
    assert shown(PAGE, SOMEBODY) == {}
    assert len(outputs) == 1
    assert capsys.readouterr().out == f"{NOT_BUILT}\n"
    assert NOT_BUILT == (
        "the panel is not in this installation of jupyter_mlc, so this is its page alone: install a wheel, or in a "
        "copy of the repository type: make lab"
    )


@pytest.fixture
def living(outputs: list[Any], built: None, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    """Shows a reply as a panel that is used; what it sends is kept."""
    sent: list[Any] = []
    monkeypatch.delitem(sys.modules, "jupyter_mlc.faces.widgets.widget", raising=False)
    monkeypatch.setattr(Layout, "send", lambda _, message: sent.append(message))

    def show(reply: Reply) -> Any:
        there = shell(SOMEBODY)
        register(there, live=lambda reply, shell: widgets.show(reply, shell, desk))
        assert there.display_formatter.format(reply) == ({}, {})
        return outputs[-1]

    yield Living(show=show, sent=sent)
    for each in outputs:
        getattr(each, "close", bool)()
    monkeypatch.delitem(sys.modules, "jupyter_mlc.faces.widgets.widget")


def test_where_somebody_is_there_the_panel_stands_below_the_page(living: Living, desk: Desk) -> None:
    panel = living.show(PAGE)
    assert (panel.place, panel.promote, panel.registry) == ({"refs": ["late-flights:2"]}, None, desk.place.shown)
    assert repr(panel) == "the panel of late-flights:2; where it cannot be used, run the cell again"


def test_charts_stand_between_the_page_and_the_panel_which_hides_them(living: Living, outputs: list[Any]) -> None:
    panel = living.show(PanelReply(refs=drawn.versions, kept=drawn))
    page, kept, shown = outputs
    assert 'class="mlc-kept"' in page["text/html"]
    assert kept == bundle(charts(drawn))
    assert shown is panel


def test_the_panel_begins_with_what_was_asked_for(living: Living) -> None:
    panel = living.show(REPLIES["panel, a promotion"])
    assert panel.promote == {"ref": "late-flights:3", "values": {"to": "", "reason": "better"}}
    compare = Compare(refs=("churn:1", "churn:2"), data="june", target="late")
    compared = PanelReply(refs=compare.refs, kept=better, compare=compare)
    assert living.show(compared).place["compare"]["data"] == "june"


def test_it_answers_each_question_once_and_by_its_number(living: Living) -> None:
    panel = living.show(REPLIES["panel"])
    panel._heard(panel, {"id": "a-1", "kind": "call", "verb": "list"}, [])
    panel._heard(panel, {"id": "a-2", "kind": "nothing"}, [])
    panel._heard(panel, {"id": "a-1", "kind": "call", "verb": "list"}, [])  # asked again, and answered already
    first, second = living.sent
    assert (first["id"], first["reply"]["models"]) == ("a-1", [])
    assert (second["id"], second["refused"]["code"]) == ("a-2", "bad-input")


def test_it_is_told_when_a_cell_has_changed_the_registry_and_only_then(living: Living, desk: Desk) -> None:
    panel = living.show(REPLIES["panel"])
    panel.cell_ended(None)
    assert living.sent == []
    desk.carry_out(Call(verb=VERBS["register"], values={"name": "churn", "object": MODEL, "no_load_check": True}))
    panel.cell_ended(None)
    panel.cell_ended(None)
    assert living.sent == [{"changed": True}]
