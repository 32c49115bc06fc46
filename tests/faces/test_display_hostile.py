from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.domain.entities import Measured, Parameter
from jupyter_mlc.faces.display import as_html, as_text
from jupyter_mlc.faces.display.words import clean, clean_lines, counted, sentence, shorten, width
from jupyter_mlc.verbs.base import Reply
from tests.faces.display_samples import REPLIES, param, registered, version, version_shown, versions_listed

HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute": "\" onmouseover='alert(1)' x=\"",
    "an entity": "&lt;b&gt; &#0;",
    "a closing style": "</style></div><img src=x onerror=alert(1)>",
    "a colour": "\x1b[31mred\x1b[0m",
    "a window title": "\x1b]0;title\x07after",
    "a clipboard": "\x1b]52;c;cm0gLXJm\x1b\\after",
    "an 8-bit escape": "\x9b2Jafter",
    "a carriage return": "good\rbad",
    "a NUL": "a\x00b",
    "right to left": "abc\u202egnp.exe\u202c",
    "isolates": "\u2066a\u2069 \u200f b",
    "zero width": "pass\u200bword\ufeff",
    "line ends": "one\ntwo\r\nthree\u2028four",
    "half a character": "a\ud800b",
    "a very long word": "x" * 10_000,
    "nothing": "",
    "spaces": "   ",
}


def poisoned(value: Any, word: str) -> Any:
    """The same value with the word in every text that people or the process may have written."""
    if type(value) is str:
        return f"{value}{word}"
    if is_dataclass(value) and not isinstance(value, type):
        inside = {item.name: poisoned(getattr(value, item.name), word) for item in fields(value) if item.init}
        return replace(value, **inside)
    if isinstance(value, tuple):
        return tuple(poisoned(item, word) for item in value)
    if isinstance(value, dict):
        return {f"{key}{word}": poisoned(item, word) for key, item in value.items()}
    return value


def tags(reply: Reply) -> list[tuple[str, frozenset[str]]]:
    found = ET.fromstring(as_html(reply)).iter()
    return [(element.tag, frozenset(element.attrib)) for element in found]


def is_dangerous(character: str) -> bool:
    category = unicodedata.category(character)
    return category in {"Cc", "Cs", "Zl", "Zp"} or (category == "Cf" and character not in "\u200c\u200d")


ATTRIBUTES = {"class", "style", "title", "scope", "hidden", "role", "tabindex", "aria-label", "aria-hidden"}
DRAWN = {"viewBox", "aria-hidden", "focusable", "d", "class"}
ALLOWED = frozenset(
    [
        "div",
        "style",
        "p",
        "b",
        "span",
        "code",
        "pre",
        "i",
        "details",
        "summary",
        "ul",
        "li",
        "svg",
        "path",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)


@pytest.mark.slow
@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_no_captured_word_reaches_a_terminal_as_anything_but_text(word: str) -> None:
    for sample in REPLIES.values():
        text = as_text(poisoned(sample, word), width=100)
        assert not [character for character in text if character != "\n" and is_dangerous(character)]
        assert text.encode()


@pytest.mark.slow
@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_no_captured_word_reaches_a_page_as_anything_but_text(word: str) -> None:
    for sample in REPLIES.values():
        found = tags(poisoned(sample, word))
        assert {tag for tag, _ in found} <= ALLOWED
        assert {name for tag, names in found for name in names if tag not in {"svg", "path"}} <= ATTRIBUTES
        assert {name for tag, names in found for name in names if tag in {"svg", "path"}} <= DRAWN


def noted(word: str) -> Reply:
    return replace(version_shown, version=version(1, "candidate", note=word))


def warned(word: str) -> Reply:
    return replace(registered, warnings=(word,))


@pytest.mark.parametrize("make", [noted, warned])
@given(word=st.text())
def test_whatever_is_written_in_a_note_changes_no_element_of_the_page(make: Callable[[str], Reply], word: str) -> None:
    assert tags(make(f"x{word}")) == tags(make("x"))


@given(word=st.text())
def test_a_warning_is_one_line_whatever_it_says(word: str) -> None:
    assert len(as_text(warned(word)).split("\n")) == len(as_text(warned("x")).split("\n"))


def test_escapes_are_removed_and_words_stay() -> None:
    assert {name: clean(word) for name, word in HOSTILE.items() if len(word) < 100} == {
        "a script": "<script>alert(1)</script>",
        "an attribute": "\" onmouseover='alert(1)' x=\"",
        "an entity": "&lt;b&gt; &#0;",
        "a closing style": "</style></div><img src=x onerror=alert(1)>",
        "a colour": "red",
        "a window title": "after",
        "a clipboard": "after",
        "an 8-bit escape": "after",
        "a carriage return": "good bad",
        "a NUL": "ab",
        "right to left": "abcgnp.exe",
        "isolates": "a b",
        "zero width": "password",
        "line ends": "one two three four",
        "half a character": "a\ufffdb",
        "nothing": "",
        "spaces": "",
    }


@pytest.mark.parametrize(
    "word", ["日本語のモデル", "naïve café", "می‌خواهم", "👩‍🔬 model", "مرحبا", "Größe µ ∑", "e\u0301"]
)
def test_letters_of_every_script_stay_as_they_are(word: str) -> None:
    assert clean(word) == word


def test_prose_keeps_its_lines() -> None:
    assert clean_lines("\none\n\n  two\x07\n") == "one\n\n  two"


@given(word=st.text(), most=st.integers(min_value=1, max_value=40))
def test_a_shortened_text_never_takes_more_columns_than_it_may(word: str, most: int) -> None:
    assert width(shorten(clean(word), most)) <= most


def test_wide_and_combining_characters_take_the_columns_that_a_terminal_gives_them() -> None:
    assert [width(word) for word in ("abc", "日本", "e\u0301", "a\u200db")] == [3, 4, 1, 2]


def test_shortening_says_that_there_was_more() -> None:
    assert shorten("a long note", 7) == "a long…"
    assert shorten("日本語", 4) == "日…"
    assert shorten("short", 5) == "short"


def test_counts_and_sentences_are_grammatical() -> None:
    assert [counted(1, "entry"), counted(1_200, "entry"), counted(0, "event")] == [
        "1 entry",
        "1,200 entries",
        "0 events",
    ]
    assert [sentence("nothing moved"), sentence("Really?"), sentence("")] == ["Nothing moved.", "Really?", ""]


def test_columns_stay_aligned_beside_wide_characters() -> None:
    versions = (version(1, "candidate", author="日本", note="zebra"), version(2, "staging", author="ben", note="zebra"))
    text = as_text(replace(versions_listed, versions=versions), width=200)
    begins = {width(line[: line.index("zebra")]) for line in text.split("\n") if "zebra" in line}
    assert len(begins) == 1


def test_a_long_word_in_a_parameter_is_cut_in_a_table_and_whole_on_pointing() -> None:
    versions = (version(1, "candidate", params=(param("steps", "x" * 500),)), version(2, "candidate", params=()))
    reply = replace(versions_listed, versions=versions)
    assert "x" * 39 + "…" in as_text(reply, width=200)
    assert "x" * 40 not in as_text(reply, width=200)
    assert f'title="{"x" * 500}"' in as_html(reply)


def test_strange_numbers_are_shown_and_break_nothing() -> None:
    values = (float("inf"), float("-inf"), float("nan"), 1e300, -1e-300, 0.0, -0.0, 1e15, 123_456_789.123)
    metrics = tuple(Measured(key=f"m{place}", value=value) for place, value in enumerate(values))
    params = (
        Parameter(key="none", value=None),
        Parameter(key="flag", value=True),
        Parameter(key="huge", value=10**400),
    )
    reply = replace(version_shown, version=version(1, "candidate", metrics=metrics, params=params))
    text = as_text(reply, width=100)
    shown = [" ".join(line.split()[-3:-1]) for line in text.split("\n") if line.endswith(" claimed")]
    expected = "m0 inf, m1 -inf, m2 NaN, m3 1e+300, m4 -1e-300, m5 0, m6 0, m7 1e+15, m8 123,456,789"
    assert shown == expected.split(", ")
    assert "none=None, flag=True, huge=1000" in text
    assert tags(reply)


def test_times_outside_the_calendar_are_told_as_unknown() -> None:
    reply = replace(version_shown, version=version(1, "candidate", created=10**30, sunset=-(10**30)))
    text = as_text(reply, width=100)
    assert "an unknown time by ana@laptop" in text
    assert "an unknown day, after which" in text
    assert tags(reply)
