from __future__ import annotations

from pathlib import Path

from jupyter_mlc.store.places import place_of


def test_a_folder_is_a_registry(tmp_path: Path) -> None:
    assert place_of(str(tmp_path)).folder == tmp_path
