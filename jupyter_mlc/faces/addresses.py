"""The address of a page in JupyterLab, as far as this process knows its Jupyter server. No token is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_mlc.store.home import working_folder

_HUB = ("JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_SERVICE_PREFIX")
"""of a server that a JupyterHub has started: its address for everybody, else its path on the hub"""
_PARENT = "JPY_PARENT_PID"
"""of a kernel: the process that has started it"""


def address(path: str) -> str:
    """A path of the server with its address before it; the path alone where no server is known.

    Parameters
    ----------
    path : str
        ``/lab?mlc=churn:3``
    """
    hub = next((os.environ[name] for name in _HUB if os.environ.get(name)), "")
    return (hub or _server()).rstrip("/") + path


def _server() -> str:
    """The server that has started this kernel, else the one in whose folder we are."""
    from jupyter_core.paths import jupyter_runtime_dir

    known = list(_known(Path(jupyter_runtime_dir())))
    parent = [one for one in known if str(one["pid"]) == os.environ.get(_PARENT)]
    around = sorted((one for one in known if working_folder().is_relative_to(one["root_dir"])), key=_nearness)
    return next((str(one["url"]) for one in [*parent, *reversed(around)]), "")


def _nearness(server: Mapping[str, Any]) -> int:
    return len(Path(server["root_dir"]).parts)


def _known(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Servers that run, by the files that they leave for as long as they do."""
    for path in sorted(folder.glob("jpserver-*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(path.read_text(encoding="utf-8"))
            os.kill(int(told["pid"]), 0)
            yield {name: told[name] for name in ("pid", "root_dir", "url")}
