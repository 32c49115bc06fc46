from __future__ import annotations

from pathlib import Path

from jupyter_mlc.store.sqlite import SqliteDatabase


def test_the_database_is_a_file_in_the_folder(tmp_path: Path) -> None:
    assert SqliteDatabase(tmp_path).path == tmp_path / "registry.db"
