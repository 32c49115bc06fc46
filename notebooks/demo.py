"""Run the tour on real flights, and say what happened and where the executed notebook lies: ``make demo``.

It goes to ``build/demo``, or to the folder that is named.
"""

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
MODEL = "late-flights"


def main(build: Path) -> None:
    """Execute the notebook into a folder, then ask the registry that it made there what is in it."""
    executed, registry = build / "tour.ipynb", build / "registry"
    build.mkdir(parents=True, exist_ok=True)
    leave_home_alone(build)
    execute(executed, registry)
    for words in (["list"], ["list", MODEL], ["job", "list"], ["history", MODEL], ["verify"]):
        ask(words, registry)
    print(f"\nThe executed notebook: {executed}\nIts registry:          {registry}")


def leave_home_alone(build: Path) -> None:
    """Sign with a key of the demo's own, keep what IPython writes beside it, and use no processor for waiting.

    scikit-learn's threads wait for each other by counting; where other programs run too, that takes most of the time.
    """
    os.environ.setdefault("MLC_KEY", os.urandom(32).hex())
    os.environ["IPYTHONDIR"] = str(build / "ipython")
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def execute(executed: Path, registry: Path) -> None:
    """Run the tour from its own folder; a cell that fails ends the demo."""
    print(f"Running notebooks/tour.ipynb; it goes to {executed}", flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the readers of this output cannot do anything about papermill's
        papermill.execute_notebook(
            HERE / "tour.ipynb",
            executed,
            parameters={"registry": str(registry)},
            cwd=HERE,
            kernel_name="python3",
            progress_bar=sys.stderr.isatty(),
            config=Config({"KernelManager": {"transport": "ipc"}}),  # over TCP the kernel warns of eavesdroppers
        )


def ask(words: list[str], registry: Path) -> None:
    """Let the command line answer, as anybody would type it; the demo fails with it."""
    print(f"\n$ jupyter mlc {' '.join(words)}", flush=True)
    command = [str(Path(sys.executable).with_name("jupyter-mlc")), *words]
    done = subprocess.run(command, env={**os.environ, "MLC_REGISTRY": str(registry)}, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else BUILD)
