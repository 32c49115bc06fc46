"""`evaluate` in a notebook: live data, functions of cells as metrics, a saved scorer, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from sklearn.metrics import fbeta_score, make_scorer

import jupyter_mlc as mlc
from jupyter_mlc.domain.errors import BadInput, NotFound
from jupyter_mlc.verbs.evaluate import EvaluateReply

CELL = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

random = np.random.default_rng(7)
rows = pd.DataFrame({"hour": random.integers(0, 24, 400), "origin": random.choice(["EWR", "JFK"], 400)})
rows["late"] = random.random(400) < rows.hour / 40
spring, june = rows[:200], rows[200:].reset_index(drop=True)

def evening(frame):
    return np.column_stack([frame.hour, frame.hour > 17])

def missed(y_true, y_pred):
    return float((y_true & ~y_pred).sum())

clf = make_pipeline(FunctionTransformer(evening), LogisticRegression()).fit(spring[["hour"]], spring.late)
auc = 0.7
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A notebook in which a pipeline with a function of a cell was registered."""
    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(colors="nocolor")
    for cell in (
        "%load_ext jupyter_mlc",
        CELL,
        "%mlc register late-flights clf --data spring --no-load-check;",
    ):
        result = shell.run_cell(cell, store_history=True)  # type: ignore[no-untyped-call]
        result.raise_error()
    yield shell
    shell.run_line_magic("unload_ext", "jupyter_mlc")
    InteractiveShell.clear_instance()


def typed(shell: InteractiveShell, line: str) -> Any:
    result = shell.run_cell(line, store_history=True)  # type: ignore[no-untyped-call]
    result.raise_error()
    return result.result


def metrics(reply: EvaluateReply) -> dict[str, float | None]:
    evidence = reply.versions[0].evidence
    assert evidence is not None
    return {one.metric: one.value for one in evidence.estimates}


@pytest.mark.slow
def test_a_function_of_a_cell_is_tried_on_the_sample(shell: InteractiveShell) -> None:
    typed(shell, "def rule(rows):\n    return np.where(rows.hour > 12, 1, 0)")
    reply = typed(shell, "%mlc register rule rule --sample {june[['hour']]}")
    assert reply.load_check.endswith(", predictions same")
    assert [one.name for one in reply.signature.outputs] == ["prediction"]


@pytest.mark.slow
def test_a_sample_that_cannot_be_predicted_is_told_with_the_cause(shell: InteractiveShell) -> None:
    typed(shell, "class Broken:\n    def predict(self, rows):\n        raise KeyError('boom')\n\nbroken = Broken()")
    reply = typed(shell, "%mlc register broken broken --sample june")
    assert reply.load_check.startswith("passed in ")
    told = "broken could not predict june here, so that was not compared: KeyError: 'boom'"
    assert told in reply.warnings


@pytest.mark.slow
def test_a_model_that_gives_several_things_at_once_is_tried_on_the_sample(shell: InteractiveShell) -> None:
    typed(
        shell, "class Both:\n    def predict(self, rows):\n        return {'mean': np.ones(9), 'ways': [[1], [1, 2]]}"
    )
    reply = typed(shell, "%mlc register both {Both()} --sample june")
    assert reply.load_check.endswith(", predictions same")


@pytest.mark.slow
def test_predictions_of_a_class_of_a_cell_hold_up_no_version_and_that_is_told(shell: InteractiveShell) -> None:
    typed(shell, "import collections\nAnswer = collections.namedtuple('Answer', 'mean std')")
    typed(shell, "class Sure:\n    def predict(self, rows):\n        return Answer(1, 2)\n\nsure = Sure()")
    reply = typed(shell, "%mlc register sure sure --sample june")
    told = "its predictions of june were not compared: what it predicts cannot be read there: AttributeError"
    assert (reply.warnings, reply.load_check[-21:]) == ((told,), "predictions not tried")


def test_a_secret_in_the_code_that_a_model_needs_is_told(shell: InteractiveShell) -> None:
    typed(shell, "DB_PASSWORD = 'tr0ub4dor-and-3'\ndef asks(rows):\n    return len(rows), DB_PASSWORD")
    told = (
        "the code that is stored with it holds the value of DB_PASSWORD, which it uses and which therefore was not "
        "replaced: have it read that from os.environ, register again, and discard this version"
    )
    assert told in typed(shell, "%mlc register asks asks --no-load-check").warnings
    typed(shell, "import os\ndef asks(rows):\n    return len(rows), os.environ['DB_PASSWORD']")
    assert told not in typed(shell, "%mlc register asks asks --no-load-check").warnings


def test_a_pipeline_with_a_function_of_a_cell_is_judged_by_data_of_the_notebook(shell: InteractiveShell) -> None:
    reply = typed(shell, "%mlc evaluate late-flights:1 --data june --target late --by origin --replicates 50")
    assert isinstance(reply, EvaluateReply)
    assert (reply.dataset, reply.rows, reply.versions[0].id) == ("june", 200, "evaluation/1")
    clf, june = shell.user_ns["clf"], shell.user_ns["june"]
    assert metrics(reply)["accuracy"] == (clf.predict(june[["hour"]]) == june.late).mean()
    assert {row["slice"] for row in reply.to_rows()} == {None, "EWR", "JFK"}


def test_a_function_of_a_cell_is_a_metric(shell: InteractiveShell) -> None:
    reply = typed(
        shell, "%mlc evaluate late-flights:1 --data june --target late --metric missed --metric auc --replicates 20"
    )
    clf, june = shell.user_ns["clf"], shell.user_ns["june"]
    assert list(metrics(reply)) == ["missed", "auc"]
    assert metrics(reply)["missed"] == (june.late & ~clf.predict(june[["hour"]])).sum()


@pytest.mark.slow
def test_versions_are_compared_by_a_function_of_a_cell(shell: InteractiveShell) -> None:
    typed(shell, "%mlc register late-flights clf --data spring --no-load-check;")
    line = "%mlc compare late-flights:1..2 --data june --target late --metric missed --metric auc"
    reply = typed(shell, "missed.greater_is_better = False\n" + line)
    assert [pair.metric for pair in reply.metrics] == ["missed", "auc"]
    clf, june = shell.user_ns["clf"], shell.user_ns["june"]
    assert reply.metrics[0].value == (june.late & ~clf.predict(june[["hour"]])).sum()
    assert [pair.greater_is_better for pair in reply.metrics] == [False, True]


def test_a_function_may_say_that_less_of_it_is_better(shell: InteractiveShell) -> None:
    line = "%mlc evaluate late-flights:1 --data june --target late --metric missed --replicates 0"
    for said, greater in (("", True), ("missed.greater_is_better = False\n", False)):
        evidence = typed(shell, said + line).versions[0].evidence
        assert [one.greater_is_better for one in evidence.estimates] == [greater]


def test_a_number_of_the_notebook_is_no_metric_and_scikit_learns_function_is_ours(shell: InteractiveShell) -> None:
    line = "%mlc evaluate late-flights:1 --data june --target late --replicates 0 --metric "
    assert list(metrics(typed(shell, line + "auc"))) == ["auc"]
    reply = typed(shell, line + "accuracy_score")
    assert list(metrics(reply)) == ["accuracy"]
    assert reply.versions[0].evidence.scorers == {}


def test_a_function_of_a_cell_wins_over_a_metric_of_its_name(shell: InteractiveShell) -> None:
    typed(shell, "def f1(y_true, y_pred):\n    return 42.0\n")
    reply = typed(shell, "%mlc evaluate late-flights:1 --data june --target late --replicates 0 --metric f1")
    assert metrics(reply) == {"f1": 42.0}


def test_a_saved_scorer_is_a_metric(shell: InteractiveShell, tmp_path: Path) -> None:
    joblib.dump(make_scorer(fbeta_score, beta=2, zero_division=0), tmp_path / "f2.joblib")
    reply = typed(
        shell, "%mlc evaluate late-flights:1 --data june --target late --replicates 0 --metric f2.joblib --metric f1"
    )
    assert list(metrics(reply)) == ["f2", "f1"]


def test_in_python_functions_and_frames_are_passed_as_they_are(shell: InteractiveShell) -> None:
    june = shell.user_ns["june"]
    reply: Any = mlc.evaluate(
        "late-flights:1", data=june, target="late", metric=[shell.user_ns["missed"], "auc"], replicates=0
    )
    assert list(metrics(reply)) == ["missed", "auc"]
    assert reply.dataset == "june"


def test_what_is_no_metric_is_refused(shell: InteractiveShell) -> None:
    june: pd.DataFrame = shell.user_ns["june"]
    ask: dict[str, Any] = {"data": june, "target": "late"}
    with pytest.raises(NotFound) as gone:
        mlc.evaluate("late-flights:1", metric="gone.joblib", **ask)
    assert gone.value.text == "there is no file gone.joblib\ncheck the path"
    with pytest.raises(BadInput) as number:
        mlc.evaluate("late-flights:1", metric=[np.float64(3)], **ask)
    assert number.value.text == (
        "metric is no metric: it cannot be called\nname a metric, or a function (y_true, y_pred)"
    )


def test_what_is_wanting_is_named(shell: InteractiveShell) -> None:
    with pytest.raises(UsageError, match="evaluate wants --data and --target"):
        shell.run_line_magic("mlc", "evaluate late-flights:1")


def test_the_reply_is_a_frame_with_a_row_a_version_and_metric(shell: InteractiveShell) -> None:
    frame = typed(
        shell,
        "mlc_reply = %mlc evaluate late-flights:1 --data june --target late --replicates 0\nmlc_reply.to_frame()",
    )
    assert isinstance(frame, pd.DataFrame)
    assert frame.set_index("metric").loc["auc", "version"] == "late-flights:1"
