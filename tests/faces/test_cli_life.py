"""The life of a model on the command line, each line by the program itself on a registry of its own."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlc.faces import cli

Answer = Callable[[str], dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model in a file and the rows that it learnt from."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLC_REGISTRY", str(tmp_path / "registry"))
    joblib.dump(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), tmp_path / "model.joblib")
    (tmp_path / "rows.csv").write_text("a,late\n0,0\n1,1\n")
    return tmp_path


@pytest.fixture
def answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
    """What a line answers as JSON."""

    def typed(line: str) -> dict[str, Any]:
        assert cli.main([*shlex.split(line), "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return typed


def stages(answer: Answer) -> dict[int, str]:
    return {version["number"]: version["stage"] for version in answer("list churn")["versions"]}


def test_a_model_goes_into_production_and_out_again(answer: Answer) -> None:
    first = answer("register churn model.joblib --data rows.csv --metric auc=0.7 --tag team=ops 'the first'")
    assert (first["version"], first["datasets"], first["next"]) == (
        "churn:1",
        ["rows (new)"],
        "jupyter mlc promote churn:1",
    )
    answer("register churn model.joblib --param C=2")
    answer("promote churn:1 production")
    answer("promote churn:2 production 'better on June'")
    assert stages(answer) == {1: "deprecated", 2: "production"}
    answer("rollback churn 'false alarm'")
    assert stages(answer) == {1: "production", 2: "deprecated"}
    answer("retire churn:2 superseded --successor churn:1")
    answer("alias churn:1 steady")
    found = answer("list \"metrics.auc > 0.6 and stage = 'production' and tags.team = 'ops'\"")
    assert [version["number"] for version in found["versions"]] == [1]
    assert answer("show churn@steady")["version"]["note"] == "the first"
    assert [entry["why"] for entry in answer("history churn")["entries"] if entry["why"]] == [
        "the first",
        "better on June",
        "false alarm",
        "superseded",
    ]
    assert answer("verify")["findings"] == []


def test_what_is_gone_for_good_needs_a_yes(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    answer("register churn model.joblib")
    assert cli.main(["discard", "churn:1"]) == 1
    assert capsys.readouterr().err == (
        "delete the bytes of churn:1 for good?\nto go ahead without being asked, add --yes\n"
    )
    assert stages(answer) == {1: "candidate"}
    answer("discard churn:1 --yes")
    assert stages(answer) == {1: "purged"}
    assert answer("register churn model.joblib")["version"] == "churn:2"


def test_a_record_that_was_tampered_with_is_an_exit_code_of_its_own(
    answer: Answer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer("register churn model.joblib")
    with closing(sqlite3.connect(folder / "registry" / "registry.db")) as database:
        database.execute("UPDATE version SET stage = 'production'")
        database.commit()
    assert cli.main(["verify"]) == 3
    assert "column stage: it is 'production', the events say 'candidate' (churn:1)\n" in capsys.readouterr().out


def test_a_command_that_does_not_fit_changes_nothing(answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    answer("register churn model.joblib")
    assert cli.main(["promote", "churn:9"]) == 1
    assert capsys.readouterr().err == "there is no churn:9\nthe newest is churn:1\n"
    assert cli.main(["register", "churn", "nowhere.joblib"]) == 2
    assert "nowhere.joblib" in capsys.readouterr().err
    assert stages(answer) == {1: "candidate"}
