"""Jobs in the panel: seen while they run and afterwards, started by a form, cancelled, done once more."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.panel.conftest import Desk, LaboratoryWithPanel
from tests.browser.panel.test_acting import until_focused

LONG = 150_000
"""milliseconds in which a busy machine has executed a notebook"""


def started(desk: Desk, line: str) -> str:
    """Start a job in another process, as a colleague would; its name."""
    assert isinstance(desk.laboratory, LaboratoryWithPanel)
    desk.laboratory.types(f"retrain {line} --background --timeout 300s --force")
    return desk.laboratory.newest_job()


def notice(desk: Desk, text: str) -> Locator:
    return desk.page.locator(".Toastify__toast").filter(has_text=text)


def test_a_running_job_is_seen_at_the_side_and_on_a_page_of_its_own(desk: Desk, go_on: Path) -> None:
    job = started(desk, "patient.ipynb")
    running = desk.side.get_by_role("region", name="Running jobs")
    expect(running).to_contain_text("patient")
    expect(running.get_by_role("progressbar", name=f"Progress of {job}")).to_be_visible(timeout=LONG)
    expect(running).to_contain_text("it begins", timeout=LONG)
    expect(desk.page.get_by_role("button", name=re.compile("1 job runs"))).to_be_visible()
    running.get_by_role("button", name=job).click()
    page = desk.shown(job)
    expect(page.get_by_role("heading", level=1)).to_contain_text("▶ running")
    cells = page.get_by_role("table", name="Cells")
    expect(cells.get_by_role("row", name="import time")).to_contain_text("▶ running")
    expect(cells.get_by_role("row", name="it is over")).to_contain_text("○ waiting")
    expect(page.get_by_role("log")).to_contain_text("it begins", timeout=LONG)
    go_on.touch()
    expect(page.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)
    expect(page.get_by_role("log")).to_contain_text("it is over")
    expect(cells.get_by_role("row", name="it is over")).to_contain_text("✓ done")
    expect(running).to_have_count(0)
    expect(notice(desk, f"{job} of patient: succeeded")).to_be_visible()


def test_the_notebook_of_a_running_job_is_opened_as_it_is_now(desk: Desk, go_on: Path) -> None:
    job = started(desk, "patient.ipynb")
    page = desk.opened(job)
    expect(page.get_by_role("log")).to_contain_text("it begins", timeout=LONG)
    page.get_by_role("button", name="Open the notebook as it is now").click()
    document = desk.page.locator(".jp-NotebookPanel")
    expect(document.get_by_text("it begins").first).to_be_visible()
    expect(document.get_by_text("it goes on").first).to_be_visible()  # in the source; it was not said yet
    assert go_on.parent.exists()


def test_a_job_is_cancelled_and_done_once_more(desk: Desk, go_on: Path) -> None:
    job = started(desk, "patient.ipynb")
    page = desk.opened(job)
    expect(page.get_by_role("heading", level=1)).to_contain_text("▶ running", timeout=LONG)
    page.get_by_role("button", name="Cancel…").click()
    expect(desk.dialog).to_contain_text("its notebook keeps what was done until then")
    desk.dialog.get_by_role("button", name="Let it end").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("■ cancelled", timeout=LONG)
    go_on.touch()
    page.get_by_role("button", name="Do it once more…").click()
    expect(desk.dialog).to_contain_text("1 job of patient")
    desk.dialog.get_by_role("button", name="Do it", exact=True).click()
    again = desk.page.locator('[id^="jupyter-mlc:page:job/"]').filter(has_text="Does once more")
    expect(again.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)


def test_a_failed_job_says_what_went_wrong_and_where(desk: Desk) -> None:
    page = desk.opened(started(desk, "broken.ipynb"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("✕ cell failed", timeout=LONG)
    cause = page.get_by_role("region", name="Why it ended")
    expect(cause).to_contain_text("ZeroDivisionError: division by zero")
    cause.get_by_text("Traceback", exact=True).click()
    expect(cause.get_by_label("Traceback")).to_contain_text("1 / (depth - depth)")
    expect(page.get_by_role("table", name="Cells").get_by_role("row", name="depth - depth")).to_contain_text("✕ failed")
    expect(notice(desk, "of broken did not succeed: cell failed")).to_be_visible()


def test_a_notebook_of_the_file_browser_is_trained_again_with_several_values(visit: Callable[..., Desk]) -> None:
    desk = visit()
    desk.refusals = {400}
    desk.page.locator(".jp-DirListing-item", has_text="trees.ipynb").click(button="right")
    desk.page.locator(".lm-Menu-item", has_text="Retrain").click()
    depth = desk.dialog.get_by_label("depth (int)")
    expect(depth).to_have_attribute("placeholder", "2")
    depth.fill("x")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("depth is declared int")
    expect(desk.dialog.get_by_role("button", name="Start")).to_be_disabled()
    depth.fill("3, 5")
    desk.dialog.get_by_label("several").first.check()
    expect(desk.dialog).to_contain_text("2 jobs of trees, 4 cells each")
    expect(desk.dialog).to_contain_text("depth=5")
    desk.dialog.get_by_role("button", name="Start").click()
    row = desk.shown(":jobs").get_by_role("table", name="Jobs").get_by_role("row", name="depth=5").first
    expect(row).to_contain_text("✓ succeeded", timeout=LONG)
    row.get_by_role("button", name=re.compile("^job")).click()
    page = desk.page.locator('[id^="jupyter-mlc:page:job/"]')
    expect(page.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)
    page.get_by_role("button", name=re.compile(r"trees:\d+")).click()
    version = desk.page.locator('[id^="jupyter-mlc:page:trees:"]')
    expect(version.get_by_role("table", name="Metrics", exact=True)).to_contain_text("accuracy")
    version.get_by_role("button", name="Retrain…").click()
    expect(desk.dialog).to_contain_text("from the record: job/")
    desk.dialog.get_by_role("button", name="Cancel").click()


def test_a_version_is_trained_again_by_keyboard_alone(panel_lab: LaboratoryWithPanel, desk: Desk) -> None:
    panel_lab.types("retrain trees.ipynb")
    desk.opened("trees:1")
    until_focused(desk.page, "Retrain…")
    keys = desk.page.keyboard
    keys.press("Enter")
    expect(desk.dialog.get_by_label("depth (int)")).to_be_focused()
    keys.type("7")
    expect(desk.dialog).to_contain_text("depth=7")
    expect(desk.dialog.get_by_role("button", name="Start")).to_be_enabled()
    until_focused(desk.page, "Start")
    keys.press("Enter")
    page = desk.page.locator('[id^="jupyter-mlc:page:job/"]')
    expect(page.get_by_role("table", name="Parameters")).to_contain_text("7")
    expect(page.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)


def test_a_link_opens_a_job_and_the_list_of_all(panel_lab: LaboratoryWithPanel, visit: Callable[..., Desk]) -> None:
    panel_lab.types("retrain trees.ipynb")
    desk = visit("?mlc=job/1")
    expect(desk.shown("job/1").get_by_role("heading", level=1)).to_contain_text("job/1")
    desk.command("mlc:open-panel")
    desk.side.get_by_role("button", name="Jobs", exact=True).click()
    table = desk.shown(":jobs").get_by_role("table", name="Jobs")
    table.get_by_role("button", name="job/1", exact=True).click()
    expect(desk.shown("job/1")).to_be_visible()


def test_a_version_is_reproduced(panel_lab: LaboratoryWithPanel, desk: Desk) -> None:
    panel_lab.types("retrain trees.ipynb")
    page = desk.opened("trees:1")
    page.get_by_role("button", name="Reproduce…").click()
    desk.dialog.get_by_label("Environment").select_option("current")
    expect(desk.dialog).to_contain_text("Environment: current")
    desk.dialog.get_by_role("button", name="Start").click()
    job = desk.page.locator('[id^="jupyter-mlc:page:job/"]').filter(has_text="reproduce")
    expect(job.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)
    desk.command("mlc:open", ref="trees:1")
    expect(page.get_by_text(re.compile(r"(identical|equivalent) \(current\)"))).to_be_visible(timeout=LONG)
