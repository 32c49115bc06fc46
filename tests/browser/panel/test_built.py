"""What is built: small, and of the version of the package."""

from __future__ import annotations

import gzip
import json

import jupyter_mlc
from tests.browser.panel.conftest import BUILT

_MOST = 150_000
"""bytes of JavaScript, compressed as servers do"""


def test_the_panel_is_small() -> None:
    scripts = list((BUILT / "static").glob("*.js"))
    assert scripts
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < _MOST


def test_the_panel_that_is_built_has_the_version_of_the_package() -> None:
    assert json.loads((BUILT / "package.json").read_text("utf-8"))["version"] == jupyter_mlc.__version__
