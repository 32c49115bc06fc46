from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.domain.entities import Standing
from jupyter_mlc.faces.display.figures import (
    MARKS,
    MEANINGS,
    clock,
    day,
    days,
    digest,
    duration,
    figure,
    number,
    percent,
    scalar,
    share,
    size,
    when,
)
from tests.faces.display_samples import NOON, living_in


@pytest.fixture
def _in_tokyo() -> Iterator[None]:
    with living_in("Asia/Tokyo"):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.683_14, "0.6831"),
        (0.7, "0.7"),
        (12.345_6, "12.35"),
        (12_345.678, "12,346"),
        (82_613.0, "82,613"),
        (-0.000_123_45, "-0.0001234"),
        (0.000_012_345, "1.234e-05"),
        (1e20, "1e+20"),
        (0.0, "0"),
        (9.999_96, "10"),
    ],
)
def test_numbers_have_four_digits_and_never_lose_whole_ones(value: float, text: str) -> None:
    assert number(value) == text


@given(value=st.floats(min_value=-1e300, max_value=1e300))
def test_a_number_is_shown_within_a_thousandth_of_itself(value: float) -> None:
    shown = float(number(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=1e-3, abs=1e-320)


def test_whoever_points_at_a_rounded_number_is_told_all_of_it() -> None:
    assert figure(0.683_149_9).title == "0.6831499"
    assert figure(0.75).title == ""


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (12_300, "12 kB"),
        (412_345, "0.4 MB"),
        (104_857_600, "104.9 MB"),
        (1_073_741_824, "1.07 GB"),
    ],
)
def test_sizes_are_told_in_the_unit_that_people_use(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (800_000, "0.8 s"),
        (14_200_000, "14 s"),
        (200_000_000, "3 min 20 s"),
        (7_500_000_000, "2 h 5 min"),
    ],
)
def test_durations_are_told_as_people_say_them(micros: int, text: str) -> None:
    assert duration(micros) == text


@pytest.mark.usefixtures("_in_tokyo")
def test_times_are_local_and_exact_in_utc_on_pointing() -> None:
    assert clock(NOON) == "2026-06-30 21:00"
    assert when(NOON + 1).title == "2026-06-30 12:00:00.000001 UTC"


@pytest.mark.usefixtures("_in_tokyo")
def test_days_of_data_are_not_moved_by_where_the_reader_is() -> None:
    evening = NOON + 10 * 3_600_000_000
    assert day(evening) == "2026-06-30"
    assert days(evening, evening) == "2026-06-30"
    assert days(evening, evening + 86_400_000_000) == "2026-06-30..2026-07-01"
    assert days(None, evening) == ""


def test_shares_are_told_as_percentages_and_the_smallest_is_not_nothing() -> None:
    assert [percent(share(part, 100_000)) for part in (0, 1, 500, 12_345, 100_000)] == [
        "0 %",
        "<0.1 %",
        "0.5 %",
        "12.3 %",
        "100 %",
    ]
    assert [share(1, 0), share(3, 2)] == [0.0, 1.0]


def test_digests_are_short_and_whole_on_pointing() -> None:
    whole = "sha256:" + "9f3c" * 16
    assert digest(whole).text == "sha256:9f3c.."
    assert digest(whole).title == whole
    assert digest("abc").text == "abc"


def test_parameters_are_shown_as_they_are_typed() -> None:
    assert [scalar(value) for value in (None, True, 20_130_101, 0.1 + 0.2, 1e-7, "sqrt")] == [
        "None",
        "True",
        "20130101",
        "0.3",
        "1e-07",
        "sqrt",
    ]


def test_every_standing_has_a_mark_of_its_own_and_a_meaning() -> None:
    assert set(MARKS) == set(MEANINGS) == set(Standing)
    assert len(set(MARKS.values())) == len(Standing)


@pytest.mark.usefixtures("_in_tokyo")
def test_the_last_hours_of_the_calendar_have_no_time_in_the_east() -> None:
    last = 253_402_300_799_000_000
    assert (clock(last), day(last)) == ("an unknown time", "9999-12-31")
