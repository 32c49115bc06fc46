"""The whole tour with the mouse alone: nothing is typed, no key is pressed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from docs.laptop import cell
from tests.browser.panel.conftest import Desk, LaboratoryWithPanel
from tests.browser.panel.test_acting import CONNECTED

LONG = 150_000
NAME = "newcomer"
_PREPARE = """\
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

flights = pd.read_parquet("flights.parquet")
train = flights[flights.month.isin([3, 4])].sample(2_000, random_state=0)
X = ["hour", "distance", "month"]
"""
_FIT = "model = HistGradientBoostingClassifier(max_depth=depth, max_iter=10, random_state=0).fit(train[X], train.late)"
_ALL_RAN = "window.jupyterapp.shell.currentWidget.content.widgets.slice(0, 3).every(cell => cell.model.executionCount)"


def _write(folder: Path) -> None:
    first = cell("depth = 2  # how many questions a tree may ask in a row", "parameters")
    first |= {"metadata": {"tags": ["parameters"]}}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [{**one, "execution_count": None} for one in (first, cell(_PREPARE, "prepare"), cell(_FIT, "fit"))]
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{NAME}.ipynb").write_text(json.dumps(whole), "utf-8")


class Mouse:
    """Whoever only clicks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def page(self, ref: str) -> Locator:
        return self.desk.shown(ref)

    def act(self, ref: str, what: str, accept: str, told: str, **choices: str) -> None:
        """Click what a page offers, choose in the dialog, look at what will happen, and say yes."""
        self.page(ref).get_by_role("button", name=what).click()
        dialog = self.desk.dialog
        for name, value in choices.items():
            dialog.locator(f"[name={name}]").select_option(value)
        expect(dialog).to_contain_text(told)
        dialog.get_by_role("button", name=accept, exact=True).click()
        expect(dialog).to_have_count(0)

    def tab(self, ref: str) -> None:
        """Come back to a page that is open."""
        self.desk.page.locator(".lm-TabBar-tab", has=self.desk.page.get_by_text(ref, exact=True)).click()


def test_a_newcomer_does_the_whole_tour_with_the_mouse_alone(
    panel_lab: LaboratoryWithPanel, visit: Callable[..., Desk]
) -> None:
    _write(panel_lab.folder)
    desk = visit()
    mouse, one, two = Mouse(desk), f"{NAME}:1", f"{NAME}:2"
    _train_and_register(desk)
    _open_version(desk)
    rows = {"data": "flights-june", "target": "late"}
    mouse.act(one, "Evaluate…", "Evaluate", "3,000 rows of flights-june, target late", **rows)
    expect(mouse.page(one).get_by_role("table", name="Metrics on flights-june")).to_be_visible(timeout=LONG)
    mouse.act(one, "Retrain…", "Start", "1 job of newcomer:1")
    job = desk.page.locator('[id^="jupyter-mlc:page:job/"]')
    expect(job.get_by_role("heading", level=1)).to_contain_text("✓ succeeded", timeout=LONG)
    job.get_by_role("button", name=two).click()
    mouse.act(two, "Evaluate…", "Evaluate", "3,000 rows of flights-june, target late", **rows)
    expect(mouse.page(two).get_by_role("table", name="Metrics on flights-june")).to_be_visible(timeout=LONG)
    _compare(desk)
    mouse.tab(one)
    mouse.act(one, "Promote…", "Promote", "Champion: newcomer:1 (before: nobody)")
    expect(mouse.page(one).get_by_role("heading", level=1)).to_contain_text("● production")
    mouse.tab(two)
    mouse.act(two, "Promote…", "Promote", "Champion: newcomer:2 (before: newcomer:1)")
    expect(mouse.page(two).get_by_role("heading", level=1)).to_contain_text("● production")
    mouse.tab(NAME)
    mouse.act(NAME, "Roll back…", "Roll back", "Champion: newcomer:1 (before: newcomer:2)")
    expect(mouse.page(NAME).get_by_text("@champion → newcomer:1")).to_be_visible()
    mouse.tab(two)
    mouse.act(two, "Retire…", "Retire", "newcomer:2 deprecated -> retired")
    expect(mouse.page(two).get_by_role("heading", level=1)).to_contain_text("■ retired")
    desk.side.get_by_role("button", name="Verify").click()
    mouse.page(":verify").get_by_role("button", name="Verify everything").click()
    expect(mouse.page(":verify").get_by_role("status")).to_have_text("✓ everything is as it was recorded", timeout=LONG)


def _train_and_register(desk: Desk) -> None:
    desk.page.locator(".jp-DirListing-item", has_text=f"{NAME}.ipynb").dblclick()
    desk.page.wait_for_function(CONNECTED)
    desk.page.locator(".lm-MenuBar-item", has_text="Run").click()
    desk.page.locator(".lm-Menu-item", has_text=re.compile(r"^Run All Cells")).click()
    desk.page.wait_for_function(_ALL_RAN, timeout=LONG)
    desk.page.locator(".jp-NotebookPanel-toolbar").get_by_role("button", name="Register model").click()
    expect(desk.dialog.locator("[name=object]")).to_have_value("model")
    expect(desk.dialog.locator("[name=name]")).to_have_value(NAME)
    desk.dialog.locator("[name=data]").select_option("train")
    desk.dialog.get_by_role("button", name="Register").click()
    expect(desk.page.locator(".jp-Notebook")).to_contain_text(f"{NAME}:1", timeout=LONG)


def _open_version(desk: Desk) -> None:
    desk.page.locator('.jp-SideBar [data-id="jupyter-mlc:panel"]').click()
    box = desk.side.locator(".jp-Mlc-choices")
    option = desk.choices.filter(has_text=NAME)
    box.hover()
    while not option.count():
        desk.page.mouse.wheel(0, 400)
        desk.page.wait_for_timeout(100)
    option.click()
    desk.shown(NAME).get_by_role("rowheader", name=f"{NAME}:1").get_by_role("button").click()
    expect(desk.shown(f"{NAME}:1").get_by_role("heading", level=1)).to_be_visible()


def _compare(desk: Desk) -> None:
    Mouse(desk).tab(NAME)
    page = desk.shown(NAME)
    for number in (1, 2):
        page.get_by_label(f"Tick {NAME}:{number}").check()
    page.get_by_role("button", name="Compare (2)").click()
    compared = desk.page.locator(f'[id^="jupyter-mlc:page:{NAME}:"][id*=","]')
    expect(compared.get_by_role("table", name="Metrics compared")).to_contain_text("auc")
    expect(compared.locator(".jp-Mlc-picture svg")).to_be_visible()
    expect(compared.get_by_text("ROC curve: True").last).to_be_visible()
