from __future__ import annotations

from collections.abc import Callable

from jupyter_mlc.domain.events import ModelCreated
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.store.registry import Registry


def test_a_model_is_found_by_its_name_whatever_the_case(registry: Registry, ana: Identity, clock: Callable[[], int]) -> None:
    with registry.write(ana, clock) as writing:
        writing.append(ModelCreated(model="Churn", tier="minimal", owner=writing.actor))
    assert registry.model("chUrn").name == "Churn"
