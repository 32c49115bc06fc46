"""What a date or a time in a query covers: a whole day, an hour, a minute, a second or a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlc.domain.entities import Micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000
_OF_DIGITS = {2: 3_600_000_000, 4: 60_000_000, 6: 1_000_000}
"""how long a time lasts that is written with so many digits: an hour, a minute, a second"""


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
    """How long what was written lasts: a day, an hour, a minute, a second, or a moment."""
    time = re.search(r"[Tt ]([\d:]+)", spelled)
    if time is None:
        return _DAY
    return 1 if re.search("[.,]", spelled) else _OF_DIGITS[len(time[1].replace(":", ""))]
