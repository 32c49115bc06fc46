from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlc.domain.errors import BadInput
from jupyter_mlc.domain.lifecycle import Stage, Tier
from jupyter_mlc.faces.arguments import Call, parse, parse_words
from jupyter_mlc.faces.expressions import Namespace
from jupyter_mlc.faces.help import HelpText
from jupyter_mlc.faces.values import Named
from jupyter_mlc.verbs.base import Verb

Parsed = Callable[..., Call]


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def call(verbs: dict[str, Verb], names: Namespace) -> Parsed:
    def parsed(line: str, cell: str | None = None, *, among: Namespace = names) -> Call:
        found = parse(line, cell, names=among, verbs=verbs)
        assert isinstance(found, Call)
        return found

    return parsed


@pytest.fixture
def values(call: Parsed) -> Callable[..., dict[str, object]]:
    return lambda *args, **more: call(*args, **more).values


@pytest.fixture
def refusal(call: Parsed) -> Callable[..., str]:
    def text(line: str, cell: str | None = None) -> str:
        with pytest.raises(BadInput) as caught:
            call(line, cell)
        return caught.value.text

    return text


@pytest.fixture
def shell(verbs: dict[str, Verb]) -> Callable[..., dict[str, object]]:
    def parsed(*words: str) -> dict[str, object]:
        found = parse_words(words, verbs=verbs)
        assert isinstance(found, Call)
        return found.values

    return parsed


def test_words_go_to_the_fields_by_position(values: Callable[..., object]) -> None:
    assert values('promote churn:3 production "best on June"') == {
        "ref": "churn:3",
        "to": Stage.PRODUCTION,
        "reason": "best on June",
    }


def test_fields_that_nobody_typed_are_not_among_the_values(call: Parsed) -> None:
    found = call("promote churn:3")
    assert (found.verb.name, found.values, found.json, found.quiet) == ("promote", {"ref": "churn:3"}, False, False)


def test_a_quoted_text_skips_the_stage(values: Callable[..., object]) -> None:
    assert values('promote churn:3 "best on June"') == {"ref": "churn:3", "reason": "best on June"}
    assert values('promote churn:3 "superseded"') == {"ref": "churn:3", "reason": "superseded"}


def test_a_stage_is_a_stage_in_any_case_and_in_quotes(values: Callable[..., object]) -> None:
    assert values("promote churn:3 Production") == {"ref": "churn:3", "to": Stage.PRODUCTION}
    assert values("promote churn:3 'staging'") == {"ref": "churn:3", "to": Stage.STAGING}


def test_a_stage_may_come_from_the_notebook(values: Callable[..., object]) -> None:
    among = Namespace(outer={"stage": Stage.STAGING, "word": "production"})
    assert values("promote churn:3 {stage}", among=among) == {"ref": "churn:3", "to": Stage.STAGING}
    assert values("promote churn:3 {word}", among=among) == {"ref": "churn:3", "to": Stage.PRODUCTION}


def test_an_unknown_word_in_the_place_of_a_stage_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("promote churn:3 prodution") == (
        "'prodution' is no stage\ndid you mean production?; if it is the reason, write --reason \"prodution\""
    )
    assert refusal("promote churn:3 prod").startswith("'prod' is no stage\ndid you mean production?")
    assert refusal("promote churn:3 better") == (
        "'better' is no stage\none of: candidate, staging, production; if it is the reason, write --reason \"better\""
    )
    assert refusal("promote churn:3 champion").startswith(
        "'champion' is no stage\nproduction makes a version the champion;"
    )


def test_a_version_in_two_words_is_refused_with_the_one_to_write(refusal: Callable[..., str]) -> None:
    assert refusal("promote churn 4 production") == "churn 4: a version is one word\nwrite churn:4"
    assert refusal("retire churn v4") == "churn v4: a version is one word\nwrite churn:4"
    assert refusal("show run 12") == "run 12: an id is one word\nwrite run/12"


def test_a_text_of_several_words_without_quotes_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("promote churn:3 production best on June") == (
        'promote: too many words: on, June\na reason of several words goes in quotes: "best on June"'
    )
    assert refusal("promote churn:3 production as 'said' before").endswith("in quotes: \"as 'said' before\"")
    assert refusal('promote churn:3 production as "said" before').endswith("in quotes: 'as \"said\" before'")


def test_a_query_without_quotes_is_quoted_whole() -> None:
    for line in ("list metrics.auc > 0.7", "list churn metrics.auc > 0.7"):
        with pytest.raises(BadInput) as refused:
            parse(line, names=None)
        assert refused.value.hint == 'a query of several words goes in quotes: "metrics.auc > 0.7"'


def test_an_operator_that_belongs_to_no_word_gets_the_usage(refusal: Callable[..., str]) -> None:
    assert refusal("register churn clf = x").endswith('\nwrite %mlc register NAME OBJECT ["note"] [options]')


def test_an_expression_that_a_space_tears_apart_is_refused_with_the_braces(refusal: Callable[..., str]) -> None:
    assert refusal("dataset add june train[len(train) < 6] --time day") == (
        "'train[len(train)' is cut off at a space\nan expression with spaces goes in braces: {train[len(train) < 6]}"
    )
    assert refusal('register churn clf.best(1, "a b") "a note"').endswith('{clf.best(1, "a b")}')


def test_more_words_than_fields_are_refused(refusal: Callable[..., str]) -> None:
    assert refusal("show churn:3 churn:4") == "show: too many words: churn:4\nwrite %mlc show REF [options]"
    assert refusal('retire churn:3 "a b" c') == (
        'retire: too many words: c\nwrite %mlc retire REF ["reason"] [options]'
    )


def test_a_wanting_word_is_refused_with_the_usage(refusal: Callable[..., str]) -> None:
    assert refusal("promote") == 'promote wants REF\nwrite %mlc promote REF [TO] ["reason"] [options]'
    assert refusal("register") == ('register wants NAME and OBJECT\nwrite %mlc register NAME OBJECT ["note"] [options]')


def test_a_positional_word_may_be_given_as_an_option(values: Callable[..., object]) -> None:
    assert values("promote churn:3 --reason=better --to staging") == {
        "ref": "churn:3",
        "to": Stage.STAGING,
        "reason": "better",
    }
    assert values("promote --ref churn:3 production") == {"ref": "churn:3", "to": Stage.PRODUCTION}


def test_options_stand_anywhere(values: Callable[..., object]) -> None:
    expected = {"what": "churn", "limit": 5, "runs": True}
    assert values("list --limit 5 churn --runs") == expected
    assert values("list --runs churn --limit=5") == expected


def test_any_number_of_words_may_follow(values: Callable[..., object]) -> None:
    assert values("discard churn:1 churn:2 --dry-run") == {"refs": ("churn:1", "churn:2"), "dry_run": True}


def test_a_list_of_the_notebook_is_any_number_of_words(values: Callable[..., object]) -> None:
    among = Namespace(outer={"old": ["churn:1", "churn:2"]})
    assert values("discard {old} churn:4", among=among) == {"refs": ("churn:1", "churn:2", "churn:4")}


def test_discard_without_a_word_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("discard") == "discard wants REF\nwrite %mlc discard REF... [options]"


def test_keys_and_values_by_position(values: Callable[..., object]) -> None:
    assert values('tag churn:3 team=ops env="data science" --remove old --remove "very old"') == {
        "ref": "churn:3",
        "tags": {"team": "ops", "env": "data science"},
        "remove": ("old", "very old"),
    }


def test_the_value_of_a_tag_is_text_and_is_not_looked_up(values: Callable[..., object]) -> None:
    assert values("tag churn:3 team=auc version=1.10 score={auc:.1f} n={depth}") == {
        "ref": "churn:3",
        "tags": {"team": "auc", "version": "1.10", "score": "0.8", "n": "4"},
    }


def test_a_tag_without_a_value_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("tag churn:3 team") == "'team' is no KEY=VALUE\nwrite team=VALUE"
    assert refusal("tag churn:3 =ops") == "'=ops' is no KEY=VALUE\nwrite KEY=VALUE"
    assert refusal("register churn clf --metric auc") == "'auc' is no KEY=VALUE\nwrite --metric auc=VALUE"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("promote churn:3 \u201cbest on June\u201d --dry-run", '\u201c is no quote here\nwrite "best on June"'),
        ("promote churn:3 staging \u2018best\u2019", "\u2018 is no quote here\nwrite 'best'"),
        ("tag churn:3 team=\u201edata ops\u201c", '\u201e is no quote here\nwrite team="data ops"'),
        ("list \u2014limit 3", "\u2014limit begins with a dash that is no option's\nwrite --limit"),
        ("list \u2013limit=3", "\u2013limit=3 begins with a dash that is no option's\nwrite --limit=3"),
    ],
)
def test_what_a_word_processor_makes_of_quotes_and_dashes_is_refused(
    refusal: Callable[..., str], line: str, said: str
) -> None:
    assert refusal(line) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('show f"churn:{depth}"', 'f stands before the quotes of f"churn:{depth}"\nHINT "churn:{depth}"'),
        ("show f'churn:{depth}'", "f stands before the quotes of f'churn:{depth}'\nHINT \"churn:{depth}\""),
        ('tag churn:3 note=f"{depth}"', 'f stands before the quotes of note=f"{depth}"\nHINT note="{depth}"'),
        ("tag churn:3 team=r'ops'", "r stands before the quotes of team=r'ops'\nHINT team='ops'"),
    ],
)
def test_a_prefix_of_a_python_string_is_refused(refusal: Callable[..., str], line: str, said: str) -> None:
    hint = "{...} is evaluated in double quotes, and nothing in single ones: write"
    assert refusal(line) == said.replace("HINT", hint)


def test_a_second_statement_after_a_semicolon_is_refused(
    refusal: Callable[..., str], values: Callable[..., dict[str, object]]
) -> None:
    assert refusal("tag churn:3 team=ops; print(1)") == (
        "team=ops; ends no command in this line\n"
        "write what follows on a line of its own; at the end of a line ; hides the answer"
    )
    assert values("""tag churn:3 "said=f'x'" """)["tags"] == {"said": "f'x'"}
    assert values('tag churn:3 "team=ops;" a=b;')["tags"] == {"team": "ops;", "a": "b"}


def test_curly_quotes_and_dashes_are_letters_within_words_and_in_plain_quotes(
    values: Callable[..., dict[str, object]],
) -> None:
    assert values("tag churn:3 owner=O\u2019Brien years=2024\u20132026") == {
        "ref": "churn:3",
        "tags": {"owner": "O\u2019Brien", "years": "2024\u20132026"},
    }
    assert values('retire churn:3 "\u201cbest\u201d \u2013 Ana"')["reason"] == "\u201cbest\u201d \u2013 Ana"


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (("promote", "churn:1", "production", "\u201cbest\u201d on June"), "reason", "\u201cbest\u201d on June"),
        (("edit", "churn", "--owner", "\u201eBester\u201c Churn"), "owner", "\u201eBester\u201c Churn"),
        (("edit", "churn", "--owner", "\u2013see wiki"), "owner", "\u2013see wiki"),
        (("edit", "churn", "--owner=\u2013see"), "owner", "\u2013see"),
        (("tag", "churn:1", "title=\u201cT\u201d"), "tags", {"title": "\u201cT\u201d"}),
    ],
)
def test_on_the_command_line_a_text_may_begin_with_curly_quotes_and_dashes_since_the_shell_took_the_quotes_off(
    shell: Callable[..., dict[str, object]], words: tuple[str, ...], field: str, value: object
) -> None:
    assert shell(*words)[field] == value


def test_on_the_command_line_too_an_option_with_a_long_dash_is_no_reason(
    shell: Callable[..., dict[str, object]],
) -> None:
    for dashed, plain in (("\u2013dry-run", "--dry-run"), ("\u2014reason=best", "--reason=best")):
        with pytest.raises(BadInput) as refused:
            shell("promote", "churn:1", "production", dashed)
        assert refused.value.text == f"{dashed} begins with a dash that is no option's\nwrite {plain}"


def test_a_variable_is_written_in_braces_and_not_with_a_dollar(call: Parsed, refusal: Callable[..., str]) -> None:
    with pytest.raises(BadInput) as refused:
        call("show $ref", among=Namespace(outer={"ref": "churn:3"}))
    assert refused.value.text == "$ref: a dollar means nothing in this line\nwrite {ref}"
    assert refusal("show $ref churn").startswith("show: too many words: churn")


def test_a_date_and_its_time_typed_as_two_words_are_refused_with_the_one_to_type(refusal: Callable[..., str]) -> None:
    assert refusal("retire churn:3 --sunset 2026-06-30 9:05") == (
        "--sunset 2026-06-30 9:05: a date with its time is one word\nwrite --sunset 2026-06-30T09:05"
    )


def test_a_pair_that_was_typed_as_two_words_or_with_a_colon_is_refused_with_the_one_to_type(
    refusal: Callable[..., str],
) -> None:
    assert refusal("register churn clf --metric auc .8") == "'auc' is no KEY=VALUE\nwrite --metric auc=.8"
    assert refusal("register churn clf -p C: 1") == "'C:' is no KEY=VALUE\nwrite --param C=1"
    assert refusal("tag churn:3 team ops") == "'team' is no KEY=VALUE\nwrite team=ops"
    assert refusal("tag churn:3 team:ops") == "'team:ops' is no KEY=VALUE\nwrite team=ops"
    assert refusal("tag churn:3 team = ops") == "team =: no space goes before or after '='\nwrite team=ops"
    assert refusal("tag churn:3 url:8080") == "'url:8080' is no KEY=VALUE\nwrite url=8080"
    assert refusal("register churn clf --metric auc:1") == "'auc:1' is no KEY=VALUE\nwrite --metric auc=1"
    assert refusal("tag churn:3 churn:4") == "'churn:4' is no KEY=VALUE\nwrite churn:4=VALUE"
    assert refusal("tag nightly churn:3") == "'churn:3' is no KEY=VALUE\nwrite churn:3=VALUE"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("discard churn:3 -y", "write --yes"),
        ("list -n 3", "write --limit"),
        ("list --format json", "write --json"),
        ("list --jsno", "did you mean --json?"),
        ("register churn clf -m first", "write --note"),
        ("promote churn:3 --message first", "write --reason"),
        ("show churn:3 -n 3", "see %mlc show --help"),
    ],
)
def test_an_option_that_is_called_otherwise_elsewhere_is_answered_with_ours(
    refusal: Callable[..., str], line: str, hint: str
) -> None:
    assert refusal(line).splitlines()[1] == hint


def test_several_values_of_one_option_are_refused_with_the_option_before_each(
    refusal: Callable[..., str], values: Callable[..., dict[str, object]]
) -> None:
    assert refusal("tag churn:3 --remove team other") == (
        "tag: too many words: other\nname each by itself: --remove team --remove other"
    )
    assert refusal('register churn clf "note" --data train test') == (
        "register: too many words: test\nname each by itself: --data train --data test"
    )
    assert refusal("register churn clf --data train auc") == (
        'auc stands where the note does\nname each by itself: --data train --data auc; if it is the note, write "auc"'
    )
    assert values('register churn clf --data train "auc"')["note"] == "auc"
    assert values("register churn clf --data train better")["note"] == "better"


def test_a_second_file_is_no_note(
    refusal: Callable[..., str],
    values: Callable[..., dict[str, object]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.joblib", "b.joblib", "train.csv", "test.csv", "better"):
        Path(name).touch()
    assert refusal("register churn a.joblib b.joblib") == (
        "b.joblib stands where the note does, and is a file or folder\n"
        "put files of one model into a folder, and name that; if it is the note, write --note b.joblib"
    )
    assert refusal("register churn a.joblib --data train.csv test.csv") == (
        "test.csv stands where the note does, and is a file or folder\n"
        "name each by itself: --data train.csv --data test.csv; if it is the note, write --note test.csv"
    )
    assert values("register churn a.joblib --note b.joblib")["note"] == "b.joblib"
    assert values("register churn a.joblib better")["note"] == "better"
    assert values(f"register churn a.joblib {'long.' * 99}")["note"] == "long." * 99


def test_a_pair_in_the_place_of_a_note_is_refused_with_the_options_that_take_it(
    refusal: Callable[..., str], values: Callable[..., dict[str, object]]
) -> None:
    assert refusal("register churn clf --metric auc=.8 f1=.7") == (
        "f1=.7 stands where the note does\neach pair has an option of its own: --metric f1=.7 or --param f1=.7 or "
        '--tag f1=.7; if it is the note, write --note "f1=.7"'
    )
    assert refusal('register churn clf "first" C=1') == (
        "register: too many words: C=1\neach pair has an option of its own: --metric C=1 or --param C=1 or --tag C=1"
    )
    assert values('register churn clf "C=1"')["note"] == "C=1"
    assert values("register churn clf --note C=1")["note"] == "C=1"
    assert values("register churn clf a==b")["note"] == "a==b"
    assert values("promote churn:3 staging C=1")["reason"] == "C=1"


def test_a_day_or_an_option_without_its_dashes_is_refused_where_the_reason_stands(
    refusal: Callable[..., str], values: Callable[..., dict[str, object]]
) -> None:
    assert refusal("retire churn:3 2026-12-31") == (
        "2026-12-31 stands where the reason does\n"
        'write --sunset 2026-12-31; if it is the reason, write --reason "2026-12-31"'
    )
    assert refusal("retire churn:3 sunset=2026-12-31") == (
        "sunset=2026-12-31 stands where the reason does\n"
        'write --sunset 2026-12-31; if it is the reason, write --reason "sunset=2026-12-31"'
    )
    assert refusal("edit churn:3 owner=ana") == "edit: too many words: owner=ana\nwrite --owner ana"
    assert values("retire churn:3 2026")["reason"] == "2026"


def test_a_second_version_is_refused_where_the_reason_stands() -> None:
    with pytest.raises(BadInput) as refused:
        parse("retire churn:2 churn:3", names=None)
    assert refused.value.text == (
        'churn:3 stands where the reason does\nwrite --successor churn:3; if it is the reason, write --reason "churn:3"'
    )


def test_a_mapping_by_its_bare_name_or_in_quotes_is_refused_with_its_braces(
    call: Parsed, refusal: Callable[..., str]
) -> None:
    with pytest.raises(BadInput) as refused:
        call("register churn clf --metric scores", among=Namespace(outer={"clf": object(), "scores": {"auc": 0.5}}))
    assert refused.value.text == "'scores' is no KEY=VALUE\nwrite --metric {scores}"
    assert refusal("""tag churn:3 '{"team": "ops"}'""").endswith('\nwrite {"team": "ops"}')


def test_a_space_before_an_equals_sign_is_refused_with_the_words_put_together(refusal: Callable[..., str]) -> None:
    said = "no space goes before or after '='\nwrite --metric auc="
    assert refusal("register churn clf --metric auc = auc") == f"--metric auc =: {said}auc"
    assert refusal("register churn clf --metric auc =.7") == f"--metric auc =.7: {said}.7"
    assert refusal("register churn clf --metric auc =") == f"--metric auc =: {said}VALUE"


def test_a_metric_without_a_number_is_not_sent_to_quotes(refusal: Callable[..., str]) -> None:
    assert refusal("register churn clf --metric auc=") == "auc= has no value\nwrite auc=NUMBER"
    assert refusal("register churn clf --metric auc=93%") == (
        "auc=93%: '93%' is no literal, and the notebook has nothing of that name\na number is wanted here, such as 0.93"
    )
    assert refusal("register churn clf --metric auc=acu").endswith("\ndid you mean auc?")


def test_a_key_given_twice_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("tag churn:3 a=1 a=2") == "'a' is given twice\ngive each key once"


def test_an_option_given_twice_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("list --limit 1 --limit 2") == "--limit is given twice\ngive it once"
    assert refusal("list --runs --runs") == "--runs is given twice\ngive it once"


def test_live_objects_come_with_their_names(values: Callable[..., object], notebook: dict[str, object]) -> None:
    assert values("register churn clf --data train --data other --sample {train[:1]}") == {
        "name": "churn",
        "object": Named(name="clf", value=notebook["clf"]),
        "data": (Named(name="train", value=notebook["train"]), Named(name="other", value="other")),
        "sample": Named(name="train[:1]", value=[1]),
    }


def test_metrics_and_parameters_are_looked_up(values: Callable[..., dict[str, object]]) -> None:
    found = values('register churn clf --metric auc=auc --metric f1=.7 -p depth=depth --param kind="linear" -p C=1')
    assert found["metric"] == {"auc": 0.75, "f1": 0.7}
    assert found["param"] == {"depth": 4, "kind": "linear", "C": 1}


def test_a_mapping_of_the_notebook_gives_all_its_values(values: Callable[..., dict[str, object]]) -> None:
    among = Namespace(outer={"clf": object(), "scores": {"auc": 0.5, "f1": 1}})
    assert values("register churn clf --metric {scores}", among=among)["metric"] == {"auc": 0.5, "f1": 1.0}


def test_what_is_no_mapping_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("register churn clf --metric {auc}") == "--metric wants KEY=VALUE or a mapping, not a float"


def test_json_is_a_value(values: Callable[..., dict[str, object]]) -> None:
    found = values('retrain --grid layers={"a": 1} --grid "depth=[4, 8]" --grid n=range(3)')
    assert found["grid"] == {"layers": {"a": 1}, "depth": [4, 8], "n": range(3)}


def test_a_slice_is_an_expression(values: Callable[..., dict[str, object]], notebook: dict[str, object]) -> None:
    found = values("dataset add first {train[train[0] < 2:]}")
    assert found["data"] == Named(name="train[train[0] < 2:]", value=notebook["train"][1:])  # type: ignore[index]


def test_a_metric_that_is_no_number_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("register churn clf --metric auc=title") == (
        "auc='from the notebook' is a str; a number is wanted here"
    )


def test_a_number_that_begins_with_a_minus_is_a_value(values: Callable[..., object]) -> None:
    assert values("list --limit -1") == {"limit": -1}
    assert values("list --threshold -.5") == {"threshold": -0.5}


def test_a_value_that_begins_with_a_minus_is_refused_with_the_equals_sign(refusal: Callable[..., str]) -> None:
    assert refusal("list --order -metrics.auc") == (
        "--order wants a value, and -metrics.auc begins with '-'\nwrite --order \"metrics.auc desc\""
    )
    assert refusal('list --order "-metrics.auc"') == (
        '--order wants a value, and "-metrics.auc" begins with \'-\'\nwrite --order "metrics.auc desc"'
    )
    assert refusal("list --limit -a") == ("--limit wants a value, and -a begins with '-'\nwrite --limit=-a")


def test_a_value_after_an_equals_sign_may_begin_with_a_minus(values: Callable[..., object]) -> None:
    assert values('list --order="-metrics.auc"') == {"order": "-metrics.auc"}


def test_an_option_without_its_value_is_refused(refusal: Callable[..., str]) -> None:
    assert refusal("list --limit") == "--limit wants a value\nwrite --limit LIMIT"
    assert refusal("list --order --runs") == "--order wants a value\nwrite --order ORDER"


def test_an_unknown_option_is_refused_with_the_nearest(refusal: Callable[..., str]) -> None:
    assert refusal("promote churn:3 --dry_run") == "promote has no option --dry_run\ndid you mean --dry-run?"
    assert refusal("promote churn:3 -x") == "promote has no option -x\nsee %mlc promote --help"


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("--alias champion", "register first, then %mlc alias NAME:NUMBER ALIAS"),
        ("--stage production", "register first, then %mlc promote NAME:NUMBER STAGE"),
        ("--input-example train", "write --sample ROWS"),
        ("--signature train", "it is read from the model and its data; write --sample ROWS where that does not tell"),
    ],
)
def test_what_another_tool_says_when_it_registers_is_answered(
    option: str, hint: str, refusal: Callable[..., str]
) -> None:
    assert refusal(f"register churn clf {option}") == f"register has no option {option.partition(' ')[0]}\n{hint}"


def test_what_faces_fill_in_cannot_be_typed(refusal: Callable[..., str]) -> None:
    assert refusal("promote churn:3 --confirm=abc") == ("promote has no option --confirm\nsee %mlc promote --help")


def test_after_two_minuses_come_words(values: Callable[..., object]) -> None:
    assert values("retire churn:3 -- --json") == {"ref": "churn:3", "reason": "--json"}


def test_a_flag_takes_no_word_but_an_expression(values: Callable[..., object], refusal: Callable[..., str]) -> None:
    assert values("list --runs={depth > 3}") == {"runs": True}
    assert values("list --runs={depth > 5}") == {"runs": False}
    assert refusal("list --runs=no") == "--runs takes no value\nwrite --runs alone, or --runs={expression}"


def test_a_number_of_the_notebook_keeps_its_type(values: Callable[..., object], refusal: Callable[..., str]) -> None:
    assert values("list --limit {depth}") == {"limit": 4}
    assert refusal("list --limit {auc}") == "--limit wants a whole number, not a float: 0.75"


def test_a_choice_that_is_none_is_refused(values: Callable[..., object], refusal: Callable[..., str]) -> None:
    assert values("edit churn --tier high") == {"ref": "churn", "tier": Tier.HIGH}
    assert refusal("edit churn --tier hihg") == "'hihg' is no tier\ndid you mean high?"
    assert refusal("edit churn --tier 9") == "'9' is no tier\none of: minimal, limited, high"


def test_a_time_is_read(values: Callable[..., object], refusal: Callable[..., str]) -> None:
    assert values("list churn --at 1970-01-01") == {"what": "churn", "at": 86_400_000_000 - 1}
    assert refusal("list churn --at june") == (
        "--at: 'june' is no date or time\nwrite 2026-06-30, 2026-06-30T12:00 or 2026-06-30T12:00+02:00"
    )


def test_name_and_object_swapped_are_refused_with_the_line_to_type(refusal: Callable[..., str]) -> None:
    assert refusal('register clf churn --data train "a note"') == (
        "'clf' is in the notebook and 'churn' is not: the name comes first\n"
        'write %mlc register churn clf --data train "a note"'
    )
    assert refusal("dataset add train spring") == (
        "'train' is in the notebook and 'spring' is not: the name comes first\nwrite %mlc dataset add spring train"
    )
    assert refusal("register clf clf()") == (
        "'clf()' is not in the notebook, and no file of that name is here\nto have it evaluated, write {clf()}"
    )
    assert refusal("register both [clf,clf]") == (
        "'[clf,clf]' is not in the notebook, and no file of that name is here\nto have it evaluated, write {[clf,clf]}"
    )
    assert refusal("register both (clf, clf)") == (
        "'(clf,' is not in the notebook, and no file of that name is here\n"
        "an expression stands in braces, all of it: {[first, second]}"
    )


def test_a_name_that_is_also_a_plain_value_is_not_swapped(refusal: Callable[..., str]) -> None:
    assert refusal("register depth clff") == (
        "'clff' is not in the notebook, and no file of that name is here\ndid you mean clf?"
    )


def test_a_file_in_the_place_of_the_object_is_not_swapped(values: Callable[..., dict[str, object]]) -> None:
    Path("churn").touch()
    assert values("register clf churn")["object"] == Named(name="churn", value="churn")


def test_the_cell_is_the_body(values: Callable[..., object]) -> None:
    assert values("run churn -p C=1", "fit()\n") == {"name": "churn", "param": {"C": 1}, "cell": "fit()\n"}


def test_a_verb_with_a_body_wants_a_cell(refusal: Callable[..., str]) -> None:
    assert refusal("run churn") == (
        "run wants a cell\nwrite %%mlc run NAME [NOTE] [options] on the first line of the cell"
    )


def test_a_verb_without_a_body_takes_no_cell(refusal: Callable[..., str]) -> None:
    assert refusal("show churn", "x = 1\n") == ("show takes no cell\nwrite %mlc show on a line, with one % before it")


def test_the_switches_of_every_verb_stand_anywhere(call: Parsed) -> None:
    assert call("--json list churn").json
    assert call("list churn --json").json
    assert call("list churn --quiet").quiet
    assert call("list churn;").quiet
    assert call("dataset add a {train};").quiet


def test_a_switch_in_quotes_is_text(call: Parsed) -> None:
    found = call('retire churn:3 "--json"')
    assert (found.json, found.values) == (False, {"ref": "churn:3", "reason": "--json"})


def test_an_unknown_verb_is_refused_with_the_nearest(refusal: Callable[..., str]) -> None:
    assert refusal("promot churn:3") == "there is no verb 'promot'\ndid you mean promote?"
    assert refusal("reg") == "there is no verb 'reg'\ndid you mean register?"
    assert refusal("frobnicate") == "there is no verb 'frobnicate'\n%mlc help lists them all"
    assert refusal("datasets add") == "there is no verb 'datasets'\ndid you mean dataset?"


def test_an_unknown_verb_of_a_group_is_refused_with_the_nearest(refusal: Callable[..., str]) -> None:
    assert refusal("dataset ad x y") == "dataset has no verb 'ad'\ndid you mean add?"
    assert refusal("dataset frobnicate") == "dataset has no verb 'frobnicate'\nit has: add, list"


def test_a_version_in_the_place_of_the_verb_is_answered(refusal: Callable[..., str]) -> None:
    assert refusal("churn:3") == "there is no verb 'churn:3'\nwrite %mlc show churn:3"


def test_text_wants_no_object(refusal: Callable[..., str]) -> None:
    assert refusal("show {train}") == "REF wants text, not a list: [1, 2, 3]"


def test_nothing_is_evaluated_for_a_verb_that_is_not_there(verbs: dict[str, Verb]) -> None:
    seen: list[int] = []
    among = Namespace(outer={"see": lambda: seen.append(1)})
    with pytest.raises(BadInput):
        parse("frobnicate {see()}", names=among, verbs=verbs)
    assert seen == []


def test_an_expression_is_evaluated_once(verbs: dict[str, Verb]) -> None:
    seen: list[int] = []

    def see() -> str:
        seen.append(1)
        return "churn"

    parse("show {see()}:3", names=Namespace(outer={"see": see}), verbs=verbs)
    assert seen == [1]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  ",
        "# nothing",
        "help",
        "--help",
        "promote --help",
        "help dataset add",
        ";",
        "?",
        "promote ??",
        "help help",
    ],
)
def test_help_is_no_call(line: str, verbs: dict[str, Verb]) -> None:
    assert isinstance(parse(line, names=None, verbs=verbs), HelpText)


@pytest.mark.parametrize("line", ["", "# nothing", "dataset", "--quiet"])
def test_a_cell_without_a_verb_is_refused_rather_than_left_out(line: str, verbs: dict[str, Verb]) -> None:
    with pytest.raises(BadInput) as caught:
        parse(line, "clf.fit(X, y)", names=None, verbs=verbs)
    assert caught.value.text == (
        "no verb says what to do with this cell, so it was not executed\n"
        "to execute it as a run, write %%mlc run NAME on its first line"
    )


@pytest.mark.parametrize(("line", "cell"), [("", ""), ("", " \n"), ("help", "x = 1"), ("dataset --help", "x = 1")])
def test_help_is_shown_above_a_cell_where_it_is_asked_for_or_nothing_waits(
    line: str, cell: str, verbs: dict[str, Verb]
) -> None:
    assert isinstance(parse(line, cell, names=None, verbs=verbs), HelpText)


@pytest.mark.parametrize("line", ["dataset help", "dataset help add", "dataset add ?", "dataset ?", "?"])
def test_help_is_asked_for_in_any_way_that_people_know(line: str, verbs: dict[str, Verb]) -> None:
    usual = {"dataset help add": "help dataset add", "dataset add ?": "help dataset add", "?": "help"}
    page = parse(line, names=None, verbs=verbs)
    assert str(page) == str(parse(usual.get(line, "help dataset"), names=None, verbs=verbs))


def test_help_of_a_verb_wants_no_words(verbs: dict[str, Verb]) -> None:
    found = parse("register -h", names=None, verbs=verbs)
    assert str(found).startswith("%mlc register NAME OBJECT")


def test_a_group_alone_shows_its_verbs(verbs: dict[str, Verb]) -> None:
    assert "dataset add NAME DATA" in str(parse("dataset", names=None, verbs=verbs))
    assert "dataset add NAME DATA" in str(parse("dataset --help", names=None, verbs=verbs))


def test_the_command_line_takes_the_same_words(shell: Callable[..., dict[str, object]]) -> None:
    assert shell("promote", "churn:3", "production", "best on June") == {
        "ref": "churn:3",
        "to": Stage.PRODUCTION,
        "reason": "best on June",
    }
    assert shell("promote", "churn:3", "Ana's # model; {x}") == {"ref": "churn:3", "reason": "Ana's # model; {x}"}


def test_on_the_command_line_models_and_data_are_paths_or_names(shell: Callable[..., dict[str, object]]) -> None:
    assert shell("register", "churn", "m.joblib", "--data", "train.csv", "--param", "kind=linear") == {
        "name": "churn",
        "object": Named(name="m.joblib", value="m.joblib"),
        "data": (Named(name="train.csv", value="train.csv"),),
        "param": {"kind": "linear"},
    }


def test_on_the_command_line_an_empty_word_is_a_word(shell: Callable[..., dict[str, object]]) -> None:
    assert shell("edit", "churn", "--owner", "") == {"ref": "churn", "owner": ""}
    assert shell("edit", "churn", "--owner=") == {"ref": "churn", "owner": ""}


def test_on_the_command_line_a_flag_stands_alone(shell: Callable[..., dict[str, object]]) -> None:
    assert shell("discard", "churn:1", "--yes") == {"refs": ("churn:1",), "yes": True}
