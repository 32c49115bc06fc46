"""Whether the files that a process has loaded are still those on the disk: an upgraded package is another one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

Stamp = tuple[int, int, int]


def taken() -> dict[str, Stamp | None]:
    """The stamps of the files of all loaded modules."""
    modules = list(sys.modules.values())
    paths = {path for module in modules if isinstance(path := getattr(module, "__file__", None), str)}
    return {path: _stamp(path) for path in paths}


def differ(stamps: Mapping[str, Stamp | None]) -> bool:
    """Whether any of the files has changed since."""
    return any(_stamp(path) != stamp for path, stamp in stamps.items())


def _stamp(path: str) -> Stamp | None:
    try:
        state = os.stat(path)  # noqa: PTH116 (thousands of them for each job)
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns, state.st_size
