"""Model lifecycle management from within Jupyter notebooks.

Every verb is a function here (``mlc.register``, ``mlc.promote``, ``mlc.dataset.add``), made when it is first asked for:
importing this package costs nothing.
"""

from __future__ import annotations

import sys
from typing import Any

if sys.platform == "win32":
    _REASON = "jupyter_mlc runs on Linux and macOS, not on Windows; in the Windows Subsystem for Linux it does"
    raise ImportError(_REASON)

__version__ = "0.1.0"


def load_ipython_extension(shell: Any, *, greet: bool = True) -> None:
    """``%load_ext jupyter_mlc``; the first function that is called in a notebook does the same, without a greeting."""
    from jupyter_mlc.faces.magics import load

    load(shell, greet=greet)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What a Jupyter server loads."""
    from jupyter_mlc.faces.server.app import MlcApp

    return [{"module": "jupyter_mlc", "app": MlcApp}]


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext jupyter_mlc``."""
    from jupyter_mlc.faces.magics import unload

    unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the panel."""
    return [{"src": "labextension", "dest": "jupyter-mlc"}]


def __getattr__(name: str) -> object:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "MlcError":
        from jupyter_mlc.domain.errors import MlcError

        return MlcError
    from jupyter_mlc.faces.functions import attribute

    return attribute(name)


def __dir__() -> list[str]:
    from jupyter_mlc.faces.functions import names

    return sorted([*globals(), "MlcError", *names()])
