"""The rows of the table, one a file: each says what it measures, has both sides, and gives figures.

A row is a module with ``measure(bench)``; the classes beside it are the subjects that helper processes make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from benchmarks.figures import Figure
from benchmarks.sides import Bench

NAMES = (
    *("register", "moves", "search", "arrays", "folder", "sharing", "crowd", "opening", "importing", "verify"),
    *("mlflow_import", "batch", "cells", "outputs", "starts", "cached", "panel"),
)


def measure_of(name: str) -> Callable[[Bench], Iterable[Figure]]:
    """The function that measures a row."""
    measure: Callable[[Bench], Iterable[Figure]] = import_module(f"benchmarks.rows.{name}").measure
    return measure
