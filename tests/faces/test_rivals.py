from __future__ import annotations

import re

import pytest

import jupyter_mlc
from jupyter_mlc.faces.arguments import find_verb
from jupyter_mlc.faces.expressions import Namespace
from jupyter_mlc.faces.line import read
from jupyter_mlc.faces.rivals import answer, known_words
from jupyter_mlc.verbs.base import VERBS, Verb


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("log_model clf churn", "%mlc register churn clf"),
        ("log_model churn clf", "%mlc register churn clf"),
        ("log_model model churn", "%mlc register model churn"),
        ("log_model", "%mlc register NAME OBJECT"),
        ("autolog", "%mlc register NAME OBJECT"),
        ("mlflow.autolog()", "%mlc register NAME OBJECT"),
        ("log_metric auc .7", "%mlc register NAME OBJECT --metric auc=.7, or within a run: run.log(auc=.7)"),
        ("log-metric auc=.7", "%mlc register NAME OBJECT --metric auc=.7, or within a run: run.log(auc=.7)"),
        ("log_metric", "%mlc register NAME OBJECT --metric KEY=VALUE, or within a run: run.log(KEY=VALUE)"),
        ("log_param C 1", "%mlc register NAME OBJECT --param C=1, or for a run: %%mlc run NAME --param C=1"),
        ("log_artifact roc.png", "%%mlc run NAME, and in that cell: run.log_file('roc.png')"),
        ("log_artifact", "%%mlc run NAME, and in that cell: run.log_file(PATH)"),
        ("start_run churn", "%%mlc run churn"),
        ("transition churn 3 Production", "%mlc promote churn:3 production"),
        ("transition_model_version_stage churn:3", "%mlc promote churn:3 production"),
        ("stage churn:3 staging", "%mlc promote churn:3 staging"),
        ("delete churn:3", "%mlc discard churn:3 for a candidate, %mlc retire churn:3 for what was promoted"),
        ("delete", "%mlc discard NAME:N for a candidate, %mlc retire NAME:N for what was promoted"),
        ("describe churn", "%mlc show churn"),
        ("describe churn v3", "%mlc show churn:3"),
        ('search "metrics.auc > .7"', '%mlc list "metrics.auc > .7"'),
        ("Search", "%mlc list"),
        ("load_model models:/churn/3", "m = %mlc load models:/churn/3"),
        ("load_model churn/3", "m = %mlc load churn:3"),
        ("set_alias churn challenger 3", "%mlc alias churn:3 challenger"),
        ("set_registered_model_alias churn champion 3", "%mlc promote churn:3 production"),
        ("set_alias churn:3", "%mlc alias churn:3 ALIAS"),
        ("set_tag churn:3 team ops", "%mlc tag churn:3 team=ops"),
        ("log_input train spring", "%mlc dataset add spring train"),
        ("archive churn:2", "%mlc retire churn:2"),
        ("revert churn:3", "%mlc rollback churn"),
        ("diff churn:1 churn:2 churn:3", "%mlc compare churn:1 churn:2 churn:3"),
        ("diff churn 1 v3", "%mlc compare churn:1 churn:3"),
        ("compare_runs", "%mlc compare NAME:N NAME:N"),
        ("papermill nb.ipynb", "%mlc retrain nb.ipynb"),
        ("sweep churn:3", "%mlc retrain churn:3 --grid KEY=VALUES"),
        ("deploy churn@champion", "m = %mlc load churn@champion in the program that is to answer with it"),
        ("predict churn:3 x.parquet", "m = %mlc load churn:3, then m.predict(ROWS)"),
        ("models:/churn/3", "%mlc show models:/churn/3"),
        ("churn@champion", "%mlc show churn@champion"),
    ],
)
def test_the_words_of_other_tools_are_answered_with_the_line_to_type(
    typed: str, line: str, verbs: dict[str, Verb], names: Namespace
) -> None:
    assert answer(read(typed).words, verbs, names) == f"write {line}"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("export churn:3", "%mlc copy churn:3 NAME.tar"),
        ("import churn.tar", "%mlc copy NAME.tar"),
        ("import_models", "%mlc copy mlflow://HOST:PORT"),
        ("mlflow.download_artifacts churn:3", "%mlc fetch churn:3"),
        ("backup", "%mlc admin backup FOLDER"),
        ("du", "%mlc admin usage"),
        ("log auc=0.5", "%mlc register NAME OBJECT --metric auc=0.5, or within a run: run.log(auc=0.5)"),
        ("log churn", "%mlc register churn OBJECT"),
        ("runs churn", "%mlc list churn --runs"),
        ("add dataset x df", "%mlc dataset add x df"),
        ("create datasets x", "%mlc dataset add x"),
        ("cancel job 17", "%mlc job cancel 17"),
        ("check churn:1 production", "%mlc promote churn:1 production --dry-run"),
        ("check churn 1", "%mlc promote churn:1 --dry-run"),
        ("whoami", "%mlc admin key"),
        ("mlc list churn", "%mlc list churn"),
        ("%mlc list churn", "%mlc list churn"),
        ("jupyter mlc list", "%mlc list"),
        ('list("churn")', "%mlc list"),
        ("wandb.log(loss=.3)", "%mlc register NAME OBJECT"),
        ("checkout churn:3", "m = %mlc load churn:3"),
        ("cp churn:3", "%mlc copy churn:3 NAME.tar"),
        ("plots churn:3", "%mlc show churn:3 --curves"),
        ("health", "%mlc admin doctor"),
    ],
)
def test_the_words_for_copies_and_care_are_answered_too(typed: str, line: str) -> None:
    assert answer(read(typed).words, VERBS, None) == f"write {line}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("version", f"this is jupyter_mlc {jupyter_mlc.__version__}; in a terminal: jupyter mlc --version"),
        (
            "finish",
            "a run ends by the next register, one in a with at the end of its block, and any by run.end()",
        ),
        ("--version", f"this is jupyter_mlc {jupyter_mlc.__version__}; in a terminal: jupyter mlc --version"),
        ("completion zsh", "a notebook completes by Tab; for a terminal: jupyter mlc --completion bash"),
        (
            "rename churn risk",
            "a model keeps its name; to go on under another one: m = %mlc load churn, then %mlc register NEW-NAME m",
        ),
        (
            "approve churn:3",
            "nothing is approved in this release; whoever moves a version says why: "
            '%mlc promote churn:3 production "reason"',
        ),
        (
            "monitor churn:3",
            "nothing is monitored in this release; "
            "to judge a version on new data: %mlc evaluate churn:3 --data DATA --target COLUMN",
        ),
        (
            "restore churn:3",
            "a deprecated version serves again by %mlc promote churn:3 production, "
            "your own last act is taken back by %mlc undo, "
            "and a backup is brought back by %mlc admin restore FOLDER",
        ),
    ],
)
def test_what_is_no_line_to_type_is_answered_with_what_there_is(typed: str, said: str) -> None:
    assert answer(read(typed).words, VERBS, None) == said


def test_a_line_whose_verb_is_not_built_is_not_offered(verbs: dict[str, Verb]) -> None:
    del verbs["promote"]
    assert answer(read("transition churn 3 production").words, verbs, None) == ""


def test_the_panel_is_offered_once_it_is_built(verbs: dict[str, Verb]) -> None:
    verbs["panel"] = verbs["show"]
    assert answer(read("ui churn").words, verbs, None) == "write %mlc panel churn"


def test_a_word_that_is_nobodys_is_not_answered(verbs: dict[str, Verb]) -> None:
    assert answer(read("frobnicate churn").words, verbs, None) == ""


@pytest.mark.parametrize("word", sorted(known_words()))
def test_every_word_is_answered_by_verbs_that_are_there(word: str, verbs: dict[str, Verb]) -> None:
    line = answer(read(f"{word} churn:3").words, {**verbs, **VERBS}, None)
    for template in re.findall(r"%mlc ([^,]*)", line):
        found, _ = find_verb(read(template).words, {**verbs, **VERBS})
        assert isinstance(found, Verb)


def test_no_word_of_another_tool_hides_a_verb() -> None:
    assert known_words().isdisjoint(VERBS)


@pytest.mark.parametrize("typed", ["score churn:3", "benchmark churn:3", "cross_val_score churn 3"])
def test_who_wants_a_score_is_shown_how_to_evaluate(typed: str) -> None:
    assert answer(read(typed).words, VERBS, None) == "write %mlc evaluate churn:3 --data DATA --target COLUMN"


def test_a_verb_under_the_name_of_another_tool_is_the_verb(verbs: dict[str, Verb]) -> None:
    assert answer(read("mlflow.promote churn:3 staging").words, verbs, None) == "write %mlc promote churn:3 staging"
