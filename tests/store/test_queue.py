from __future__ import annotations

from pathlib import Path

from jupyter_mlc.store.queue import Turn


def test_a_turn_follows_a_turn(tmp_path: Path) -> None:
    for _ in range(2):
        turn = Turn(tmp_path / "lock")
        turn.wait(1)
        turn.end()
    assert (tmp_path / "lock").exists()
