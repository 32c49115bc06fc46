"""What events say of numbers and words, as columns hold it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_mlc.domain import events as e
from jupyter_mlc.domain.entities import Measured, Standing
from jupyter_mlc.store.rows import Row

_WRITTEN_OUT = 1e21
"""RFC 8785 writes whole numbers below this without an exponent"""
WORD_OF: Mapping[Standing, str] = {standing: standing.value for standing in Standing}


def words(text: str) -> dict[str, Any]:
    """A JSON object kept as personal words; empty where it was erased."""
    if not text or text == e.ERASED:
        return {}
    found: dict[str, Any] = json.loads(text)
    return found


def metric_rows(holder: str, id_: int, metrics: Iterable[Measured]) -> dict[str, Row]:
    """NaN cannot be compared and some databases cannot keep it: it is spelled beside an empty value."""
    found: dict[str, Row] = {}
    for metric in metrics:
        key, value = metric.key, metric.value
        is_nan = math.isnan(value)
        row = {holder: id_, "key": key, "value": None if is_nan else value, "spelled": "nan" if is_nan else None}
        row["standing"] = WORD_OF[metric.standing]
        found[key] = row
    return found


def judged_rows(version: int, event: e.Evaluated, standing: Standing) -> tuple[list[str], dict[str, Row]]:
    """The keys of all metrics of an evaluation, ``eval.june.auc``, and the rows of those that have a value."""
    keys = {one.metric: f"eval.{event.dataset_name}.{one.metric}" for one in event.estimates}
    known = [
        Measured(key=keys[one.metric], value=one.value, standing=standing)
        for one in event.estimates
        if one.value is not None
    ]
    return list(keys.values()), metric_rows("version", version, known)


def param_rows(holder: str, id_: int, event: e.RunEnded | e.VersionRegistered) -> dict[str, Row]:
    """Numbers beside what is shown of them; words among them are marked."""
    standings = event.standings
    found: dict[str, Row] = {}
    for values in (event.params, words(event.param_words)):
        for key, value in values.items():
            row = {holder: id_, "key": key, "number": _number(value), "value": _spelled(value)}
            row |= {"word": int(type(value) is str), "standing": standings.get(key, "claimed")}
            found[key] = row
    return found


def _number(value: Any) -> float | None:
    """A number to compare with; none for a word, for true and false, and for what is no finite number."""
    if type(value) not in {int, float}:
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:  # a whole number that no float reaches
        return None


def _spelled(value: Any) -> str:
    """A word as it is, anything else as JSON spells it, so that ``params.shuffle = true`` finds True.

    Canonical JSON writes a whole number without a point: 1.0 comes back from the log as 1, and must be spelled alike.
    """
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is float and value.is_integer() and abs(value) < _WRITTEN_OUT:
        return str(int(value))
    if kind is int or (kind is float and math.isfinite(value)):
        return repr(value)  # as JSON does, which takes longer
    return json.dumps(value)
