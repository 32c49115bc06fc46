"""Pictures in the panel: drawn by what the kernel sends, once a page, without the network and without eval."""

from __future__ import annotations

import json
import shutil

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from jupyter_mlc.faces.display.drawing import charts
from jupyter_mlc.faces.widgets import PLOTS
from tests.browser.laboratory import Laboratory
from tests.browser.widgets.conftest import Notebook, Opens
from tests.browser.widgets.test_panel import LOAD, THEMES, look, wrong
from tests.faces.comparison_samples import drawn

COMPARE = "%mlc compare tumours:1 tumours:3 --panel"
_TAKEN_AWAY = """\
from pathlib import Path
from jupyter_mlc.faces.widgets import answering
answering.PLOTS = Path("nowhere.js")
"""
_BARE = "http://127.0.0.1:9/"
_DRAW = """async ([code, picture]) => {
    const { draw } = await import(`data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`);
    globalThis.remove = await draw(document.body, picture);
}"""


_LISTEN = """() => {
    const send = WebSocket.prototype.send;
    globalThis.asked = new Set();
    WebSocket.prototype.send = function (message) {
        const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
        const [, id] = /"id":"([^"]+)","kind":"plots"/.exec(text) ?? [];
        if (id) globalThis.asked.add(id);
        return send.call(this, message);
    };
}"""


def picture(notebook: Notebook) -> Locator:
    return notebook.panel.locator(".jp-Mlc-picture svg")


@pytest.mark.parametrize("theme", THEMES)
def test_the_curves_of_a_comparison_are_drawn_in_the_colours_of_the_theme(
    front: Laboratory, opens: Opens, theme: str
) -> None:
    notebook = opens(front, [LOAD, COMPARE], name=f"compared-{theme}.ipynb", size=(1100, 820))
    notebook.dress(THEMES[theme])
    if front.application == "jupyterlab":
        notebook.command("application:toggle-left-area")
    notebook.run()
    expect(picture(notebook)).to_be_visible()
    expect(picture(notebook).get_by_text("ROC curve: 1")).to_be_visible()
    lines = picture(notebook).locator(".mark-line path")
    assert {"#0072b2", "#d55e00"} <= set(lines.evaluate_all("all => all.map(one => one.getAttribute('stroke'))"))
    ink = picture(notebook).get_by_text("false positive rate").evaluate("one => one.getAttribute('fill')")
    assert ink == notebook.panel.evaluate("one => getComputedStyle(one).getPropertyValue('--jp-ui-font-color1').trim()")
    picture(notebook).scroll_into_view_if_needed()
    look(notebook, f"{front.application}-plots-{theme}")


def test_the_tables_stand_below_the_picture(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, COMPARE])
    notebook.run()
    expect(picture(notebook)).to_be_visible()
    notebook.panel.locator("summary", has_text="ROC curve: 1").click()
    expect(notebook.panel.get_by_role("table", name="ROC curve: 1")).to_contain_text("tumours:3")


def test_another_theme_has_the_picture_drawn_anew(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, COMPARE])
    notebook.run()
    text = picture(notebook).get_by_text("false positive rate")
    before = text.get_attribute("fill")
    assert before
    notebook.dress(THEMES["dark"])
    expect(text).not_to_have_attribute("fill", before)
    expect(picture(notebook)).to_have_count(1)


def test_a_page_asks_once_for_what_draws_and_only_when_there_is_a_picture(front: Laboratory, opens: Opens) -> None:
    notebook = opens(front, [LOAD, "%mlc panel tumours"])
    notebook.page.evaluate(_LISTEN)
    notebook.run()
    expect(notebook.heading).to_contain_text("tumours")
    assert asked(notebook) == 0
    compare(notebook)
    assert asked(notebook) == 1
    notebook.panel.get_by_role("button", name="Back").click()
    compare(notebook)
    before = picture(notebook).element_handle()
    notebook.run()
    notebook.page.wait_for_function("picture => !picture.isConnected", arg=before)
    compare(notebook)
    assert asked(notebook) == 1


def asked(notebook: Notebook) -> int:
    """How many questions for what draws the page has sent."""
    return int(notebook.page.evaluate("asked.size"))


def compare(notebook: Notebook) -> None:
    """Compare two versions from the page of their model."""
    for ref in ("tumours:3", "tumours:1"):
        notebook.panel.get_by_label(f"Tick {ref}").check()
    notebook.panel.get_by_role("button", name="Compare (2)").click()
    expect(picture(notebook)).to_be_visible()


def test_what_the_notebook_keeps_of_the_charts_is_hidden_where_the_panel_draws_them(
    front: Laboratory, opens: Opens
) -> None:
    notebook = opens(front, [LOAD, COMPARE])
    notebook.run()
    expect(picture(notebook)).to_be_visible()
    kept = notebook.page.locator(".jp-RenderedVegaCommon5")
    expect(kept).to_have_count(1)
    expect(kept).to_be_hidden()
    expect(notebook.page.locator(".mlc-kept")).to_be_hidden()


def test_where_nothing_can_be_drawn_a_sentence_says_so_and_what_is_kept_is_seen(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, _TAKEN_AWAY, COMPARE])
    notebook.run()
    said = notebook.panel.get_by_role("status").filter(has_text="There is no picture")
    expect(said).to_have_text(
        "⚠ There is no picture (what draws pictures is not in this installation of jupyter_mlc. install a wheel, or in "
        "a copy of the repository type: make lab). The tables hold all that it would show."
    )
    expect(notebook.panel.locator("summary", has_text="ROC curve: 1")).to_be_visible()
    expect(notebook.page.locator(".jp-RenderedVegaCommon5")).to_be_visible()
    expect(notebook.page.locator(".mlc-kept")).to_be_hidden()
    assert wrong(notebook) == []


def test_who_opens_it_with_another_kernel_sees_the_charts(lab: Laboratory, opens: Opens) -> None:
    notebook = opens(lab, [LOAD, COMPARE])
    notebook.run()
    expect(picture(notebook)).to_be_visible()
    notebook.save()
    sent = notebook.path.with_stem(f"{notebook.path.stem}-sent")
    shutil.copy(notebook.path, sent)
    read = opens(lab, [], name=sent.name)
    expect(read.page.locator(".mlc-kept")).to_be_visible()
    expect(read.page.locator(".jp-RenderedVegaCommon5 svg, .jp-RenderedVegaCommon5 canvas").first).to_be_visible()
    expect(read.page.get_by_text("model not found")).to_be_visible()
    read.complaints[:] = [one for one in read.complaints if "widget model not found" not in one]


def test_it_draws_where_a_page_forbids_eval_and_asks_nobody(browser: Browser) -> None:
    page, urls, complaints = browser.new_page(), [], []

    def answer(route: Route) -> None:
        urls.append(route.request.url)
        policy = "default-src 'none'; script-src data:; style-src 'unsafe-inline'"
        route.fulfill(content_type="text/html", headers={"Content-Security-Policy": policy}, body="<body></body>")

    page.route("**/*", answer)
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(_BARE)
    page.evaluate(_DRAW, [PLOTS.read_text("utf-8"), json.loads(json.dumps(charts(drawn)))])
    expect(page.locator("svg .mark-line path").first).to_be_attached()
    page.evaluate("remove()")
    expect(page.locator("svg")).to_have_count(0)
    page.close()
    assert (urls, complaints) == ([_BARE], [])
