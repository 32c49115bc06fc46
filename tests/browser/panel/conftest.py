"""JupyterLab with the panel as it is built in this folder, on a registry of real models."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, expect

from docs.laptop import ROOT, run
from tests.browser.laboratory import Laboratory
from tests.browser.panel.flights import CELLS, NOTEBOOK, write_notebooks
from tests.browser.window import Window, new_page

BUILT = ROOT / "jupyter_mlc" / "labextension"
_LONG = 45_000
"""milliseconds in which a busy machine has shown what it is asked for"""
SIZE = (1400, 900)


class LaboratoryWithPanel(Laboratory):
    """The server finds the front end and the server part where they lie here, installed or not."""

    @property
    def env(self) -> dict[str, str]:
        return super().env | {"JUPYTER_PATH": str(self.home / "share")}

    def choose_extensions(self, config: Path) -> None:
        """Ours, as it is built here."""
        assert (BUILT / "package.json").exists(), "the panel is not built; type: make lab"
        extensions = self.home / "share" / "labextensions"
        extensions.mkdir(parents=True)
        (extensions / "jupyter-mlc").symlink_to(BUILT)
        enabled = config / "jupyter_server_config.d"
        enabled.mkdir()
        source = ROOT / "labextension" / "server-config" / "jupyter_mlc.json"
        (enabled / "jupyter_mlc.json").write_text(source.read_text("utf-8"), "utf-8")

    def types(self, *lines: str) -> None:
        """Type lines in another process, as a colleague would."""
        for line in lines:
            self.typed(line)

    def typed(self, line: str) -> str:
        """What a line answers there."""
        words = [sys.executable, "-m", "jupyter_mlc.faces.cli", *shlex.split(line)]
        done = subprocess.run(words, check=True, cwd=self.folder, env=self.env, capture_output=True, text=True)
        return done.stdout

    def newest_job(self) -> str:
        """The name of the job that began last."""
        return f"job/{json.loads(self.typed('job list --limit 1 --json'))['jobs'][0]['number']}"


@pytest.fixture(scope="session")
def panel_lab() -> Iterator[LaboratoryWithPanel]:
    with tempfile.TemporaryDirectory(prefix="ana-") as home:
        laboratory = LaboratoryWithPanel(home=Path(home))
        data = ROOT / "notebooks" / "data" / "flights-2013.parquet"
        (laboratory.folder / "flights.parquet").symlink_to(data)
        run(CELLS, laboratory.folder, NOTEBOOK)
        _name_kernel(laboratory.folder / NOTEBOOK)
        write_notebooks(laboratory.folder)
        expect.set_options(timeout=_LONG)
        with laboratory:
            laboratory.wait()
            yield laboratory


def _name_kernel(notebook: Path) -> None:
    """JupyterLab asks which kernel a notebook wants that names none."""
    whole = json.loads(notebook.read_text("utf-8"))
    whole["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.write_text(json.dumps(whole), "utf-8")


class Desk(Window):
    """JupyterLab in a window, with the panel."""

    @property
    def side(self) -> Locator:
        """The panel at the side."""
        return self.page.get_by_role("region", name="Model registry")

    @property
    def choices(self) -> Locator:
        """The models or versions that it lists."""
        return self.side.locator(".jp-Mlc-choices").get_by_role("option")

    def shown(self, name: str) -> Locator:
        """The page of a model, or of versions."""
        return self.page.locator(f'[id="jupyter-mlc:page:{name}"]')

    def opened(self, *refs: str) -> Locator:
        """Open a page by its command, and wait until something stands on it."""
        self.command("mlc:compare", refs=refs)
        page = self.shown(",".join(refs))
        page.get_by_role("heading", level=1).wait_for()
        return page

    @property
    def dialog(self) -> Locator:
        return self.page.locator(".jp-Dialog")


def opened(laboratory: Laboratory, browser: Browser, path: str, size: tuple[int, int]) -> Desk:
    """JupyterLab in a window and a workspace of its own: nothing comes back that others had open."""
    desk = Desk(page=new_page(browser, size, _LONG), laboratory=laboratory)
    desk.visit(f"/lab/workspaces/{uuid4().hex}{path}")
    desk.page.locator("#jupyterlab-splash").wait_for(state="detached")
    return desk


@pytest.fixture(scope="session")
def windows() -> list[Desk]:
    """All that were opened."""
    return []


@pytest.fixture(autouse=True)
def quiet(windows: list[Desk]) -> Iterator[None]:
    """Nothing may go wrong in any window: neither in a test nor, since another one is to blame, before it."""
    before = complaints(windows)
    yield
    assert (before, complaints(windows)) == ([], [])


def complaints(windows: list[Desk]) -> list[str]:
    return [complaint for desk in windows for complaint in desk.taken()]


@pytest.fixture
def visit(panel_lab: Laboratory, browser: Browser, windows: list[Desk]) -> Iterator[Callable[..., Desk]]:
    """Open JupyterLab in a new window."""
    visited: list[Desk] = []

    def go(path: str = "", *, size: tuple[int, int] = SIZE) -> Desk:
        visited.append(opened(panel_lab, browser, path, size))
        windows.append(visited[-1])
        return visited[-1]

    yield go
    for desk in visited:
        heard = desk.taken()
        desk.page.close()
        desk.complaints = heard  # what closing cuts off in the middle went wrong in no test


@pytest.fixture(scope="session")
def window(panel_lab: Laboratory, browser: Browser, windows: list[Desk]) -> Iterator[Desk]:
    """JupyterLab with the panel open, for all tests that leave nothing behind but pages."""
    desk = opened(panel_lab, browser, "", SIZE)
    windows.append(desk)
    desk.command("mlc:open-panel")
    yield desk
    desk.page.close()
    assert desk.taken() == []


@pytest.fixture
def desk(window: Desk) -> Desk:
    """The window as it was at first."""
    while window.dialog.count():
        window.page.keyboard.press("Escape")
    window.command("application:close-all")
    window.page.locator(".jp-Launcher").first.wait_for()  # JupyterLab opens it then, and takes the focus along
    window.side.get_by_role("searchbox").fill("")
    window.side.get_by_label("Show").select_option("all models")
    window.refusals = ()  # only now: until here answers may come that the test before had asked for
    return window


@pytest.fixture
def go_on(panel_lab: LaboratoryWithPanel) -> Iterator[Path]:
    """What `patient.ipynb` waits for; in the end whatever still waits goes on."""
    signal = panel_lab.folder / "go-on"
    signal.unlink(missing_ok=True)
    yield signal
    signal.touch()
