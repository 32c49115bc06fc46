"""The panel in an output: it shows what the registry holds, leads from page to page, and acts."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from docs.laptop import ROOT
from tests.browser.laboratory import Laboratory
from tests.browser.widgets.conftest import Notebook, Opens
from tests.browser.window import LATE

LOAD = "%load_ext jupyter_mlc"
PICTURES = ROOT / "build" / "widgets"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
HIGH = {"contrast": "JupyterLab Dark High Contrast"}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
_SLOW = """\
import time
from pathlib import Path
while not Path("go-on").exists():
    time.sleep(0.1)
"""
_HURRIED = """\
const timeout = AbortSignal.timeout.bind(AbortSignal);
const over = { addEventListener: (_, heard) => heard() };
AbortSignal.timeout = milliseconds => milliseconds === 2000 ? over : timeout(milliseconds);
window.addEventListener("unhandledrejection", event => { window.late = event.reason.message; });
"""
"""has the seconds that anywidget gives the script of a widget be over at once, as if the browser were busy"""


def test_the_panel_lists_the_models_and_leads_from_page_to_page(front: Laboratory, opens: Opens) -> None:
    notebook = opens(front, [LOAD, "%mlc panel"])
    notebook.run()
    panel = notebook.panel
    notebook.models.filter(has_text="tumours").click()
    expect(notebook.heading).to_contain_text("tumours")
    expect(panel.get_by_text("Is a tumour benign?")).to_be_visible()
    panel.get_by_role("rowheader").get_by_role("button", name="tumours:3").click()
    expect(notebook.heading).to_contain_text("tumours:3 ○ candidate")
    expect(panel.get_by_role("table", name="Metrics on cells-test")).to_contain_text("auc")
    panel.get_by_role("region", name="Curves").scroll_into_view_if_needed()
    expect(panel.locator(".jp-Mlc-picture svg")).to_be_visible()
    expect(panel.get_by_role("group", name="Lineage of tumours:3")).to_contain_text("run")
    panel.get_by_role("button", name="Back").click()
    panel.get_by_label("Tick tumours:3").check()
    panel.get_by_label("Tick tumours:1").check()
    panel.get_by_role("button", name="Compare (2)").click()
    expect(panel.get_by_role("table", name="Metrics compared")).to_contain_text("auc")
    panel.get_by_role("button", name="All models").click()
    expect(notebook.models.first).to_be_visible()


def test_a_promotion_is_asked_about_and_carried_out(front: Laboratory, opens: Opens) -> None:
    notebook = opens(front, [LOAD, '%mlc promote churn:2 staging "looks good" --panel'])
    notebook.run()
    dialog = notebook.dialog
    expect(dialog).to_contain_text("churn:2 candidate -> staging")
    expect(dialog.get_by_label("Reason")).to_have_value("looks good")
    assert json.loads(notebook.types("show", "churn:2", "--json"))["version"]["stage"] == "candidate"
    dialog.get_by_label("Reason").fill("looked at it")
    expect(dialog).to_contain_text("This will happen")
    dialog.get_by_role("button", name="Promote").click()
    expect(notebook.heading).to_contain_text("◐ staging")
    expect(notebook.panel.get_by_role("status").filter(has_text="Promote churn:2")).to_be_visible()
    version = json.loads(notebook.types("show", "churn:2", "--json"))["version"]
    assert (version["stage"], version["reason"]) == ("staging", "looked at it")
    notebook.panel.get_by_role("button", name="Undo…").click()
    dialog.get_by_role("button", name="Take back").click()
    expect(notebook.heading).to_contain_text("○ candidate")


def test_what_cannot_be_taken_back_is_asked_twice_and_refusals_are_told(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, "%mlc panel fraud:1"])
    notebook.run()
    notebook.panel.get_by_role("button", name="Discard…").click()
    expect(notebook.dialog).to_contain_text("This cannot be taken back.")
    notebook.dialog.get_by_role("button", name="Discard").click()
    expect(notebook.dialog).to_contain_text("delete the bytes of fraud:1 for good?")
    notebook.dialog.get_by_role("button", name="Cancel").click()
    expect(notebook.dialog).to_have_count(0)
    notebook.panel.get_by_role("button", name="Model").or_(
        notebook.panel.get_by_role("button", name="fraud")
    ).last.click()
    notebook.panel.get_by_role("button", name="Roll back…").click()
    expect(notebook.dialog.get_by_role("alert")).to_contain_text("fraud")
    expect(notebook.dialog.get_by_role("button", name="Roll back")).to_be_disabled()


def test_a_version_is_promoted_by_keyboard_alone(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, "%mlc panel churn:1"])
    notebook.run()
    keys = notebook.page.keyboard
    notebook.panel.get_by_role("button", name="All models").focus()
    until_focused(notebook, "Promote…")
    keys.press("Enter")
    expect(notebook.dialog).to_contain_text("This will happen")
    expect(notebook.dialog.get_by_label("To stage")).to_be_focused()
    keys.press("Tab")
    keys.type("by keyboard")
    expect(notebook.dialog.get_by_role("button", name="Promote")).to_be_enabled()
    until_focused(notebook, "Promote")
    keys.press("Enter")
    expect(notebook.heading).to_contain_text("● production")


def until_focused(notebook: Notebook, text: str) -> None:
    """Press Tab until the button with this text has the focus."""
    for _ in range(40):
        notebook.page.keyboard.press("Tab")
        if notebook.page.evaluate("document.activeElement.innerText.trim()") == text:
            return
    raise AssertionError(f"Tab does not lead to {text}")


def test_what_a_cell_changes_is_seen_in_the_panel(front: Laboratory, opens: Opens) -> None:
    notebook = opens(front, [LOAD, "%mlc panel fraud", '%mlc tag fraud "team=cells";'])
    notebook.run()
    expect(notebook.panel.get_by_text("team=cells").first).to_be_visible()


def test_the_panel_answers_while_a_cell_runs(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, "%mlc panel", _SLOW])
    notebook.run()
    try:
        notebook.models.filter(has_text="tumours").click()
        expect(notebook.heading).to_contain_text("tumours")
        expect(notebook.page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt")).to_contain_text("*")
    finally:
        (lab.folder / "go-on").touch()


def test_a_panel_hears_the_kernel_where_a_busy_browser_was_late_with_its_script(
    front: Laboratory, opens: Opens
) -> None:
    notebook = opens(front, [LOAD, "%mlc panel fraud", '%mlc tag fraud "told=late";'], before=_HURRIED)
    notebook.run()
    notebook.page.wait_for_function(f"window.late === '{LATE}'")
    expect(notebook.panel.get_by_text("told=late").first).to_be_visible()


def test_a_comparison_on_data_is_made_in_the_kernel(front: Laboratory, opens: Opens) -> None:
    line = "%mlc compare tumours:1 tumours:3 --data cells-test --target target --metric brier --panel"
    notebook = opens(front, [LOAD, line])
    notebook.run()
    expect(notebook.panel.get_by_role("table", name="Metrics compared")).to_contain_text("brier")
    notebook.panel.get_by_role("button", name="tumours:1").first.click()
    expect(notebook.heading).to_contain_text("tumours:1 ● production")


def test_a_job_is_watched_while_it_runs(front: Laboratory, opens: Opens) -> None:
    code: dict[str, object] = {"cell_type": "code", "outputs": [], "execution_count": None, "metadata": {}}
    cells = [{**code, "id": "slow", "source": _SLOW}, {**code, "id": "say", "source": "print('all is done')"}]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (front.folder / "patience.ipynb").write_text(json.dumps(whole), "utf-8")
    (front.folder / "go-on").unlink(missing_ok=True)
    notebook = opens(front, [LOAD, "%mlc retrain patience.ipynb --background;", "%mlc job show 1 --panel"])
    notebook.run()
    try:
        expect(notebook.heading).to_contain_text("job/1")
        expect(notebook.heading).to_contain_text("running")
        expect(notebook.panel.get_by_role("progressbar").first).to_be_visible()
    finally:
        (front.folder / "go-on").touch()
    expect(notebook.heading).to_contain_text("succeeded")
    expect(notebook.panel).to_contain_text("all is done")


def test_lines_for_the_notebook_are_at_hand(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, "%mlc panel tumours:1"])
    notebook.run()
    notebook.panel.get_by_role("button", name="Copy the line that loads it").click()
    expect(notebook.panel.locator("code").filter(has_text="model = %mlc load tumours:1")).to_be_visible()


def test_a_panel_of_a_registry_that_was_left_says_so(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, "%mlc panel churn", "%mlc use elsewhere;"])
    notebook.run()
    expect(notebook.page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt")).to_contain_text("3")
    notebook.panel.get_by_role("button", name="Refresh").click()
    expect(notebook.panel.get_by_role("alert").first).to_contain_text("run its cell again")


@pytest.mark.parametrize("theme", THEMES)
def test_the_panel_can_be_used_by_everybody(front: Laboratory, opens: Opens, theme: str) -> None:
    look_at_all(front, opens, theme)


def test_the_panel_can_be_used_by_who_needs_high_contrast(lab: Laboratory, opens: Opens) -> None:
    look_at_all(lab, opens, "contrast")


def look_at_all(front: Laboratory, opens: Opens, theme: str) -> None:
    """Go from page to page in a theme, and look at each."""
    notebook = opens(front, [LOAD, "%mlc panel"], name=f"tumours-{theme}.ipynb", size=(1100, 820))
    notebook.dress({**THEMES, **HIGH}[theme])
    if front.application == "jupyterlab":
        notebook.command("application:toggle-left-area")
    notebook.run()
    panel, name = notebook.panel, front.application
    expect(notebook.models.first).to_be_visible()
    look(notebook, f"{name}-models-{theme}")
    notebook.models.filter(has_text="tumours").click()
    look(notebook, f"{name}-model-{theme}")
    panel.get_by_label("Tick tumours:3").check()
    panel.get_by_label("Tick tumours:1").check()
    panel.get_by_role("button", name="Compare (2)").click()
    look(notebook, f"{name}-compare-{theme}")
    panel.get_by_role("button", name="tumours:3").first.click()
    look(notebook, f"{name}-version-{theme}")
    panel.get_by_role("button", name="Promote…").click()
    expect(notebook.dialog).to_contain_text("This will happen")
    look(notebook, f"{name}-promote-{theme}")


def look(notebook: Notebook, name: str) -> None:
    """Take a picture, and have axe look for what is wrong."""
    expect(notebook.panel.get_by_text("Loading…")).to_have_count(0)
    PICTURES.mkdir(parents=True, exist_ok=True)
    notebook.page.screenshot(path=PICTURES / f"{name}.png")
    assert wrong(notebook) == [], name


def wrong(notebook: Notebook) -> list[str]:
    """What axe finds wrong with the panels."""
    found = Axe().run(notebook.page, context=".jp-Mlc-widget", options={"runOnly": _RULES})
    return [
        f"{one['id']}: {node['html'][:140]} {node['any'][0]['message'][:160] if node['any'] else ''}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
