"""Notebooks with panels in them, in JupyterLab and in Notebook 7, without our extension and without its server part."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from docs.laptop import run
from jupyter_mlc.faces.widgets import SCRIPT
from tests.browser.laboratory import Laboratory
from tests.browser.widgets.churn import CELLS
from tests.browser.window import Window, new_page

_LONG = 60_000
"""milliseconds in which a busy machine has shown what it is asked for"""
_WHOLE = {
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
PLACES = {"jupyterlab": "/lab/workspaces/{window}/tree/{notebook}", "notebook": "/notebooks/{notebook}"}
SIZE = (1300, 1000)
_ITS_OWN = {"notebook": "Cannot read properties of undefined (reading 'schema')"}
"""what Notebook 7.6 says of its settings whenever it opens"""


@pytest.fixture(scope="session", params=PLACES)
def front(request: pytest.FixtureRequest) -> Iterator[Laboratory]:
    """A server with one of the two front ends, on a registry of real models."""
    yield from served(request.param)


@pytest.fixture(scope="session")
def lab() -> Iterator[Laboratory]:
    """JupyterLab alone, for what is the same in both."""
    yield from served("jupyterlab")


def served(application: str) -> Iterator[Laboratory]:
    assert SCRIPT.exists(), "the widget is not built; type: make lab"
    with tempfile.TemporaryDirectory(prefix="ana-") as home:
        laboratory = Laboratory(home=Path(home), application=application)
        run(CELLS, laboratory.folder, "trained.ipynb")
        expect.set_options(timeout=_LONG)
        with laboratory:
            laboratory.wait()
            yield laboratory


@dataclass(kw_only=True)
class Notebook(Window):
    """A notebook in a window."""

    path: Path
    strangers: list[str] = field(default_factory=list)
    """what was asked for elsewhere than on this machine"""

    def complain(self, error: str) -> None:
        """Take note of an error, unless the front end has it with an empty notebook as well."""
        if error != _ITS_OWN.get(self.laboratory.application):
            super().complain(error)

    def run(self) -> None:
        """Have all cells run; whether they have ended is for the reader to see."""
        self.wait_for_kernel()
        self.page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def save(self) -> list[dict[str, Any]]:
        """Save it; what its cells are in the file."""
        self.command("docmanager:save")
        cells: list[dict[str, Any]] = json.loads(self.path.read_text("utf-8"))["cells"]
        return cells

    @property
    def panel(self) -> Locator:
        """The last panel in it."""
        return self.page.get_by_role("group", name="Model registry", exact=True).last

    @property
    def models(self) -> Locator:
        """The models that it lists."""
        return self.panel.get_by_role("listbox").get_by_role("option")

    @property
    def dialog(self) -> Locator:
        return self.panel.get_by_role("dialog")

    @property
    def heading(self) -> Locator:
        return self.panel.get_by_role("heading", level=1)

    def types(self, *words: str) -> str:
        """Type a line in another process, as a colleague would."""
        line = [sys.executable, "-m", "jupyter_mlc.faces.cli", *words]
        where = self.laboratory
        done = subprocess.run(line, check=True, cwd=where.folder, env=where.env, capture_output=True, text=True)
        return done.stdout


Opens = Callable[..., Notebook]


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Open a notebook of some cells, with a script `before` the page's own.

    At the end nothing may have gone wrong, and nobody been asked who is elsewhere.
    """
    notebooks: list[Notebook] = []

    def go(
        laboratory: Laboratory,
        cells: Sequence[str],
        *,
        name: str = "",
        size: tuple[int, int] = SIZE,
        before: str = "",
    ) -> Notebook:
        path = laboratory.folder / (name or f"{uuid4().hex[:8]}.ipynb")
        if cells:
            path.write_text(json.dumps(_WHOLE | {"cells": [*map(_cell, range(len(cells)), cells)]}), "utf-8")
        notebooks.append(_opened(laboratory, browser, path, size, before))
        return notebooks[-1]

    yield go
    for notebook in notebooks:
        notebook.page.close()
    assert [one for notebook in notebooks for one in notebook.complaints] == []
    assert [one for notebook in notebooks for one in notebook.strangers] == []


def _cell(place: int, source: str) -> dict[str, object]:
    empty: dict[str, object] = {"outputs": [], "execution_count": None, "metadata": {}}
    return {"cell_type": "code", "id": f"cell-{place}", "source": source, **empty}


def _opened(laboratory: Laboratory, browser: Browser, path: Path, size: tuple[int, int], before: str) -> Notebook:
    page = new_page(browser, size, _LONG)
    page.add_init_script(before)
    notebook = Notebook(page=page, laboratory=laboratory, path=path)

    def only_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname in {"127.0.0.1", "localhost"}:
            route.continue_()
        else:
            notebook.strangers.append(route.request.url)
            route.abort()

    page.route("http*://**/*", only_here)
    notebook.visit(PLACES[laboratory.application].format(window=uuid4().hex, notebook=path.name))
    page.locator(".jp-Notebook .jp-CodeCell").last.wait_for()
    return notebook
