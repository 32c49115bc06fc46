from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.faces import values
from jupyter_mlc.faces.expressions import Namespace
from jupyter_mlc.faces.line import Word, read
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.tag import TagReply


def word(line: str) -> Word:
    (found,) = read(line).words
    return found


@pytest.fixture
def model() -> object:
    return object()


@pytest.fixture
def names(model: object) -> Namespace:
    return Namespace(outer={"clf": model, "best": {"clf": model}})


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal_of_object(typed: str, names: Namespace | None) -> str:
    with pytest.raises(BadInput) as caught:
        values.named_object(word(typed), names)
    return caught.value.text


def test_a_model_is_a_name_of_the_notebook(names: Namespace, model: object) -> None:
    assert values.named_object(word("clf"), names) == Named(name="clf", value=model)


def test_a_model_may_be_an_expression(names: Namespace, model: object) -> None:
    assert values.named_object(word('{best["clf"]}'), names) == Named(name='best["clf"]', value=model)


def test_a_model_may_be_the_path_of_a_file(names: Namespace) -> None:
    assert values.named_object(word("model.joblib"), names) == Named(name="model.joblib", value="model.joblib")
    assert values.named_object(word("out/model"), names) == Named(name="out/model", value="out/model")
    Path("saved").mkdir()
    assert values.named_object(word("saved"), names) == Named(name="saved", value="saved")


def test_a_name_of_the_notebook_comes_before_a_file(names: Namespace, model: object) -> None:
    Path("clf").touch()
    assert values.named_object(word("clf"), names).value is model
    assert values.named_object(word("'clf'"), names).value == "clf"


def test_a_model_that_is_nowhere_is_refused_with_the_nearest(names: Namespace) -> None:
    assert refusal_of_object("clff", names) == (
        "'clff' is not in the notebook, and no file of that name is here\ndid you mean clf?"
    )
    assert refusal_of_object("'clf'", names) == (
        "'clf' is not in the notebook, and no file of that name is here\n"
        "what is in quotes is the path of a file; write clf"
    )
    assert refusal_of_object("zzz", names).endswith("\nname a variable, an {expression}, or the path of a file")


def test_a_model_written_as_a_bare_expression_is_refused_with_the_braces(names: Namespace) -> None:
    assert refusal_of_object("best.get('clf')", names) == (
        "'best.get(clf)' is not in the notebook, and no file of that name is here\n"
        "to have it evaluated, write {best.get('clf')}"
    )
    assert refusal_of_object("$model", names).endswith("\nwrite model")


def test_a_part_of_what_the_notebook_has_needs_no_braces(names: Namespace, model: object) -> None:
    assert values.named_object(word('best["clf"]'), names) == Named(name='best["clf"]', value=model)
    assert values.named_data(word("clf.__class__"), names) == Named(name="clf.__class__", value=object)
    with pytest.raises(BadInput) as caught:
        values.named_data(word("best[0]"), names)
    assert caught.value.text == "{best[0]} raised KeyError: 0"


def test_a_path_or_dataset_that_begins_like_a_name_of_the_notebook_is_no_part_of_it(names: Namespace) -> None:
    Path("best[0]").touch()
    assert values.named_data(word("best[0]"), names).value == "best[0]"
    assert values.named_data(word("clf.v2"), names).value == "clf.v2"
    assert values.named_data(word("'best[1]'"), names).value == "best[1]"


def test_on_the_command_line_a_model_is_a_path() -> None:
    assert values.named_object(Word.plain("clf"), None) == Named(name="clf", value="clf")


def test_data_that_the_notebook_does_not_know_may_be_a_dataset(names: Namespace) -> None:
    assert values.named_data(word("flights-spring"), names) == Named(name="flights-spring", value="flights-spring")


def test_data_with_a_name_near_one_of_the_notebook_says_so(names: Namespace) -> None:
    assert values.named_data(word("clff"), names).near == "did you mean clf?"


def test_data_written_as_a_bare_call_says_the_braces(names: Namespace) -> None:
    assert values.named_data(word("best.head(3)"), names).near == "to have it evaluated, write {best.head(3)}"


def test_data_may_be_an_expression(names: Namespace) -> None:
    assert values.named_data(word("{[1, 2][:1]}"), names) == Named(name="[1, 2][:1]", value=[1])


def test_data_may_be_a_path_made_of_an_expression(names: Namespace) -> None:
    assert values.named_data(word("rows-{1 + 1}.csv"), names).value == "rows-2.csv"


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (0.5, 0.5), (np.float32(0.5), 0.5), (np.array(2), 2.0)])
def test_numbers_are_numbers(value: object, number: float) -> None:
    assert values.number("auc", value) == number


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x", "auc='x' is a str; a number is wanted here"),
        (True, "auc=True is a bool; a number is wanted here"),
        ([1], "auc=[1] is a list; a number is wanted here"),
        (np.zeros(2), "auc=array([0., 0.]) is a ndarray; a number is wanted here"),
        (10**400, "auc: the number is too large\na metric is a 64-bit floating point number"),
    ],
)
def test_what_is_no_number_is_refused(value: object, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        values.number("auc", value)
    assert caught.value.text == message


def test_parameters_are_plain_values() -> None:
    assert values.scalar("x", np.int64(3)) == 3
    assert type(values.scalar("x", np.int64(3))) is int
    assert values.scalar("x", None) is None
    assert values.scalar("x", np.bool_(True)) is True


def test_a_parameter_that_is_a_list_is_kept_as_its_text() -> None:
    assert values.scalar("layers", [64, 32]) == "[64, 32]"
    assert values.scalar("steps", range(3)) == "range(0, 3)"


def test_a_parameter_that_is_an_object_is_refused() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(BadInput) as caught:
        values.scalar("model", Odd())
    assert caught.value.text == (
        "model=<Odd> is an Odd; a parameter is a number, text, True, False, None, a list or a mapping\n"
        "to keep its text, write model={str(...)}"
    )


def test_text_may_be_a_number_or_a_path() -> None:
    assert values.text("REF", "churn") == "churn"
    assert values.text("REF", 3) == "3"
    assert values.text("REF", Path("a/b")) == "a/b"


def test_text_is_no_object() -> None:
    with pytest.raises(BadInput, match=r"^REF wants text, not a list: \[1, 2\]$"):
        values.text("REF", [1, 2])


def test_of_a_reply_or_row_the_refusal_names_the_attribute_that_is_text() -> None:
    with pytest.raises(BadInput) as refused:
        values.text("REF", TagReply(ref="churn:3", tags={}, changed=True))
    assert refused.value.hint == "write its .ref, which is 'churn:3'"


def test_a_long_value_is_shown_short() -> None:
    with pytest.raises(BadInput) as caught:
        values.text("REF", list(range(100)))
    assert len(caught.value.text) < 120


def test_whole_numbers_are_read() -> None:
    assert values.integer("--limit", "10") == 10
    assert values.integer("--limit", np.int64(10)) == 10


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("ten", "--limit wants a whole number, not 'ten'"),
        (1.5, "--limit wants a whole number, not a float: 1.5"),
        (True, "--limit wants a whole number, not a bool: True"),
    ],
)
def test_what_is_no_whole_number_is_refused(value: object, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        values.integer("--limit", value)
    assert caught.value.text == message


def test_a_number_for_a_field_may_be_typed() -> None:
    assert values.number_typed("--threshold", ".5") == 0.5
    assert values.number_typed("--threshold", 1) == 1.0
    with pytest.raises(BadInput, match=r"^--threshold wants a number, not 'x'$"):
        values.number_typed("--threshold", "x")


def test_a_flag_takes_an_expression_but_no_word() -> None:
    assert values.flag("--yes", np.bool_(True)) is True
    with pytest.raises(BadInput) as caught:
        values.flag("--yes", "no")
    assert caught.value.text == "--yes takes no value\nwrite --yes alone, or --yes={expression}"


MIDDAY = int(datetime(2026, 6, 30, 12, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    "value",
    [
        "2026-06-30T12:00:00.000000",
        "2026-06-30 12:00:00.000000Z",
        "2026-06-30T14:00:00.000000+02:00",
        datetime(2026, 6, 30, 12, tzinfo=UTC),
        datetime(2026, 6, 30, 14, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 6, 30, 12),
        np.datetime64("2026-06-30T12:00"),
        MIDDAY,
    ],
)
def test_a_time_is_in_microseconds_and_without_a_zone_in_utc(value: object) -> None:
    assert values.micros("--at", value) == MIDDAY


def test_a_date_is_the_last_microsecond_of_its_day() -> None:
    end = MIDDAY + 12 * 3600 * 1_000_000 - 1
    assert values.micros("--at", "2026-06-30") == end
    assert values.micros("--at", "20260630") == end
    assert values.micros("--at", date(2026, 6, 30)) == end


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-06-30T12", 3600),
        ("20260630T12", 3600),
        ("2026-06-30T12+00:00", 3600),
        ("20260630T1200", 60),
        ("20260630T120000", 1),
        ("20260630t120000", 1),
        ("2026-06-30T12:00:00,5", 0.500001),
        ("2026-06-30T12:00", 60),
        ("2026-06-30 12:00Z", 60),
        ("2026-06-30T14:00+02:00", 60),
        ("2026-06-30 12:00:00", 1),
        (" 2026-06-30T12:00:00Z ", 1),
    ],
)
def test_an_hour_a_minute_or_a_second_is_its_last_microsecond_since_tables_tell_minutes(
    text: str, seconds: float
) -> None:
    assert values.micros("--at", text) == MIDDAY + round(seconds * 1_000_000) - 1


def test_microseconds_of_a_time_are_exact() -> None:
    assert values.micros("--at", "2026-06-30T12:00:00.123457") == MIDDAY + 123_457


@pytest.mark.parametrize("text", ["yesterday", "30.6.2026", "2026-13-01", "", "12", "2026-06-30T25:00", "x" * 500])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        values.micros("--at", text)
    assert caught.value.text == (
        f"--at: {text[:60]!r} is no date or time\nwrite 2026-06-30, 2026-06-30T12:00 or 2026-06-30T12:00+02:00"
    )
