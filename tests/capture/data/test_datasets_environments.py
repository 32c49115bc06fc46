"""A dataset's digest is the same wherever it is taken: golden values, another process, another pandas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests" / "data" / "broad.py"
GOLDEN = json.loads((ROOT / "tests" / "data" / "broad.json").read_text(encoding="utf-8"))
WAYS = {"frame": GOLDEN, "arrow": GOLDEN, "parquet": GOLDEN}


def told_by(python: str | Path, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(python), "-W", "error", str(SCRIPT)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def pandas2() -> Path:
    """Return the Python of an environment with pandas 2, made once and kept under build/."""
    home = ROOT / "build" / "venvs" / "pandas2"
    ready, python = home / "ready", home / "bin" / "python"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        wanted = ["pandas<3", "pyarrow", "numpy"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True, capture_output=True)
        ready.touch()
    return python


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1234"])
def test_the_digest_of_a_broad_table_is_the_same_in_every_process(seed: str) -> None:
    told = told_by(sys.executable, PYTHONHASHSEED=seed)
    assert told == {"text": "str", **WAYS}


@pytest.mark.slow
def test_the_digest_of_a_broad_table_is_the_same_in_pandas_2(pandas2: Path) -> None:
    assert told_by(pandas2) == {"text": "object", **WAYS}


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_the_digest_does_not_depend_on_where_the_computer_stands(zone: str) -> None:
    assert told_by(sys.executable, TZ=zone) == {"text": "str", **WAYS}
