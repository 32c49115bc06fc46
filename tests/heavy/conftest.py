"""What the tests of torch, Keras and transformers share. They need an environment of their own: ``make test-heavy``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.checked_blobs import Checks
from tests.store.formats.shelf import Shelf

# Keras reads it when it is imported; transformers asks nobody for anything
os.environ.update(KERAS_BACKEND="torch", HF_HUB_OFFLINE="1")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(artifacts=Artifacts(tmp_path, Checks(tmp_path / "cache")))
