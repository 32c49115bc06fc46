"""Run the tour on real flights, and say what happened and where the executed notebook lies: ``make demo``."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import papermill
from traitlets.config import Config

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "demo"
EXECUTED = BUILD / "tour.ipynb"
REGISTRY = BUILD / "registry"
MODEL = "late-flights"


def main() -> None:
    """Execute the notebook, then ask the registry that it made what is in it."""
    BUILD.mkdir(parents=True, exist_ok=True)
    leave_home_alone()
    execute()
    for words in (["list"], ["list", MODEL], ["job", "list"], ["history", MODEL], ["verify"]):
        ask(words)
    print(f"\nThe executed notebook: {EXECUTED}\nIts registry:          {REGISTRY}")


def leave_home_alone() -> None:
    """Sign with a key of the demo's own, keep what IPython writes beside it, and use no processor for waiting.

    scikit-learn's threads wait for each other by counting; where other programs run too, that takes most of the time.
    """
    os.environ.setdefault("MLC_KEY", os.urandom(32).hex())
    os.environ["IPYTHONDIR"] = str(BUILD / "ipython")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def execute() -> None:
    """Run the tour from its own folder; a cell that fails ends the demo."""
    print(f"Running notebooks/tour.ipynb; it goes to {EXECUTED}", flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the readers of this output cannot do anything about papermill's
        papermill.execute_notebook(
            HERE / "tour.ipynb",
            EXECUTED,
            parameters={"registry": str(REGISTRY)},
            cwd=HERE,
            kernel_name="python3",
            progress_bar=sys.stderr.isatty(),
            config=Config({"KernelManager": {"transport": "ipc"}}),  # over TCP the kernel warns of eavesdroppers
        )


def ask(words: list[str]) -> None:
    """Let the command line answer, as anybody would type it; the demo fails with it."""
    print(f"\n$ jupyter mlc {' '.join(words)}", flush=True)
    command = [str(Path(sys.executable).with_name("jupyter-mlc")), *words]
    done = subprocess.run(command, env={**os.environ, "MLC_REGISTRY": str(REGISTRY)}, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
