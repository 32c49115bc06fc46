"""``%load_ext jupyter_mlc`` in a fresh kernel, and what it loads; against ``import mlflow`` in another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, within
from benchmarks.sides import Bench, environment

UNWANTED = ("pandas", "sklearn", "papermill", "pyarrow", "nbformat")
OURS = "get_ipython().run_line_magic('load_ext', 'jupyter_mlc')"
THEIRS = "import mlflow"
_MEASURE = """
import json, sys, time
before = set(sys.modules)
began = time.perf_counter()
{line}
took = time.perf_counter() - began
answer = json.dumps({{"took": took, "loaded": sorted(set(sys.modules) - before)}})
"""
_SECONDS = 60


def measure(bench: Bench) -> Iterator[Figure]:
    """Load both in kernels that were just started, in turn; the first pair fills the disk's cache."""
    rounds = bench.count(7, 1)
    answers = [
        (
            in_fresh_kernel(bench.ours, OURS, bench.fresh_folder()),
            in_fresh_kernel(bench.mlflow, THEIRS, bench.fresh_folder()),
        )
        for _ in range(rounds + 1)
    ]
    mine, other = zip(*answers[1:], strict=True)
    took = [one["took"] for one in mine], [one["took"] for one in other]
    yield within("%load_ext jupyter_mlc, against import mlflow", took[0], 0.3, other=took[1])
    found = sorted({name for one in mine for name in one["loaded"]} & set(UNWANTED))
    yield within(f"of {', '.join(UNWANTED)} it loads", [len(found)], 0, unit="", note=", ".join(found))


def in_fresh_kernel(python: Path, line: str, folder: Path) -> dict[str, Any]:
    """Start a kernel, run one line in it, and tell how long that took and which modules it loaded."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    manager = KernelManager()
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=argv, display_name="benchmark", language="python")  # noqa: SLF001 (no other way to name the Python)
    with (folder / "log.txt").open("w") as log:
        manager.start_kernel(cwd=str(folder), env=environment(folder), stderr=log)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=_SECONDS)
        told = client.execute(
            _MEASURE.format(line=line), user_expressions={"answer": "answer"}, reply=True, timeout=_SECONDS
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    shown = told["content"]["user_expressions"]["answer"]["data"]["text/plain"]
    found: dict[str, Any] = json.loads(shown.strip("'"))
    return found
