"""What a person has set for the panel, read where JupyterLab keeps it: no route takes the address of a registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_mlc.domain.errors import BadInput

_FILE = Path("jupyter-mlc", "plugin.jupyterlab-settings")
_MEND = "mend it: Settings, Model registry"


class Settings:
    """The settings of the panel, as they stand now.

    Parameters
    ----------
    folder : callable
        Gives the folder in which JupyterLab keeps a person's settings; None where no JupyterLab is served.
    """

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self._folder = folder
        self._known: tuple[tuple[Path, int, int] | None, str] = None, ""

    @property
    def registry(self) -> str:
        """The address of the registry that the panel shows; empty where none is set.

        Raises
        ------
        BadInput
            Where the settings cannot be read.
        """
        folder = self._folder()
        if folder is None:
            return ""
        path = folder / _FILE
        try:
            state = path.stat()
            seen = (path, state.st_mtime_ns, state.st_size)
            if seen != self._known[0]:
                self._known = seen, _registry_in(path)
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError as error:  # no model may be looked for in another registry without a word
            raise BadInput(f"{path} cannot be read: {error.strerror}", hint=_MEND) from None
        return self._known[1]


def _registry_in(path: Path) -> str:
    import json5

    try:
        found = json5.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise BadInput(f"{path} cannot be read: {error}", hint=_MEND) from None
    named = found.get("registry", "") if isinstance(found, dict) else ""
    return named.strip() if isinstance(named, str) else ""


def settings_folder(server: Any) -> Path | None:
    """Where the JupyterLab or Notebook that a server serves keeps a person's settings."""
    for apps in server.extension_manager.extension_apps.values():
        for app in apps:
            folder = getattr(app, "user_settings_dir", "")
            if folder:
                return Path(folder)
    return None
