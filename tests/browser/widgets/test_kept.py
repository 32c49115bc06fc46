"""What a notebook keeps of a panel: a page that everybody can read, without kernel, script or network."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from playwright.sync_api import expect

from tests.browser.laboratory import Laboratory
from tests.browser.widgets.conftest import Notebook, Opens

LOAD = "%load_ext jupyter_mlc"
VIEW = "application/vnd.jupyter.widget-view+json"


def ran(front: Laboratory, opens: Opens) -> tuple[Notebook, list[dict[str, Any]]]:
    """A notebook with a panel, and the outputs of its cell in the file."""
    notebook = opens(front, [LOAD, "%mlc panel tumours"])
    notebook.run()
    expect(notebook.heading).to_contain_text("tumours")
    outputs: list[dict[str, Any]] = notebook.save()[1]["outputs"]
    return notebook, outputs


def test_a_saved_notebook_keeps_the_page_beside_the_panel(front: Laboratory, opens: Opens) -> None:
    notebook, (page, panel) = ran(front, opens)
    html = "".join(page["data"]["text/html"])
    assert "Is a tumour benign?" in html
    assert "<script" not in html
    assert VIEW in panel["data"]
    assert "the panel of tumours" in "".join(panel["data"]["text/plain"])
    assert "metadata" not in page["data"]
    expect(notebook.page.locator(".mlc-kept")).to_be_hidden()


def test_the_page_is_what_other_programs_show(lab: Laboratory, opens: Opens) -> None:
    notebook, _ = ran(lab, opens)
    words = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--template", "basic", "--stdout"]
    done = subprocess.run([*words, notebook.path], env=lab.env, check=True, capture_output=True, text=True)
    assert "Is a tumour benign?" in done.stdout
    assert VIEW not in done.stdout


def test_who_opens_it_again_without_the_kernel_reads_the_page(front: Laboratory, opens: Opens) -> None:
    notebook, _ = ran(front, opens)
    name = notebook.path.name
    notebook.command("kernelmenu:shutdown")
    again = opens(front, [], name=name)
    kept = again.page.locator(".mlc-kept")
    expect(kept).to_be_visible()
    expect(kept).to_contain_text("Is a tumour benign?")
    expect(again.page.get_by_text("model not found")).to_be_visible()
    again.complaints[:] = [one for one in again.complaints if "widget model not found" not in one]
