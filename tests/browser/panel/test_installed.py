"""Wheel and source archive, installed into fresh environments by people who have no Node."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

import jupyter_mlc
from docs.laptop import ROOT

VERSION = jupyter_mlc.__version__
DIST = "MLC_DIST"
"""the environment variable that names a folder in which both were built"""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source archive, and the wheel that is built from it without Node."""
    if os.environ.get(DIST):
        return Path(os.environ[DIST]).absolute()
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    folder, source = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("source")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKIP_JUPYTER_BUILDER", "1")  # the panel is taken as it is built
        (archive,) = SdistBuilder(str(ROOT)).build(directory=str(folder))
    with tarfile.open(archive) as opened:
        opened.extractall(source, filter="data")
    (unpacked,) = source.iterdir()
    [*WheelBuilder(str(unpacked)).build(directory=str(folder), versions=["standard"])]
    return folder


class Environment:
    """A fresh environment that borrows from this one everything but what is installed into it."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        self.bin = folder / "bin"
        self.python = self.bin / "python"
        site = self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
        # a path and no more: what is installed there as editable is not seen
        Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        self.site = Path(site)

    def run(self, *words: str | Path) -> str:
        """What its Python says, where nothing but this environment is found, and no Node."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHON", "MLC_"))}
        done = subprocess.run(
            [self.python, *words],
            env=kept | {"PATH": str(self.bin), "HOME": str(self.bin.parent)},
            cwd=self.bin.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,  # what it said is shown
        )
        assert done.returncode == 0, done.stdout
        return _COLOURS.sub("", done.stdout)


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_what_is_built_installs_without_node_and_with_the_panel_enabled(dist: Path, tmp_path: Path, kind: str) -> None:
    (built,) = dist.glob(kind)
    fresh = Environment(tmp_path / "env")
    fresh.run("-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation", built)
    where = fresh.run("-c", "import jupyter_mlc; print(jupyter_mlc.__version__, jupyter_mlc.__file__)")
    assert where.split() == [VERSION, str(fresh.site / "jupyter_mlc" / "__init__.py")]
    assert fresh.run("-m", "jupyter_mlc.faces.cli", "--version") == f"jupyter_mlc {VERSION}\n"
    (front,) = (line for line in fresh.run("-m", "jupyterlab.labextensions", "list").splitlines() if "-mlc " in line)
    assert f"jupyter-mlc v{VERSION}" in front
    assert "enabled" in front
    assert "OK" in front
    back = fresh.run("-m", "jupyter_server.extension.serverextension", "list")
    assert "jupyter_mlc enabled" in back
    assert f"jupyter_mlc {VERSION} OK" in " ".join(back.split())
    assert (fresh.bin / "jupyter-mlc").exists()
