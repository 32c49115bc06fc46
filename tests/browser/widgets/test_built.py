"""What is built: a small module with all that it needs, and one that draws, in source archive and wheel."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from pathlib import Path

import pytest

from docs.laptop import ROOT
from jupyter_mlc.faces.widgets import PLOTS, SCRIPT, STYLE

_MOST = 150_000
"""bytes of JavaScript, compressed as servers do"""
_LICENCES = PLOTS.with_name("plots.LICENSE.txt")
_THERE = {path.relative_to(ROOT).as_posix() for path in (SCRIPT, STYLE, PLOTS, _LICENCES)}


def test_the_widget_is_small_and_brings_nothing_of_jupyterlab() -> None:
    script = SCRIPT.read_bytes()
    assert len(gzip.compress(script)) < _MOST
    assert b"@jupyterlab" not in script
    assert b"@lumino" not in script


def test_the_widget_knows_which_module_draws_for_it() -> None:
    assert hashlib.sha256(PLOTS.read_bytes()).hexdigest().encode() in SCRIPT.read_bytes()


def test_every_package_that_is_bundled_to_draw_is_named_with_its_licence() -> None:
    assert PLOTS.read_text("utf-8").startswith(f"/*! What is bundled here, and by which licences: {_LICENCES.name} */")
    parts = [part.strip().partition("\n\n") for part in _LICENCES.read_text("utf-8").split(f"\n{'-' * 80}\n")]
    named = {name.split()[0] for names, _, _ in parts for name in names.splitlines()}
    assert named >= {"vega", "vega-lite", "vega-interpreter", "vega-view", "d3-scale"}
    assert all("Copyright" in text for _, _, text in parts)
    texts = "".join(text for _, _, text in parts)
    assert "WARRANT" in texts
    # what two of the packages have taken from elsewhere
    assert "Ariya Hidayat" in texts
    assert "Jason Davies" in texts


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
