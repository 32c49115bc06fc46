"""Ten notebooks that import much, two at a time, against papermill under loky."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.executing import Ours, Papermill, than_papermill
from benchmarks.figures import Figure
from benchmarks.sides import Bench

AT_ONCE = 2


def measure(bench: Bench) -> Iterator[Figure]:
    """Execute them in turn with each; the first round, in which everything is loaded, is not counted."""
    count, rounds = bench.count(10, 2), bench.count(3, 1)
    with (
        bench.us(Ours, engine="direct") as direct,
        bench.us(Ours, engine="kernel") as kernel,
        bench.us(Papermill) as papermill,
    ):
        sides = (direct, kernel, papermill)
        taken = [[side.ask("batch", count=count, at_once=AT_ONCE) for side in sides] for _ in range(rounds + 1)][1:]
    what = f"{count} notebooks that import much, {AT_ONCE} at a time"
    for number, unit in enumerate(("", ", processor time")):
        mine, warm, other = ([turn[side][number] for turn in taken] for side in range(len(sides)))
        yield than_papermill(f"{what}, direct{unit}", mine, other, 8)
        yield than_papermill(f"{what}, kernel{unit}", warm, other, 2.5)
