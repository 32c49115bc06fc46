"""The story, run once in JupyterLab by Chromium; every test looks at what came of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.environment import mlflow_python
from benchmarks.sides import environment
from docs.displays import replies
from docs.laptop import ROOT
from tests.browser import story
from tests.browser.laboratory import NOTEBOOK, Laboratory, chromium
from tests.browser.window import Window, new_page

BUILT = ROOT / "build" / "displays"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")
_SIZE = (1280, 2200)
_LONG = 240_000
"""milliseconds in which a busy machine has run the story"""


@dataclass(kw_only=True)
class Shown(Window):
    """A notebook in a browser's window."""

    cells: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="session", autouse=True)
def home() -> None:
    """The home of all other tests is made for each; here JupyterLab and its kernels have one."""


@pytest.fixture(scope="session")
def lab() -> Iterator[Laboratory]:
    with tempfile.TemporaryDirectory(prefix="ana-") as folder, Laboratory(home=Path(folder)) as laboratory:
        shutil.copy(ROOT / "notebooks" / "data" / "flights-2013.parquet", laboratory.folder / "flights.parquet")
        story.write(laboratory.folder / NOTEBOOK)
        _populate(laboratory.folder)
        laboratory.wait()
        yield laboratory


def _populate(folder: Path) -> None:
    """Let a real MLflow leave a database behind."""
    script = ROOT / "tests" / "mlflow" / "populate.py"
    where = (f"sqlite:///{folder / 'mlflow.db'}", (folder / "artifacts").as_uri())
    env = environment(folder) | {"MLFLOW_ALLOW_FILE_STORE": "true"}
    subprocess.run([mlflow_python(), script, *where], check=True, cwd=folder, env=env, capture_output=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium()
    assert found, "no Chromium was found; `make test` installs one where it can"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def ran(lab: Laboratory, browser: Browser) -> Shown:
    """The story as it was run, in its window."""
    shown = opened(lab, browser, NOTEBOOK)
    shown.wait_for_kernel()
    shown.command("notebook:run-all-cells")
    shown.command("docmanager:save")
    shown.cells = json.loads((lab.folder / NOTEBOOK).read_text("utf-8"))["cells"]
    BUILT.mkdir(parents=True, exist_ok=True)
    (BUILT / "replies.json").write_text(json.dumps(replies(shown.cells, story.MADE, str(lab.home)), indent=1), "utf-8")
    return shown


@pytest.fixture(scope="session")
def mistrusted(ran: Shown, lab: Laboratory, browser: Browser) -> Shown:
    """The story as somebody sees it who was sent the file: JupyterLab takes style sheets and pictures away."""
    whole = json.loads((lab.folder / NOTEBOOK).read_text("utf-8"))
    whole["metadata"]["sent"] = True  # the signature is over everything
    (lab.folder / "sent.ipynb").write_text(json.dumps(whole), "utf-8")
    shown = opened(lab, browser, "sent.ipynb")
    shown.cells = ran.cells
    return shown


def opened(lab: Laboratory, browser: Browser, notebook: str) -> Shown:
    shown = Shown(page=new_page(browser, _SIZE, _LONG), laboratory=lab)
    shown.visit(f"/lab/tree/{notebook}?reset")
    shown.page.locator(".jp-NotebookPanel .jp-CodeCell").last.wait_for()
    shown.command("application:toggle-left-area")
    return shown
