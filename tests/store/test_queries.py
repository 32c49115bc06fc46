from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import NotFound
from jupyter_mlc.store.registry import Registry


def test_a_model_that_is_not_there_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound) as refused:
        registry.model("churn")
    assert refused.value.text == "there is no model 'churn'\nsee %mlc list; make one: %mlc register NAME OBJECT"
