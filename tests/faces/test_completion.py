from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import jupyter_mlc
from jupyter_mlc.faces.completion import Completer, Suggestions, typed_words
from jupyter_mlc.verbs.base import VERBS, Complete, Verb

if TYPE_CHECKING:
    from IPython.core.completer import Completion

KNOWN = {
    Complete.MODEL: ["churn", "fraud", "ops/churn"],
    Complete.VERSION: ["churn", "churn:1", "churn:2", "churn@champion", "fraud"],
    Complete.DATASET: ["flights-spring", "flights-autumn"],
    Complete.ANYTHING: ["churn"],
    Complete.METRIC: ["lift"],
    Complete.TAG: ["team", "two words"],
    Complete.ORDER: ["created", "metrics.auc", "metrics.`f1 macro`"],
}


class Registry:
    """Knows a few names."""

    def columns(self, dataset: str) -> list[str]:
        return ["hour", "late"] if dataset == "flights" else []

    def names(self, kind: Complete, prefix: str) -> list[str]:
        return [name for name in KNOWN.get(kind, []) if name.startswith(prefix)]


@pytest.fixture
def completer(verbs: dict[str, Verb], notebook: dict[str, object]) -> Completer:
    more = {"a_function": len, "rule": lambda rows: rows, "np": np, "A": dict, "rows": np.zeros(3), "_hidden": 1}
    return Completer(desk=Registry(), variables=lambda: notebook | more, verbs=verbs)


@pytest.fixture
def suggest(completer: Completer) -> Callable[[str], list[str]]:
    return lambda typed: list(completer.suggest(typed).words)


Suggest = Callable[[str], list[str]]


def test_the_first_word_is_a_verb_a_group_or_help(suggest: Suggest) -> None:
    assert suggest("pro") == ["promote"]
    assert suggest("re") == ["register", "retire", "retrain"]
    assert {"dataset", "help", "list"} < set(suggest(""))
    assert "blobs" not in suggest("")


def test_after_a_group_comes_its_verb(suggest: Suggest) -> None:
    assert suggest("dataset ") == ["add", "list"]
    assert suggest("dataset a") == ["add"]


def test_after_help_comes_a_verb(suggest: Suggest) -> None:
    assert suggest("help pro") == ["promote"]


def test_a_version_follows_its_model(suggest: Suggest) -> None:
    assert suggest("promote ch") == ["churn", "churn:1", "churn:2", "churn@champion"]
    assert suggest("promote churn:") == ["churn:1", "churn:2"]
    assert suggest("promote churn@") == ["churn@champion"]


def test_a_stage_follows_the_version(suggest: Suggest) -> None:
    assert suggest("promote churn:1 p") == ["production"]
    assert suggest("promote churn:1 ") == ["candidate", "staging", "production"]
    assert suggest("promote churn:1 --dry-run st") == ["staging"]


def test_a_choice_follows_its_option(suggest: Suggest) -> None:
    assert suggest("edit churn --tier ") == ["minimal", "limited", "high"]


def test_a_value_may_follow_an_equals_sign(completer: Completer) -> None:
    assert completer.suggest("edit churn --tier=h") == Suggestions(fragment="h", words=("high",))


def test_models_come_first_and_functions_last_where_a_model_is_wanted(suggest: Suggest) -> None:
    found = suggest("register churn ")
    assert (found[0], found[-1]) == ("clf", "rule")
    assert "train" in found
    assert {"a_function", "np", "A", "_hidden"}.isdisjoint(found)


def test_data_and_datasets_come_where_data_is_wanted(suggest: Suggest) -> None:
    found = suggest("register churn clf --data ")
    assert found[0] == "rows"
    assert found[-2:] == ["flights-spring", "flights-autumn"]
    assert suggest("dataset add spring ro") == ["rows"]


def test_the_value_of_a_metric_is_a_number_of_the_notebook(completer: Completer) -> None:
    assert completer.suggest("register churn clf --metric best=au") == Suggestions(fragment="au", words=("auc",))
    assert completer.suggest("register churn clf --metric ").words == ()


def test_the_keys_that_are_in_use_are_offered() -> None:
    def offered(typed: str) -> tuple[str, ...]:
        return Completer(desk=Registry(), variables=lambda: {"open": lambda: None}).suggest(typed).words

    assert offered("register churn clf --metric l") == ("lift=", "log_loss=")
    assert offered("register churn clf --tag ") == ("team=",)
    assert offered("tag churn:1 ") == ("team=",)
    assert offered("tag churn:1 --remove ") == ("team",)
    assert offered("list --order m") == ("metrics.auc",)
    assert offered("evaluate churn:1 --metric o") == ()


def test_a_format_is_offered_by_its_name() -> None:
    assert Completer(desk=Registry()).suggest("register churn clf --format jo").words == ("joblib",)


def test_the_value_of_a_tag_is_nobodys_guess(suggest: Suggest) -> None:
    assert suggest("register churn clf --tag team=au") == []


def test_options_that_were_given_are_not_offered_again(suggest: Suggest) -> None:
    assert suggest("list --li") == ["--limit"]
    assert "--limit" not in suggest("list --limit 3 --")
    assert "--limit" not in suggest("list --limit=3 --")
    assert "--runs" in suggest("list --limit 3 --")


def test_options_that_may_be_repeated_are(suggest: Suggest) -> None:
    assert "--data" in suggest("register churn clf --data train --")
    assert "--metric" in suggest("register churn clf --metric a=1 --")


def test_options_come_when_no_word_is_left(suggest: Suggest) -> None:
    assert "--dry-run" in suggest('promote churn:1 production "why" ')
    assert "--confirm" not in suggest('promote churn:1 production "why" ')


def test_any_number_of_versions_may_follow(suggest: Suggest) -> None:
    assert suggest("retrain ")[:1] == ["--dry-run"]
    assert suggest("tag churn:1 a=1 b") == []


@pytest.mark.parametrize(
    "typed",
    ['promote "ch', "promote 'ch", "show {cl", "frobnicate ch", "dataset frobnicate x", "show 'a'", 'note "a"b', "\0"],
)
def test_where_nothing_is_known_nothing_is_offered(suggest: Suggest, typed: str) -> None:
    assert suggest(typed) == []


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_can_be_completed(verb: str) -> None:
    completer = Completer(desk=Registry())
    assert verb.rpartition(" ")[2] in completer.suggest(verb).words or VERBS[verb].plumbing
    assert "--json" in completer.suggest(f"{verb} --").words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%mlc pro", "pro"),
        ("%mlc ", ""),
        ("x = %mlc pro", "pro"),
        ("x.y, z = %mlc pro", "pro"),
        ("    %mlc pro", "pro"),
        ("%%mlc run ch", "run ch"),
        ("%ml", None),
        ("%mlc", None),
        ("print('%mlc pro", None),
        ("# %mlc pro", None),
        ("%mlcx pro", None),
        ("x = 5", None),
    ],
)
def test_the_words_of_the_magic_are_found_in_the_line(line: str, words: str | None) -> None:
    assert typed_words(line, 0, len(line)) == words


def test_the_cursor_may_stand_in_the_middle() -> None:
    assert typed_words("%mlc pro churn:3", 0, 8) == "pro"
    assert typed_words("a = 1\n%mlc show ch\nb = 2", 1, 12) == "show ch"


def test_a_continued_line_is_one_line() -> None:
    cell = "%mlc promote \\\n  churn:1 \\\n  pro"
    assert typed_words(cell, 2, 5) == "promote    churn:1    pro"


def test_below_a_cell_magic_stands_python() -> None:
    assert typed_words("%%mlc run churn\nfit(", 1, 4) is None
    assert typed_words("x = 1\n%%mlc run ch", 1, 12) is None


@pytest.fixture
def shell(completer: Completer, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    config = Config()
    config.HistoryManager.hist_file = ":memory:"
    made = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
    made.Completer.custom_matchers.append(completer.matcher)
    yield made
    if made.history_manager is not None:
        made.history_manager.end_session()
    made.restore_sys_module_state()  # type: ignore[no-untyped-call]


def completed(shell: InteractiveShell, text: str) -> list[str]:
    """The texts that the notebook would hold after each completion."""
    with provisionalcompleter():
        found: list[Completion] = list(shell.Completer.completions(text, len(text)))
    return [text[: one.start] + one.text + text[one.end :] for one in found]


def test_in_the_notebook_the_right_part_of_the_line_is_replaced(shell: InteractiveShell) -> None:
    assert completed(shell, "%mlc pro") == ["%mlc promote"]
    assert completed(shell, "x = %mlc pro") == ["x = %mlc promote"]
    assert completed(shell, "%%mlc run fr") == ["%%mlc run fraud"]
    assert completed(shell, "%mlc promote churn:") == ["%mlc promote churn:1", "%mlc promote churn:2"]
    assert completed(shell, "%mlc promote churn@ch") == ["%mlc promote churn@champion"]
    assert completed(shell, "%mlc list ops/c") == ["%mlc list ops/churn"]
    assert completed(shell, "%mlc edit churn --tier=h") == ["%mlc edit churn --tier=high"]
    assert completed(shell, "a = 1\n%mlc list --li") == ["a = 1\n%mlc list --limit"]
    assert completed(shell, "%mlc dataset ") == ["%mlc dataset add", "%mlc dataset list"]


@pytest.mark.slow
def test_in_the_notebook_other_lines_are_left_alone(shell: InteractiveShell) -> None:
    shell.user_ns["churning"] = 1
    assert "churning" in completed(shell, "churn")
    assert "x = churning" in completed(shell, "x = churn")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("evaluate churn:3 --data flights --target ", ("hour", "late")),
        ("evaluate churn:3 --data=flights --by l", ("late",)),
        ("evaluate churn:3 --data rows --by ", ("a", "b")),
        ("evaluate churn:3 --data table --by ", ("x",)),
        ("evaluate churn:3 --target ", ()),
        ("evaluate churn:3 --data nothing --target ", ()),
        ("evaluate churn:3 --metric missed", ("missed_cost",)),
        ("evaluate churn:3 --metric au", ("auc", "auc_ovr")),
    ],
)
def test_columns_are_those_of_the_data_and_metrics_ours_or_the_notebooks(typed: str, words: tuple[str, ...]) -> None:
    class Frame:
        columns = ("a", "b", "a column of several words")

    def missed_cost() -> None:
        """What a missed one costs."""

    known: dict[str, object] = {"rows": Frame(), "table": {"x": [1]}, "missed_cost": missed_cost, "auc": 0.7}
    assert Completer(desk=Registry(), variables=lambda: known).suggest(typed).words == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('mlc.load("churn:', ("churn:1", "churn:2")),
        ("x = mlc.load('churn@", ("churn@champion",)),
        ('mlc.promote("churn:1", "prod', ("production",)),
        ('mlc.promote("churn:1", to="sta', ("staging",)),
        ('mlc.promote("churn:1", reason="sta', ()),
        ('mlc.compare("churn:1", "fr', ("fraud",)),
        ('mlc.compare(\n    "churn:1",\n    "fr', ("fraud",)),
        ('mlc.evaluate("churn:1", data="flights-s', ("flights-spring",)),
        ('mlc.evaluate("churn:1", data="flights", target="l', ("late",)),
        ('mlc.evaluate("churn:1", data=table, target="', ("x",)),
        ('mlc.evaluate("churn:1", metric="auc', ("auc", "auc_ovr")),
        ('mlc.evaluate("churn:1", metric=["auc', ("auc", "auc_ovr")),
        ('mlc.evaluate("churn:1", metric=["f1", "auc', ("auc", "auc_ovr")),
        ('mlc.evaluate("churn:1", metric=[table["x"], "auc', ("auc", "auc_ovr")),
        ('mlc.evaluate("churn:1", metric=["f1"], target="', ()),
        ('mlc.evaluate("churn:1", data=["flights", "flights-s', ("flights-spring",)),
        ('mlc.evaluate("churn:1", data=table, by=["', ("x",)),
        ('mlc.evaluate("churn:1", data=table, by=["y", "', ("x",)),
        ('mlc.evaluate("churn:1", data=table["', ()),
        ('mlc.evaluate("churn:1", metric=["a" + "', ()),
        ('mlc.register("churn", table, data=["a", "flights-s', ("flights-spring",)),
        ('mlc.register("churn", table, metric={"auc": 0.7, "', ()),
        ('mlc.compare("churn:1", data=["flights", "flights-a', ("flights-autumn",)),
        ('mlc.compare(["a", "b"], "fr', ("fraud",)),
        ('mlc.load("a") or mlc.show("ch', ("churn",)),
        ('mlc.load("a"); mlc.promote("churn:1", "prod', ("production",)),
        ('mlc.dataset.show("flights-a', ("flights-autumn",)),
        ('print(mlc.load("fr', ("fraud",)),
        ('mlc.load("churn:1"', ()),
        ('mlc.load("churn:1"), "fr', ()),
        ('mlc.load(f("fr', ()),
        ('mlc.load("a" + "fr', ()),
        ('mlc.register("fr', ("fraud",)),
        ('mlc.nothing("fr', ()),
        ('mlc.blobs("fr', ()),
        ('other.load("fr', ()),
        ('load("fr', ()),
    ],
)
def test_a_text_that_is_given_to_a_function_is_completed(typed: str, words: tuple[str, ...]) -> None:
    known: dict[str, object] = {"mlc": jupyter_mlc, "other": np, "table": {"x": [1]}}
    assert Completer(desk=Registry(), variables=lambda: known).suggest_in_call(typed).words == words


def test_in_the_notebook_what_is_in_quotes_is_replaced(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    completer = Completer(desk=Registry(), variables=lambda: {"mlc": jupyter_mlc})
    monkeypatch.setattr(shell.Completer, "custom_matchers", [completer.matcher])
    assert completed(shell, 'a = 1\nm = mlc.load("churn@') == ['a = 1\nm = mlc.load("churn@champion']
    assert completed(shell, 'mlc.load("churn:') == ['mlc.load("churn:1', 'mlc.load("churn:2']
