from __future__ import annotations

import io

from jupyter_mlc.faces.progress import Bar, NotebookLine, TerminalLine


def shown(*steps: tuple[float, int, int]) -> str:
    stream, times = io.StringIO(), iter([time for time, _, _ in steps])
    bar = Bar(line=TerminalLine(stream=stream), clock=times.__next__)
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
    bar = Bar(line=TerminalLine(stream=stream), clock=times.__next__)
    bar(0, 10_737_418_240, "bytes of the model")
    bar(1_500_000_000, 10_737_418_240, "bytes of the model")
    assert stream.getvalue() == "\rbytes of the model ██░░░░░░░░░░░░░░░░░░ 1,500 MB/10,737 MB"


class Publisher:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, bool]] = []
        self.names: set[str] = set()

    def publish(self, data: dict[str, str], *, transient: dict[str, str], update: bool = False, **_: object) -> None:
        self.texts.append((data["text/html"], data["text/plain"], update))
        self.names.add(transient["display_id"])


def test_in_a_notebook_it_is_one_output_that_changes_and_in_the_end_shows_nothing() -> None:
    publisher, times = Publisher(), iter([0.0, 1.0, 2.0])
    bar = Bar(line=NotebookLine(publish=publisher.publish), clock=times.__next__)
    for done in range(3):
        bar(done, 2, "a < b")
    bar.end()
    assert publisher.texts == [
        ("<pre>a &lt; b ██████████░░░░░░░░░░ 1/2</pre>", "a < b ██████████░░░░░░░░░░ 1/2", False),
        ("<pre>a &lt; b ████████████████████ 2/2</pre>", "a < b ████████████████████ 2/2", True),
        ("", "", True),
    ]
    assert len(publisher.names) == 1


def test_in_a_notebook_what_is_quick_publishes_nothing() -> None:
    publisher = Publisher()
    bar = Bar(line=NotebookLine(publish=publisher.publish))
    bar(0, 2, "blobs")
    bar.end()
    assert publisher.texts == []
