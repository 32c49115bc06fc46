"""JupyterLab on the loopback, with settings, kernels and a home of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from docs.laptop import environment

NOTEBOOK = "flights.ipynb"
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/codemirror-extension:plugin": {"defaultConfig": {"lineNumbers": False}},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
_QUIET = (
    *("--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"),
    *("--ServerApp.allow_unauthenticated_access=False", "--LabApp.expose_app_in_browser=True"),
    "--JupyterNotebookApp.expose_app_in_browser=True",
    *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"),
    *("--LabApp.extension_manager=readonly",),
)


def chromium() -> str | None:
    """Return the browser of this machine."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(kw_only=True)
class Laboratory:
    """A server, as long as the block lasts."""

    home: Path
    token: str = "test-token"
    application: str = "jupyterlab"
    """or notebook"""

    def __post_init__(self) -> None:
        self.folder = self.home / "flights"
        self.folder.mkdir()
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data/jupyter",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        env = environment(self.home / "home", NOTEBOOK) | {"OMP_NUM_THREADS": "1"}  # they would wait for each other
        return env | {name: str(self.home / "home" / place) for name, place in places.items()}

    def __enter__(self) -> Self:
        settings = self.home / "home" / "config" / "labconfig"
        settings.mkdir(parents=True)
        (settings / "default_setting_overrides.json").write_text(json.dumps(_SETTINGS), "utf-8")
        self.choose_extensions(self.home / "home" / "config")
        self._log = (self.home / "lab.log").open("w", encoding="utf-8")
        where = (f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={self.folder}")
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.application, *_QUIET, *where, f"--IdentityProvider.token={self.token}"],
            env=self.env, stdout=self._log, stderr=subprocess.STDOUT, cwd=self.folder,
        )  # fmt: skip
        return self

    def choose_extensions(self, config: Path) -> None:
        """Leave out ours, which may be installed here or not."""
        (config / "labconfig" / "page_config.json").write_text('{"disabledExtensions": {"jupyter-mlc": true}}', "utf-8")
        (config / "jupyter_server_config.d").mkdir()
        off = {"ServerApp": {"jpserver_extensions": {"jupyter_mlc": False}}}
        (config / "jupyter_server_config.d" / "jupyter_mlc.json").write_text(json.dumps(off), "utf-8")

    def wait(self) -> None:
        """Wait until it answers, as long as it lives."""
        while True:
            assert self._process.poll() is None, self.said
            try:
                urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return

    @property
    def said(self) -> str:
        return (self.home / "lab.log").read_text("utf-8")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()  # it ends its kernels
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
