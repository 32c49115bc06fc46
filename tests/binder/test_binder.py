"""What Binder does with this repository, in a fresh virtual environment without Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_LEFT = shutil.ignore_patterns(
    *(".git", ".venv", ".yarn", "build", "dist", "node_modules", "__pycache__", ".*_cache", ".hypothesis"),
    *("lib", "*.tsbuildinfo", "tour-registry", "formats-registry"),
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that goes with the test: what is built there is large."""
    with tempfile.TemporaryDirectory(prefix="mlc-binder-") as folder:
        yield Path(folder)


@pytest.mark.slow
def test_what_binder_does_ends_with_the_panel_enabled_and_the_tour_in_front(place: Path) -> None:
    copy, env = place / "repository", place / "env"
    shutil.copytree(ROOT, copy, ignore=_LEFT)
    for built in ("labextension", "faces/widgets/static"):
        shutil.rmtree(copy / "jupyter_mlc" / built, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", env], check=True)
    tools = _without_node(place / "tools")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHON", "SKIP_"))}
    given = kept | {"PATH": f"{env / 'bin'}:{tools}"}
    for words in (["python", "-m", "pip", "install", "-q", "-r", "binder/requirements.txt"], ["binder/postBuild"]):
        words[0] = str(copy / words[0]) if "/" in words[0] else str(env / "bin" / words[0])
        done = subprocess.run(words, cwd=copy, env=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert list((env / "share" / "jupyter" / "labextensions" / "jupyter-mlc" / "static").glob("remoteEntry.*.js"))
    (widget,) = (env / "lib").glob("python*/site-packages/jupyter_mlc/faces/widgets/static")
    assert {path.name for path in widget.iterdir()} >= {"widget.js", "widget.css", "plots.js"}
    (config,) = (env / "etc" / "jupyter" / "jupyter_server_config.d").glob("tour.json")
    opened = json.loads(config.read_text("utf-8"))["LabApp"]["default_url"]
    assert (copy / opened.removeprefix("/lab/tree/")).exists()


def _without_node(folder: Path) -> Path:
    """The programs of this machine that a script may need, and no Node."""
    folder.mkdir()
    for name in ("bash", "cat", "dirname", "env", "grep", "mkdir", "sh", "uname"):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder
