"""The panel in every theme: nothing that axe finds wrong, and a picture of each view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from docs.laptop import ROOT
from tests.browser.panel.conftest import Desk, LaboratoryWithPanel

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark", "contrast": "JupyterLab Dark High Contrast"}
PICTURES = ROOT / "build" / "panel"
VIEWS = {
    "model": ("late-flights",),
    "version": ("late-flights:1",),
    "compare": ("late-flights:1", "late-flights:3"),
    "jobs": (":jobs",),
    "verify": (":verify",),
}
LONG = 150_000
"""milliseconds in which a busy machine has executed a notebook"""
_EDIT = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel;
    const cell = cells.getCell(2);
    cell.setSource(cell.getSource().replace('max_depth=2', 'max_depth=3'));
}"""
_GUESS = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({
    code: 'class Guess:\\n    predict = print\\nguess, numbers = Guess(), [1, 2]'
}).done.then(() => null)"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def wrong(desk: Desk, where: str) -> list[str]:
    """What axe finds wrong in a part of the page."""
    found = Axe().run(desk.page, context=where, options={"runOnly": _RULES})
    return [
        f"{one['id']}: {node['html'][:140]} {node['any'][0]['message'][:160] if node['any'] else ''}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def page_of(*refs: str) -> str:
    """Where a page stands, for axe."""
    return f'[id="jupyter-mlc:page:{",".join(refs)}"]'


def picture(desk: Desk, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    desk.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture(scope="session")
def job(panel_lab: LaboratoryWithPanel) -> str:
    """A job that has made a version."""
    panel_lab.types("retrain trees.ipynb -p depth=3")
    return panel_lab.newest_job()


@pytest.mark.parametrize("theme", THEMES)
def test_every_view_can_be_used_by_everybody(visit: Callable[..., Desk], job: str, theme: str) -> None:
    desk = visit(size=(1300, 900))
    desk.dress(THEMES[theme])
    desk.command("mlc:open-panel")
    expect(desk.choices.first).to_be_visible()
    assert wrong(desk, ".jp-Mlc-side") == []
    assert wrong(desk, ".jp-Mlc-status") == []
    for name, refs in {**VIEWS, "job": (job,)}.items():
        page = desk.opened(*refs)
        expect(page.get_by_text("Loading…")).to_have_count(0)
        if name == "verify":
            page.get_by_role("button", name="Verify everything").click()
            expect(page.locator(".jp-Mlc-verdict")).to_be_visible()
        page.focus()
        picture(desk, f"{name}-{theme}")
        if name == "version":
            for part, picked in (("Curves", ".jp-Mlc-picture svg"), ("Lineage", ".jp-Mlc-graph")):
                page.get_by_role("region", name=part).scroll_into_view_if_needed()
                expect(page.locator(picked)).to_be_visible()
                page.get_by_role("heading", name=part, exact=True).evaluate("heading => heading.scrollIntoView()")
                picture(desk, f"{part.lower()}-{theme}")
        if name == "compare":
            drawn = page.locator(".jp-Mlc-picture svg")
            expect(drawn).to_be_visible()
            drawn.scroll_into_view_if_needed()
            picture(desk, f"plots-{theme}")
        assert wrong(desk, page_of(*refs)) == [], name


@pytest.mark.parametrize("theme", THEMES)
def test_the_form_of_a_training_and_what_completes_a_query_can_be_used_by_everybody(
    visit: Callable[..., Desk], job: str, theme: str
) -> None:
    assert job
    desk = visit(size=(1300, 900))
    desk.dress(THEMES[theme])
    desk.command("mlc:open-panel")
    desk.side.get_by_role("searchbox").press_sequentially("sta")
    expect(desk.side.get_by_role("option", name="stage")).to_be_visible()
    desk.page.keyboard.press("ArrowDown")
    assert wrong(desk, ".jp-Mlc-side") == []
    desk.refusals = {400}  # two depths, while only one is expected
    desk.opened("trees:1").get_by_role("button", name="Retrain…").click()
    desk.dialog.get_by_label("depth (int)").fill("4, 8")
    desk.dialog.get_by_label("several").first.check()
    expect(desk.dialog).to_contain_text("depth=8")
    picture(desk, f"retrain-{theme}")
    assert wrong(desk, ".jp-Mlc-act") == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_dialog_can_be_used_by_everybody(visit: Callable[..., Desk], theme: str) -> None:
    desk = visit(size=(1300, 900))
    desk.dress(THEMES[theme])
    desk.command("mlc:open-panel")
    desk.opened("late-flights:3").get_by_role("button", name="Promote…").click()
    expect(desk.dialog).to_contain_text("This will happen")
    picture(desk, f"promote-{theme}")
    assert wrong(desk, ".jp-Mlc-act") == []


def wrong_in_any(desk: Desk, where: str) -> dict[str, list[str]]:
    """What axe finds wrong there in each theme."""
    found: dict[str, list[str]] = {}
    for name in THEMES.values():
        desk.dress(name)
        found |= {name: some} if (some := wrong(desk, where)) else {}
    return found


def test_what_is_opened_on_a_page_can_be_used_by_everybody(visit: Callable[..., Desk]) -> None:
    desk = visit("/tree/flights.ipynb", size=(1300, 900))
    desk.wait_for_kernel()
    desk.page.evaluate(_EDIT)
    page = desk.opened("late-flights:1")
    page.get_by_role("button", name="Difference to the open notebook").click()
    page.locator(".jp-Mlc-cellChange").first.wait_for()
    for closed in page.locator("summary").all():
        closed.click()
    expect(page.locator('[data-line="+"]').first).to_be_visible()
    expect(page.get_by_role("table", name="Slices")).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    assert wrong_in_any(desk, page_of("late-flights:1")) == {}
    desk.opened("late-flights").get_by_text("Columns", exact=True).click()
    assert wrong_in_any(desk, page_of("late-flights")) == {}


def test_jobs_can_be_watched_by_everybody(visit: Callable[..., Desk], panel_lab: LaboratoryWithPanel) -> None:
    signal = panel_lab.folder / "go-on"
    signal.unlink(missing_ok=True)
    panel_lab.types("retrain broken.ipynb --background --force")
    broken = panel_lab.newest_job()
    panel_lab.types("retrain patient.ipynb --background --timeout 300s --force")
    patient = panel_lab.newest_job()
    desk = visit(size=(1300, 900))
    desk.command("mlc:open-panel")
    try:
        running = desk.opened(patient)
        expect(running.get_by_role("log")).to_contain_text("it begins", timeout=LONG)
        expect(desk.side.get_by_role("region", name="Running jobs")).to_contain_text("it begins")
        assert wrong_in_any(desk, ".jp-Mlc-side") == {}
        assert wrong_in_any(desk, page_of(patient)) == {}
    finally:
        signal.touch()
    failed = desk.opened(broken)
    failed.get_by_text("Traceback", exact=True).click(timeout=LONG)
    assert wrong_in_any(desk, page_of(broken)) == {}
    desk.refusals = {404}
    desk.page.route("**/jupyter-mlc/**", lambda route: route.fulfill(status=404, body="Not Found"))
    desk.side.get_by_role("button", name="Refresh").click()
    expect(desk.side.get_by_role("alert").first).to_contain_text("pip install jupyter-mlc")
    assert wrong_in_any(desk, ".jp-Mlc-side") == {}
    expect(failed.get_by_role("alert").first).to_contain_text("pip install jupyter-mlc")
    assert wrong_in_any(desk, page_of(broken)) == {}


def test_every_dialog_can_be_used_by_everybody(visit: Callable[..., Desk], job: str) -> None:
    assert job
    desk = visit("/tree/guesses.ipynb", size=(1300, 900))
    desk.wait_for_kernel()
    desk.page.evaluate(_GUESS)
    desk.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Register model").click()
    expect(desk.dialog.locator("[name=object]")).to_have_value("guess")
    assert wrong_in_any(desk, ".jp-Mlc-act") == {}
    desk.dialog.get_by_role("button", name="Cancel").click()
    for ref, act in (("late-flights:3", "Evaluate…"), ("trees:1", "Discard…"), ("trees:1", "Reproduce…")):
        desk.opened(ref).get_by_role("button", name=act).click()
        expect(desk.dialog).to_contain_text("This will happen")
        assert wrong_in_any(desk, ".jp-Mlc-act") == {}, act
        desk.dialog.get_by_role("button", name="Cancel").click()
