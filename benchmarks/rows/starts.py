"""Sixty-four executions, sixteen at a time: how many fail to start."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.executing import Ours, Papermill
from benchmarks.figures import Figure, within
from benchmarks.sides import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    """Start them with each, once."""
    starts = {"count": bench.count(64, 8), "at_once": bench.count(16, 4)}
    with (
        bench.us(Ours, engine="direct", sources=["1"]) as direct,
        bench.us(Ours, engine="kernel", sources=["1"]) as kernel,
        bench.us(Papermill, sources=["1"]) as papermill,
    ):
        mine, warm, other = (side.ask("failures", **starts) for side in (direct, kernel, papermill))
    what = "of {count} starts, {at_once} at a time, those that fail".format(**starts)
    yield within(f"{what}, direct", [mine], 0, unit="", other=[other], other_name="papermill")
    yield within(f"{what}, kernel", [warm], 0, unit="", other=[other], other_name="papermill")
