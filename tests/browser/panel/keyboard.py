"""Whoever has no mouse: what is done here goes through the keys of the window alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.panel.conftest import Desk, LaboratoryWithPanel

_FAR = 80
"""times that Tab may be pressed on the way to anything"""
_KEYS = {"Tab", "Shift+Tab", "Enter", "Control+a", "Delete"}
_FOCUSED = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const label = at.getAttribute('aria-label') || at.labels?.[0]?.innerText || at.innerText || at.title || '';
    return [at.getAttribute('role') || at.localName, label.trim()];
}"""
_SEEN = """() => {
    const at = document.activeElement;
    const style = getComputedStyle(at);
    return !at.closest('.jp-Mlc, .jp-Mlc-act') || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
}"""


@dataclass(frozen=True, kw_only=True)
class Keyboard:
    """The keys of a window."""

    desk: Desk

    def press(self, *keys: str) -> None:
        for key in keys:
            self.desk.page.keyboard.press(key)

    @property
    def focused(self) -> tuple[str, str]:
        """What has the focus: its role or element, and what it is called."""
        role, name = self.desk.page.evaluate(_FOCUSED)
        return role, name

    def until(self, name: str, *, key: str = "Tab") -> None:
        """Press a key until what is called so, or is such a thing, has the focus, and see that it does."""
        passed = []
        for _ in range(_FAR):
            self.press(key)
            passed.append(self.focused)
            if name in passed[-1]:
                assert self.desk.page.evaluate(_SEEN), f"nobody sees that {name} has the focus"
                return
        raise AssertionError(f"{key} does not lead to {name} but to {passed}")

    def finds(self, query: str, name: str) -> None:
        """Search in the panel at the side for one thing, and come to the list of what is found."""
        self.press("Control+Alt+m")
        expect(self.desk.side.get_by_role("searchbox")).to_be_focused()
        self.fills("Control+a", query)
        expect(self.desk.choices).to_have_text([re.compile(f"^{re.escape(name)}")])
        self.until("listbox")

    def opens(self, name: str) -> Locator:
        """Find a model or a version at the side, and open its page."""
        model, _, number = name.partition(":")
        self.finds(f"name = '{model}' and number = {number}" if number else model, name)
        self.press("Enter")
        page = self.desk.shown(name)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page).to_be_focused()
        return page

    def asks(self, button: str) -> None:
        """Go to what a page offers, and look at what it would do."""
        self.until(button)
        self.press("Enter")
        expect(self.desk.dialog).to_be_visible()

    def fills(self, *keys: str) -> None:
        """Press keys in the dialog; what is no key is written, letter by letter."""
        for key in keys:
            if key in _KEYS:
                self.press(key)
            else:
                self.desk.page.keyboard.type(key)

    def accepts(self, key: str) -> None:
        """Say yes, as soon as what will happen may be accepted."""
        expect(self.desk.dialog.locator(".jp-mod-accept")).to_be_enabled()
        self.press(key)


def answered(laboratory: LaboratoryWithPanel, line: str) -> Any:
    """What the registry itself answers to a line."""
    return json.loads(laboratory.typed(f"{line} --json"))
