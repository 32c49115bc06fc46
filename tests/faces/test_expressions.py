from __future__ import annotations

import math

import numpy as np
import pytest

from jupyter_mlc.domain.errors import BadInput, NotFound
from jupyter_mlc.faces.expressions import Namespace, evaluable, literal, looked_up, whole, with_variable
from jupyter_mlc.faces.line import Word, read


def word(line: str) -> Word:
    (found,) = read(line).words
    return found


@pytest.fixture
def names() -> Namespace:
    return Namespace(outer={"rows": [5, 6, 7], "auc": 0.123456, "name": "{auc}", "depth": 4})


def refusal(typed: str, names: Namespace | None) -> str:
    with pytest.raises(BadInput) as caught:
        whole(word(typed), names)
    return caught.value.text


def looked(line: str, names: Namespace | None) -> object:
    key, rest = word(line).split()
    assert rest is not None
    return looked_up(key, rest, names)


def lookup_refusal(line: str, names: Namespace | None) -> str:
    with pytest.raises(BadInput) as caught:
        looked(line, names)
    return caught.value.text


def test_a_word_that_is_wholly_an_expression_keeps_its_type(names: Namespace) -> None:
    assert whole(word("{rows}"), names) is names["rows"]
    assert whole(word("{[row for row in rows if row > depth + 1]}"), names) == [6, 7]


def test_json_between_braces_is_a_dict(names: Namespace) -> None:
    assert whole(word('{"a": 1, "b": [true, null]}'), names) == {"a": 1, "b": [True, None]}
    assert whole(word('{"a": depth}'), names) == {"a": 4}
    assert whole(word("{}"), names) == {}


def test_an_expression_that_merely_holds_a_word_of_json_is_python(names: Namespace) -> None:
    assert whole(word("""{f"it is true: {depth}"}"""), names) == "it is true: 4"


def test_a_dict_in_two_braces_is_a_dict(names: Namespace) -> None:
    assert whole(word('{{**{"a": 1}, "b": depth}}'), names) == {"a": 1, "b": 4}


def test_an_expression_in_running_text_becomes_text(names: Namespace) -> None:
    assert whole(word("churn:{depth}"), names) == "churn:4"
    assert whole(word('"auc {auc:.3f} of {len(rows)} rows"'), names) == "auc 0.123 of 3 rows"


def test_a_format_may_follow_any_expression(names: Namespace) -> None:
    assert whole(word("x={rows[0:1][0]:>3}"), names) == "x=  5"


def test_what_an_expression_yields_is_not_evaluated_again(names: Namespace) -> None:
    assert whole(word("{name}"), names) == "{auc}"
    assert whole(word('"a {name}"'), names) == "a {auc}"


def test_nothing_is_evaluated_in_single_quotes(names: Namespace) -> None:
    assert whole(word("'{depth}'"), names) == "{depth}"


def test_nothing_is_evaluated_on_the_command_line() -> None:
    assert whole(word("churn:{depth}"), None) == "churn:{depth}"
    assert whole(word("{depth}"), None) == "{depth}"


def test_a_local_name_hides_that_of_the_notebook() -> None:
    names = Namespace(outer={"x": 1, "y": 2}, inner={"x": 10})
    assert whole(word("{[x + y for _ in range(1)][0]}"), names) == 12
    assert names["x"] == 10


def test_an_unknown_name_in_an_expression_is_refused_with_the_nearest(names: Namespace) -> None:
    assert refusal("{dept}", names) == "{dept}: name 'dept' is not defined\ndid you mean depth?"


def test_an_expression_that_raises_is_refused_with_what_it_raised(names: Namespace) -> None:
    assert refusal("{rows[9]}", names) == "{rows[9]} raised IndexError: list index out of range"


def test_what_is_no_expression_is_refused(names: Namespace) -> None:
    assert refusal("{a b}", names) == (
        "{a b} is no Python expression\n"
        "{...} is evaluated in the notebook; to write a brace, put the text in single quotes"
    )
    assert "is no Python expression" in refusal("{x = 1}", names)
    assert "is no Python expression" in refusal("{" + "(" * 1000 + "}", names)


def test_a_format_that_does_not_fit_is_refused(names: Namespace) -> None:
    assert refusal("x={rows:.3f}", names) == (
        "{rows:.3f}: unsupported format string passed to list.__format__\nafter ':' comes a format such as .3f"
    )


def test_an_interrupt_passes_through() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        whole(word("{interrupt()}"), Namespace(outer={"interrupt": interrupt}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1", -1),
        (".7", 0.7),
        ("1e-3", 0.001),
        ("True", True),
        ("false", False),
        ("None", None),
        ("null", None),
        ("'x'", "x"),
        ("[4, 8]", [4, 8]),
        ("[.1,.3]", [0.1, 0.3]),
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("range(3)", range(3)),
        ("range( 1, 10 ,2 )", range(1, 10, 2)),
    ],
)
def test_literals_are_read(text: str, value: object) -> None:
    assert literal(text) == value


def test_nan_is_a_literal() -> None:
    found = literal("nan")
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    "text", ["x", "f()", "[f()]", "range(n)", "__import__('os')", "[range(3)]", "", "(" * 500, "1+x"]
)
def test_nothing_else_is_a_literal_and_nothing_is_evaluated(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the caller says what is wrong)
        literal(text)


def test_a_literal_comes_before_a_name() -> None:
    names = Namespace(outer={"inf": 3, "none": 5})
    assert looked("x=inf", names) == math.inf
    assert looked("x=none", names) is None


def test_a_bare_name_is_looked_up(names: Namespace) -> None:
    assert looked("auc=auc", names) == 0.123456
    assert looked("rows={rows}", names) is names["rows"]


def test_quoted_text_is_text_not_a_name(names: Namespace) -> None:
    assert looked('kind="auc"', names) == "auc"
    assert looked("kind='1'", names) == "1"
    assert looked('kind="depth {depth}"', names) == "depth 4"


def test_a_list_of_texts_is_a_list(names: Namespace) -> None:
    assert looked('kinds=["a","b"]', names) == ["a", "b"]
    assert looked("\"kinds=['a', 'b']\"", names) == ["a", "b"]


def test_on_the_command_line_what_is_no_literal_is_text() -> None:
    assert looked_up("kind", Word.plain("linear"), None) == "linear"
    assert looked_up("kind", Word.plain("1.5"), None) == 1.5


def test_a_name_that_nobody_knows_is_refused_with_the_nearest(names: Namespace) -> None:
    assert lookup_refusal("auc=aucc", names) == (
        "auc=aucc: 'aucc' is no literal, and the notebook has nothing of that name\ndid you mean auc?"
    )


def test_text_without_quotes_is_refused_with_the_quotes(names: Namespace) -> None:
    assert lookup_refusal("kind=linear", names) == (
        "kind=linear: 'linear' is no literal, and the notebook has nothing of that name\n"
        'if it is text, put it in quotes: kind="linear"'
    )


def test_an_expression_without_braces_is_refused_with_the_braces(names: Namespace) -> None:
    assert lookup_refusal("auc=max(rows)", names) == (
        "auc=max(rows): 'max(rows)' is no literal, and the notebook has nothing of that name\n"
        'to have it evaluated, write auc={max(rows)}; if it is text, put it in quotes: auc="max(rows)"'
    )


def test_a_part_of_what_the_notebook_has_needs_no_braces(names: Namespace) -> None:
    assert looked("auc=rows[0]", names) == 5
    assert looked("last=rows[-1:]", names) == [7]
    assert lookup_refusal("auc=rows[9]", names) == "{rows[9]} raised IndexError: list index out of range"


def test_a_dollar_sign_is_answered_with_braces(names: Namespace) -> None:
    assert lookup_refusal("x=$depths", names).endswith("\nwrite x={depths}")


def test_hidden_names_are_not_offered() -> None:
    names = Namespace(outer={"_": 1, "In": [], "get_ipython": None, "mine": 2}, inner={"inner": 3})
    assert sorted(names.names()) == ["inner", "mine"]
    assert "_" in names


def test_text_is_told_from_expressions() -> None:
    assert evaluable("a.b[0]")
    assert not evaluable("best on June")


def test_values_of_numpy_are_values(names: Namespace) -> None:
    assert whole(word("{np.float64(1.5) * 2}"), Namespace(outer={"np": np})) == 3.0


def test_a_variable_whose_name_was_typed_is_told_where_nothing_is_called_so() -> None:
    names, error = Namespace(outer={"ref": "churn:3", "clf": object()}), NotFound("there is no model 'ref'", "see it")
    told = "there is no model 'ref'\nref is a variable of the notebook: for its value write {ref}\nsee it"
    assert with_variable(error, ["ref"], names).text == told
    assert with_variable(error, [3, ("a", "ref")], names).text == told
    assert with_variable(error, ["re", "clf"], names) is error
    assert with_variable(NotFound("there is no model 'clf'"), ["clf"], names).hint == ""
