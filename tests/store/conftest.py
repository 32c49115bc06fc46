"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_mlc.store.artifacts import Artifacts
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.registry import Registry
from tests.store.house import House


@pytest.fixture
def house(registry: Registry, ana: Identity, clock: Callable[[], int]) -> House:
    """A registry in each kind of database, and words for what is done to it."""
    registry.place.artifacts.mkdir(parents=True, exist_ok=True)
    return House(registry=registry, identity=ana, clock=clock, artifacts=Artifacts(registry.place.artifacts))
