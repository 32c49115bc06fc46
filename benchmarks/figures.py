"""What a row of the table says: two measurements, their ratio, what it must be, and whether it is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_UNITS = {"s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs")), "bytes": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Repeated measurements of one thing, summed up."""

    median: float
    p95: float
    count: int

    def shown(self, unit: str) -> str:
        """As people read it; the 95th percentile only where there is more than one measurement."""
        median = shown(self.median, unit)
        return f"{median} (p95 {shown(self.p95, unit)})" if self.count > 1 else median


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table."""

    what: str
    ours: Measured
    other: Measured | None = None
    other_name: str = "MLflow"
    unit: str = "s"
    """s, bytes, or whatever is counted"""
    ratio: float | None = None
    must: str = ""
    met: bool | None = None
    """None where nothing is demanded"""
    note: str = ""


def measured(values: Sequence[float]) -> Measured:
    """Median and 95th percentile of repeated measurements."""
    return Measured(median=statistics.median(values), p95=percentile(values, 0.95), count=len(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that is not exceeded by this share of the values."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def faster(what: str, ours: Sequence[float], other: Sequence[float], times: float, *, note: str = "") -> Figure:
    """Ours must take at most ``1 / times`` of the other's time."""
    ratio = statistics.median(other) / statistics.median(ours)
    return Figure(
        what=what,
        ours=measured(ours),
        other=measured(other),
        ratio=ratio,
        must=f"{times:g}x faster",
        met=ratio >= times,
        note=note,
    )


def beside(what: str, ours: Sequence[float], other: Sequence[float], *, unit: str = "s", note: str = "") -> Figure:
    """Both are told; nothing is demanded."""
    ratio = statistics.median(other) / statistics.median(ours)
    return Figure(what=what, ours=measured(ours), other=measured(other), unit=unit, ratio=ratio, note=note)


def at_most(  # noqa: PLR0913 (what a line of the table needs)
    what: str, ours: Sequence[float], other: Sequence[float], times: float, *, other_name: str, unit: str = "s"
) -> Figure:
    """Ours must take at most `times` what the other takes."""
    ratio = statistics.median(ours) / statistics.median(other)
    return Figure(
        what=what,
        ours=measured(ours),
        other=measured(other),
        other_name=other_name,
        unit=unit,
        ratio=ratio,
        must=f"at most {times:g}x",
        met=ratio <= times,
    )


def within(  # noqa: PLR0913 (what a line of the table needs)
    what: str,
    ours: Sequence[float],
    limit: float,
    *,
    unit: str = "s",
    other: Sequence[float] | None = None,
    other_name: str = "MLflow",
    note: str = "",
) -> Figure:
    """Ours must stay within a limit of its own; the other's figure, where there is one, is told beside it."""
    summed = measured(ours)
    return Figure(
        what=what,
        ours=summed,
        other=measured(other) if other else None,
        other_name=other_name,
        unit=unit,
        must=f"at most {shown(limit, unit)}",
        met=summed.median <= limit,
        note=note,
    )


def reached(what: str, ours: Sequence[float], least: float, *, other: Sequence[float]) -> Figure:
    """Ours must reach a count each time, not only mostly."""
    return Figure(
        what=what,
        ours=measured(ours),
        other=measured(other),
        unit="",
        must=f"{least:g} each time",
        met=min(ours) >= least,
        note=f"fewest: {min(ours):g}, MLflow {min(other):g}",
    )


def shown(value: float, unit: str) -> str:
    """A number with a unit that suits it."""
    for factor, name in _UNITS.get(unit, ()):
        if value >= factor:
            return f"{value / factor:.3g} {name}"
    return f"{value:.3g} {_UNITS[unit][-1][1]}" if unit in _UNITS else f"{value:g} {unit}".strip()
