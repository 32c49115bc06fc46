"""What a column looks like: its extremes, moments, quantiles and most frequent values."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from jupyter_mlc.capture.data.logical import LogicalType
from jupyter_mlc.capture.data.times import iso
from jupyter_mlc.domain.entities import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlc.capture.data.columns import Values

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_TOP = 10
_LONGEST = 80
"""characters of a frequent value that are shown"""


def profile(name: str, values: Values) -> Column:
    """Return the column's name, type and profile.

    Moments and quantiles are those of the finite numbers. Values that occur once are never shown as frequent, nor
    strings as extremes: a column of names or addresses must not end up in the record.
    """
    nulls = int(values.nulls.sum())
    described = _DESCRIBED[values.type](values) if len(values.values) else {"distinct": 0}
    return Column(name=name, type=values.type_name, nulls=nulls, **described)


def _described_bools(values: Values) -> dict[str, Any]:
    import numpy as np

    distinct, counts = _counted(np.sort(values.values))
    top = _top(counts, lambda place: str(bool(distinct[place])))
    return {"distinct": len(distinct), "mean": float(values.values.mean()), "top": top}


def _described_ints(values: Values) -> dict[str, Any]:
    import numpy as np

    ordered = np.sort(values.values)
    distinct, counts = _counted(ordered)
    top = _top(counts, lambda place: str(distinct[place]))
    return {
        "distinct": len(distinct),
        "low": int(ordered[0]),
        "high": int(ordered[-1]),
        "top": top,
        **_moments(ordered),
    }


def _described_floats(values: Values) -> dict[str, Any]:
    import numpy as np

    ordered = np.sort(values.values)
    distinct, _ = _counted(ordered)
    finite = ordered[np.isfinite(ordered)]
    extremes = {"low": float(ordered[0]), "high": float(ordered[-1])}
    return {"distinct": len(distinct), **extremes, **_moments(finite)}


def _described_times(values: Values) -> dict[str, Any]:
    import numpy as np

    ordered = np.sort(values.values)
    distinct, _ = _counted(ordered)
    return {"distinct": len(distinct), "low": iso(int(ordered[0])), "high": iso(int(ordered[-1]))}


def _described_durations(values: Values) -> dict[str, Any]:
    import numpy as np

    distinct, _ = _counted(np.sort(values.values))
    low, high = (str(timedelta(microseconds=int(value))) for value in (distinct[0], distinct[-1]))
    return {"distinct": len(distinct), "low": low, "high": high}


def _described_periods(values: Values) -> dict[str, Any]:
    import numpy as np
    import pandas as pd  # which has made them, or read them

    distinct, _ = _counted(np.sort(values.values))
    low, high = (str(pd.Period(ordinal=int(value), freq=values.period)) for value in (distinct[0], distinct[-1]))
    return {"distinct": len(distinct), "low": low, "high": high}


def _described_strings(values: Values) -> dict[str, Any]:
    import numpy as np

    words = values.words
    counts = np.bincount(values.values, minlength=len(words) if words is not None else 0)
    top = _top(counts, lambda place: _shown(words[place].as_py() if words is not None else ""))
    return {"distinct": int((counts > 0).sum()), "top": top}


def _counted(ordered: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the distinct ones of ordered values, and how often each occurs."""
    import numpy as np

    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    return ordered[starts], np.diff(np.append(starts, len(ordered)))


def _top(counts: NDArray[np.int64], text: Callable[[int], str]) -> tuple[tuple[str, int], ...]:
    """Return the most frequent values, by the alphabet where several are as frequent."""
    import numpy as np

    places = np.flatnonzero(counts > 1)
    if len(places) > _TOP:
        least = np.partition(counts[places], -_TOP)[-_TOP]
        places = places[counts[places] >= least]
    named = [(text(int(place)), int(counts[place])) for place in places]
    return tuple(sorted(named, key=lambda item: (-item[1], item[0]))[:_TOP])


def _moments(ordered: NDArray[Any]) -> dict[str, Any]:
    """Return mean, standard deviation (of a sample, as pandas has it) and quantiles of ordered finite numbers."""
    import numpy as np

    if not len(ordered):
        return {}
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = float(ordered.mean()), float(ordered.std(ddof=1)) if len(ordered) > 1 else math.nan
    quantiles = tuple(_quantile(ordered, at) for at in QUANTILES)
    return {"mean": _finite(mean), "std": _finite(std), "quantiles": quantiles}


def _quantile(ordered: NDArray[Any], at: float) -> float:
    place = at * (len(ordered) - 1)
    low, high = float(ordered[math.floor(place)]), float(ordered[math.ceil(place)])
    share = place - math.floor(place)
    return low * (1 - share) + high * share


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


_DESCRIBED: dict[LogicalType, Callable[[Values], dict[str, Any]]] = {
    LogicalType.BOOL: _described_bools,
    LogicalType.INT: _described_ints,
    LogicalType.FLOAT: _described_floats,
    LogicalType.STRING: _described_strings,
    LogicalType.TIME: _described_times,
    LogicalType.DURATION: _described_durations,
    LogicalType.PERIOD: _described_periods,
}
