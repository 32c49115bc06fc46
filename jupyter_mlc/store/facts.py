"""Metrics and parameters, packed into the row of their version: a list of versions is read without asking for each.

The tables ``metric`` and ``param`` hold the same for searching.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec

from jupyter_mlc.domain.entities import Measured, Parameter, Standing
from jupyter_mlc.domain.evaluations import Estimate

_PARAM = itemgetter("key", "value", "word", "standing")
_BY_KEY = itemgetter("key")
_STANDINGS: Mapping[str, Standing] = {standing.value: standing for standing in Standing}
_SHORT = 2048
"""characters up to which it pays to remember what a text says, since the same versions are looked at again and again"""
# not strict, since JSON has no nan and no infinity: they are spelled as words
_METRICS = msgspec.json.Decoder(tuple[Measured, ...], strict=False)
_ESTIMATES = msgspec.json.Decoder(tuple[Estimate, ...])
_PARAMS = msgspec.json.Decoder(list[tuple[str, str, int, str]])


def packed_metrics(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows of the table ``metric`` as text, in the order of their keys."""
    ordered = sorted(rows, key=_BY_KEY)
    told = [{"key": row["key"], "value": _written(row), "standing": row["standing"]} for row in ordered]
    return msgspec.json.encode(told).decode()


def _written(row: Mapping[str, Any]) -> Any:
    value = row["value"]
    if value is None:
        return row["spelled"]
    return str(value) if math.isinf(value) else value + 0.0  # the log has no negative zero


def packed_estimates(estimates: Iterable[Estimate], reasons: Mapping[str, str]) -> str:
    """The estimates of an evaluation as text, each with why something is missing of it."""
    told = [replace(one, reason=str(reasons.get(one.metric, ""))) for one in estimates]
    return msgspec.json.encode(told).decode()


def estimates_of(packed: str) -> tuple[Estimate, ...]:
    """The estimates of an evaluation."""
    return _ESTIMATES.decode(packed)


def packed_params(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows of the table ``param`` as text, in the order of their keys."""
    return msgspec.json.encode([_PARAM(row) for row in sorted(rows, key=_BY_KEY)]).decode()


def metrics_in(packed: str) -> tuple[Measured, ...]:
    """The metrics of a version."""
    return _metrics(packed) if len(packed) <= _SHORT else _METRICS.decode(packed)


def params_in(packed: str) -> tuple[Parameter, ...]:
    """The parameters of a version."""
    return _params(packed) if len(packed) <= _SHORT else _params.__wrapped__(packed)


@lru_cache(maxsize=4096)
def _metrics(packed: str) -> tuple[Measured, ...]:
    return _METRICS.decode(packed)


@lru_cache(maxsize=4096)
def _params(packed: str) -> tuple[Parameter, ...]:
    return tuple(parameter(*row) for row in _PARAMS.decode(packed))


@lru_cache(maxsize=4096)
def parameter(key: str, value: str, word: int, standing: str) -> Parameter:
    """What a row says; the versions of a model have most of their parameters in common."""
    return Parameter(key=key, value=value if word else json.loads(value), standing=_STANDINGS[standing])
