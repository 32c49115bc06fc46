from __future__ import annotations

from jupyter_mlc.domain.lifecycle import MOVES, Stage


def test_the_table_knows_every_stage() -> None:
    assert set(MOVES) == set(Stage)
