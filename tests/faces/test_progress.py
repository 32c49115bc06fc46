from __future__ import annotations

import io

from jupyter_mlc.faces.progress import Bar


def shown(*steps: tuple[float, int, int]) -> str:
    stream, times = io.StringIO(), iter([time for time, _, _ in steps])
    bar = Bar(stream=stream, clock=times.__next__)
    for _, done, total in steps:
        bar(done, total, "blobs")
    bar.end()
    return stream.getvalue()


def test_what_is_quick_shows_nothing() -> None:
    assert shown((0.0, 0, 2), (0.3, 1, 2), (0.4, 2, 2)) == ""


def test_what_takes_longer_is_shown_and_taken_away() -> None:
    assert shown((0.0, 0, 2000), (1.0, 1000, 2000)) == ("\rblobs ██████████░░░░░░░░░░ 1,000/2,000\r" + " " * 38 + "\r")


def test_it_is_not_shown_more_often_than_anyone_can_read() -> None:
    assert shown((0.0, 0, 2), (1.0, 1, 2), (1.05, 2, 2)).count("blobs") == 1


def test_without_a_known_end_the_count_is_shown() -> None:
    assert "\rblobs 1,234\r" in shown((0.0, 0, 0), (1.0, 1234, 0))


def test_more_than_all_is_all() -> None:
    assert "████████████████████ 3/2" in shown((0.0, 0, 2), (1.0, 3, 2))


def test_bytes_are_counted_as_people_count_them() -> None:
    stream, times = io.StringIO(), iter([0.0, 1.0])
    bar = Bar(stream=stream, clock=times.__next__)
    bar(0, 10_737_418_240, "bytes of the model")
    bar(1_500_000_000, 10_737_418_240, "bytes of the model")
    assert stream.getvalue() == "\rbytes of the model ██░░░░░░░░░░░░░░░░░░ 1,500 MB/10,737 MB"
