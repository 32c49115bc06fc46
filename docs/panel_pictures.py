"""Put the pictures that the browser tests took of the panel into docs/images, in few colours: ``make pictures``."""

from __future__ import annotations

import sys

from PIL import Image

from docs.laptop import ROOT

TAKEN = ROOT / "build" / "panel"
IMAGES = ROOT / "docs" / "images"
_COLOURS = 128


def main() -> None:
    """Write every picture in a light and a dark theme."""
    taken = sorted(path for theme in ("light", "dark") for path in TAKEN.glob(f"*-{theme}.png"))
    if not taken:
        sys.exit("no picture was taken; type: make pictures")
    for path in taken:
        with Image.open(path) as picture:
            few = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(IMAGES / f"panel-{path.name}", optimize=True)


if __name__ == "__main__":
    main()
