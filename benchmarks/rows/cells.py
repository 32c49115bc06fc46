"""What a cell that does nothing costs, against papermill."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.executing import Ours, Papermill, than_papermill
from benchmarks.figures import Figure
from benchmarks.sides import Bench, Side, turns


def measure(bench: Bench) -> Iterator[Figure]:
    """The difference between a notebook of many such cells and one of a single cell."""
    cells, rounds = bench.count(100, 20), bench.count(5, 1)
    with (
        bench.us(Ours, engine="direct", sources=["1"] * (cells + 1)) as many_direct,
        bench.us(Ours, engine="direct", sources=["1"]) as one_direct,
        bench.us(Ours, engine="kernel", sources=["1"] * (cells + 1)) as many_kernel,
        bench.us(Ours, engine="kernel", sources=["1"]) as one_kernel,
        bench.us(Papermill, sources=["1"] * (cells + 1)) as many,
        bench.us(Papermill, sources=["1"]) as one,
    ):
        pairs = ((many_direct, one_direct), (many_kernel, one_kernel), (many, one))
        direct, kernel, other = turns(rounds, *(_difference(*pair, cells) for pair in pairs))
    yield than_papermill("a cell that does nothing, direct", direct, other, 2)
    yield than_papermill("a cell that does nothing, kernel", kernel, other, 2)


def _difference(many: Side, one: Side, cells: int) -> Callable[[], float]:
    def taken() -> float:
        long, short = (side.ask("batch", count=1, at_once=1)[0] for side in (many, one))
        return float(long - short) / cells

    return taken
