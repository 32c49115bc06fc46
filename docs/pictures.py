"""Take pictures of replies as JupyterLab shows them, for the pages: ``make pictures``, which needs Chromium.

The tour is run up to where it deletes something; then the lines below are typed, and what they answer is photographed
in the colours of JupyterLab's light and dark themes.
"""

from __future__ import annotations

import html
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from docs.laptop import ROOT, cell, run

IMAGES = ROOT / "docs" / "images"
NOTEBOOKS = ROOT / "notebooks"
TYPED = {
    "versions": "%mlc list late-flights",
    "show": "%mlc show late-flights:4",
    "history": "%mlc history late-flights",
    "lineage": "%mlc lineage late-flights:4",
}
THEMES = ("light", "dark")
WIDE, NARROW, TALL = 1200, 900, 1400
PIXELS = 1200
PAGE = """<!doctype html><meta charset="utf-8"><style>{theme}
:root {{ --jp-ui-font-family: arial, helvetica, sans-serif }}
body {{ margin: 0; padding: 10px 12px; background: var(--jp-layout-color0); width: {width}px; box-sizing: border-box }}
.typed {{ font: var(--jp-code-font-size)/1.4 var(--jp-code-font-family); color: var(--jp-content-font-color1);
  background: var(--jp-cell-editor-background); border: 1px solid var(--jp-cell-editor-border-color);
  padding: 5px 8px; margin-bottom: 6px }}
.mlc.mlc .mlc-scroll {{ max-height: none !important }}
.typed b {{ font-weight: bold; color: var(--jp-mirror-editor-operator-color) }}
</style><div class="typed"><b>%</b>{typed}</div>{reply}"""


def main() -> None:
    """Take every picture in every theme."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("no Chromium was found; install one")
    IMAGES.mkdir(exist_ok=True)
    for name, reply in replies().items():
        width = WIDE if name == "versions" else NARROW
        for theme in THEMES:
            take(browser, page(TYPED[name], reply, theme, width), width, IMAGES / f"{name}-{theme}.png")


def replies() -> dict[str, str]:
    """Return what the lines answer in the middle of the tour, as HTML."""
    cells = [*tour(), *(cell(line, name) for name, line in TYPED.items())]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "flights"
        shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns("*-registry", "__pycache__"))
        committed(folder)
        answers = run(cells, folder, "tour.ipynb")
    return {name: answer["html"] for name, answer in zip(TYPED, answers[-len(TYPED) :], strict=True)}


def tour() -> Iterable[Mapping[str, Any]]:
    """Give the tour's cells of code, up to where it deletes something."""
    for each in json.loads((NOTEBOOKS / "tour.ipynb").read_text("utf-8"))["cells"]:
        if "discard" in "".join(each["source"]) and each["cell_type"] == "code":
            return
        if each["cell_type"] == "code":
            yield each


def committed(folder: Path) -> None:
    """Keep the folder in Git, as one should, and let it ignore the tour's registry."""
    (folder / ".gitignore").write_text("tour-registry\n", "utf-8")
    who = {f"GIT_{role}_{what}": "ana" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{role}_DATE": "2026-06-28T09:00:00Z" for role in ("AUTHOR", "COMMITTER")}
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "the tour"]):
        subprocess.run(["git", *words], cwd=folder, env={**os.environ, **who, **when}, check=True)


def page(typed: str, reply: str, theme: str, width: int) -> str:
    """Return a page that looks like a cell in JupyterLab."""
    styles = Path(sys.prefix) / f"share/jupyter/lab/themes/@jupyterlab/theme-{theme}-extension/index.css"
    line = html.escape(typed.removeprefix("%"))
    return PAGE.format(theme=styles.read_text("utf-8"), width=width, typed=line, reply=reply)


def take(browser: str, text: str, width: int, image: Path) -> None:
    """Photograph a page, and cut off what is empty."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(text, "utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
        size = [f"--window-size={width},{TALL}", f"--force-device-scale-factor={PIXELS / width}"]
        where = [f"--user-data-dir={folder}/browser", f"--screenshot={image}", f"{folder}/page.html"]
        subprocess.run([browser, *flags, *quiet, *size, *where], check=True, capture_output=True)
    crop(image)


def crop(image: Path) -> None:
    """Cut off the empty rows at the end, and write the few colours that there are in fewer bytes."""
    with Image.open(image) as taken:
        whole = taken.convert("RGB")
    empty = Image.new("RGB", whole.size, whole.getpixel((0, 0)))
    box = ImageChops.difference(whole, empty).getbbox() or (0, 0, *whole.size)
    bottom = min(whole.height, box[3] + 13)
    cut = whole.crop((0, 0, whole.width, bottom))
    cut.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(image, optimize=True)


if __name__ == "__main__":
    main()
