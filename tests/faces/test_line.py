from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.names import quoted
from jupyter_mlc.faces.line import Kind, Word, closing_brace, read


def texts(line: str) -> list[str]:
    return [word.text for word in read(line).words]


def expressions(line: str) -> list[str | None]:
    return [word.expression for word in read(line).words]


def refusal(line: str) -> str:
    with pytest.raises(BadInput) as caught:
        read(line)
    return caught.value.text


def test_words_are_parted_by_white_space() -> None:
    assert texts("  promote\tchurn:3   production ") == ["promote", "churn:3", "production"]


def test_an_empty_line_has_no_words() -> None:
    assert read("").words == ()
    assert read(" \t ").words == ()


def test_double_quotes_hold_a_text_with_an_apostrophe_together() -> None:
    assert texts('promote churn:3 "Ana\'s model"') == ["promote", "churn:3", "Ana's model"]


def test_single_quotes_hold_a_text_with_double_quotes_together() -> None:
    assert texts("""note 'the "best" one'""") == ["note", 'the "best" one']


def test_an_empty_text_in_quotes_is_a_word() -> None:
    assert texts("edit churn --owner ''") == ["edit", "churn", "--owner", ""]
    assert texts('edit churn --owner ""') == ["edit", "churn", "--owner", ""]


def test_quotes_may_begin_within_a_word() -> None:
    assert texts("""tag churn:3 team="data science" x='a b'c""") == ["tag", "churn:3", "team=data science", "x=a bc"]


def test_an_unbalanced_apostrophe_is_refused_with_its_position() -> None:
    assert refusal("promote churn:3 Ana's model") == (
        "position 20 of the line is a ' that is never closed: promote churn:3 Ana's model\n"
        'put text with an apostrophe in double quotes: "Ana\'s model"'
    )


def test_an_open_quote_is_refused_with_its_position() -> None:
    assert refusal('promote churn:3 "best on June') == (
        'position 17 of the line is a " that is never closed: promote churn:3 "best on June\nclose it'
    )
    assert refusal("promote churn:3 'best").endswith("\nclose it")


def test_an_open_brace_is_refused_with_its_position() -> None:
    assert refusal("register churn {models[0]") == (
        "position 16 of the line is a { that is never closed: register churn {models[0]\n"
        "{...} is evaluated in the notebook; to write a brace, put the text in single quotes"
    )


def test_a_brace_that_stays_open_within_quotes_is_refused() -> None:
    assert "is a { that is never closed" in refusal('promote churn:3 "a { b"')


def test_a_nul_character_is_refused() -> None:
    assert refusal("show ch\0urn") == "position 8 of the line is a NUL character: show ch\\0urn\ntake it out"


def test_an_expression_is_one_word_whatever_it_holds() -> None:
    assert expressions("{df[df.month < 6]}") == ["df[df.month < 6]"]
    assert expressions('{df[df.name == "a } b"]} {{"a": {1: 2}}["a"]}') == [
        'df[df.name == "a } b"]',
        '{"a": {1: 2}}["a"]',
    ]
    assert expressions("{'''it's } fine'''}") == ["'''it's } fine'''"]
    assert expressions(r"{'a\'}'}") == [r"'a\'}'"]


def test_two_braces_are_an_expression_in_braces() -> None:
    assert expressions("{{1, 2}}") == ["{1, 2}"]


def test_a_word_may_be_partly_an_expression() -> None:
    (word,) = read("churn:{n + 1}").words
    assert [piece.kind for piece in word.pieces] == [Kind.BARE, Kind.EXPRESSION]
    assert word.expression is None
    assert word.has_expression


def test_double_quotes_hold_expressions_that_hold_double_quotes() -> None:
    (word,) = read('"best of {d["a b"]} and more"').words
    assert [piece.text for piece in word.pieces] == ["best of ", 'd["a b"]', " and more"]


def test_single_quotes_hold_no_expressions() -> None:
    (word,) = read("'{depth}'").words
    assert (word.text, word.has_expression, word.expression) == ("{depth}", False, None)


def test_a_closing_brace_alone_is_text() -> None:
    assert texts("note a}b") == ["note", "a}b"]


def test_a_backslash_takes_the_meaning_from_the_next_character() -> None:
    assert texts(r"a\ b \{x\} \#1 it\'s \;") == ["a b", "{x}", "#1", "it's", ";"]
    assert not read(r"a \;").quiet


def test_in_double_quotes_a_backslash_counts_before_quotes_and_braces_only() -> None:
    assert texts(r'"say \"hi\" \{x\} C:\new"') == [r'say "hi" {x} C:\new']


def test_a_backslash_at_the_end_is_text() -> None:
    assert texts("a\\") == ["a\\"]


def test_a_comment_is_removed() -> None:
    assert texts("list churn # the newest first") == ["list", "churn"]
    assert texts("# nothing") == []


def test_an_apostrophe_in_a_comment_opens_no_quote() -> None:
    assert texts("list churn  # Ana's") == ["list", "churn"]


def test_a_number_sign_within_a_word_quotes_or_braces_begins_no_comment() -> None:
    assert texts('tag churn:3 issue=a#1 "# 2" {x["#"]}') == ["tag", "churn:3", "issue=a#1", "# 2", '{x["#"]}']


@pytest.mark.parametrize("line", ["load churn;", "load churn ;", "load churn; ", "load churn;;", "load churn; # why"])
def test_a_closing_semicolon_makes_the_line_quiet(line: str) -> None:
    assert read(line).quiet
    assert texts(line) == ["load", "churn"]


@pytest.mark.parametrize(
    "line", ["load churn", 'note "a;"', "note a;b", "load churn # quiet;", "{f(';')}", "note 'a;'"]
)
def test_other_semicolons_do_not(line: str) -> None:
    assert not read(line).quiet


def test_a_semicolon_in_the_middle_is_text() -> None:
    assert texts("note a; b") == ["note", "a;", "b"]


def test_a_dollar_sign_means_nothing() -> None:
    assert texts("note $HOME ${HOME}") == ["note", "$HOME", "${HOME}"]


def test_words_in_other_scripts_are_words() -> None:
    assert texts("register модель clf “quoted”") == ["register", "модель", "clf", "“quoted”"]


def test_an_option_begins_with_a_bare_minus() -> None:
    options = [word.option for word in read("--limit=3 -p -1 -.5 - '--x' \"-p\" churn -- -1e3 -inf").words]
    assert options == ["--limit", "-p", "", "", "", "", "", "", "--", "", ""]


def test_a_word_is_parted_at_its_first_equals_sign() -> None:
    (word,) = read("""query={f(a="x")}""").words
    key, rest = word.split()
    assert key == "query"
    assert rest is not None
    assert rest.expression == 'f(a="x")'


def test_quotes_around_key_and_value_leave_the_value_bare() -> None:
    (word,) = read('"max_depth=[4, 8]"').words
    key, rest = word.split()
    assert key == "max_depth"
    assert rest is not None
    assert (rest.typed, rest.is_bare) == ("[4, 8]", True)


def test_an_equals_sign_in_an_expression_parts_nothing() -> None:
    (word,) = read("{f(a=1)}").words
    assert word.split() == ("f(a=1)", None)


def test_a_word_of_the_command_line_stays_as_it_is() -> None:
    word = Word.plain("it's {x} # ;")
    assert (word.text, word.is_bare) == ("it's {x} # ;", True)


def test_a_brace_in_an_open_string_is_not_closed() -> None:
    assert closing_brace("{'a}", 0) is None
    assert closing_brace("{'''a'}", 0) is None


@pytest.mark.slow
def test_a_very_long_line_is_read() -> None:
    assert len(read("note " + "x " * 200_000).words) == 200_001
    assert texts("'" + "y" * 1_000_000 + "'") == ["y" * 1_000_000]


@given(st.text(alphabet=st.sampled_from("ab {}'\"\\#;=-\t1"), max_size=40))
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        found = read(line)
    except BadInput:
        return
    assert all(word.pieces and word.typed in line for word in found.words)


@given(st.text(max_size=40).filter(lambda text: "\0" not in text and "'" not in text))
def test_single_quotes_keep_any_text(text: str) -> None:
    assert texts(f"note '{text}'") == ["note", text]


@pytest.mark.parametrize(
    "word", ["late", "june:2", "petal width (cm)", 'a "b" c', "{x}", "C:\\data\\a.csv", "#1", "-1", "$x", "é;", ""]
)
def test_a_word_that_is_quoted_for_a_line_is_read_as_it_was(word: str) -> None:
    (found,) = read(f"{quoted(word)} ").words
    assert found.text == word
    assert not found.has_expression
    assert not found.option
    assert found.is_bare == (word in {"late", "june:2"})
