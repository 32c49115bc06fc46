"""What is drawn of lineage and history, and what remains where nothing can be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.faces.display import as_html, as_text
from jupyter_mlc.faces.display.graphs.timeline import shares, ticks
from jupyter_mlc.verbs.lineage import Edge, LineageReply, Node, lineage_reply
from jupyter_mlc.verbs.stays import Stay
from tests.faces.display_samples import MINUTE, NOON, history, lineage, living_in


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with living_in("UTC"):
        yield


def elements(reply: object, name: str) -> list[ET.Element]:
    found = ET.fromstring(as_html(reply)).iter()  # type: ignore[arg-type]
    return [element for element in found if name in element.attrib.get("class", "").split()]


def words(element: ET.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_every_thing_is_drawn_once_with_its_name_kind_and_how_it_is_known() -> None:
    cards = [words(card) for card in elements(lineage, "mlc-node")]
    assert cards == [
        "late-flights:3 version production",
        "run/2 run · observed ◐ finished, by ana@laptop",
        "tour.ipynb notebook · observed ◐ 5 executed cells",
        "commit 4be1d0c20000 code · observed ◐ main with uncommitted changes",
        "lock 9f3c00000000 environment · observed ◐ Python 3.11.9, 63 packages",
        "flights-spring dataset · claimed ○ revision 1, 82,613 rows, rows1:9f3c00000000",
        "late-flights:2 version · observed ◐ deprecated",
        "late-flights:4 version · observed ◐ candidate",
    ]


def test_cards_stand_apart_and_the_one_that_it_is_about_is_set_off() -> None:
    places = [card.attrib["style"] for card in elements(lineage, "mlc-node")]
    assert len(set(places)) == len(places)
    (middle,) = elements(lineage, "mlc-middle")
    assert words(middle).startswith("late-flights:3")


def test_whoever_points_at_a_card_is_told_all_of_it() -> None:
    titles = [card.attrib["title"] for card in elements(lineage, "mlc-node")]
    assert titles[5] == "dataset dataset/flights-spring: revision 1, 82,613 rows, rows1:9f3c00000000 (claimed)"


def test_lines_hold_no_word_and_those_that_are_only_claimed_are_dashed() -> None:
    (picture,) = [element for element in ET.fromstring(as_html(lineage)).iter() if element.tag == "svg"]
    assert "".join(picture.itertext()) == ""
    assert len([path for path in picture if path.attrib.get("class") == "mlc-weak"]) == 1
    assert len(picture) == 2 * len(lineage.edges)


def test_without_the_style_sheet_the_lists_tell_the_same_tree() -> None:
    (graph,) = elements(lineage, "mlc-graph")
    outer = graph.find("ul")
    assert outer is not None
    (first, second) = outer
    assert len(first.findall("./ul/li")) == 2
    assert words(second).startswith("what came of it late-flights:4")


def crowded(count: int) -> LineageReply:
    """A version that was judged very often."""
    judged = [Node(id=f"evaluation/{place}", kind="evaluation", text="on june") for place in range(count)]
    edges = [Edge(below=node.id, above="churn:1", standing=Standing.COMPUTED) for node in judged]
    first = Node(id="churn:1", kind="version", text="candidate")
    return lineage_reply("churn:1", (first, *judged), edges)


def test_of_very_many_a_few_are_drawn_the_rest_is_counted_and_all_are_told() -> None:
    reply = crowded(40)
    cards = [words(card) for card in elements(reply, "mlc-node")]
    assert len(cards) == 8
    assert cards[-1] == "34 more evaluations"
    assert as_text(reply).count("evaluation/") == 40
    assert "34 more" not in as_text(reply)


def test_a_picture_grows_with_the_things_in_it() -> None:
    sizes = [elements(crowded(count), "mlc-graph")[0].attrib["style"] for count in (1, 3)]
    heights = [float(re.findall(r"--h:([\d.]+)", size)[0]) for size in sizes]
    assert heights[0] < heights[1]


# History


def test_stages_and_champions_are_drawn_over_one_time() -> None:
    names = [words(row.findall("th")[0]) for row in rows()]
    assert names == ["champion", "late-flights:1"]
    assert [words(one) for one in elements(history, "mlc-stretch")] == [
        "★ :1 since 2026-06-30 13:30",
        "candidate since 2026-06-30 12:00",
        "production since 2026-06-30 13:30",
    ]


def rows() -> list[ET.Element]:
    (table,) = elements(history, "mlc-time")
    return [row for row in table.iter("tr") if row.findall("th")]


def test_whoever_points_at_a_stretch_is_told_from_when_to_when() -> None:
    titles = [one.attrib["title"] for one in elements(history, "mlc-stretch")]
    assert titles == [
        "late-flights:1 was champion, 2026-06-30 13:30 to now",
        "late-flights:1 candidate, 2026-06-30 12:00 to 2026-06-30 13:30",
        "late-flights:1 production, 2026-06-30 13:30 to now",
    ]


def test_where_nobody_moved_nothing_is_drawn() -> None:
    waiting = replace(history, stays=(Stay(version="late-flights:1", stage="candidate", start=NOON),))
    assert elements(waiting, "mlc-time") == []


def test_of_very_many_versions_those_that_moved_last_are_drawn() -> None:
    stays = [
        stay
        for number in range(1, 31)
        for stay in (
            Stay(version=f"churn:{number}", stage="candidate", start=NOON, end=NOON + number * MINUTE),
            Stay(version=f"churn:{number}", stage="retired", start=NOON + number * MINUTE),
        )
    ]
    reply = replace(history, stays=tuple(stays), until=NOON + 60 * MINUTE)
    lanes = elements(reply, "mlc-time")[0].iter("th")
    assert [lane.text for lane in lanes] == [f"churn:{number}" for number in range(19, 31)]
    assert "18 more versions not drawn" in as_html(reply)
    assert "not drawn" not in as_text(reply)


def test_what_began_before_is_drawn_from_the_beginning() -> None:
    moved = (
        Stay(version="churn:1", stage="staging", start=None, end=NOON),
        Stay(version="churn:1", stage="production", start=NOON),
    )
    reply = replace(history, stays=moved)
    first = elements(reply, "mlc-stretch")[0]
    assert first.attrib["title"].startswith("churn:1 staging, earlier to ")


@pytest.mark.parametrize("times", [[0, 1, 1_000_000], [5, 6], [0, 10, 20, 30]])
def test_a_moment_can_be_seen_beside_months(times: list[int]) -> None:
    places = shares(times)
    ordered = [places[time] for time in times]
    assert ordered[0] == 0
    assert ordered[-1] == pytest.approx(1)
    assert min(after - before for before, after in pairwise(ordered)) >= 0.59 / (len(times) - 1)


def test_ticks_have_room_for_what_is_written_at_them() -> None:
    found = ticks({0: 0.0, 1: 0.1, 2: 0.3, 3: 0.9}, str)
    assert found == ((0.0, "0"), (0.3, "2"))
