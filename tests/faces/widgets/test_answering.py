"""What a panel is answered by the kernel: what the verbs say, or why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.faces.arguments import Call
from jupyter_mlc.faces.desk import Desk
from jupyter_mlc.faces.values import Named
from jupyter_mlc.faces.widgets import answering
from jupyter_mlc.faces.widgets.answering import Answering
from jupyter_mlc.verbs import VERBS
from jupyter_mlc.verbs.base import Ask, Reply
from jupyter_mlc.verbs.context import silent
from jupyter_mlc.verbs.moving import MoveReply
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.session import Progress
from jupyter_mlc.verbs.show import Show


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a registry with two versions."""
    made = Desk(str(tmp_path / "registry"))
    for answer in (1, 2):
        given = {"name": "churn", "object": Named(name="model", value={"answer": answer}), "no_load_check": True}
        made.carry_out(Call(verb=VERBS["register"], values=given))
    yield made
    made.close()


@pytest.fixture
def panel(desk: Desk) -> Answering:
    return Answering(desk)


def asked(panel: Answering, verb: str, **ask: object) -> dict[str, Any]:
    return panel.answer({"kind": "call", "verb": verb, "ask": ask}, silent)


def test_a_verb_is_answered_with_the_same_json_as_over_http(panel: Answering) -> None:
    reply = asked(panel, "list", what="churn")["reply"]
    assert [version["number"] for version in reply["versions"]] == [2, 1]


def test_an_act_is_tried_and_then_carried_out(panel: Answering) -> None:
    assert asked(panel, "promote", ref="churn:1", to="staging", dry_run=True)["reply"]["done"] is False
    assert asked(panel, "promote", ref="churn:1", to="staging")["reply"]["stage"] == "staging"
    assert asked(panel, "show", ref="churn:1")["reply"]["version"]["stage"] == "staging"


def test_what_needs_a_yes_is_asked_of_whoever_looks_at_the_panel(panel: Answering) -> None:
    question = asked(panel, "discard", refs=["churn:1"])["refused"]
    assert question["message"] == "delete the bytes of churn:1 for good?"
    assert asked(panel, "discard", refs=["churn:1"], confirm=question["token"])["reply"]["versions"] == ["churn:1"]


def test_what_was_done_in_a_panel_counts_as_seen_in_the_next_cell(panel: Answering, desk: Desk) -> None:
    desk.call(Show(ref="churn"))
    asked(panel, "promote", ref="churn:1", to="production")
    reply = desk.call(Promote(ref="churn:2", to=Stage.PRODUCTION))
    assert isinstance(reply, MoveReply)
    assert (reply.champion_before, reply.champion) == ("churn:1", "churn:2")


def test_a_refusal_says_what_to_do(panel: Answering) -> None:
    assert asked(panel, "show", ref="chrun")["refused"] == {
        "code": "not-found",
        "message": "there is no model 'chrun'",
        "hint": "did you mean churn?",
        "token": "",
    }


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"kind": "call", "verb": "use", "ask": {}}, "a panel cannot ask for 'use'"),
        ({"kind": "call", "verb": "nothing"}, "a panel cannot ask for 'nothing'"),
        ({"kind": "call"}, "a panel cannot ask for 'None'"),
        ({"kind": "dance"}, "a panel cannot ask a 'dance'"),
        ({}, "a panel cannot ask a None"),
        ({"kind": "blob", "digest": "sha256:../key"}, "'sha256:../key' is no digest"),
    ],
)
def test_what_no_panel_asks_is_refused(panel: Answering, message: dict[str, object], told: str) -> None:
    refused = panel.answer(message, silent)["refused"]
    assert (refused["code"], refused["message"]) == ("bad-input", told)


def test_a_field_that_does_not_fit_is_named(panel: Answering) -> None:
    refused = asked(panel, "show", ref=3)["refused"]
    assert refused["message"] == "the body does not fit: Expected `str`, got `int` - at `$.ref`"


def test_a_bug_is_told_and_leaves_nobody_waiting(panel: Answering, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(ask: Ask, _: object) -> Reply:
        raise RuntimeError(type(ask).__name__)

    monkeypatch.setattr(desk, "call_back", broken)
    assert asked(panel, "show", ref="churn")["refused"] == {"code": "bug", "message": "RuntimeError: Show", "hint": ""}


def test_bytes_are_read_by_their_digest(panel: Answering) -> None:
    digest = asked(panel, "show", ref="churn:1")["reply"]["version"]["artifact"]
    assert '"layers"' in panel.answer({"kind": "blob", "digest": digest}, silent)["text"]


def test_bytes_that_are_not_there_are_refused(panel: Answering) -> None:
    refused = panel.answer({"kind": "blob", "digest": "sha256:" + "0" * 64}, silent)["refused"]
    assert refused["code"] in {"not-found", "damaged"}


def test_what_draws_is_sent_to_whoever_has_a_picture(
    panel: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "plots.js"
    module.write_text('export const draw = "größer";', "utf-8")
    monkeypatch.setattr(answering, "PLOTS", module)
    assert panel.answer({"kind": "plots"}, silent) == {"text": 'export const draw = "größer";'}


def test_where_what_draws_is_not_built_it_says_what_to_do(
    panel: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "PLOTS", tmp_path / "plots.js")
    assert panel.answer({"kind": "plots"}, silent)["refused"] == {
        "code": "not-found",
        "message": "what draws pictures is not in this installation of jupyter_mlc",
        "hint": "install a wheel, or in a copy of the repository type: make lab",
        "token": "",
    }


def test_a_panel_of_a_registry_that_was_left_says_so(panel: Answering, desk: Desk, tmp_path: Path) -> None:
    desk.use(str(tmp_path / "other"))
    assert asked(panel, "list")["refused"] == {
        "code": "conflict",
        "message": f"this panel is about {tmp_path / 'registry'}, and the notebook uses {tmp_path / 'other'} now",
        "hint": "run its cell again",
        "token": "",
    }


def test_it_tells_how_far_a_long_act_is(panel: Answering, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(ask: Ask, progress: Progress) -> Reply:
        progress(1, 2, "rows")
        return desk.call(ask)

    monkeypatch.setattr(desk, "call_back", slow)
    told: list[tuple[int, int, str]] = []
    panel.answer({"kind": "call", "verb": "list", "ask": {}}, lambda *far: told.append(far))
    assert told == [(1, 2, "rows")]
