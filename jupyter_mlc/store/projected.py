"""What events say of numbers and words, as columns hold it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.entities import Measured
from jupyter_mlc.store.rows import Row

_WRITTEN_OUT = 1e21
"""RFC 8785 writes whole numbers below this without an exponent"""


def words(text: str) -> dict[str, Any]:
    """A JSON object kept as personal words; empty where it was erased."""
    if not text or text == e.ERASED:
        return {}
    found: dict[str, Any] = json.loads(text)
    return found


def metric_rows(metrics: Iterable[Measured]) -> list[Row]:
    """NaN cannot be compared and some databases cannot keep it: it is spelled beside an empty value."""
    return [
        {
            "key": metric.key,
            "value": None if math.isnan(metric.value) else metric.value,
            "spelled": "nan" if math.isnan(metric.value) else None,
            "standing": str(metric.standing),
        }
        for metric in metrics
    ]


def param_rows(event: e.RunEnded | e.VersionRegistered) -> list[Row]:
    """Numbers beside what is shown of them; words among them are marked."""
    values = {**event.params, **words(event.param_words)}
    return [
        {
            "key": key,
            "number": _number(value),
            "value": _spelled(value),
            "word": int(isinstance(value, str)),
            "standing": event.standings.get(key, "claimed"),
        }
        for key, value in values.items()
    ]


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else None


def _spelled(value: Any) -> str:
    """A word as it is, anything else as JSON spells it, so that ``params.shuffle = true`` finds True.

    Canonical JSON writes a whole number without a point: 1.0 comes back from the log as 1, and must be spelled alike.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _WRITTEN_OUT:
        value = int(value)
    return str(value) if type(value) is int else json.dumps(value)
