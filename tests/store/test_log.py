from __future__ import annotations

from jupyter_mlc.store import log


def test_numbers_that_json_cannot_carry_are_spelled() -> None:
    assert log.carried(float("-inf")) == {"$number": "-inf"}
