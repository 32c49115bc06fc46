"""Notebooks and the panel: models registered from them, snapshots of them, and what has changed in them since."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.panel.conftest import Desk
from tests.browser.panel.test_acting import CONNECTED


def test_the_notebook_of_a_version_is_opened_as_it_was(desk: Desk) -> None:
    desk.opened("late-flights:1").get_by_role("button", name="Open the notebook as it was").click()
    document = desk.page.locator(".jp-NotebookPanel")
    expect(document.get_by_text("HistGradientBoostingClassifier(max_depth=2").first).to_be_visible()
    assert desk.page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.widgets.every(cell => cell.readOnly) &&"
        " !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )


def test_what_changed_since_a_version_was_made_is_told_cell_by_cell(visit: Callable[..., Desk]) -> None:
    desk = visit("/tree/flights.ipynb")
    desk.page.wait_for_function(CONNECTED)
    desk.page.evaluate(
        "() => { const cells = window.jupyterapp.shell.currentWidget.content.model.sharedModel;"
        " const cell = cells.getCell(2); cell.setSource(cell.getSource().replace('max_depth=2', 'max_depth=3'));"
        " cells.deleteCell(6); cells.addCell({cell_type: 'code', source: 'model.classes_'}); }"
    )
    page = desk.opened("late-flights:1")
    page.get_by_role("button", name="Difference to the open notebook").click()
    against = page.get_by_role("region", name="Difference to the open notebook")
    expect(against.locator("summary")).to_contain_text(["changed", "removed", "added"])
    against.locator("summary").first.click()
    expect(against.locator('[data-line="-"]').first).to_contain_text("max_depth=2")
    expect(against.locator('[data-line="+"]').first).to_contain_text("max_depth=3")


def test_without_an_open_notebook_there_is_nothing_to_compare_with(desk: Desk) -> None:
    page = desk.opened("late-flights:1")
    page.get_by_role("button", name="Difference to the open notebook").click()
    expect(page.get_by_text("No notebook is open beside this page.")).to_be_visible()


def test_what_the_kernel_has_is_registered_by_a_form(visit: Callable[..., Desk]) -> None:
    desk = visit("/tree/guesses.ipynb")
    desk.page.wait_for_function(CONNECTED)
    desk.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute("
        "{code: 'class Guess:\\n    predict = print\\nguess, numbers = Guess(), [1, 2]'}).done.then(() => null)"
    )
    desk.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Register model").click()
    expect(desk.dialog.locator("[name=object]")).to_have_value("guess")
    desk.dialog.locator("[name=name]").fill("guesses")
    desk.dialog.get_by_label("Note").fill("it's a guess")
    expect(desk.dialog).to_contain_text("%mlc register guesses guess 'it\u2019s a guess'")
    desk.dialog.get_by_role("button", name="Register").click()
    desk.command("mlc:open-panel")
    desk.side.get_by_role("searchbox").fill("guesses")
    expect(desk.choices.filter(has_text="guesses")).to_be_visible()


def test_the_button_of_a_notebook_asks_how_to_train_it_again(visit: Callable[..., Desk]) -> None:
    desk = visit("/tree/trees.ipynb")
    desk.page.wait_for_function(CONNECTED)
    desk.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Retrain").click()
    expect(desk.dialog.get_by_label("depth (int) how many questions a tree may ask in a row")).to_be_visible()
    expect(desk.dialog).to_contain_text("1 job of trees, 4 cells each")
    desk.dialog.get_by_role("button", name="Cancel").click()
