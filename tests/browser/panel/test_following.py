"""The panel is about the registry of the notebook in front."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import expect

from docs.laptop import cell
from tests.browser.panel.conftest import Desk, LaboratoryWithPanel

LONG = 150_000
_HERE = ("%load_ext jupyter_mlc", "%mlc list")
_ELSEWHERE = (
    "%load_ext jupyter_mlc",
    "%mlc use elsewhere-models",
    "%mlc register strangers {'answer': 42} --no-load-check",
)


def test_the_panel_follows_the_notebook_in_front_to_its_registry_and_back(
    panel_lab: LaboratoryWithPanel, visit: Callable[..., Desk]
) -> None:
    write(panel_lab.folder / "here.ipynb", _HERE)
    write(panel_lab.folder / "elsewhere.ipynb", _ELSEWHERE)
    desk = visit("/tree/here.ipynb")
    desk.command("mlc:open-panel")
    run(desk)
    desk.command("docmanager:open", path="elsewhere.ipynb")
    run(desk)
    for _ in range(2):
        expect(desk.side).to_contain_text("elsewhere-models")
        expect(desk.choices).to_have_count(1)
        expect(desk.choices).to_contain_text("strangers")
        front(desk, "here.ipynb")
        expect(desk.side).not_to_contain_text("elsewhere-models")
        desk.side.get_by_role("searchbox").fill("late-flights")
        expect(desk.choices.filter(has_text="late-flights")).to_be_visible()
        desk.side.get_by_role("searchbox").fill("strangers")
        expect(desk.choices).to_have_count(0)
        desk.side.get_by_role("searchbox").fill("")
        front(desk, "elsewhere.ipynb")
    desk.opened("strangers:1").get_by_role("button", name="Tag…").click()
    desk.dialog.get_by_label("One KEY=VALUE a line").fill("from=elsewhere")
    desk.dialog.get_by_role("button", name="Save").click()
    expect(desk.shown("strangers:1").get_by_text("from=elsewhere").first).to_be_visible()


def write(path: Path, sources: Sequence[str]) -> None:
    """A notebook of some cells, to be run by the kernel of this environment."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [cell(source, f"cell-{at}") | {"execution_count": None} for at, source in enumerate(sources)]
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(whole), "utf-8")


def run(desk: Desk) -> None:
    """Run the notebook in front, to its end."""
    desk.wait_for_kernel()
    desk.command("notebook:run-all-cells")


def front(desk: Desk, name: str) -> None:
    """Bring a notebook that is open to the front, as one does: by its tab."""
    desk.page.locator("#jp-main-dock-panel .lm-TabBar-tab", has=desk.page.get_by_text(name, exact=True)).click()
