from __future__ import annotations

import pytest

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.store.postgres import PostgresDatabase


def test_the_password_is_not_shown() -> None:
    with pytest.raises(Unavailable) as refused:
        PostgresDatabase("postgresql://ana:geheim@127.0.0.1:1/models").query("SELECT 1")
    assert "geheim" not in refused.value.text
