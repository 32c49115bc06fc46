"""The virtual environment that MLflow lives in, apart from ours; for the benchmarks, and for tests that need it.

``python -m benchmarks.environment`` makes it where it is missing.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

from benchmarks.sides import ROOT

PYTHON = ROOT / "build" / "venvs" / "mlflow" / "bin" / "python"
REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"


def mlflow_python(python: Path = PYTHON) -> Path:
    """The Python of the environment, which is made where it is missing; whoever comes meanwhile waits."""
    folder = python.parent.parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_whole(python):
            if python != PYTHON and folder.exists():
                sys.exit(f"{folder} has no MLflow, and is not the benchmarks' own: it is left as it is")
            print(f"installing MLflow into {folder}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], check=True)
    return python


def _is_whole(python: Path) -> bool:
    """Whether MLflow is in it: making it may have been interrupted."""
    return python.exists() and (python.parent / "mlflow").exists()


if __name__ == "__main__":
    mlflow_python()
