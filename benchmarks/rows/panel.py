"""The panel in JupyterLab, in Chromium: its first paint, scrolling, what others change, and what the browser loads."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks import population
from benchmarks.figures import Figure, within
from benchmarks.ours import MODEL, person_in
from benchmarks.sides import Bench, SideFailedError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from jupyter_mlc.store.identity import Identity
    from jupyter_mlc.verbs.session import LocalSession
    from tests.browser.laboratory import Laboratory
    from tests.browser.window import Window

MODELS, VERSIONS = 1_000, 10_000
_SIZE = (1400, 900)
_FLAGS = ("--no-sandbox", "--disable-dev-shm-usage")
_LONG = 240_000
"""milliseconds in which a busy machine has opened JupyterLab"""
_STEPS = 200
"""frames of one scroll"""
_WHEEL = 10
"""rows that a quick turn of the wheel moves in a frame: less than are in sight, so that all of each row is drawn"""
_AT_REST = 30
"""frames after it, in which what was left out while rows flew by is drawn"""
_HOLD = """
const real = window.fetch;
const held = new Promise(go => { window.letGo = go; });
window.fetch = async (input, init) => {
  const response = await real(input, init);
  const url = typeof input === 'string' ? input : input.url;
  if (url.includes('/jupyter-mlc/v1/list')) {
    await held;
  }
  return response;
};
"""
"""lets JupyterLab settle before the lists arrive"""
_PAINT = """
new Promise(painted => {
  const panel = document.getElementById('jupyter-mlc:panel');
  let began = 0;
  new MutationObserver((_, observer) => {
    if (panel.querySelector('[role=option]')) {
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => painted((performance.now() - began) / 1000)));
    }
  }).observe(panel, { childList: true, subtree: true });
  began = performance.now();
  window.letGo();
})
"""
_SCROLL = """
([steps, rows, atRest]) => new Promise(scrolled => {
  const grid = document.querySelector('.jp-Mlc-grid');
  const frames = [];
  let last = performance.now();
  grid.scrollTop = 0;
  const frame = now => {
    frames.push((now - last) / 1000);
    last = now;
    if (frames.length <= steps) {
      grid.scrollTop += rows * grid.querySelector('tbody th').offsetHeight;
    }
    frames.length > steps + atRest ? scrolled(frames.slice(2)) : requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})
"""
_SEEN = """
name => new Promise(seen => {
  const look = () => {
    const found = [...document.querySelectorAll('[id="jupyter-mlc:panel"] [role=option]')];
    found.some(each => each.textContent.includes(name)) ? seen(Date.now() / 1000) : requestAnimationFrame(look);
  };
  look();
})
"""


def measure(bench: Bench) -> Iterator[Figure]:
    """Look at the panel as somebody does who has a thousand models."""
    yield within("the panel's own JavaScript, compressed", [_size()], 150_000, unit="bytes")
    versions, rounds = bench.count(VERSIONS, 1_000), bench.count(10, 2)
    with _laboratory(bench.folder) as laboratory, _browser() as browser:
        who = person_in(bench.folder)
        session = _session(laboratory.folder, who)
        _populate(session, who, versions)
        laboratory.wait()
        paints = [_first_paint(laboratory, browser) for _ in range(rounds)]
        yield within(f"first paint of {MODELS:,} models after their data", paints, 0.3)
        window = _opened(laboratory, browser)
        paces = (versions // _STEPS, f"through {versions:,} versions"), (_WHEEL, f"by {_WHEEL} rows a frame")
        for rows, what in paces:
            slowest = [max(frames) for frames in _scrolled(window, rounds, rows)]
            yield within(f"slowest frame of a scroll {what}", slowest, 0.05)
        seen = [_until_seen(window.page, session, who, f"fresh-{number}") for number in range(rounds)]
        yield within("a change by another process, until it is seen", seen, 2)


def _size() -> int:
    from tests.browser.panel.conftest import BUILT

    scripts = list((BUILT / "static").glob("*.js"))
    if not scripts:
        raise SideFailedError("the panel is not built; type: make lab")
    return sum(len(gzip.compress(script.read_bytes())) for script in scripts)


@contextmanager
def _laboratory(folder: Path) -> Iterator[Laboratory]:
    from tests.browser.panel.conftest import LaboratoryWithPanel

    home = folder / "lab"
    home.mkdir()
    with LaboratoryWithPanel(home=home) as laboratory:
        yield laboratory


@contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from tests.browser.laboratory import chromium

    found = chromium()
    if found is None:
        raise SideFailedError("no Chromium was found; `make test` installs one where it can")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield browser
        browser.close()


def _session(folder: Path, who: Identity) -> LocalSession:
    """A session on the registry of a folder, in which JupyterLab finds it."""
    from jupyter_mlc.store.places import FOLDER, place_of
    from jupyter_mlc.verbs.session import LocalSession

    return LocalSession(place_of(str(folder / FOLDER)), lambda: who)


def _populate(session: LocalSession, who: Identity, versions: int) -> None:
    population.populate(session, who, versions)
    _create(session, who, *(f"model-{number}" for number in range(MODELS - 1)))


def _create(session: LocalSession, who: Identity, *names: str) -> None:
    from jupyter_mlc.domain.events import ModelCreated
    from jupyter_mlc.verbs.session import now

    with session.registry.write(who, now) as log:
        for name in names:
            log.append(ModelCreated(model=name, tier="minimal", owner=log.actor))


def _opened(laboratory: Laboratory, browser: Browser, script: str = "") -> Window:
    """JupyterLab in a window and a workspace of its own, with the panel open."""
    from tests.browser.window import Window, new_page

    window = Window(page=new_page(browser, _SIZE, _LONG), laboratory=laboratory)
    if script:
        window.page.add_init_script(script)
    window.visit(f"/lab/workspaces/{uuid4().hex}")
    window.page.locator("#jupyterlab-splash").wait_for(state="detached")
    window.command("mlc:open-panel")
    window.page.wait_for_load_state("networkidle")
    return window


def _first_paint(laboratory: Laboratory, browser: Browser) -> float:
    """Seconds from the moment at which the list arrives until its first lines are on the screen."""
    page = _opened(laboratory, browser, _HOLD).page
    seconds = float(page.evaluate(_PAINT))
    page.close()
    return seconds


def _scrolled(window: Window, rounds: int, rows: int) -> Iterator[list[float]]:
    """Seconds of each frame, of each scroll from the first version on, by so many rows a frame."""
    window.command("mlc:compare", refs=[MODEL])
    page = window.page
    page.locator(".jp-Mlc-grid tbody th").first.wait_for()
    page.wait_for_timeout(1000)
    for _ in range(rounds):
        yield page.evaluate(_SCROLL, [_STEPS, rows, _AT_REST])


def _until_seen(page: Page, session: LocalSession, who: Identity, name: str) -> float:
    """Seconds from the end of a write until its model is in the list."""
    page.get_by_role("region", name="Model registry").get_by_role("searchbox").fill("fresh-")
    page.evaluate(f"window.seen = ({_SEEN})('{name}'); null")
    page.wait_for_timeout(700)
    _create(session, who, name)
    written = time.time()
    return float(page.evaluate("window.seen")) - written
