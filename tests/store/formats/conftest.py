"""What the tests of the frameworks' formats share."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from tests.store.formats.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(artifacts=Artifacts(tmp_path, Checks(tmp_path / "cache")))
