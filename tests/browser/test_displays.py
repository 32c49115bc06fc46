"""Every reply in JupyterLab: there, readable in every theme, nowhere wider than its place, and pictured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from docs.displays import PAGE, answers, told, written
from jupyter_mlc.verbs import VERBS
from tests.browser import story
from tests.browser.conftest import BUILT, Shown

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark", "contrast": "JupyterLab Dark High Contrast"}
PICTURED = ("light", "dark")
pytestmark = pytest.mark.xdist_group("displays")
"""on one worker: it runs the story for all of them"""
every_theme = pytest.mark.parametrize("theme", THEMES)
_WIDER = """() => [...document.querySelectorAll('.jp-OutputArea-output:has(.mlc)')]
  .filter(output => output.scrollWidth > output.clientWidth + 1).map(output => output.innerText.slice(0, 60))"""
_HIDDEN = "pads => pads.every(pad => getComputedStyle(pad).visibility === 'hidden')"
_WHOLE = ".mlc.mlc .mlc-scroll { max-height: none !important }"
"""what scrolls in a notebook has no end in a picture"""
_COLOURS = 128


def pictured(ran: Shown) -> list[tuple[str, int]]:
    """The names of the cells that are looked at, with their places."""
    return [(one.name, place) for place, one in enumerate(story.STORY) if one.name]


def test_the_story_tells_of_every_verb() -> None:
    assert {one.verb for one in story.shown()} == set(VERBS)


def test_every_cell_of_the_story_answers_and_the_browser_complains_of_nothing(ran: Shown) -> None:
    failed = [cell["id"] for cell in ran.cells if any(output["output_type"] == "error" for output in cell["outputs"])]
    refused = [cell["id"] for cell in ran.cells if "UsageError" in json.dumps(cell["outputs"])]
    named = {one.name for one in story.shown()}
    silent = [cell["id"] for cell in ran.cells if cell["id"] in named and not answers(cell)]
    assert (failed, refused, silent, ran.complaints) == ([], [], [], [])


def test_every_reply_has_a_form_in_words_beside_the_one_that_is_shown(ran: Shown) -> None:
    replies = [reply for cell in ran.cells for reply in answers(cell) if "text/html" in reply]
    assert len(replies) >= len([*story.shown()])
    assert [reply["text/html"] for reply in replies if not "".join(reply["text/plain"]).strip()] == []


@every_theme
def test_every_reply_can_be_read_in_every_theme(ran: Shown, theme: str) -> None:
    ran.dress(THEMES[theme])
    assert unreadable(ran) == []
    assert ran.page.evaluate(_WIDER) == []


def unreadable(shown: Shown) -> list[str]:
    """What axe finds wrong with our part of the page, contrast above all."""
    found = Axe().run(shown.page, context=".jp-OutputArea-output .mlc", options={"runOnly": ["wcag2a", "wcag2aa"]})
    return [
        f"{one['id']}: {node['html'][:120]} {node['any'][0]['message'][:160] if node['any'] else ''}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", PICTURED)
def test_every_reply_is_pictured(ran: Shown, theme: str) -> None:
    ran.dress(THEMES[theme])
    ran.page.add_style_tag(content=_WHOLE)
    cells = ran.page.locator(".jp-NotebookPanel .jp-CodeCell")
    for name, place in pictured(ran):
        if VERBS[story.STORY[place].verb].plumbing:
            continue
        image = BUILT / f"{name}-{theme}.png"
        cells.nth(place).screenshot(path=image, animations="disabled")
        _fewer_colours(image)


def _fewer_colours(image: Path) -> None:
    with Image.open(image) as taken:
        few = taken.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(image, optimize=True)


def test_a_narrow_window_scrolls_what_is_wide_and_nothing_else(ran: Shown) -> None:
    size = ran.page.viewport_size
    assert size is not None
    ran.page.set_viewport_size({"width": 700, "height": size["height"]})
    try:
        assert ran.page.evaluate(_WIDER) == []
    finally:
        ran.page.set_viewport_size(size)


@pytest.mark.parametrize("theme", PICTURED)
def test_who_does_not_trust_a_notebook_reads_every_reply_all_the_same(mistrusted: Shown, theme: str) -> None:
    mistrusted.dress(THEMES[theme])
    page = mistrusted.page
    assert page.locator(".mlc style, .mlc svg").count() == 0
    assert page.locator(".mlc-pad").count() > 0
    assert page.locator(".mlc-pad").evaluate_all(_HIDDEN)
    assert unreadable(mistrusted) == []
    for name in ("lineage", "history"):
        place = dict(pictured(mistrusted))[name]
        page.locator(".jp-NotebookPanel .jp-CodeCell").nth(place).screenshot(path=BUILT / f"sent-{name}-{theme}.png")
    lineage = page.locator(".mlc-graph").first.inner_text()
    assert "run/" in lineage
    assert "flights-early-autumn" in lineage


def test_the_page_shows_every_reply_as_it_comes_out_now(ran: Shown) -> None:
    assert told(written(BUILT)) == told(PAGE.read_text("utf-8")), "type: make pictures"
