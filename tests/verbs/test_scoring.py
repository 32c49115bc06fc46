"""A stored version sees a dataset's rows, and what it says becomes an outcome; whatever is wrong is told."""

from __future__ import annotations

import pickle
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from jupyter_mlc.domain.entities import Feature, Signature
from jupyter_mlc.domain.errors import BadInput, Conflict, Damaged, MlcError, NotFound, Untrusted
from jupyter_mlc.measure.judging import judge
from jupyter_mlc.measure.outcomes import Outcome, outcome
from jupyter_mlc.measure.resampling import Resampling
from jupyter_mlc.store import formats
from jupyter_mlc.store.formats.elsewhere import references
from jupyter_mlc.store.identity import Identity
from jupyter_mlc.verbs.exam import exam
from jupyter_mlc.verbs.predictions import keep_predictions, kept_predictions
from jupyter_mlc.verbs.register import Facts, Register
from jupyter_mlc.verbs.retire import Retire
from jupyter_mlc.verbs.scoring import Scored, score
from jupyter_mlc.verbs.take import Take, Told
from tests.verbs.conftest import Judges

IRIS = load_iris(as_frame=True).frame
X = list(IRIS.columns[:-1])
TRAIN, TEST = IRIS[::2], IRIS[1::2]
NONE = Resampling(replicates=0)


@pytest.fixture
def judges(judge_here: Judges) -> Judges:
    """No database decides what a model says."""
    return judge_here


@cache
def fitted() -> LogisticRegression:
    return LogisticRegression(max_iter=1000).fit(TRAIN[X], TRAIN.target)


def scored(judges: Judges, ref: str, rows: object, target: str = "target", **more: Any) -> Scored:
    seen = exam(judges.data(rows), target, judges.context)
    return score(judges.registry.version(ref), seen, judges.context, **more)


def test_a_version_whose_bytes_lie_elsewhere_is_not_judged(judges: Judges) -> None:
    (artifact,) = references([b"{}"], judges.context.artifacts)
    told = Told(ref="iris:1", number=1, registration="mlflow:1", artifact=artifact)
    judges.call(Take(registry="mlflow://host", model="iris", versions=(told,)))
    with pytest.raises(Conflict) as refused:
        scored(judges, "iris:1", TEST)
    assert refused.value.text == "the bytes of iris:1 lie elsewhere\nbring them here: %mlc fetch iris:1"


def figures(found: Outcome) -> dict[str, float | None]:
    return {one.metric: one.value for one in judge(found, resampling=NONE)}


def test_a_classifier_gives_classes_and_probabilities(judges: Judges) -> None:
    model = fitted()
    found = scored(judges, judges.model(model, inputs=tuple(X)), TEST).outcome
    expected = outcome(
        TEST.target, model.predict(TEST[X]), probabilities=model.predict_proba(TEST[X]), classes=[0, 1, 2]
    )
    assert figures(found) == figures(expected)


def test_a_model_fitted_on_an_array_is_given_an_array(judges: Judges) -> None:
    model = LogisticRegression(max_iter=1000).fit(TRAIN[X].to_numpy(), TRAIN.target)
    found = scored(judges, judges.model(model, inputs=tuple(X)), TEST[[*reversed(X), "target"]])
    assert found.warnings == ()
    assert figures(found.outcome)["accuracy"] == model.score(TEST[X].to_numpy(), TEST.target)


def test_inputs_without_names_are_taken_by_their_places(judges: Judges) -> None:
    model = LogisticRegression(max_iter=1000).fit(TRAIN[X].to_numpy(), TRAIN.target)
    found = scored(judges, judges.model(model, inputs=("x0", "x1", "x2", "x3")), TEST).outcome
    assert figures(found)["accuracy"] == model.score(TEST[X].to_numpy(), TEST.target)


def test_a_model_without_a_signature_is_given_the_columns_that_it_was_fitted_on(judges: Judges) -> None:
    found = scored(judges, judges.model(fitted()), TEST.assign(more=1)).outcome
    assert found.rows == 75


def test_scores_stand_in_for_probabilities(judges: Judges) -> None:
    cancer = load_breast_cancer(as_frame=True).frame
    columns = list(cancer.columns[:-1])
    model = RidgeClassifier().fit(cancer[columns], cancer.target)
    found = scored(judges, judges.model(model, inputs=tuple(columns)), cancer).outcome
    assert found.probabilities is None
    assert found.scores is not None
    np.testing.assert_allclose(found.scores, model.decision_function(cancer[columns]))


def test_a_regressor_is_judged_as_one_even_where_it_predicts_whole_numbers(judges: Judges) -> None:
    rows = pd.DataFrame({"x": np.arange(40), "target": np.arange(40) % 3})
    model = DecisionTreeRegressor().fit(rows[["x"]], rows.target)
    assert scored(judges, judges.model(model, inputs=("x",)), rows).outcome.task == "regression"


def test_words_categories_and_truth_values_are_targets(judges: Judges) -> None:
    kinds = pd.Series(np.array(["no", "yes"])[(IRIS.target > 0).astype(int)])
    for column in (kinds, kinds.astype("category"), kinds == "yes"):
        rows = IRIS.assign(target=column)
        model = LogisticRegression(max_iter=1000).fit(rows[X], np.asarray(column))
        found = scored(judges, judges.model(model, inputs=tuple(X)), rows).outcome
        assert figures(found)["accuracy"] == 1.0


def test_the_positive_class_is_the_one_that_is_typed(judges: Judges) -> None:
    rows = IRIS.assign(target=IRIS.target > 0)
    ref = judges.model(LogisticRegression(max_iter=1000).fit(rows[X], rows.target), inputs=tuple(X))
    assert scored(judges, ref, rows).outcome.positive is True
    assert scored(judges, ref, rows, positive="false").outcome.positive is False
    with pytest.raises(BadInput) as refused:
        scored(judges, ref, rows, positive="maybe")
    assert refused.value.text == "iris:1 on test: the positive class 'maybe' is not among False, True\nname one of them"


def test_categories_reach_a_pipeline_as_they_were(judges: Judges) -> None:
    rows = pd.DataFrame({"kind": pd.Categorical(["a", "b", "c", "a"] * 10), "target": [0, 1, 1, 0] * 10})
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(rows[["kind"]], rows.target)
    assert figures(scored(judges, judges.model(model, inputs=("kind",)), rows).outcome)["accuracy"] == 1.0


def test_predictions_are_kept_and_read_to_the_last_bit(judges: Judges) -> None:
    diabetes = load_diabetes(as_frame=True).frame
    columns = list(diabetes.columns[:-1])
    several = scored(judges, judges.model(fitted(), inputs=tuple(X)), TEST).outcome
    model = LinearRegression().fit(diabetes[columns], diabetes.target)
    numbers = scored(judges, judges.model(model, "sugar", inputs=tuple(columns)), diabetes).outcome
    for found in (several, numbers, several.against_rest(2)):
        again = kept_predictions(keep_predictions(found, judges.context.artifacts), judges.context.artifacts)
        assert (again.task, again.classes) == (found.task, found.classes)
        for part in ("truth", "predicted", "probabilities", "scores"):
            np.testing.assert_array_equal(getattr(again, part), getattr(found, part))


def test_a_blob_that_holds_no_predictions_is_named(judges: Judges) -> None:
    digest = judges.context.artifacts.put_bytes(b"PAR1 but nothing else")
    with pytest.raises(Damaged, match=f"the blob {digest} holds no predictions: "):
        kept_predictions(digest, judges.context.artifacts)


# Refusals


def refusal(judges: Judges, ref: str, rows: object, target: str = "target") -> str:
    with pytest.raises(MlcError) as refused:
        scored(judges, ref, rows, target)
    return refused.value.text


def test_a_target_that_is_not_there_is_refused_with_what_is_near(judges: Judges) -> None:
    ref = judges.model(fitted(), inputs=tuple(X))
    assert refusal(judges, ref, TEST, "tarket") == "test has no column 'tarket'\ndid you mean target?"
    assert refusal(judges, ref, TEST[["target"]], "late") == "test has no column 'late'\nits columns are target"


def test_a_target_that_the_model_reads_is_refused(judges: Judges) -> None:
    assert refusal(judges, judges.model(fitted(), inputs=tuple(X)), TEST, X[0]) == (
        "sepal length (cm) is an input of iris:1; it cannot be its target too\n"
        "name the column with the answers: --target COLUMN"
    )


def test_columns_that_are_missing_are_named(judges: Judges) -> None:
    ref = judges.model(fitted(), inputs=tuple(X))
    assert refusal(judges, ref, TEST.rename(columns={X[0]: "sepal length"})) == (
        "iris:1 needs the column sepal length (cm), and test has none of that name\ndid you mean sepal length?"
    )
    assert refusal(judges, ref, TEST[["target"]]) == (
        "iris:1 needs 4 columns: sepal length (cm), sepal width (cm), petal length (cm), petal width (cm); "
        "test has none of these\njudge it by data with the columns that it was trained on"
    )


def test_a_dataset_without_rows_judges_nobody(judges: Judges) -> None:
    ref = judges.model(fitted(), inputs=tuple(X))
    assert refusal(judges, ref, TEST[:0]) == "test has no rows\njudge by data that has some"


def test_a_target_with_holes_is_refused(judges: Judges) -> None:
    holes = TEST.assign(target=TEST.target.where(TEST.index > 5))
    assert refusal(judges, judges.model(fitted(), inputs=tuple(X)), holes) == (
        "iris:1 on test: target: 3 of 75 rows are missing (counted from 0: 0, 1, 2)\n"
        "drop those rows, or fill them, before judging"
    )


class Odd(BaseEstimator):  # type: ignore[misc]
    """Answers as it is told to."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def predict(self, rows: pd.DataFrame) -> Any:
        answers: dict[str, Callable[[], Any]] = {
            "nan": lambda: np.full(len(rows), np.nan),
            "few": lambda: np.zeros(len(rows) - 1),
            "wide": lambda: np.zeros((len(rows), 2)),
            "exit": lambda: sys.exit(3),
            "raise": lambda: dict[str, int]()["nothing"],
        }
        return answers[self.answer]()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            "nan",
            "iris:1 on test: predictions: 75 of 75 rows are missing (counted from 0: 0, 1, 2, ...)\n"
            "drop those rows, or fill them, before judging",
        ),
        (
            "few",
            "iris:1 on test: predictions: 74 rows, and the target has 75\n"
            "predict on exactly the rows whose target you pass, in the same order",
        ),
        (
            "wide",
            "iris:1 on test: predictions: one value a row is needed, and the shape is 75 x 2\npass one column",
        ),
        (
            "raise",
            "iris:1 cannot predict test: KeyError: 'nothing'\nsee what it does: m = %mlc load iris:1, "
            "then m.predict(ROWS)",
        ),
        (
            "exit",
            "iris:1 cannot predict test: SystemExit: 3\nsee what it does: m = %mlc load iris:1, then m.predict(ROWS)",
        ),
    ],
)
def test_odd_answers_are_refused_with_the_version_and_the_data(judges: Judges, answer: str, text: str) -> None:
    assert refusal(judges, judges.model(Odd(answer)), TEST) == text


def test_what_cannot_predict_is_refused(judges: Judges) -> None:
    assert refusal(judges, judges.model({"w": 1}), TEST) == (
        "iris:1: an object of type dict cannot predict\nit needs a method predict(rows), or must be a function of rows"
    )


def test_one_class_only_is_refused_where_the_model_names_none(judges: Judges) -> None:
    ref = judges.model(Constant())
    assert refusal(judges, ref, TEST.assign(target="iris")) == (
        "iris:1 on test: target: all rows are of one class, 'iris'\n"
        "choose data that has several classes, or pass the model's classes"
    )


class Constant:
    """Says the same of all rows."""

    def predict(self, rows: pd.DataFrame) -> list[str]:
        return ["iris"] * len(rows)


class Warns(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Warns, and changes what it is given."""

    def predict(self, rows: pd.DataFrame) -> Any:
        import warnings

        warnings.warn("these rows are strange\nvery", stacklevel=2)
        rows["more"] = 1
        return np.zeros(len(rows))


def test_warnings_of_a_library_are_told_and_rows_stay_as_they_are(judges: Judges) -> None:
    found = scored(judges, judges.model(Warns()), TEST)
    assert found.warnings == ("iris:1 warned on test: UserWarning: these rows are strange",)


def test_one_input_as_wide_as_the_data_takes_all_its_columns(judges: Judges) -> None:
    width = len([name for name in TEST.columns if name != "target"])
    signature = Signature(inputs=(Feature(name="input", type="float", shape=(width,)),))
    artifact = formats.store(Constant(), judges.session.artifacts)
    judges.call(Register(name="iris", object=artifact, facts=Facts(signature=signature)))
    assert "takes rows of shape" not in refusal(judges, "iris:1", TEST)


def test_rows_of_a_shape_cannot_come_from_columns(judges: Judges) -> None:
    signature = Signature(inputs=(Feature(name="input", type="float", shape=(28, 28)),))
    artifact = formats.store(Constant(), judges.session.artifacts)
    judges.call(Register(name="iris", object=artifact, facts=Facts(signature=signature)))
    assert refusal(judges, "iris:1", TEST) == (
        "iris:1 takes rows of shape 28 x 28, and a dataset has one value a column\n"
        "evaluate it in the notebook, and keep what comes out: %mlc register NAME OBJECT --metric KEY=VALUE"
    )


def test_a_retired_version_is_not_opened(judges: Judges) -> None:
    ref = judges.model(fitted(), inputs=tuple(X))
    judges.call(Retire(ref=ref, reason="superseded", yes=True))
    assert refusal(judges, ref, TEST) == (
        "iris:1 is retired (superseded); it is not loaded any more\nsee %mlc list iris"
    )


def test_what_another_key_signed_runs_no_code_unless_trusted(judges: Judges, ben: Identity, open_session: Any) -> None:
    judges.model(Constant())
    bens = Judges(session=judges.backing, backing=open_session(judges.backing.place.url, ben))
    version = bens.registry.version("iris:1")
    seen = exam(judges.data(TEST.assign(target=["iris", "rose", "lily"] * 25)), "target", bens.context)
    with pytest.raises(Untrusted, match="Constant"):
        score(version, seen, bens.context)
    assert score(version, seen, bens.context, trust=True).outcome.rows == 75
    bens.backing.close()


def test_a_version_whose_library_is_not_here_says_which(judges: Judges, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("gone_library")
    exec("class Model:\n    def predict(self, rows):\n        return [0] * len(rows)\n", module.__dict__)
    monkeypatch.setitem(sys.modules, "gone_library", module)
    ref = judges.model(module.Model())
    monkeypatch.delitem(sys.modules, "gone_library")
    with pytest.raises(Conflict, match="gone_library"):
        scored(judges, ref, TEST)


# Where the rows come from


def test_a_file_is_read_where_it_lies_and_refused_once_it_changed(judges: Judges, tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    TEST.to_csv(path, index=False)
    facts = judges.data(str(path), keep=False)
    assert facts.file_digest is not None
    seen = exam(facts, "target", judges.context)
    assert (seen.rows, seen.columns) == (75, tuple(X))
    TEST[1:].to_csv(path, index=False)
    with pytest.raises(Conflict) as refused:
        exam(facts, "target", judges.context)
    assert refused.value.text == (
        f"{path} is not what it was when test was added\n"
        f"bring the file back, or add it as it is now: %mlc dataset add test {path}"
    )


def test_rows_that_were_not_kept_must_be_passed_again(judges: Judges) -> None:
    facts = judges.data(TEST, keep=False)
    with pytest.raises(Conflict) as refused:
        exam(facts, "target", judges.context)
    assert refused.value.text == (
        "the rows of test are not kept\npass the data itself: --data VARIABLE, or --data PATH"
    )


def test_a_dataset_that_is_not_there_is_refused(judges: Judges) -> None:
    with pytest.raises(NotFound, match="there is no dataset 'test'"):
        exam("test", "target", judges.context)


def test_damaged_rows_are_not_used(judges: Judges) -> None:
    facts = judges.data(TEST)
    assert facts.blob is not None
    path = judges.context.artifacts.path(facts.blob)
    path.chmod(0o644)
    path.write_bytes(pickle.dumps("something else"))
    with pytest.raises(Damaged, match="holds other bytes than were recorded"):
        exam(replace(facts), "target", judges.context)


def test_a_pipeline_is_given_what_its_first_step_was_fitted_on(judges: Judges) -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(TRAIN[X], TRAIN.target)
    found = scored(judges, judges.model(model), TEST.assign(extra="word"))
    assert found.warnings == ()
    assert figures(found.outcome)["accuracy"] == model.score(TEST[X], TEST.target)


def test_boosters_without_classes_are_judged_by_the_probabilities_that_they_give(judges: Judges) -> None:
    import lightgbm
    import xgboost

    several = lightgbm.train(
        {"objective": "multiclass", "num_class": 3, "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(TRAIN[X].to_numpy(), TRAIN.target),
        num_boost_round=5,
    )
    rows = TRAIN.assign(target=TRAIN.target > 0).rename(columns=dict(zip(X, "abcd", strict=True)))
    data = xgboost.DMatrix(rows[list("abcd")], label=rows.target)
    two = xgboost.train({"objective": "binary:logistic", "nthread": 1}, data, num_boost_round=5)
    found = scored(judges, judges.model(several, inputs=tuple(X)), TRAIN).outcome
    assert found.probabilities is not None
    assert (found.task, found.classes, found.probabilities.shape) == ("multiclass", (0, 1, 2), (75, 3))
    found = scored(judges, judges.model(two, inputs=tuple("abcd")), rows).outcome
    assert (found.task, found.classes) == ("binary", (False, True))
    assert figures(found)["auc"] == 1.0


@pytest.mark.parametrize("options", [None, {"zipmap": False}])
def test_a_graph_of_onnx_is_judged_like_the_classifier_that_it_was(
    judges: Judges, options: dict[str, bool] | None
) -> None:
    from skl2onnx import to_onnx

    model = fitted()
    graph = to_onnx(model, TRAIN[X].to_numpy("float32")[:1], options=options)
    found = scored(judges, judges.model(graph, inputs=tuple(X)), TEST)
    as_it_was = scored(judges, judges.model(model, inputs=tuple(X)), TEST)
    assert found.warnings == ()
    assert figures(found.outcome) == pytest.approx(figures(as_it_was.outcome), abs=1e-5)
    assert {"log_loss", "brier"} <= figures(found.outcome).keys()


def test_scores_of_a_graph_that_nobody_can_tell_apart_are_left_out_with_a_word(judges: Judges) -> None:
    from tests.store.test_onnx_graphs import beside

    rows = TEST[:2].assign(target=["u", "v"])
    graph = beside(["u", "v"], [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    found = scored(judges, judges.model(graph, inputs=tuple(X)), rows)
    assert found.outcome.probabilities is None
    assert found.warnings == ("iris:1 warned on test: nothing tells which class each of its 3 columns of scores is of",)
