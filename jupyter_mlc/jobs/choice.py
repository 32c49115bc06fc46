"""In what kind of process a notebook runs, and why."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlc.jobs.spec import Engine, Work

_NEEDS_A_KERNEL = re.compile(
    r"\b(ipywidgets|anywidget|ipympl|bqplot|ipyleaflet|pythreejs|FigureWidget|ipykernel|jupyter_client|ipyparallel"
    r"|tqdm\.(auto|notebook)|get_ipython\(\)\.kernel|import comm|from comm)\b"
    r"|%gui\b|%matplotlib +(?!inline|agg)\w"
)
"""what widgets, comms and window systems look like in a source"""
_CONFIGURED = ("ipython_config.py", "ipython_kernel_config.py", "ipython_config.json", "ipython_kernel_config.json")


def chosen(work: Work) -> tuple[Engine, tuple[str, ...]]:
    """The engine for this work, and what is to be said where it is not the one that was asked for."""
    if work.engine is Engine.COLD:
        return Engine.COLD, ()
    notebook = json.loads(work.notebook.read_bytes().decode("utf-8-sig"))
    cold = _only_cold(work, notebook.get("metadata", {}))
    if cold:
        return Engine.COLD, (f"ran in a cold kernel: {cold}",)
    kernel = _needs_a_kernel(notebook["cells"])
    if work.engine is Engine.AUTO and kernel:
        return Engine.KERNEL, (f"ran in a kernel: {kernel}",)
    return (Engine.DIRECT, ()) if work.engine is Engine.AUTO else (work.engine, ())


def _only_cold(work: Work, metadata: Mapping[str, Any]) -> str:
    """Why no warm process can do it."""
    kernel = metadata.get("kernelspec", {})
    language = kernel.get("language") or metadata.get("language_info", {}).get("name") or "python"
    if sys.platform != "linux":
        return f"warm processes are there on Linux alone, and this is {sys.platform}"
    if language != "python":
        return f"the notebook is in {language}"
    if kernel.get("name", "python3") != "python3":
        return f"the notebook names the kernel {kernel['name']}"
    if work.python and Path(work.python) != Path(sys.executable):
        return f"it runs in another environment, {work.python}"
    return ""


def _needs_a_kernel(cells: list[dict[str, Any]]) -> str:
    """Why cells cannot run in a process without a kernel, as far as can be seen."""
    for cell in cells:
        found = _NEEDS_A_KERNEL.search("".join(cell.get("source", ""))) if cell.get("cell_type") == "code" else None
        if found:
            return f"the notebook uses {found.group(0).strip()}"
    profile = Path("~/.ipython/profile_default").expanduser()
    own = [profile / name for name in _CONFIGURED if (profile / name).exists()]
    own += [path for path in profile.glob("startup/*") if path.suffix in {".py", ".ipy"}]
    return f"IPython is configured in {own[0]}" if own else ""
