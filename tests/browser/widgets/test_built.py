"""What is built: one small module with all that it needs, in source archive and wheel."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from pathlib import Path

import pytest

from docs.laptop import ROOT
from jupyter_mlc.faces.widgets import SCRIPT, STYLE

_MOST = 150_000
"""bytes of JavaScript, compressed as servers do"""
_THERE = {path.relative_to(ROOT).as_posix() for path in (SCRIPT, STYLE)}


def test_the_widget_is_small_and_brings_nothing_of_jupyterlab() -> None:
    script = SCRIPT.read_bytes()
    assert len(gzip.compress(script)) < _MOST
    assert b"@jupyterlab" not in script
    assert b"@lumino" not in script


def test_every_colour_is_known_where_there_is_no_jupyterlab() -> None:
    style = STYLE.read_text("utf-8")
    assert "var(--jp-ui-font-color1," in style
    assert not [part for part in style.split("var(--jp-")[1:] if "," not in part.partition(")")[0]]


def test_source_archive_and_wheel_hold_the_widget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    monkeypatch.setenv("SKIP_JUPYTER_BUILDER", "1")  # what is built is taken, and nothing is built
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    (wheel,) = WheelBuilder(str(source)).build(directory=str(tmp_path), versions=["standard"])
    assert set(zipfile.ZipFile(wheel).namelist()) >= _THERE
