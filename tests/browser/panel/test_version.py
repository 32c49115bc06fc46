"""What is drawn on the page of a version: its curves and its lineage."""

from __future__ import annotations

import re
from itertools import combinations

from playwright.sync_api import Locator, expect

from tests.browser.panel.conftest import Desk, LaboratoryWithPanel


def graph(page: Locator, name: str) -> Locator:
    return page.get_by_role("group", name=f"Lineage of {name}")


def lie_apart(cards: Locator) -> bool:
    boxes = [box for card in cards.all() if (box := card.bounding_box())]
    return all(
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
        for one, other in combinations(boxes, 2)
    )


def test_the_curves_of_a_version_are_drawn_when_they_come_into_sight(desk: Desk) -> None:
    page = desk.opened("late-flights:2")
    curves = page.get_by_role("region", name="Curves")
    expect(curves.get_by_text("ROC curve: True")).to_have_count(0)
    curves.scroll_into_view_if_needed()
    expect(curves.locator(".jp-Mlc-picture svg")).to_be_visible()
    expect(curves.get_by_text("Of evaluation/2, on flights-june.")).to_be_visible()
    curves.locator("summary", has_text="ROC curve: True").click()
    expect(curves.get_by_role("table", name="ROC curve: True")).to_contain_text("late-flights:2")


def test_a_version_that_was_never_judged_says_how_to_get_curves(desk: Desk) -> None:
    curves = desk.opened("churn:1").get_by_role("region", name="Curves")
    curves.scroll_into_view_if_needed()
    expect(curves).to_contain_text("%mlc evaluate churn:1 --data DATASET --target COLUMN")


def test_the_lineage_is_drawn_and_what_is_in_it_leads_on(desk: Desk) -> None:
    assert isinstance(desk.laboratory, LaboratoryWithPanel)
    desk.laboratory.types("retrain trees.ipynb -p depth=6")
    job = desk.laboratory.newest_job()
    desk.opened(job).get_by_role("button", name=re.compile("^trees:")).first.click()
    page = desk.page.locator('[id^="jupyter-mlc:page:trees:"]')
    drawn = graph(page, "trees:")
    cards = drawn.get_by_role("listitem")
    for kind in ("run", "notebook", "environment", "dataset", "job"):
        expect(cards.filter(has=desk.page.get_by_text(kind, exact=True))).to_have_count(1)
    assert lie_apart(cards)
    expect(drawn.get_by_text("observed").first).to_be_visible()
    drawn.scroll_into_view_if_needed()
    expect(drawn.locator("[aria-current]")).to_be_in_viewport()
    drawn.get_by_role("button", name=job).press("Enter")
    expect(desk.shown(job)).to_be_visible()


def test_the_notebook_in_the_lineage_opens_as_it_was(desk: Desk) -> None:
    page = desk.opened("late-flights:2")
    graph(page, "late-flights:2").get_by_role("button", name="flights.ipynb").click()
    expect(desk.page.locator(".jp-Notebook:visible").get_by_text("max_depth=4")).to_be_visible()
