"""Which modules a warm process loads: those that the notebook imports, if they can be loaded before a fork."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

NOT_BEFORE_A_FORK = frozenset({"grpc", "jax", "pyspark", "ray", "tensorflow"})
"""they start threads, or hold devices, when they are imported; the notebook imports them itself"""
OF_A_KERNEL = (
    *("IPython.extensions.storemagic", "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp"),
    *("jupyter_mlc.jobs.warm.kernel", "tornado.platform.asyncio"),
)
"""what a kernel needs besides"""
_INSTALLED = ("site-packages", "dist-packages")


def imported_by(notebook: Path) -> tuple[str, ...]:
    """The installed modules that a notebook's cells import, sorted; not those of its own folder, which may change."""
    cells = json.loads(notebook.read_bytes().decode("utf-8-sig"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]
    names = {name for source in sources for name in _imports(source)}
    return tuple(sorted(name for name in names if _is_installed(name.partition(".")[0])))


def _imports(source: str) -> Iterator[str]:
    """Names in the import statements, line by line where a cell as a whole is no Python (for its magics)."""
    try:
        trees = [ast.parse(source)]
    except (SyntaxError, ValueError):
        trees = list(_lines(source))
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def _lines(source: str) -> Iterator[ast.Module]:
    for line in source.splitlines():
        if line.lstrip().startswith(("import ", "from ")):
            with suppress(SyntaxError, ValueError):
                yield ast.parse(line.strip())


def _is_installed(package: str) -> bool:
    if package in NOT_BEFORE_A_FORK or package in sys.stdlib_module_names or package == "__main__":
        return False
    with suppress(ImportError, ValueError, AttributeError):
        spec = find_spec(package)
        origin = (spec.origin or next(iter(spec.submodule_search_locations or ()), "")) if spec else ""
        return any(folder in Path(origin).parts for folder in _INSTALLED)
    return False
