"""The benchmarks run, small and few: who wants to measure should not be the first to find that a row has rotted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = ("moves", "search", "arrays", "folder", "importing", "verify", "cached")
"""those that take seconds: with and without MLflow, in one process and in several, in kernels and without"""
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("benchmarks")]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_gives_its_figures(row: str) -> None:
    kept = ROOT / "build" / "bench" / "results.json"
    before = kept.stat().st_mtime_ns if kept.exists() else None
    command = [sys.executable, "-m", "benchmarks", "--quick", "--rows", row]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "could not be measured" not in done.stdout, done.stderr
    heads, line, first, *_ = done.stdout.splitlines()
    assert heads.startswith("what")
    assert set(line) == {"-"}
    assert first, "a figure"
    assert (kept.stat().st_mtime_ns if kept.exists() else None) == before, "a quick run leaves real figures alone"
