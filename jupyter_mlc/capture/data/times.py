"""When the rows of a dataset happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_mlc.domain.errors import BadInput

if TYPE_CHECKING:
    from jupyter_mlc.capture.data.columns import Values
    from jupyter_mlc.domain.entities import Micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(micros: Micros) -> str:
    """Return a time in ISO 8601, in UTC, without a fraction of zeros."""
    import numpy as np

    return str(np.datetime64(micros, "us")).removesuffix(".000000") + "Z"


def micros_of(moment: datetime) -> Micros:
    """Return a time as microseconds since 1970; a naive one is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def time_span(name: str, values: Values) -> tuple[Micros, Micros] | None:
    """Return the first and the last time in a column of times or of ISO 8601 strings; None where it has none.

    Raises
    ------
    BadInput
        Where a string is no time.
    """
    if not len(values.values):
        return None
    if values.words is None:
        return int(values.values.min()), int(values.values.max())
    used = values.words.take(_used(values))
    moments = [_parsed(word, name) for word in used.to_pylist()]
    return min(moments), max(moments)


def _used(values: Values) -> list[int]:
    import numpy as np

    places: list[int] = np.unique(values.values).tolist()
    return places


def _parsed(word: str, name: str) -> Micros:
    try:
        return micros_of(datetime.fromisoformat(word.strip()))
    except ValueError:
        shown = repr(word if len(word) <= 40 else f"{word[:37]}...")  # noqa: PLR2004 (what fits in a line)
        raise BadInput(
            f"column {name!r} is no column of times: {shown} is not in ISO 8601",
            hint=f"turn it into times first: df[{name!r}] = pd.to_datetime(df[{name!r}])",
        ) from None
