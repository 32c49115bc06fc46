"""What can be done in the panel: each act shows first what it would do, and is carried out where one says so."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.panel.conftest import Desk

CONNECTED = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected'"


def test_a_version_is_promoted_after_a_look_at_what_will_happen(desk: Desk) -> None:
    page = desk.opened("churn:1")
    page.get_by_role("button", name="Promote…").click()
    expect(desk.dialog).to_contain_text("This will happen")
    expect(desk.dialog).to_contain_text("churn:1 candidate -> production")
    expect(desk.dialog).to_contain_text("Champion: churn:1 (before: nobody)")
    desk.dialog.get_by_label("Reason").fill("by mouse")
    desk.dialog.get_by_role("button", name="Promote").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("● production")
    expect(page.get_by_text("by mouse").first).to_be_visible()
    desk.side.get_by_role("searchbox").fill("churn")
    expect(desk.choices.filter(has_text="churn")).to_contain_text("production :1")


def test_what_will_happen_follows_the_form(desk: Desk) -> None:
    desk.opened("churn:2").get_by_role("button", name="Promote…").click()
    expect(desk.dialog).to_contain_text("candidate -> production")
    desk.dialog.get_by_label("To stage").select_option("staging")
    expect(desk.dialog).to_contain_text("candidate -> staging")
    desk.dialog.get_by_role("button", name="Cancel").click()
    expect(desk.shown("churn:2").get_by_role("heading", level=1)).to_contain_text("○ candidate")


def test_what_is_refused_says_why_and_cannot_be_accepted(desk: Desk) -> None:
    desk.refusals = {409}
    desk.opened("fraud").get_by_role("button", name="Roll back…").click()
    expect(desk.dialog.get_by_role("alert")).to_contain_text("fraud")
    expect(desk.dialog.get_by_role("button", name="Roll back")).to_be_disabled()
    desk.dialog.get_by_role("button", name="Cancel").click()


def test_an_act_is_taken_back(desk: Desk) -> None:
    page = desk.opened("ops/demand:1")
    act(desk, "ops/demand:1", "Tag…", {"One KEY=VALUE a line": "team=ops"}, "Save")
    expect(page.get_by_text("team=ops").first).to_be_visible()
    desk.page.locator(".Toastify").get_by_role("button", name="Undo").first.click()
    expect(desk.dialog).to_contain_text("ops/demand:1")
    desk.dialog.get_by_role("button", name="Take back").click()
    expect(page.locator(".jp-Mlc-tag")).to_have_count(0)


def act(desk: Desk, ref: str, what: str, form: dict[str, str], accept: str) -> None:
    """Fill in a form, and say yes."""
    desk.shown(ref).get_by_role("button", name=what).click()
    for label, text in form.items():
        desk.dialog.get_by_label(label).fill(text)
    desk.dialog.get_by_role("button", name=accept).click()
    expect(desk.dialog).to_have_count(0)


def test_owner_note_and_alias_are_changed(desk: Desk) -> None:
    model = desk.opened("fraud")
    act(desk, "fraud", "Edit…", {"Owner": "ben"}, "Save")
    expect(model.get_by_text("ben", exact=True).first).to_be_visible()
    version = desk.opened("fraud:1")
    act(desk, "fraud:1", "Note…", {"What is special about it": "a stump"}, "Save")
    expect(version.get_by_text("a stump").first).to_be_visible()
    act(desk, "fraud:1", "Alias…", {"Alias": "challenger"}, "Save")
    expect(version.get_by_text("@challenger").first).to_be_visible()


def test_versions_are_rolled_back_deprecated_and_retired(desk: Desk) -> None:
    page = desk.opened("delays")
    act(desk, "delays", "Roll back…", {"Reason": "false alarm"}, "Roll back")
    expect(page.get_by_role("table", name="History of delays")).to_contain_text("false alarm")
    version = desk.opened("delays:2")
    act(desk, "delays:2", "Deprecate…", {"Retired after": "2030-01-31"}, "Deprecate")
    expect(version.get_by_text("2030-01-31").first).to_be_visible()
    act(desk, "delays:2", "Retire…", {"Use instead": "delays:1"}, "Retire")
    expect(version.get_by_role("heading", level=1)).to_contain_text("■ retired")


def test_what_cannot_be_taken_back_is_asked_twice(desk: Desk) -> None:
    desk.refusals = {409}  # the question comes as one
    page = desk.opened("churn:4")
    page.get_by_role("button", name="Discard…").click()
    expect(desk.dialog).to_contain_text("This cannot be taken back.")
    desk.dialog.get_by_role("button", name="Discard").click()
    expect(desk.dialog).to_contain_text("delete the bytes of churn:4 for good?")
    desk.dialog.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("✕ purged")


def test_a_version_is_promoted_by_keyboard_alone(visit: Callable[..., Desk]) -> None:
    desk = visit()
    keys = desk.page.keyboard
    desk.page.locator(".jp-LauncherCard").first.wait_for()
    desk.page.wait_for_timeout(1000)  # the launcher takes the focus when it is there
    keys.press("Control+Alt+m")
    expect(desk.side.get_by_role("searchbox")).to_be_focused()
    keys.type("small-007")
    expect(desk.choices).to_have_count(1)
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(desk.shown("small-007").get_by_role("heading", level=1)).to_be_visible()
    until_focused(desk.page, "small-007:1")
    keys.press("Enter")
    expect(desk.shown("small-007:1").get_by_role("heading", level=1)).to_be_visible()
    until_focused(desk.page, "Promote…")
    keys.press("Enter")
    expect(desk.dialog).to_contain_text("This will happen")
    expect(desk.dialog.get_by_label("To stage")).to_be_focused()
    keys.press("Tab")
    keys.type("by keyboard")
    expect(desk.dialog.get_by_role("button", name="Promote")).to_be_enabled()
    until_focused(desk.page, "Promote")
    keys.press("Enter")
    expect(desk.shown("small-007:1").get_by_role("heading", level=1)).to_contain_text("● production")


def until_focused(page: Page, text: str) -> None:
    """Press Tab until the button with this text has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == text:
            return
    raise AssertionError(f"Tab does not lead to {text}")


def test_the_button_of_a_notebook_inserts_the_line_to_complete(visit: Callable[..., Desk]) -> None:
    desk = visit("/tree/flights.ipynb")
    desk.command("mlc:open-panel")
    desk.page.wait_for_function(CONNECTED)
    desk.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Register model").click()
    cell = desk.page.locator(".jp-Notebook .jp-mod-active")
    expect(cell).to_contain_text("%mlc register NAME MODEL")
    desk.page.keyboard.type("by-hand {'answer': 42} --no-load-check")
    desk.page.keyboard.press("Shift+Enter")
    desk.side.get_by_role("searchbox").fill("by-hand")
    expect(desk.choices.filter(has_text="by-hand")).to_be_visible()


def test_lines_about_versions_are_put_into_the_notebook(visit: Callable[..., Desk]) -> None:
    desk = visit("/tree/flights.ipynb")
    desk.page.wait_for_function(CONNECTED)
    desk.page.wait_for_timeout(2000)  # it comes to the front by itself when it is there
    one, both = ("late-flights:1",), ("late-flights:1", "late-flights:3")
    for refs, button, line in (
        (one, "Insert a cell that loads it", "model = %mlc load late-flights:1"),
        (one, "Insert a cell that evaluates it", "%mlc evaluate late-flights:1 --data DATASET --target COLUMN"),
        (both, "Insert a cell that compares them", f"%mlc compare {' '.join(both)} --data DATASET --target COLUMN"),
    ):
        desk.opened(*refs).get_by_role("button", name=button).click()
        expect(desk.page.locator(".jp-Notebook .jp-mod-active")).to_contain_text(line)
