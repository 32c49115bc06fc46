from __future__ import annotations

from jupyter_mlc.store.postgres import PostgresDatabase


def test_the_password_is_not_shown() -> None:
    assert PostgresDatabase("postgresql://ana:geheim@db/models").shown == "postgresql://ana:***@db/models"
