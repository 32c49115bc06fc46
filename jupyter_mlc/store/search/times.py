"""What a date or a time in a query covers: a whole day, a minute, a second or a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY, _MINUTE, _SECOND = 86_400_000_000, 60_000_000, 1_000_000


def span(spelled: str) -> tuple[Micros, Micros]:
    """When what was written begins, and when the next one does; in UTC unless it says otherwise.

    Raises
    ------
    ValueError
        Where it is no date and no time.
    """
    at = datetime.fromisoformat(spelled)
    begin = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
    return begin, begin + _length(spelled)


def _length(spelled: str) -> Micros:
    """How long what was written lasts: a day, a minute, a second, or a moment."""
    if not re.search(r"[T ]\d", spelled):
        return _DAY
    if "." in spelled:
        return 1
    return _SECOND if re.search(r"[T ]\d{2}:\d{2}:", spelled) else _MINUTE
