"""Numbers, sizes, times and digests as people read them; the exact figure is told to whoever points at it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from jupyter_mlc.domain.entities import Measured, Micros, Parameter, Scalar, Standing
from jupyter_mlc.faces.display.blocks import Kind, Line, Span, joined, quiet, span
from jupyter_mlc.faces.display.words import clean, shorten

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 4
_TINY, _HUGE = 1e-4, 1e15
_KILO, _MEGA, _GIGA = 1_000, 1_000_000, 1_000_000_000
_SECOND = 1_000_000
_HEX = 4
_ROOM = 40
"""columns for one value"""

MARKS: Mapping[Standing, str] = {
    Standing.COMPUTED: "●",
    Standing.OBSERVED: "◐",
    Standing.ATTESTED: "◆",
    Standing.CLAIMED: "○",
}
MEANINGS: Mapping[Standing, str] = {
    Standing.COMPUTED: "computed by us from stored bytes",
    Standing.OBSERVED: "observed in the process",
    Standing.ATTESTED: "attested: signed by a named person",
    Standing.CLAIMED: "claimed: typed or imported",
}


def number(value: float) -> str:
    """A number to four significant digits; whole digits are never dropped."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    if not _TINY <= abs(value) < _HUGE:
        return f"{value:.{_DIGITS}g}"
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scalar(value: Scalar) -> str:
    """A parameter's value, as one would type it."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def figure(value: float) -> Span:
    """A number, with all its digits for whoever points at it."""
    text = number(value)
    return span(text, title="" if text.replace(",", "") == f"{value:g}" else repr(value))


def mark(standing: Standing) -> Span:
    """The mark of how a fact is known."""
    return Span(text=MARKS[standing], kind=Kind.MARK, title=MEANINGS[standing])


def marked(measured: Measured) -> Line:
    """A metric's value with its mark."""
    return (figure(measured.value), mark(measured.standing))


def marked_param(param: Parameter) -> Line:
    """A parameter's value with its mark."""
    return (param_span(param), mark(param.standing))


def param_span(param: Parameter) -> Span:
    """A parameter's value as far as a table has room for it; the whole for whoever points at it."""
    whole = scalar(param.value)
    short = shorten(clean(whole), _ROOM)
    return span(short, title="" if short == str(param.value) else str(param.value))


def legend(standings: Iterable[Standing]) -> Line:
    """What the marks mean that were used."""
    used = set(standings)
    return joined([quiet(f"{MARKS[one]} {MEANINGS[one]}") for one in Standing if one in used])


def size(count: int) -> str:
    """Bytes in the unit that people use for so many."""
    if count < _KILO:
        return f"{count} bytes" if count != 1 else "1 byte"
    if count < _MEGA // 10:
        return f"{count / _KILO:.0f} kB"
    return f"{count / _MEGA:,.1f} MB" if count < _GIGA else f"{count / _GIGA:,.2f} GB"


def share(part: int, whole: int) -> float:
    """How much of the whole the part is, between 0 and 1."""
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0


def percent(part: float) -> str:
    """A share as a percentage; the smallest is not shown as nothing."""
    if 0 < part < 0.001:  # noqa: PLR2004 (what would be rounded to nothing)
        return "<0.1 %"
    return f"{100 * part:.1f} %" if 0 < part < 1 else f"{100 * part:.0f} %"


def duration(micros: Micros) -> str:
    """A span of time: ``0.8 s``, ``14 s``, ``3 min 20 s``, ``2 h 5 min``."""
    seconds = micros / _SECOND
    if seconds < 10:  # noqa: PLR2004 (below it tenths matter)
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def _moment(micros: Micros) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None


def clock(micros: Micros) -> str:
    """A time where the reader is: ``2026-06-30 14:05``."""
    moment = _moment(micros)
    try:
        return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "an unknown time"
    except (OverflowError, ValueError):  # the first and last hours of the calendar have no local time
        return "an unknown time"


def day(micros: Micros) -> str:
    """The day of a time, in UTC as data holds it."""
    moment = _moment(micros)
    return moment.date().isoformat() if moment else "an unknown day"


def when(micros: Micros) -> Span:
    """A time where the reader is; the exact time in UTC for whoever points at it."""
    moment = _moment(micros)
    return span(clock(micros), title=f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC" if moment else str(micros))


def days(start: Micros | None, end: Micros | None) -> str:
    """The days from the first to the last time in data: ``2013-03-01..2013-05-31``."""
    if start is None or end is None:
        return ""
    first, last = day(start), day(end)
    return first if first == last else f"{first}..{last}"


def digest(text: str) -> Span:
    """A digest by its first digits; the whole for whoever points at it."""
    algorithm, colon, hexadecimal = text.rpartition(":")
    short = f"{algorithm}{colon}{hexadecimal[:_HEX]}.." if len(hexadecimal) > _HEX else text
    return quiet(short, title=text)
