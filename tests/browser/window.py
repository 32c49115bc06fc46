"""A window of the browser, with JupyterLab or Notebook 7 in it: what tests do there, and what goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.laboratory import Laboratory

_RESTORED = "window.jupyterapp && window.jupyterapp.restored.then(() => true)"
_CONNECTED = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected'"
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
LATE = "[anywidget] Failed to initialize model."
"""what anywidget 0.11 says of a script that took a busy browser more than two seconds; our panels do not mind"""
_WHILE_ONE_STARTS = re.compile(r"status of 500 .*/api/kernels\?\d+$")
"""what Jupyter Server 2 answers a question for all kernels with while one of them starts: it has no times yet"""
_THEME = "document.body.dataset.jpThemeName"


@dataclass(kw_only=True)
class Window:
    """A front end in a window."""

    page: Page
    laboratory: Laboratory
    complaints: list[str] = field(default_factory=list)
    """what the console said of errors"""
    refusals: Collection[int] = ()
    """statuses of HTTP that are answered on purpose; the browser itself writes each from 400 on to the console"""

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.hear(said) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complain(str(error)))

    def hear(self, said: ConsoleMessage) -> None:
        """Take note of an error in the console, and of what was asked for."""
        refused = _REFUSED.search(said.text)
        if not refused:
            self.complaints.append(said.text)
        elif int(refused[1]) not in self.refusals:
            told = f"{said.text} {said.location['url']}"
            if not _WHILE_ONE_STARTS.search(told):
                self.complaints.append(told)

    def complain(self, error: str) -> None:
        """Take note of an error that nobody caught."""
        if error != LATE:
            self.complaints.append(error)

    def taken(self) -> list[str]:
        """What went wrong since this was asked last."""
        taken, self.complaints = self.complaints, []
        return taken

    def visit(self, path: str) -> None:
        """Go to a path of the server, and wait until the front end has put up what it had."""
        query = "&" if "?" in path else "?"
        self.page.goto(f"{self.laboratory.address}{path}{query}token={self.laboratory.token}")
        self.page.wait_for_function(_RESTORED)

    def wait_for_kernel(self) -> None:
        """Wait until the notebook in front may run cells."""
        self.page.wait_for_function(_CONNECTED)

    def command(self, name: str, **arguments: object) -> None:
        """Execute a command of the front end's, and wait for its end."""
        told = json.dumps(arguments)
        self.page.evaluate(f"window.jupyterapp.commands.execute('{name}', {told}).then(() => null)")

    def dress(self, theme: str) -> None:
        """Put on a theme."""
        self.command("apputils:change-theme", theme=theme)
        self.page.wait_for_function(f"name => {_THEME} === name", arg=theme)
        self.page.wait_for_timeout(500)  # the style sheets of the one before go a moment later


def new_page(browser: Browser, size: tuple[int, int], patience: int) -> Page:
    """A page of its own.

    Parameters
    ----------
    browser : Browser
        Where it opens.
    size : tuple of int
        Width and height in pixels.
    patience : int
        Milliseconds in which a busy machine has shown what it is asked for.
    """
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page.set_default_timeout(patience)
    return page
