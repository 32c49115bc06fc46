"""Cron expressions as crontab(5) has them: minute, hour, day of the month, month, day of the week."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import BadInput

_SECOND = 1_000_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONG = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")
_HINT = 'write minute, hour, day of the month, month and day of the week: --every "0 6 * * 1" is Mondays at 6'


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One of the five."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day of the month", low=1, high=31),
    _Field(name="month", low=1, high=12, words=("", *_MONTHS)),
    _Field(name="day of the week", low=0, high=7, words=_DAYS),
)


@dataclass(frozen=True, kw_only=True)
class Cron:
    """A cron expression, understood.

    Where both days are restricted, either will do. A time that summer time leaves out comes an hour later on the
    clock, one that it repeats comes once; an expression whose hour begins with ``*`` goes by the time that passes.
    """

    text: str
    """the five fields, with a blank between two"""
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """Sunday is 0"""
    any_day: bool
    any_weekday: bool
    by_the_hour: bool

    def on(self, day: date, zone: tzinfo) -> list[Micros]:
        """The times on a day, in order."""
        if not self._is_on(day):
            return []
        return sorted(set(self._passing(day, zone) if self.by_the_hour else self._on_the_clock(day, zone)))

    def _is_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return in_month and in_week if self.any_day or self.any_weekday else in_month or in_week

    def _on_the_clock(self, day: date, zone: tzinfo) -> Iterator[Micros]:
        for hour in self.hours:
            for minute in self.minutes:
                yield _micros(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))

    def _passing(self, day: date, zone: tzinfo) -> Iterator[Micros]:
        following = day + timedelta(days=1)
        begin, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, following))
        for passed in range((_micros(end) - _micros(begin)) // (60 * _SECOND)):
            moment = begin.astimezone(UTC) + timedelta(minutes=passed)
            local = moment.astimezone(zone)
            if local.hour in self.hours and local.minute in self.minutes:
                yield _micros(moment)


def _micros(moment: datetime) -> Micros:
    return round(moment.timestamp()) * _SECOND


def is_cron(text: str) -> bool:
    """Whether somebody means a cron expression, right or wrong, rather than an interval."""
    return text.strip().startswith("@") or len(text.split()) > 1 or "*" in text


def cron(text: str) -> Cron:
    """Understand a cron expression.

    Raises
    ------
    BadInput
        Where it is none.
    """
    plain = _LONG.get(text.strip().lower(), text)
    parts = plain.split()
    if len(parts) != len(_FIELDS):
        raise BadInput(f"--every {text} is no cron expression: it has {_counted(len(parts))}, not five", hint=_HINT)
    fields = [_values(part, field, text) for part, field in zip(parts, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = fields
    return Cron(
        text=" ".join(parts),
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(day % 7 for day in weekdays),
        any_day=parts[2].startswith("*"),
        any_weekday=parts[4].startswith("*"),
        by_the_hour=parts[1].startswith("*"),
    )


def _counted(count: int) -> str:
    return "one field" if count == 1 else f"{count} fields"


def _values(part: str, field: _Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for item in part.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise _unknown(item, field, text)
        found.update(_range(match.groupdict(), item, field, text))
    return frozenset(found)


def _range(match: Mapping[str, str | None], item: str, field: _Field, text: str) -> Sequence[int]:
    first, last, step = match["first"], match["last"], int(match["step"] or 1)
    low = _number(first, item, field, text) if first else field.low
    high = _number(last, item, field, text) if last else low if first else field.high
    if step < 1 or low > high or (match["step"] and first and not last):
        raise _unknown(item, field, text)
    return range(low, high + 1, step)


def _number(word: str, item: str, field: _Field, text: str) -> int:
    if word.lower() in field.words:
        return field.words.index(word.lower())
    if not word.isdecimal() or not field.low <= int(word) <= field.high:
        raise _unknown(item, field, text)
    return int(word)


def _unknown(item: str, field: _Field, text: str) -> BadInput:
    names = f", or {field.words[1]} to {field.words[-1]}" if field.words else ""
    return BadInput(
        f"--every {text}: {item!r} is no {field.name}",
        hint=f"write {field.low} to {field.high}{names}; also *, */2, 1-5 and 1,15",
    )
