"""What can be done in the panel with the mouse: pages are come to through the side, and forms are clicked."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.panel.conftest import Desk, LaboratoryWithPanel
from tests.browser.panel.keyboard import answered
from tests.browser.panel.test_acting import act
from tests.browser.panel.test_jobs import LONG


def clicked(desk: Desk, name: str) -> Locator:
    """Click through to the page of a model, or from there to that of a version."""
    model, _, number = name.partition(":")
    desk.side.get_by_role("searchbox").fill(model)
    expect(desk.choices).to_have_count(1)
    desk.choices.filter(has_text=model).click()
    page = desk.shown(model)
    if number:
        page.get_by_role("rowheader", name=name).get_by_role("button").click()
        page = desk.shown(name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page


def test_a_whole_model_is_retired(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    desk.refusals = {409}  # the question comes as one
    page = clicked(desk, "small-030")
    page.get_by_role("button", name="Retire…").click()
    desk.dialog.get_by_label("Reason").fill("nobody asks for it")
    desk.dialog.get_by_role("button", name="Retire").click()
    expect(desk.dialog).to_contain_text("retire small-030 as a whole: 1 version?")
    desk.dialog.get_by_role("button", name="Retire").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("■ retired")
    assert answered(panel_lab, "show small-030")["model"]["retired"] is True
    desk.side.get_by_label("Show").select_option("retired")
    expect(desk.choices.filter(has_text="small-030")).to_be_visible()


def test_ticked_versions_are_discarded(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    desk.refusals = {409}  # the question comes as one
    page = clicked(desk, "spare")
    for number in (1, 3):
        page.get_by_label(f"Tick spare:{number}").check()
    page.get_by_role("button", name="Discard… (2)").click()
    expect(desk.dialog).to_contain_text("Gone: spare:3, spare:1.")
    desk.dialog.get_by_role("button", name="Discard").click()
    expect(desk.dialog).to_contain_text("for good?")
    desk.dialog.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("table", name="Versions").get_by_text("✕ purged")).to_have_count(2)
    stages = [version["stage"] for version in answered(panel_lab, "show spare")["versions"]]
    assert stages == ["purged", "candidate", "purged"]


def test_an_alias_and_a_tag_are_taken_away(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    panel_lab.types("alias small-031:1 challenger", "tag small-031:1 team=ops since=2026")
    page = clicked(desk, "small-031:1")
    expect(page.get_by_text("@challenger").first).to_be_visible()
    page.get_by_role("button", name="Alias…").click()
    desk.dialog.locator("[name=way]").select_option("take it away")
    expect(desk.dialog).to_contain_text("@challenger: none (before: small-031:1)")
    desk.dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("@challenger")
    act(desk, "small-031:1", "Tag…", {"One KEY=VALUE a line": "since=2026"}, "Save")
    expect(page.locator(".jp-Mlc-tag")).to_have_text(["since=2026 "])
    version = answered(panel_lab, "show small-031:1")["version"]
    assert (version["aliases"], version["tags"]) == ([], {"since": "2026"})


def test_a_version_is_evaluated_part_by_part(desk: Desk) -> None:
    page = clicked(desk, "small-032:1")
    page.get_by_role("button", name="Evaluate…").click()
    desk.dialog.get_by_label("On the rows of").select_option("flights-june")
    desk.dialog.get_by_label("Column with the answers").select_option("late")
    desk.dialog.get_by_label("Part the rows by").select_option("origin")
    expect(desk.dialog).to_contain_text("3,000 rows of flights-june, target late")
    desk.dialog.get_by_role("button", name="Evaluate").click()
    page.locator("summary", has_text="Slices and evidence of").click(timeout=LONG)
    expect(page.get_by_role("table", name="Slices")).to_contain_text("origin = JFK")


def test_what_a_colleague_did_meanwhile_is_not_undone(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    desk.refusals = {409}
    clicked(desk, "by-mouse:1").get_by_role("button", name="Promote…").click()
    expect(desk.dialog).to_contain_text("Champion: by-mouse:1 (before: by-mouse:2)")
    panel_lab.types('rollback by-mouse "a colleague was quicker"')
    desk.dialog.get_by_role("button", name="Promote").click()
    refused = desk.page.locator(".Toastify__toast--error", has_text="Promote by-mouse:1")
    expect(refused).to_contain_text("by-mouse:1 is champion of by-mouse now, not by-mouse:2")
    assert answered(panel_lab, "show by-mouse:1")["version"]["reason"] == "a colleague was quicker"
