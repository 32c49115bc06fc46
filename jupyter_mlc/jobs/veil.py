"""Values that no file may hold: hidden in whatever is written or told."""

from __future__ import annotations

import json
from collections.abc import Iterable

HIDDEN = "[secret]"
_SHORTEST = 4
"""characters: hiding shorter ones would tear other words apart"""


class Veil:
    """Hides some values in text.

    Parameters
    ----------
    values : iterable of str
        Each is hidden as a whole, line by line, and as JSON spells it.
    """

    def __init__(self, values: Iterable[str]) -> None:
        lines = {line for value in values for line in (value, *value.splitlines())}
        spelled = {spelling for line in lines for spelling in (line, _inside(line, ascii=True), _inside(line))}
        self._hidden = sorted((one for one in spelled if len(one) >= _SHORTEST), key=len, reverse=True)

    def over(self, text: str) -> str:
        """The text without the values."""
        for value in self._hidden:
            text = text.replace(value, HIDDEN)
        return text


def _inside(text: str, *, ascii: bool = False) -> str:  # noqa: A002 (it is what JSON's writers call it)
    return json.dumps(text, ensure_ascii=ascii)[1:-1]
