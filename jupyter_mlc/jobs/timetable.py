"""When a schedule is due: every so often from when it was added, or as a cron expression says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import TypeAlias
from zoneinfo import ZoneInfo

from jupyter_mlc.domain.entities import Micros
from jupyter_mlc.domain.errors import BadInput, did_you_mean
from jupyter_mlc.jobs import amounts
from jupyter_mlc.jobs.cron import Cron, cron, is_cron

UTC = "UTC"
MOST_MISSED = 1_000
"""due times that are counted; more is simply many"""
_SECOND = 1_000_000
_LONGEST = timedelta(days=8 * 366)
"""after which nothing comes any more: February 29th may be eight years away"""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Every so often, counted from a beginning."""

    step: Micros
    begin: Micros

    def after(self, moment: Micros) -> Iterator[Micros]:
        """The due times after a moment, in order."""
        count = max(0, (moment - self.begin) // self.step)
        while True:
            count += 1
            yield self.begin + count * self.step

    def before(self, moment: Micros) -> Iterator[Micros]:
        """The due times until a moment, the latest first."""
        for count in range((moment - self.begin) // self.step, 0, -1):
            yield self.begin + count * self.step


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """As a cron expression says, in a time zone."""

    cron: Cron
    zone: tzinfo

    def after(self, moment: Micros) -> Iterator[Micros]:
        """The due times after a moment, in order; none where none comes any more."""
        day = self._day(moment) - timedelta(days=1)
        end = day + _LONGEST
        while day < end:
            for due in self.cron.on(day, self.zone):
                if due > moment:
                    yield due
                    end = day + _LONGEST
            day += timedelta(days=1)

    def before(self, moment: Micros) -> Iterator[Micros]:
        """The due times until a moment, the latest first."""
        day = self._day(moment) + timedelta(days=1)
        for _ in range(_LONGEST.days):
            yield from (due for due in reversed(self.cron.on(day, self.zone)) if due <= moment)
            day -= timedelta(days=1)

    def _day(self, moment: Micros) -> date:
        return datetime.fromtimestamp(moment // _SECOND, self.zone).date()


Timetable: TypeAlias = Interval | Calendar


def timetable(every: str, zone: str, begin: Micros) -> Timetable:
    """Understand when something is to be due.

    Parameters
    ----------
    every : str
        An interval, or a cron expression.
    zone : str
        The time zone of a cron expression.
    begin : int
        When an interval begins.

    Raises
    ------
    BadInput
        Where it is neither, or names a time that never comes.
    """
    if is_cron(every):
        found = Calendar(cron=cron(every), zone=time_zone(zone))
        if next(found.after(begin), None) is None:
            raise BadInput(f"--every {every} never comes", hint="name a day that there is")
        return found
    if time_zone(zone) != time_zone(UTC):
        raise BadInput(
            f"--timezone {zone} says nothing of an interval: --every {every} counts the time that passes",
            hint='leave it out, or give hours of the clock: --every "0 6 * * *"',
        )
    return Interval(step=_interval(every), begin=begin)


def _interval(every: str) -> Micros:
    try:
        span = amounts.seconds("--every", every)
    except BadInput as error:
        raise BadInput(
            f"--every {every} is neither an interval nor a cron expression",
            hint='write --every 30m, --every 1d, or --every "0 6 * * 1" for Mondays at 6',
        ) from error
    if span is None or span < 1:
        raise BadInput("--every is shorter than a second", hint="write --every 30m, or --every 1d")
    return round(span * _SECOND)


def time_zone(name: str) -> tzinfo:
    """A time zone by its name.

    Raises
    ------
    BadInput
        Where there is none.
    """
    if name == UTC:  # for which no file is needed
        return timezone.utc  # noqa: UP017 (UTC is its name here)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        from zoneinfo import available_timezones

        hint = did_you_mean(name, sorted(available_timezones())) or "name it as the tz database does: Europe/Berlin"
        raise BadInput(f"there is no time zone {name!r}", hint=hint) from None


@dataclass(frozen=True, kw_only=True)
class Latest:
    """The latest due time, and how many before it nobody took up."""

    at: Micros
    missed: int


def latest(table: Timetable, since: Micros, now: Micros) -> Latest | None:
    """The latest due time after `since` and until `now`; None where there is none."""
    found: list[Micros] = []
    for due in table.before(now):
        if due <= since or len(found) > MOST_MISSED:
            break
        found.append(due)
    return Latest(at=found[0], missed=len(found) - 1) if found else None


def shown(moment: Micros, zone: str) -> str:
    """A due time as a person reads it: in its own zone."""
    local = datetime.fromtimestamp(moment // _SECOND, time_zone(zone))
    text = f"{local:%Y-%m-%d %H:%M}" + (f":{local:%S}" if local.second else "")
    return f"{text} {zone}"
