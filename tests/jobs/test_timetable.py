"""When something is due: cron expressions against a plain look at every minute, time zones, intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.jobs.cron import cron, is_cron
from jupyter_mlc.jobs.timetable import Latest, latest, shown, timetable

SECOND = 1_000_000
HOUR = 3_600 * SECOND
BERLIN = "Europe/Berlin"


def at(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return round(moment.timestamp()) * SECOND


def coming(every: str, since: str, count: int, zone: str = "UTC") -> list[str]:
    table = timetable(every, zone, 0)
    return [shown(due, zone).removesuffix(f" {zone}") for due in islice(table.after(at(since, zone)), count)]


def refusal(every: str, zone: str = "UTC") -> str:
    with pytest.raises(BadInput) as refused:
        timetable(every, zone, at("2026-01-01"))
    return refused.value.text


def field(low: int, high: int) -> st.SearchStrategy[tuple[str, set[int]]]:
    """A field of a cron expression, and the numbers that it stands for."""
    number = st.integers(low, high)
    single = number.map(lambda n: (str(n), {n}))
    pair = st.tuples(number, number).map(lambda p: (min(p), max(p)))
    span = pair.map(lambda p: (f"{p[0]}-{p[1]}", set(range(p[0], p[1] + 1))))
    stepped = st.tuples(pair, st.integers(1, 9)).map(
        lambda p: (f"{p[0][0]}-{p[0][1]}/{p[1]}", set(range(p[0][0], p[0][1] + 1, p[1])))
    )
    listed = st.lists(st.one_of(single, span, stepped), min_size=1, max_size=3).map(
        lambda found: (",".join(text for text, _ in found), set().union(*(numbers for _, numbers in found)))
    )
    return st.one_of(st.just(("*", set(range(low, high + 1)))), listed)


expressions = st.tuples(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))


@pytest.mark.slow
@settings(max_examples=150)
@given(expressions, st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)))
def test_a_cron_expression_is_due_when_a_look_at_every_minute_says_so(
    parts: tuple[tuple[str, set[int]], ...], day: datetime
) -> None:
    (minute, hour, in_month, month, in_week) = parts
    begin = day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)

    def is_due(moment: datetime) -> bool:
        of_month, of_week = moment.day in in_month[1], moment.isoweekday() % 7 in in_week[1]
        is_either = in_month[0] != "*" and in_week[0] != "*"
        days = of_month or of_week if is_either else of_month and of_week
        return days and moment.month in month[1] and moment.hour in hour[1] and moment.minute in minute[1]

    minutes = (begin + timedelta(minutes=count) for count in range(24 * 60))
    expected = [round(moment.timestamp()) * SECOND for moment in minutes if is_due(moment)]
    assert cron(" ".join(text for text, _ in parts)).on(begin.date(), UTC) == expected


@pytest.mark.slow
@settings(max_examples=100)
@given(st.sampled_from(["*/7 * * * *", "30 2 * * *", "0 6 * * 1", "90m", "0 0 29 2 *"]), st.integers(0, 60 * 366 * 24))
def test_what_was_due_last_and_what_is_due_next_are_neighbours(every: str, minutes: int) -> None:
    table = timetable(every, BERLIN if is_cron(every) else "UTC", 0)
    now = at("2026-01-01") + minutes * 60 * SECOND
    before, after = next(table.before(now)), next(table.after(now))
    assert before <= now < after
    assert next(table.after(before)) == after


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("0 6 * * 1", ["2026-06-01 06:00", "2026-06-08 06:00"]),
        ("0 6 * * mon", ["2026-06-01 06:00", "2026-06-08 06:00"]),
        ("0 6 * JUN,jul sun", ["2026-06-07 06:00", "2026-06-14 06:00"]),
        ("0 6 * * 7", ["2026-06-07 06:00", "2026-06-14 06:00"]),
        ("@weekly", ["2026-06-07 00:00", "2026-06-14 00:00"]),
        ("@daily", ["2026-06-01 00:00", "2026-06-02 00:00"]),
        ("*/20 23 * * *", ["2026-05-31 23:00", "2026-05-31 23:20"]),
        ("0 0 13 * 5", ["2026-06-05 00:00", "2026-06-12 00:00"]),
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("5 4 1-7/3 * *", ["2026-06-01 04:05", "2026-06-04 04:05"]),
    ],
)
def test_expressions_mean_what_crontab_says(every: str, expected: list[str]) -> None:
    assert coming(every, "2026-05-31T22:30", 2) == expected


def test_an_hour_that_summer_time_leaves_out_comes_an_hour_later() -> None:
    assert coming("30 2 * * *", "2027-03-27", 3, BERLIN) == [
        "2027-03-27 02:30",
        "2027-03-28 03:30",
        "2027-03-29 02:30",
    ]


def test_an_hour_that_comes_twice_counts_once_unless_every_hour_does() -> None:
    assert coming("30 2 * * *", "2027-10-31", 2, BERLIN) == ["2027-10-31 02:30", "2027-11-01 02:30"]
    assert coming("30 * * * *", "2027-10-31T01:00", 4, BERLIN) == [
        "2027-10-31 01:30",
        "2027-10-31 02:30",
        "2027-10-31 02:30",
        "2027-10-31 03:30",
    ]


def test_an_interval_counts_from_when_it_was_added() -> None:
    begin = at("2026-01-01T00:10")
    table = timetable("1h30m", "UTC", begin)
    assert list(islice(table.after(begin), 2)) == [begin + 3 * HOUR // 2, begin + 3 * HOUR]
    assert list(table.before(begin + 4 * HOUR)) == [begin + 3 * HOUR, begin + 3 * HOUR // 2]
    assert list(table.before(begin)) == []


def test_of_several_due_times_the_latest_counts_and_the_others_are_missed() -> None:
    table = timetable("1h", "UTC", 0)
    assert latest(table, 2 * HOUR, 5 * HOUR + 1) == Latest(at=5 * HOUR, missed=2)
    assert latest(table, 5 * HOUR, 5 * HOUR + 1) is None
    assert latest(timetable("1s", "UTC", 0), 0, 5 * HOUR) == Latest(at=5 * HOUR, missed=1_000)


def test_a_due_time_is_shown_in_its_own_zone() -> None:
    assert shown(at("2026-06-01T04:00"), BERLIN) == "2026-06-01 06:00 Europe/Berlin"
    assert shown(at("2026-06-01T04:00:07"), "UTC") == "2026-06-01 04:00:07 UTC"


FIELDS = "; also *, */2, 1-5 and 1,15"


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (
            "0 6 * *",
            "--every 0 6 * * is no cron expression: it has 4 fields, not five\nwrite minute, hour, day of the month, "
            'month and day of the week: --every "0 6 * * 1" is Mondays at 6',
        ),
        (
            "@often",
            "--every @often is no cron expression: it has one field, not five\nwrite minute, hour, day of the month, "
            'month and day of the week: --every "0 6 * * 1" is Mondays at 6',
        ),
        ("60 6 * * *", f"--every 60 6 * * *: '60' is no minute\nwrite 0 to 59{FIELDS}"),
        ("0 6 0 * *", f"--every 0 6 0 * *: '0' is no day of the month\nwrite 1 to 31{FIELDS}"),
        ("0 6 * fox *", f"--every 0 6 * fox *: 'fox' is no month\nwrite 1 to 12, or jan to dec{FIELDS}"),
        ("0 6 * * 5-1", f"--every 0 6 * * 5-1: '5-1' is no day of the week\nwrite 0 to 7, or mon to sat{FIELDS}"),
        ("0 5/2 * * *", f"--every 0 5/2 * * *: '5/2' is no hour\nwrite 0 to 23{FIELDS}"),
        ("*/0 * * * *", f"--every */0 * * * *: '*/0' is no minute\nwrite 0 to 59{FIELDS}"),
        (", * * * *", f"--every , * * * *: '' is no minute\nwrite 0 to 59{FIELDS}"),
        ("0 0 30 2 *", "--every 0 0 30 2 * never comes\nname a day that there is"),
        (
            "weekly",
            "--every weekly is neither an interval nor a cron expression\n"
            'write --every 30m, --every 1d, or --every "0 6 * * 1" for Mondays at 6',
        ),
        ("0.5s", "--every is shorter than a second\nwrite --every 30m, or --every 1d"),
        ("", "--every is shorter than a second\nwrite --every 30m, or --every 1d"),
    ],
)
def test_what_is_no_time_is_refused_and_says_how_to_write_one(every: str, expected: str) -> None:
    assert refusal(every) == expected


def test_a_time_zone_must_be_one_and_belongs_to_hours_of_the_clock() -> None:
    assert refusal("0 6 * * *", "Europe/Berln") == (
        "there is no time zone 'Europe/Berln'\ndid you mean Europe/Berlin or Europe/Dublin or Europe/Belfast?"
    )
    assert refusal("0 6 * * *", "../../etc/passwd") == (
        "there is no time zone '../../etc/passwd'\nname it as the tz database does: Europe/Berlin"
    )
    assert refusal("1d", BERLIN) == (
        "--timezone Europe/Berlin says nothing of an interval: --every 1d counts the time that passes\n"
        'leave it out, or give hours of the clock: --every "0 6 * * *"'
    )
