"""What may come next in a query is offered, by mouse and by keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.panel.conftest import Desk


def offered(desk: Desk) -> Locator:
    return desk.side.get_by_role("listbox", name="What may come next").get_by_role("option")


def test_a_query_is_put_together_by_keyboard(desk: Desk) -> None:
    search = desk.side.get_by_role("searchbox")
    desk.refusals = {400}  # what is half typed
    search.focus()
    keys = desk.page.keyboard
    keys.type("sta")
    expect(offered(desk)).to_have_text(["stage"])
    keys.press("ArrowDown")
    expect(offered(desk)).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    keys.type("= 'prod")
    expect(offered(desk)).to_have_text(["'production'"])
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("and na")
    expect(offered(desk)).to_have_text(["name"])
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.type("= 'late")
    expect(offered(desk)).to_have_text(["'late-flights'"])
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(search).to_have_value("stage = 'production' and name = 'late-flights' ")
    expect(desk.choices).to_have_count(1)
    expect(desk.choices).to_contain_text("late-flights:2")


def test_a_query_is_put_together_by_mouse(desk: Desk) -> None:
    search = desk.side.get_by_role("searchbox")
    desk.refusals = {400}
    search.fill("eval.flights")
    expect(offered(desk).filter(has_text="auc")).to_be_visible()
    offered(desk).filter(has_text="eval.flights-june.auc").click()
    offered(desk).filter(has_text=">=").click()
    expect(search).to_have_value("eval.flights-june.auc >= ")
    expect(search).to_be_focused()


def test_escape_takes_the_offer_away_and_keeps_the_query(desk: Desk) -> None:
    search = desk.side.get_by_role("searchbox")
    desk.refusals = {400}
    search.fill("stage")
    search.press_sequentially(" ")
    expect(offered(desk).first).to_be_visible()
    search.press("Escape")
    expect(offered(desk)).to_have_count(0)
    expect(search).to_have_value("stage ")


def test_the_filter_of_a_model_is_completed_too(desk: Desk) -> None:
    page = desk.opened("late-flights")
    page.get_by_role("searchbox", name="Filter").fill("params.max_d")
    page.get_by_role("option", name="params.max_depth").click()
    expect(page.get_by_role("searchbox", name="Filter")).to_have_value("params.max_depth ")
