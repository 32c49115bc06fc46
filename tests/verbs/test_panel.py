"""`panel`: what it shows, what a notebook keeps of it, and where it is found."""

from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.lifecycle import Stage
from jupyter_mlc.verbs.alias import Alias
from jupyter_mlc.verbs.base import Ask, Reply
from jupyter_mlc.verbs.compare import Compare, CompareReply
from jupyter_mlc.verbs.edit import Edit
from jupyter_mlc.verbs.history import History
from jupyter_mlc.verbs.job_show import JobShow
from jupyter_mlc.verbs.lineage import Lineage
from jupyter_mlc.verbs.list_ import List, ListReply
from jupyter_mlc.verbs.panel import Panel, PanelReply, Promotion
from jupyter_mlc.verbs.promote import Promote
from jupyter_mlc.verbs.show import Show, ShowReply
from jupyter_mlc.verbs.tag import Tag
from tests.verbs.conftest import Desk


@pytest.fixture
def churn(desk: Desk) -> Desk:
    """Three versions, of which the first is champion."""
    for content in ("one", "two", "three"):
        desk.register(content=content)
    desk.promote("churn:1", "production")
    return desk


def shown(desk: Desk, *refs: str) -> PanelReply:
    reply = desk.call(Panel(refs=refs))
    assert isinstance(reply, PanelReply)
    return reply


def test_the_panel_shows_all_models_unless_one_is_named(churn: Desk) -> None:
    reply = shown(churn)
    assert isinstance(reply.kept, ListReply)
    assert (reply.refs, reply.url) == ((), "")
    assert [row["name"] for row in reply.to_rows()] == ["churn"]
    assert list(reply.champions()) == [("churn", "churn:1")]


@pytest.mark.parametrize(
    ("named", "found"),
    [("churn", "churn"), ("churn:2", "churn:2"), ("churn@champion", "churn:1"), ("models:/churn/3", "churn:3")],
)
def test_the_panel_shows_a_model_or_the_version_that_is_meant(churn: Desk, named: str, found: str) -> None:
    reply = shown(churn, named)
    assert isinstance(reply.kept, ShowReply)
    assert (reply.refs, reply.url) == ((found,), f"/lab?mlc={found}")


@pytest.mark.parametrize("named", [("churn:1", "churn:3"), ("churn:1,churn:3",), ("churn:1, churn:3",)])
def test_several_versions_are_shown_side_by_side(churn: Desk, named: tuple[str, ...]) -> None:
    reply = shown(churn, *named)
    assert isinstance(reply.kept, CompareReply)
    assert (reply.refs, reply.url) == (("churn:1", "churn:3"), "/lab?mlc=churn:1,churn:3")


def test_a_range_is_shown_side_by_side(churn: Desk) -> None:
    assert shown(churn, "churn:1..3").refs == ("churn:1", "churn:2", "churn:3")


def test_what_has_no_page_in_the_panel_is_shown_otherwise(churn: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        shown(churn, "run/1")
    assert refused.value.text == "the panel has no page for run/1\nit is shown by: %mlc show run/1"


def test_a_comparison_is_shown_as_it_was_asked_for(churn: Desk) -> None:
    compare = Compare(refs=("churn:2", "churn:3"), level=0.9)
    reply = churn.call(Panel(refs=compare.refs, compare=compare))
    assert isinstance(reply, PanelReply)
    assert isinstance(reply.kept, CompareReply)
    assert (reply.compare, reply.kept.level) == (compare, 0.9)


def test_a_promotion_that_is_asked_about_moves_nothing_and_names_the_line(churn: Desk) -> None:
    reply = churn.call(Panel(refs=("churn:2",), promote=Promotion(to=Stage.PRODUCTION, reason="better")))
    assert reply.next == '%mlc promote churn:2 production "better"'
    assert churn.stages()[2] == "candidate"


@pytest.mark.parametrize(
    "ask",
    [
        Promote(ref="churn:2", panel=True),
        Compare(refs=("churn:1", "churn:2"), panel=True),
        JobShow(job="1", panel=True),
    ],
)
def test_what_is_to_be_shown_in_a_notebook_is_not_done_where_there_is_none(churn: Desk, ask: Ask) -> None:
    with pytest.raises(BadInput) as refused:
        churn.call(ask)
    assert refused.value.text == "the panel is shown where a notebook runs\nleave panel out"
    assert churn.stages()[2] == "candidate"


@pytest.mark.parametrize(
    ("ask", "page"),
    [
        (Show(ref="churn:2"), "churn:2"),
        (Show(ref="churn"), "churn"),
        (Show(ref="run/1"), ""),
        (List(), ""),
        (List(what="churn"), "churn"),
        (History(ref="churn"), "churn"),
        (History(), ""),
        (Lineage(ref="churn:2"), "churn:2"),
        (Compare(refs=("churn:2", "churn:3")), "churn:2,churn:3"),
        (Promote(ref="churn:2", to=Stage.STAGING), "churn:2"),
        (Alias(ref="churn:2", alias="challenger"), "churn:2"),
        (Tag(ref="churn:2", tags={"team": "ops"}), "churn:2"),
        (Edit(ref="churn", owner="ben"), "churn"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Ask) else value or "none",
)
def test_a_reply_knows_the_page_that_shows_what_it_is_about(churn: Desk, ask: Ask, page: str) -> None:
    reply: Reply = churn.call(ask)
    assert reply.url == (f"/lab?mlc={page}" if page else "")
