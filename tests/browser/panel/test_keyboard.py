"""Everything that can be done in the panel is done by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.panel.conftest import Desk, LaboratoryWithPanel
from tests.browser.panel.keyboard import Keyboard, answered
from tests.browser.panel.test_jobs import LONG, started


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a page offers, which keys fill in its form, and what the registry says of the page afterwards."""

    page: str
    button: str
    keys: tuple[str, ...]
    says: Callable[[Any], object]
    becomes: object
    before: str = ""
    """what a colleague types first"""
    accept: str = "Enter"


def fact(*names: str) -> Callable[[Any], object]:
    """Some of what is known of a version or a model."""

    def read(reply: Any) -> object:
        known = reply["version"] or reply["model"]
        return known[names[0]] if len(names) == 1 else [known[name] for name in names]

    return read


ACTS = {
    "retire": Act(
        page="small-011:1",
        button="Retire…",
        keys=("Tab", "superseded"),
        says=fact("stage", "reason"),
        becomes=["retired", "superseded"],
    ),
    "tag": Act(
        page="small-012:1",
        button="Tag…",
        keys=("team=ops", "Enter", "since=2026"),
        accept="Shift+Enter",
        says=fact("tags"),
        becomes={"team": "ops", "since": "2026"},
    ),
    "remove a tag": Act(
        before="tag small-013:1 team=ops since=2026",
        page="small-013:1",
        button="Tag…",
        keys=("Control+a", "since=2026"),
        accept="Control+Enter",
        says=fact("tags"),
        becomes={"since": "2026"},
    ),
    "alias": Act(
        page="small-014:1",
        button="Alias…",
        keys=("Control+a", "shadow"),
        says=fact("aliases"),
        becomes=["shadow"],
    ),
    "remove an alias": Act(
        before="alias small-015:1 challenger",
        page="small-015:1",
        button="Alias…",
        keys=("Tab", "take"),
        says=fact("aliases"),
        becomes=[],
    ),
    "edit": Act(
        page="small-016",
        button="Edit…",
        keys=("Control+a", "ben", "Tab", "high", "Tab", "for trials"),
        accept="Shift+Enter",
        says=fact("owner", "tier", "description"),
        becomes=["ben", "high", "for trials"],
    ),
    "note": Act(
        page="small-017:1",
        button="Note…",
        keys=("a stump,", "Enter", "and a small one"),
        accept="Shift+Enter",
        says=fact("note"),
        becomes="a stump,\nand a small one",
    ),
    "undo": Act(
        before="tag small-018 team=ops",
        page="small-018",
        button="Undo…",
        keys=("not theirs",),
        says=fact("tags"),
        becomes={},
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_is_done_by_keyboard_alone(desk: Desk, panel_lab: LaboratoryWithPanel, act: Act) -> None:
    panel_lab.types(*filter(None, [act.before]))
    desk.refusals = {400}  # a query that is half typed
    keys = Keyboard(desk=desk)
    keys.opens(act.page)
    keys.asks(act.button)
    keys.fills(*act.keys)
    keys.accepts(act.accept)
    expect(desk.page.locator(".Toastify__toast", has_text=act.page).first).to_be_visible()
    assert keys.focused == ("button", act.button)
    assert act.says(answered(panel_lab, f"show {act.page}")) == act.becomes


def test_versions_are_rolled_back_deprecated_and_retired_by_keyboard_alone(
    desk: Desk, panel_lab: LaboratoryWithPanel
) -> None:
    desk.refusals = {400}
    keys = Keyboard(desk=desk)
    model = keys.opens("by-keyboard")
    keys.asks("Roll back…")
    keys.fills("false alarm")
    keys.accepts("Enter")
    expect(model.get_by_role("table", name="History of by-keyboard")).to_contain_text("false alarm")
    assert answered(panel_lab, "show by-keyboard")["model"]["champion"] == 1
    keys.until("by-keyboard:2")
    keys.press("Enter")
    version = desk.shown("by-keyboard:2")
    expect(version).to_be_focused()
    keys.asks("Deprecate…")
    keys.fills("by-keyboard:1", "Tab", "01312030")
    keys.until("Reason")
    keys.accepts("Enter")
    expect(version.get_by_text("2030-01-31").first).to_be_visible()
    keys.asks("Retire…")
    keys.fills("Tab", "it was no good")
    keys.accepts("Enter")
    expect(version.get_by_role("heading", level=1)).to_contain_text("■ retired")


def test_what_cannot_be_taken_back_is_asked_twice_by_keyboard_too(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    desk.refusals = {400, 409}  # the question comes as one
    keys = Keyboard(desk=desk)
    page = keys.opens("small-019:1")
    keys.asks("Discard…")
    keys.until("Discard")
    keys.accepts("Enter")
    expect(desk.dialog).to_contain_text("delete the bytes of small-019:1 for good?")
    keys.press("Escape")
    expect(desk.dialog).to_have_count(0)
    assert answered(panel_lab, "show small-019:1")["version"]["stage"] == "candidate"
    assert keys.focused == ("button", "Discard…")
    keys.press("Enter")
    keys.accepts("Enter")
    expect(desk.dialog).to_contain_text("for good?")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("✕ purged")


def test_enter_accepts_nothing_that_nobody_could_look_at(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    desk.refusals = {400, 409}
    keys = Keyboard(desk=desk)
    keys.opens("small-020")
    keys.asks("Roll back…")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("small-020")
    keys.press("Enter")
    expect(desk.dialog).to_be_visible()
    for way in ("Tab", "Shift+Tab"):  # round and round
        for name in ("Cancel", "Roll back", "Reason"):
            keys.until(name, key=way)
    keys.press("Escape")
    expect(desk.dialog).to_have_count(0)
    assert keys.focused == ("button", "Roll back…")


def test_a_version_is_evaluated_by_keyboard_alone(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    desk.refusals = {400}
    keys = Keyboard(desk=desk)
    page = keys.opens("small-021:1")
    keys.asks("Evaluate…")
    keys.fills("flights-june", "Tab", "late", "Tab", "origin")
    expect(desk.dialog).to_contain_text("3,000 rows of flights-june, target late")
    keys.accepts("Enter")
    expect(page.get_by_role("table", name="Metrics on flights-june")).to_be_visible(timeout=LONG)
    (evaluation,) = answered(panel_lab, "show small-021:1")["details"]["evaluations"]
    parts = answered(panel_lab, f"show evaluation/{evaluation['number']}")["evidence"]["parts"]
    assert (evaluation["target"], {part["column"] for part in parts}) == ("late", {"origin"})


def test_a_job_is_opened_cancelled_and_done_once_more_by_keyboard_alone(
    desk: Desk, panel_lab: LaboratoryWithPanel, go_on: Path
) -> None:
    keys = Keyboard(desk=desk)
    job = started(desk, "patient.ipynb")
    expect(desk.side.get_by_role("region", name="Running jobs")).to_contain_text("it begins", timeout=LONG)
    keys.press("Control+Alt+m")
    keys.until(job)
    keys.press("Enter")
    page = desk.shown(job)
    expect(page.get_by_role("heading", level=1)).to_contain_text("▶ running")
    keys.asks("Cancel…")
    keys.accepts("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("■ cancelled", timeout=LONG)
    go_on.touch()
    assert keys.focused == ("button", "Do it once more…")
    keys.press("Enter")
    keys.accepts("Enter")
    again = desk.page.locator('[id^="jupyter-mlc:page:job/"]').filter(has_text="Does once more")
    expect(again.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)
    statuses = [one["status"] for one in answered(panel_lab, "job list --limit 2")["jobs"]]
    assert statuses == ["succeeded", "cancelled"]


def test_a_version_is_reproduced_by_keyboard_alone(desk: Desk, panel_lab: LaboratoryWithPanel) -> None:
    panel_lab.types("retrain trees.ipynb")
    desk.refusals = {400}
    keys = Keyboard(desk=desk)
    keys.opens("trees:1")
    keys.asks("Reproduce…")
    keys.fills("current")
    expect(desk.dialog).to_contain_text("Environment: current")
    keys.accepts("Enter")
    job = desk.page.locator('[id^="jupyter-mlc:page:job/"]').filter(has_text="reproduce")
    expect(job.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)
    verdicts = {one["verdict"] for one in answered(panel_lab, "show trees:1")["details"]["reproductions"]}
    assert verdicts <= {"identical", "equivalent"}


def test_versions_are_ticked_compared_and_shown_in_other_columns_by_keyboard_alone(desk: Desk) -> None:
    keys = Keyboard(desk=desk)
    page = keys.opens("late-flights")
    table = page.get_by_role("table", name="Versions")
    keys.until("Columns")
    keys.press("Enter")
    keys.until("params.max_depth")
    keys.press("Space")
    expect(table.get_by_role("columnheader", name="params.max_depth")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_label("params.max_depth")).to_be_hidden()
    assert keys.focused == ("summary", "Columns")
    keys.until("Created")
    keys.press("Enter", "Enter")
    expect(table.get_by_role("columnheader", name="Created")).to_have_attribute("aria-sort", "ascending")
    for number in (1, 3):
        keys.until(f"Tick late-flights:{number}")
        keys.press("Space")
    keys.until("Compare (2)", key="Shift+Tab")
    keys.press("Enter")
    compared = desk.shown("late-flights:1,late-flights:3")
    expect(compared.get_by_role("table", name="Metrics compared")).to_contain_text("auc")
    expect(compared).to_be_focused()
    expect(compared.locator(".jp-Mlc-picture svg")).to_be_visible()
    keys.press("Alt+w")
    expect(compared).to_have_count(0)


def test_the_registry_is_verified_by_keyboard_alone(desk: Desk) -> None:
    keys = Keyboard(desk=desk)
    keys.press("Control+Alt+m")
    keys.until("Verify", key="Shift+Tab")
    keys.press("Enter")
    page = desk.shown(":verify")
    expect(page).to_be_focused()
    keys.until("Verify everything")
    keys.press("Enter")
    expect(page.get_by_role("status")).to_have_text("✓ everything is as it was recorded", timeout=LONG)
    assert keys.focused == ("button", "Verify everything")


def test_a_model_is_registered_by_keyboard_alone(visit: Callable[..., Desk], panel_lab: LaboratoryWithPanel) -> None:
    desk = visit("/tree/typed.ipynb")
    keys = Keyboard(desk=desk)
    desk.wait_for_kernel()
    keys.press("b", "Enter")
    for line in ("from sklearn.dummy import DummyClassifier", "guess = DummyClassifier().fit([[0], [1]], [0, 1])"):
        desk.page.keyboard.type(f"{line}\n")
    keys.press("Shift+Enter", "Escape")
    keys.until("Insert a cell below (B)", key="Shift+Tab")
    keys.until("Register model (Ctrl+Alt+R)", key="ArrowRight")
    keys.press("Enter")
    expect(desk.dialog.locator("[name=object]")).to_be_focused()
    expect(desk.dialog.locator("[name=object]")).to_have_value("guess")
    keys.fills("Tab", "typed-guess", "Tab", "Tab", "by keyboard")
    expect(desk.dialog).to_contain_text("%mlc register typed-guess guess 'by keyboard'")
    keys.accepts("Enter")
    expect(desk.page.locator(".jp-Notebook")).to_contain_text("typed-guess:1", timeout=LONG)
    assert answered(panel_lab, "show typed-guess:1")["version"]["note"] == "by keyboard"
    keys.press("Control+Alt+r")
    expect(desk.dialog.locator("[name=object]")).to_be_focused()
    keys.press("Escape")
    expect(desk.dialog).to_have_count(0)
