"""What is built: small, and in wheel and source archive, so that nobody who installs them needs Node."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import jupyter_mlc
from docs.laptop import ROOT
from tests.browser.panel.conftest import BUILT

_MOST = 150_000
"""bytes of JavaScript, compressed as servers do"""
_SHARE = "share/jupyter/labextensions/jupyter-mlc"
_CONFIG = "etc/jupyter/jupyter_server_config.d/jupyter_mlc.json"


def test_the_panel_is_small() -> None:
    scripts = list((BUILT / "static").glob("*.js"))
    assert scripts
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < _MOST


def test_the_panel_that_is_built_has_the_version_of_the_package() -> None:
    assert json.loads((BUILT / "package.json").read_text("utf-8"))["version"] == jupyter_mlc.__version__


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source archive, and the wheel that is built from it without Node."""
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKIP_JUPYTER_BUILDER", "1")
        (archive,) = SdistBuilder(str(ROOT)).build(directory=str(folder))
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    (source,) = (path for path in folder.iterdir() if path.is_dir())
    [*WheelBuilder(str(source)).build(directory=str(folder), versions=["standard"])]
    return folder


def test_the_wheel_from_the_source_archive_installs_with_the_panel_enabled(dist: Path, tmp_path: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        data = f"jupyter_mlc-{jupyter_mlc.__version__}.data/data/"
        shared = {name.removeprefix(data) for name in opened.namelist() if name.startswith(data)}
        opened.extractall(tmp_path)
    assert {f"{_SHARE}/package.json", f"{_SHARE}/install.json", f"{_SHARE}/static/style.js", _CONFIG} <= shared
    env = os.environ | {"JUPYTER_PATH": str(tmp_path / data / "share" / "jupyter")}
    listed = subprocess.run(
        [sys.executable, "-m", "jupyter", "labextension", "list"], env=env, capture_output=True, text=True, check=True
    )
    assert f"jupyter-mlc v{jupyter_mlc.__version__}" in listed.stderr + listed.stdout
