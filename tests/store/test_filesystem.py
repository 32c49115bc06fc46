from __future__ import annotations

from pathlib import Path

from jupyter_mlc.store.filesystem import locks_hold


def test_locks_hold_on_a_local_disk(tmp_path: Path) -> None:
    assert locks_hold(tmp_path)
