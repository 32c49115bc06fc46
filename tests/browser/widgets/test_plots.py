"""Pictures in the panel: drawn by what the kernel sends, once a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.laboratory import Laboratory
from tests.browser.widgets.conftest import Opens
from tests.browser.widgets.test_panel import LOAD, PICTURES, THEMES, look

COMPARE = "%mlc compare tumours:1 tumours:3 --panel"


@pytest.mark.parametrize("theme", THEMES)
def test_the_curves_of_a_comparison_are_drawn(front: Laboratory, opens: Opens, theme: str) -> None:
    notebook = opens(front, [LOAD, COMPARE], name=f"compared-{theme}.ipynb")
    notebook.dress(THEMES[theme])
    notebook.run()
    drawn = notebook.panel.locator(".jp-Mlc-picture svg")
    expect(drawn).to_be_visible()
    drawn.scroll_into_view_if_needed()
    look(notebook, f"{front.application}-plots-{theme}")
