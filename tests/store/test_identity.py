from __future__ import annotations

from jupyter_mlc.store.identity import identity


def test_a_key_is_made_on_first_use_and_kept() -> None:
    assert identity().public == identity().public
