from __future__ import annotations

from jupyter_mlc.domain.names import folded


def test_names_are_the_same_whatever_the_case() -> None:
    assert folded("Ops/Churn") == "ops/churn"
