"""Fifty cells with ten megabytes of output, against papermill, which writes the whole notebook twice a cell."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.executing import Ours, Papermill, than_papermill
from benchmarks.figures import Figure
from benchmarks.sides import Bench, turns

BYTES = 10_000_000
_SHOW = (
    "import base64, os\nfrom IPython.display import Image, display\n"
    "display({{'image/png': base64.b64encode(os.urandom({size})).decode()}}, raw=True)"
)


def measure(bench: Bench) -> Iterator[Figure]:
    """Execute it with each in turn."""
    cells, rounds = bench.count(50, 5), bench.count(3, 1)
    sources = [_SHOW.format(size=BYTES * 3 // 4 // cells)] * cells
    with (
        bench.us(Ours, engine="direct", sources=sources) as direct,
        bench.us(Ours, engine="kernel", sources=sources) as kernel,
        bench.us(Papermill, sources=sources) as papermill,
    ):
        sides = (direct, kernel, papermill)
        mine, warm, other = turns(
            rounds, *((lambda side=side: side.ask("batch", count=1, at_once=1)[0]) for side in sides)
        )
    what = f"{cells} cells with {BYTES // 1_000_000} MB of output"
    yield than_papermill(f"{what}, direct", mine, other, 5)
    yield than_papermill(f"{what}, kernel", warm, other, 5)
