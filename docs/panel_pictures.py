"""Put the pictures that the browser tests took of the panel into docs/images, in few colours: ``make pictures``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image

from docs.laptop import ROOT

TAKEN = ROOT / "build" / "panel"
TAKEN_OF_WIDGETS = ROOT / "build" / "widgets"
WIDGETS = {
    "model": "jupyterlab-model",
    "promote": "jupyterlab-promote",
    "plots": "jupyterlab-plots",
    "notebook": "notebook-version",
}
"""by the name in the documentation: what the tests called it"""
PAGE = ROOT / "docs" / "panel.md"
IMAGES = ROOT / "docs" / "images"
_COLOURS = 128


def main() -> None:
    """Write every picture that the pages show: in a light and a dark theme, and one with a high contrast."""
    shown = set(re.findall(r"images/panel-([\w-]+\.png)", PAGE.read_text("utf-8")))
    taken = sorted(path for path in TAKEN.glob("*.png") if path.name in shown)
    if not taken:
        sys.exit("no picture was taken; type: make pictures")
    for path in taken:
        _put(path, f"panel-{path.name}")
    for theme in ("light", "dark"):
        for name, kind in WIDGETS.items():
            _put(TAKEN_OF_WIDGETS / f"{kind}-{theme}.png", f"widget-{name}-{theme}.png")


def _put(taken: Path, name: str) -> None:
    with Image.open(taken) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(IMAGES / name, optimize=True)


if __name__ == "__main__":
    main()
